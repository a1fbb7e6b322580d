from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagekitConfig(AppConfig):
    name = "pagekit"
    verbose_name = _("page kit")

    def ready(self) -> None:
        from pagekit import receivers  # noqa: F401, PLC0415 - models are only loaded now
        from pagekit.acts import fence_all  # noqa: PLC0415 - models are only loaded now

        fence_all()
