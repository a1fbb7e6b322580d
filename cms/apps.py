from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.admin.apps import WagtailAdminAppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = _("site")


class PeopleConfig(WagtailUsersAppConfig):
    """Wagtail's account screens as ours of people."""

    user_viewset = "cms.people.viewset.PeopleViewSet"


class QuietAdminConfig(WagtailAdminAppConfig):
    """Wagtail's admin without its mails, which leave inside the request: `notices` queues ours in their place."""

    def ready(self) -> None:
        super().ready()
        from wagtail.admin.mail import Notifier  # noqa: PLC0415 - they ask for models while imported
        from wagtail.admin.views.account import NotificationsSettingsPanel  # noqa: PLC0415
        from wagtail.admin.views.pages.edit import EditView  # noqa: PLC0415

        Notifier.__call__ = stay_silent
        EditView.send_commenting_notifications = stay_silent
        # What it asks about is asked in our own panel (notices.wagtail_hooks).
        NotificationsSettingsPanel.is_active = stay_silent


def stay_silent(*args: Any, **kwargs: Any) -> bool:
    return False
