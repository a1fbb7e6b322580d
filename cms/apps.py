from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = _("site")


class PeopleConfig(WagtailUsersAppConfig):
    """Wagtail's account screens as ours of people."""

    user_viewset = "cms.people.viewset.PeopleViewSet"
