"""The list of people, the invitation, the one screen of a person, and the end of an access; for administrators."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.users.views.users import IndexView

from accounts.models import User
from cms.people import roles
from cms.people.forms import PersonForm, RolesForm, mandate_rows
from notices import rules
from notices.choices import InvitationEnding
from notices.models import Invitation
from notices.services import access, invitations
from notices.services.invitations import Standing
from pagekit.acts import Refused
from recommendations.wagtail_hooks.follow_up import may_follow_up
from taxonomy.models import Mandate, Organisation

INDEX = "wagtailusers_users:index"
PERSON = "wagtailusers_users:access"


def state_of(person: Any) -> Any:
    """Whether the person can sign in, in words; asks nothing where the invitations were read beforehand."""
    if not person.is_active:
        return _("access ended")
    if person.has_usable_password():
        return _("can sign in")
    sent = max(person.invitations.all(), key=lambda one: one.pk, default=None)
    if sent is None:
        return _("not invited")
    if sent.ended_at is not None:
        return _("invitation revoked")
    if rules.is_invitation_over(sent.created_at, timezone.now()):
        return _("invitation expired")
    return _("invited")


def institutions_of(person: Any) -> str:
    return ", ".join(str(mandate.organisation) for mandate in person.standing_mandates)


class PeopleIndex(IndexView):
    """Wagtail's list of accounts, with what each person may do; a name leads to the one screen of the person."""

    page_title = _("People")
    add_item_label = _("Invite a person")

    def get_base_queryset(self) -> Any:
        standing = Mandate.objects.active().select_related("organisation").order_by("organisation__label_pl")
        return (
            super()
            .get_base_queryset()
            .prefetch_related("groups", "invitations", Prefetch("mandates", standing, to_attr="standing_mandates"))
        )

    @cached_property
    def columns(self) -> list[Any]:
        shown = [column for column in super().columns if column.name not in {"is_superuser", "is_active"}]
        return [
            *shown[:-1],
            Column("roles", label=_("Roles"), accessor=lambda person: ", ".join(roles.in_words(person))),
            Column("institutions", label=_("Institutions"), accessor=institutions_of),
            Column("state", label=_("State"), accessor=state_of),
            shown[-1],
        ]

    def get_add_url(self) -> str | None:
        user: Any = self.request.user
        return reverse("wagtailusers_users:invite") if user.keeps() else None

    def get_edit_url(self, instance: Any) -> str | None:
        user: Any = self.request.user
        return reverse(PERSON, args=[instance.pk]) if user.keeps(instance) else None

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        url = reverse("wagtailusers_users:contacts")
        found: list[Button] = list(super().header_more_buttons)
        return [*found, Button(_("Contacts from a spreadsheet"), url=url, icon_name="table", priority=10)]


class KeeperMixin(WagtailAdminTemplateMixin):
    """Lets administrators in; where a person is named, only who may change that person's access."""

    header_icon = "user"
    request: HttpRequest
    person: User | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if not user.keeps():
            raise PermissionDenied
        if "pk" in kwargs:
            self.person = get_object_or_404(User, pk=kwargs["pk"])
            if not user.keeps(self.person):
                raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_page_subtitle(self) -> str:
        return (self.person.get_full_name() or self.person.get_username()) if self.person else ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        crumbs = [*self.breadcrumbs_items, {"url": reverse(INDEX), "label": PeopleIndex.page_title}]
        if self.person:
            crumbs.append({"url": reverse(PERSON, args=[self.person.pk]), "label": self.get_page_subtitle()})
        return [*crumbs, {"url": "", "label": self.get_page_title()}]


