"""Contacts and deputies on the moderators' desk: who answers for whom, who cannot be reached, and who is to answer."""

from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import ModelLogEntry

from notices.forms import ContactForm, HeirForm, OfficialForm
from notices.models import ReplyLink
from notices.services.access import hand_on, keepers, set_mandate
from notices.services.recipients import has_bounced
from notices.wagtail_hooks.moderators import ModeratorsMixin
from pagekit.acts import Refused
from pagekit.pagination import paginate
from pagekit.versions import fingerprint
from recommendations.models import Assignment
from recommendations.services.items import ANSWERING
from recommendations.wagtail_hooks.follow_up import may_follow_up, shown_to
from taxonomy.models import Mandate, Organisation

PER_PAGE = 50
# Of what was written about the mandates of one institution.
SHOWN_ACTS = 50
TITLE = _("Contacts and deputies")


def trouble_of(mandate: Mandate, disowned: set[int]) -> Any:
    """Why no mail reaches the holder of a mandate; empty where it does."""
    if mandate.pk in disowned:
        return _("says: it is not me")
    if not mandate.user.email:
        return _("has no address")
    return _("the address refuses mail") if has_bounced(mandate.user) else ""


class ContactsView(ModeratorsMixin, TemplateView):
    """The institutions that are asked, those without a contact first, with the people who answer for them."""

    template_name = "admin/notices/contacts.html"
    header_icon = "group"
    page_title = TITLE

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": TITLE}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Assignment.objects.open().filter(is_withdrawn=False).annotate(body=ANSWERING)
        waiting = rows.filter(body=OuterRef("pk")).order_by().values("body").annotate(count=Count("pk")).values("count")
        standing = Mandate.objects.active().select_related("user__mail_preference").order_by("role", "starts_on", "pk")
        bodies = (
            Organisation.objects.current()
            .answerable()
            .annotate(open_items=Coalesce(Subquery(waiting), 0))
            .annotate(contact_count=Count("mandates", filter=Q(mandates__in=Mandate.objects.active()), distinct=True))
            .filter(Q(open_items__gt=0) | Q(contact_count__gt=0))
            .prefetch_related(Prefetch("mandates", standing, to_attr="standing"))
            .order_by("contact_count", "-open_items", "label_pl")
        )
        # A body that has a contact, whoever that is, stands after those that have none.
        page = paginate(self.request, bodies, PER_PAGE)
        disowned = set(ReplyLink.objects.disowned().values_list("mandate", flat=True))
        lines = [
            {"body": body, "people": [(mandate, trouble_of(mandate, disowned)) for mandate in body.standing]}
            for body in page.object_list
        ]
        return super().get_context_data(lines=lines, list_page=page, **kwargs)


class ContactView(ModeratorsMixin, FormView):  # type: ignore[type-arg]  # takes no arguments at run time
    """A form about who answers for one institution; a refusal of the service is told in it."""

    form_class: type[OfficialForm] = ContactForm
    template_name = "admin/notices/institution.html"
    header_icon = "group"
    page_title = TITLE
    body: Organisation
    mandate: Mandate | None = None

    def get_page_subtitle(self) -> str:
        return str(self.body)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        listed = {"url": reverse("contacts:index"), "label": TITLE}
        return [*self.breadcrumbs_items, listed, {"url": "", "label": str(self.body)}]

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"mandate": self.mandate}

    def write(self, said: dict[str, Any]) -> None:
        person = self.mandate.user if self.mandate else said.pop("person")
        set_mandate(person, self.body, by=self.request.user, mandate=self.mandate, **said)

    def form_valid(self, form: OfficialForm) -> HttpResponse:
        try:
            self.write(form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, gettext("Saved."))
        return redirect("contacts:institution", self.body.pk)

    def form_invalid(self, form: OfficialForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(
            body=self.body, mandate=self.mandate, action_url=self.request.path, submit_button_label=_("Save"), **kwargs
        )
        return context | {"media": context["form"].media}


class InstitutionView(ContactView):
    """Who answers for an institution, answered and will answer, what was written about it, and a form for one more."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.body = get_object_or_404(Organisation.objects.current().answerable(), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mandates = list(self.body.mandates.select_related("user__mail_preference").order_by("-starts_on", "-pk"))
        today = timezone.localdate()
        disowned = set(ReplyLink.objects.disowned().values_list("mandate", flat=True))
        over = [one for one in mandates if one.ends_on is not None and one.ends_on < today]
        written = ModelLogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(Mandate), object_id__in=[str(one.pk) for one in mandates]
        )
        asked = sorted({person.email for person in keepers() if person.email})
        return super().get_context_data(
            people=[(one, trouble_of(one, disowned)) for one in mandates if one not in over],
            over=over,
            acts=written.select_related("user").order_by("-timestamp", "-pk")[:SHOWN_ACTS],
            request_url=request_to(asked, self.body) if asked else "",
            **kwargs,
        )


class MandateView(ContactView):
    """Role and days of one mandate that is not over; to end it, its last day is given."""

    mandate: Mandate

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.mandate = get_object_or_404(Mandate.objects.select_related("organisation", "user"), pk=kwargs["pk"])
        self.body = self.mandate.organisation
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        held = self.mandate
        return {
            "role": held.role,
            "starts_on": held.starts_on,
            "ends_on": held.ends_on,
            "seen": fingerprint(held),
        }


class PassOnView(MandateView):
    """One act: the mandate ends, that of the next person begins, who finds the items and what was left as drafts."""

    form_class = HeirForm

    def get_initial(self) -> dict[str, Any]:
        return {}

    def write(self, said: dict[str, Any]) -> None:
        hand_on(self.mandate, to=said["person"], by=self.request.user, starts_on=said["starts_on"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_passed_on=True, **kwargs)


def request_to(asked: list[str], body: Organisation) -> str:
    """A mail to the administrators, begun: they open accounts, moderators ask for them."""
    subject = gettext("Contact of %(institution)s") % {"institution": body.label}
    text = gettext("Please invite who is to answer for %(institution)s: name, address, role, from, until.")
    query = urlencode({"subject": subject, "body": text % {"institution": body.label}})
    return f"mailto:{','.join(asked)}?{query.replace('+', '%20')}"


class ContactsViewSet(ViewSet):
    name = "contacts"
    icon = "group"
    menu_label = _("Contacts")
    menu_order = 73
    add_to_admin_menu = True
    menu_item_class = shown_to(may_follow_up)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", ContactsView.as_view(), name="index"),
            path("<int:pk>/", InstitutionView.as_view(), name="institution"),
            path("mandate/<int:pk>/", MandateView.as_view(), name="mandate"),
            path("mandate/<int:pk>/pass-on/", PassOnView.as_view(), name="pass_on"),
        ]
