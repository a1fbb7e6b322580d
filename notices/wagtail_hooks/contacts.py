"""Contacts and deputies as moderators see them: who answers for whom, who cannot be reached, and whom to ask."""

from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import URLPattern, path
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.viewsets.base import ViewSet

from notices.models import ReplyLink
from notices.services.access import keepers
from notices.services.recipients import has_bounced
from notices.wagtail_hooks.moderators import ModeratorsMixin
from pagekit.pagination import paginate
from recommendations.models import Assignment
from recommendations.services.items import ANSWERING
from recommendations.wagtail_hooks.follow_up import may_follow_up, shown_to
from taxonomy.models import Mandate, Organisation

PER_PAGE = 50
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
        asked = sorted({person.email for person in keepers() if person.email})
        lines = [
            {
                "body": body,
                "people": [(mandate, trouble_of(mandate, disowned)) for mandate in body.standing],
                "request": request_to(asked, body) if asked else "",
            }
            for body in page.object_list
        ]
        return super().get_context_data(lines=lines, list_page=page, **kwargs)


def request_to(asked: list[str], body: Organisation) -> str:
    """A mail to the administrators, begun: they give mandates, moderators ask for them."""
    subject = gettext("Contact of %(institution)s") % {"institution": body.label}
    text = gettext("Please change who answers for %(institution)s: name, address, role, from, until.")
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
        return [path("", ContactsView.as_view(), name="index")]
