from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForumsConfig(AppConfig):
    name = "forums"
    verbose_name = _("forums")

    def ready(self) -> None:
        from forums import receivers  # noqa: F401, PLC0415 - models are only loaded now
