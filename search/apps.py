from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("search")

    def ready(self) -> None:
        # Models are only loaded now.
        from search import checks, receivers  # noqa: F401, PLC0415 - models are only loaded now
