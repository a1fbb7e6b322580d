"""The campaign of first contacts: who would get what, and one press that sends it in batches."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.viewsets.base import ViewSet

from notices.services.campaign import plan_campaign, send_campaign
from notices.services.recipients import PAUSED
from notices.services.reminders import Digest
from notices.wagtail_hooks.moderators import ModeratorsMixin
from pagekit.acts import Refused
from recommendations.wagtail_hooks.follow_up import may_follow_up, shown_to

TITLE = _("First contacts about early editions")


def lines(digests: Iterable[Digest]) -> list[dict[str, Any]]:
    """Each with why it is withheld, in the language of the page: the plan says it for the console."""
    return [{"digest": digest, "why": reason(digest.withheld)} for digest in digests]


def reason(withheld: str) -> str:
    if withheld.startswith(PAUSED):
        return gettext("paused until %(day)s") % {"day": withheld.removeprefix(PAUSED)}
    return gettext(withheld) if withheld else ""


class CampaignView(ModeratorsMixin, TemplateView):
    """Nothing is sent before the press; with scripts the next batch follows by itself."""

    template_name = "admin/notices/campaign.html"
    header_icon = "mail"
    page_title = TITLE

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            left = send_campaign(timezone.localdate())
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(request.path)
        return redirect(f"{request.path}?going" if left else request.path)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": TITLE}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        campaign = plan_campaign(today)
        return super().get_context_data(
            campaign=campaign,
            wanted=lines(campaign.digests),
            withheld=lines(campaign.withheld),
            is_today=campaign.day == today,
            goes_on="going" in self.request.GET and bool(campaign.digests),
            **kwargs,
        )


class CampaignViewSet(ViewSet):
    name = "campaign"
    icon = "mail"
    menu_label = _("First contacts")
    menu_order = 74
    add_to_admin_menu = True
    menu_item_class = shown_to(may_follow_up)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", CampaignView.as_view(), name="index")]
