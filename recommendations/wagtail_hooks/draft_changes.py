"""What a draft would change of a public recommendation: wording and facts on one screen, for whoever approves it."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page, Revision

from pagekit.fields import as_compared
from pagekit.templatetags.pagekit_tags import day_month_year
from recommendations.models import Recommendation, RecommendationPage
from recommendations.models.wording import lines_of
from recommendations.rules import Piece, differences
from recommendations.services.proposals import may_decide

# In the order of the editor's screen. Texts are compared word by word, rows and words of vocabularies one by one.
TEXTS = ("title", "text", "rationale", "search_description")
VALUES = (
    "wording_kind", "source_kind", "source_title", "source_url", "source_document", "source_locator",
    "starts_on", "ends_on", "precision", "date_words", "is_local", "is_regional", "is_national", "is_eu",
    "issuing_forum", "issuing_group", "slug", "go_live_at", "expire_at",
)  # fmt: skip
WORDS = ("themes", "affected_groups", "places", "tags")
ROWS = {
    "addressees": _("Whom it asks"), "links": _("Related recommendations"), "identifiers": _("Other identifiers"),
    "proposals": _("Names that no vocabulary has"),
}  # fmt: skip


@dataclass(frozen=True)
class DraftChange:
    """One field: what readers see of it now and would see then, or, of a text, both in one."""

    label: Any
    now: list[str] = field(default_factory=list)
    then: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)


def draft_changes(public: RecommendationPage, draft: RecommendationPage) -> list[DraftChange]:
    """Every field in which the draft differs from what readers see; of lists only what goes and what comes."""
    return [*of_texts(public, draft), *of_values(public, draft), *of_lists(public, draft)]


def label_of(name: str) -> Any:
    found: Any = RecommendationPage._meta.get_field(name)
    return found.verbose_name


def of_texts(public: RecommendationPage, draft: RecommendationPage) -> Iterator[DraftChange]:
    for name in TEXTS:
        now, then = getattr(public, name), getattr(draft, name)
        if as_compared(now) != as_compared(then):
            texts = (lines_of(now), lines_of(then)) if name == "rationale" else (now, then)
            yield DraftChange(label_of(name), pieces=differences(*texts))


def of_values(public: RecommendationPage, draft: RecommendationPage) -> Iterator[DraftChange]:
    for name in VALUES:
        attribute: Any = RecommendationPage._meta.get_field(name)
        if getattr(public, attribute.attname) != getattr(draft, attribute.attname):
            yield DraftChange(label_of(name), [in_words(public, name)], [in_words(draft, name)])


def in_words(page: RecommendationPage, name: str) -> str:
    value = getattr(page, name)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dt.date):
        return day_month_year(value)
    display = getattr(page, f"get_{name}_display", None)
    return str(display() if display else value or "")


def of_lists(public: RecommendationPage, draft: RecommendationPage) -> Iterator[DraftChange]:
    for name in WORDS:
        now, then = ([str(word) for word in getattr(page, name).all()] for page in (public, draft))
        yield from listed(label_of(name), now, then)
    for name, label in ROWS.items():
        now, then = ([told(row) for row in getattr(page, name).all()] for page in (public, draft))
        yield from listed(label, now, then)


def told(row: models.Model) -> str:
    """A row of the page in words: what stands in its own fields, in their order."""
    kept = [one for one in row._meta.local_concrete_fields if one.editable and one.name not in {"id", "page"}]
    words = [getattr(row, f"get_{one.name}_display", lambda one=one: getattr(row, one.name))() for one in kept]
    return " · ".join(str(word) for word in words if word)


def listed(label: Any, now: list[str], then: list[str]) -> Iterator[DraftChange]:
    gone, come = [one for one in now if one not in then], [one for one in then if one not in now]
    if gone or come:
        yield DraftChange(label, gone, come)


class DraftChangesView(WagtailAdminTemplateMixin, TemplateView):
    """The newest draft beside what readers see; for whoever may edit or publish this very page."""

    template_name = "admin/recommendations/draft_changes.html"
    page_title = _("What would change")
    header_icon = "duplicate"
    page: RecommendationPage

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.page = get_object_or_404(RecommendationPage.objects.sources(), pk=kwargs["pk"])
        may = self.page.permissions_for_user(request.user)
        if not (may.can_edit() or may.can_publish()):
            raise PermissionDenied
        if not self.page.live:
            # Its row follows its newest draft: there is nothing to compare with.
            raise Http404
        response: Any = super().dispatch(request, *args, **kwargs)
        return response

    def get_page_subtitle(self) -> str:
        return self.page.get_admin_display_title()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        label = self.get_page_subtitle()
        return [*self.breadcrumbs_items, {"url": edit, "label": label}, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft = self.page.get_latest_revision_as_object()
        fact = Recommendation.objects.filter(translation_key=self.page.translation_key).first()
        asked = {row.organisation_id for row in draft.addressees.all()}
        return super().get_context_data(
            page=self.page,
            draft=draft,
            fact=fact,
            may_decide=bool(draft.proposals.all()) and may_decide(self.request.user, self.page),
            changes=draft_changes(self.page, draft),
            revisions=revisions_since_publication(self.page),
            no_longer_asked=[
                row.organisation for row in self.page.addressees.all() if row.organisation_id not in asked
            ],
            **kwargs,
        )


def revisions_since_publication(page: Page) -> Iterable[Revision]:
    """What was saved since readers got what they see now, the newest first: whoever saved it does not approve it."""
    saved = Revision.objects.for_instance(page).select_related("user").order_by("-created_at", "-pk")
    return saved.filter(created_at__gt=page.last_published_at) if page.last_published_at else saved


@hooks.register("before_edit_page")
def lead_reviewers_to_the_changes(request: HttpRequest, page: Page) -> None:
    """Above the screen on which a change of something public is approved: the way to what it would change."""
    is_ours = isinstance(page, RecommendationPage) and page.is_source and page.live
    if request.method != "GET" or not is_ours or not page.current_workflow_task:
        return
    if page.current_workflow_task.get_actions(page, request.user):
        address = reverse("editorial:changes", args=[page.pk])
        buttons = [messages.button(address, gettext("What would change"))]
        messages.info(request, gettext("Something public waits for an approval."), buttons=buttons)
