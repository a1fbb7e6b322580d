"""The admin's account screens: who keeps accounts raises neither themselves nor anybody to full rights."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import CreateView, DeleteView, EditView, HistoryView, UserViewSet

from accounts.models import User


class Bounded:
    """Closes what the person at the form may not give: a closed field ignores what is sent."""

    fields: dict[str, Any]
    instance: User

    def __init__(self, *args: Any, for_user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if for_user.is_superuser:
            return
        if "is_superuser" in self.fields:
            self.fields["is_superuser"].disabled = True
        if self.instance.pk == for_user.pk:
            self.fields["groups"].disabled = True
            self.fields["groups"].help_text = _("Nobody changes their own roles. Ask another administrator.")


class CreationForm(Bounded, UserCreationForm):
    pass


class EditForm(Bounded, UserEditForm):
    pass


class KnowsWhoAsks:
    request: HttpRequest

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"for_user": self.request.user}  # type: ignore[misc]  # the view it is mixed into has it


class BelowSuperusers:
    """Who may change accounts may not take over one that may do everything, by its password or its e-mail."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user: Any = request.user
        if not user.is_superuser and User.objects.filter(pk=kwargs["pk"], is_superuser=True).exists():
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # the view it is mixed into has it
        return response


class Creating(KnowsWhoAsks, CreateView):
    pass


class Editing(BelowSuperusers, KnowsWhoAsks, EditView):
    pass


class Deleting(BelowSuperusers, DeleteView):
    pass


class History(BelowSuperusers, HistoryView):
    pass


class AccountViewSet(UserViewSet):
    add_view_class = Creating
    edit_view_class = Editing
    delete_view_class = Deleting
    history_view_class = History
    # A copied account would carry its roles along.
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[Any]:
        return EditForm if for_update else CreationForm
