from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecommendationsConfig(AppConfig):
    name = "recommendations"
    verbose_name = _("recommendations")

    def ready(self) -> None:
        from wagtail.models import ReferenceIndex  # noqa: PLC0415 - models are only loaded now

        from recommendations import checks, receivers  # noqa: F401, PLC0415 - models are only loaded now
        from recommendations.models import Evidence  # noqa: PLC0415

        # Wagtail only follows pages and snippets by itself; a document asks who refers to it (pagekit.documents).
        ReferenceIndex.register_model(Evidence)