class FormsView(KeeperMixin, TemplateView):
    """One screen of several forms, saved in one act or not at all."""

    template_name = "admin/cms/person.html"

    def get_forms(self, data: Any = None) -> dict[str, Any]:
        raise NotImplementedError

    def save(self, forms: dict[str, Any]) -> HttpResponse:
        """Do what the sound forms say, inside a transaction; raises Refused."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        forms = self.get_forms(request.POST)
        refused = ""
        # All of them are asked: each names what is wrong with it.
        sound = [form.is_valid() for form in forms.values()]
        if all(sound):
            try:
                with transaction.atomic():
                    return self.save(forms)
            except Refused as refusal:
                refused = str(refusal)
        return self.render_to_response(self.get_context_data(forms=forms, refused=refused), status=422)

    def save_mandates(self, person: Any, rows: Any) -> None:
        """Write the rows that say something new; what is as it was is left."""
        for row in rows:
            if row.body is None:
                continue
            values = {name: row.cleaned_data[name] for name in ("role", "starts_on", "ends_on")}
            if row.held is not None and all(getattr(row.held, name) == value for name, value in values.items()):
                continue
            access.set_mandate(person, row.body, by=self.request.user, mandate=row.held, **values)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        forms = kwargs.pop("forms", None) or self.get_forms()
        media = sum((form.media for form in forms.values()), start=type(next(iter(forms.values())).media)())
        return super().get_context_data(
            **forms,
            media=media,
            action_url=self.request.get_full_path(),
            person=self.person,
            **kwargs,
        )


class InviteView(FormsView):
    page_title = _("Invite a person")
    header_icon = "mail"

    def get_forms(self, data: Any = None) -> dict[str, Any]:
        wanted = self.request.GET.get("institution", "")
        organisation = None
        if wanted.isdecimal() and len(wanted) < 19:
            organisation = Organisation.objects.current().answerable().filter(pk=int(wanted)).first()
        return {
            "person_form": PersonForm(data),
            "roles_form": RolesForm(data),
            "mandates": mandate_rows(Mandate.objects.none(), data, organisation),
        }

    def save(self, forms: dict[str, Any]) -> HttpResponse:
        by = self.request.user
        person = invitations.open_account(by=by, **forms["person_form"].cleaned_data)
        names = forms["roles_form"].names
        access.set_roles(person, by=by, wanted=names, offered=names)
        self.save_mandates(person, forms["mandates"])
        invitations.invite(person, by=by)
        messages.success(
            self.request,
            gettext("%(person)s is invited: a link that works once, for 24 hours, goes to %(email)s.")
            % {"person": person.get_full_name() or person.get_username(), "email": person.email},
        )
        return redirect(PERSON, person.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(submit_button_label=_("Invite"), **kwargs)


class PersonView(FormsView):
    """Everything about one person: the account and its invitation, roles, institutions, what they left behind."""

    page_title = _("Person")
    person: User

    def standing_mandates(self) -> Any:
        """Mandates that are not over."""
        today = timezone.localdate()
        standing = self.person.mandates.filter(Q(ends_on=None) | Q(ends_on__gte=today))
        return standing.select_related("organisation").order_by("organisation__label_pl", "starts_on")

    def get_forms(self, data: Any = None) -> dict[str, Any]:
        held = roles.held_by(self.person)
        return {
            "roles_form": RolesForm(data, initial=held),
            "mandates": mandate_rows(self.standing_mandates(), data),
        }

    @property
    def is_closed(self) -> bool:
        """Whether nothing is to be changed here: one's own access, or one that was ended."""
        return self.person == self.request.user or not self.person.is_active

    def save(self, forms: dict[str, Any]) -> HttpResponse:
        if self.is_closed:
            raise Refused(gettext("Not saved: the access was ended, or is your own."))
        wanted = forms["roles_form"].names
        access.set_roles(self.person, by=self.request.user, wanted=wanted, offered=roles.offered_names())
        self.save_mandates(self.person, forms["mandates"])
        messages.success(self.request, gettext("Saved."))
        return redirect(PERSON, self.person.pk)

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        data = reverse("wagtailusers_users:edit", args=[self.person.pk])
        history = reverse("wagtailusers_users:history", args=[self.person.pk])
        return [
            Button(_("Account data"), url=data, icon_name="edit", priority=10),
            Button(_("History"), url=history, icon_name="history", priority=20),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, today = self.person, timezone.localdate()
        sent = Invitation.objects.filter(user=person).select_related("invited_by").order_by("-pk").first()
        is_waiting = sent is not None and invitations.standing_of(sent) == Standing.OPEN
        return super().get_context_data(
            submit_button_label=_("Save"),
            state=state_of(person),
            invitation=sent,
            is_waiting=is_waiting,
            invitation_until=sent.created_at + rules.INVITATION_LIFE if sent else None,
            is_revoked=sent is not None and sent.ending == InvitationEnding.REVOKED,
            is_own=person == self.request.user,
            is_closed=self.is_closed,
            is_without_password=person.is_active and not person.has_usable_password(),
            past_mandates=person.mandates.filter(ends_on__lt=today).select_related("organisation").order_by("-ends_on"),
            role_words=list(roles.in_words(person)),
            left=lines_of(access.left_behind(person)),
            orphaned_url=reverse("claims:orphaned") if may_follow_up(self.request.user) else "",
            **kwargs,
        )


def lines_of(left: Iterable[access.Left]) -> list[dict[str, Any]]:
    """The institutions without a contact, each with the address at which another person is invited for it."""
    invite = reverse("wagtailusers_users:invite")
    return [
        {"body": one.organisation, "items": one.items, "url": f"{invite}?institution={one.organisation.pk}"}
        for one in left
    ]


class EndAccessView(KeeperMixin, TemplateView):
    """Says what ends, asks once, and ends it."""

    page_title = _("End the access")
    header_icon = "lock"
    template_name = "admin/cms/end_access.html"
    person: User

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ended = access.end_access(self.person, by=request.user)
        messages.success(
            request,
            gettext("The access of %(person)s has ended: no sign-in, no session and no mailed link opens anything.")
            % {"person": self.get_page_subtitle()},
        )
        if ended.left:
            messages.warning(
                request,
                gettext("Nobody answers any more for: %(names)s. Name another contact.")
                % {"names": ", ".join(f"{one.organisation} ({one.items})" for one in ended.left)},
            )
        return redirect(PERSON, self.person.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standing = Mandate.objects.filter(user=self.person).exclude(ends_on__lt=timezone.localdate())
        return super().get_context_data(
            person=self.person,
            mandates=standing.select_related("organisation").order_by("organisation__label_pl"),
            role_words=list(roles.in_words(self.person)),
            **kwargs,
        )


class ActView(KeeperMixin, TemplateView):
    """An act of one press, from the screen of a person; a refusal is told there."""

    http_method_names = ["post"]  # noqa: RUF012 - Django's own way
    person: User

    def act(self) -> str:
        """Do it, and answer what to say."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        messages.success(request, self.act())
        return redirect(PERSON, self.person.pk)


class InviteAgainView(ActView):
    def act(self) -> str:
        invitations.invite(self.person, by=self.request.user)
        return gettext("A new link goes to %(email)s. The one before opens nothing any more.") % {
            "email": self.person.email
        }


class RevokeView(ActView):
    def act(self) -> str:
        invitations.revoke_invitation(self.person, by=self.request.user)
        return gettext("The invitation is revoked. The account stays; to close it, end the access.")


class RestoreView(ActView):
    def act(self) -> str:
        access.restore_access(self.person, by=self.request.user)
        return gettext("The access is open again, and a new invitation is sent. Give roles and institutions below.")
