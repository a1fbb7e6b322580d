from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("accounts")


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's account screens with our bounds."""

    user_viewset = "accounts.user_viewset.AccountViewSet"
