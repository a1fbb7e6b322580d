"""Wagtail's screens of accounts as the list of people: who comes is invited, not typed in with a password."""

from typing import Any

from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.user_viewset import AccountViewSet, EditForm
from cms.people import contacts, views


class AccountDataForm(EditForm):
    """Name, address and password; what the person may do stands on one screen, which knows every rule about it."""

    def __init__(self, *args: Any, for_user: User, **kwargs: Any) -> None:
        super().__init__(*args, for_user=for_user, **kwargs)
        if not for_user.is_superuser:
            for name in {"groups", "is_active"} & set(self.fields):
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Given and taken on the screen of the person, in the list of people.")


class PeopleViewSet(AccountViewSet):
    menu_label = _("People")
    index_view_class = views.PeopleIndex

    def get_form_class(self, for_update: bool = False) -> type[Any]:
        return AccountDataForm if for_update else super().get_form_class(for_update)

    def get_urlpatterns(self) -> list[URLPattern]:
        patterns: list[Any] = super().get_urlpatterns()
        return [
            *patterns,
            path("invite/", views.InviteView.as_view(), name="invite"),
            path("access/<int:pk>/", views.PersonView.as_view(), name="access"),
            path("access/<int:pk>/end/", views.EndAccessView.as_view(), name="end_access"),
            path("access/<int:pk>/restore/", views.RestoreView.as_view(), name="restore_access"),
            path("access/<int:pk>/invite-again/", views.InviteAgainView.as_view(), name="invite_again"),
            path("access/<int:pk>/revoke/", views.RevokeView.as_view(), name="revoke_invitation"),
            path("contacts/", contacts.ContactsView.as_view(), name="contacts"),
            re_path(
                r"^contacts/template\.(?P<form>xlsx|csv)$",
                contacts.ContactsTemplateView.as_view(),
                name="contacts_template",
            ),
        ]
