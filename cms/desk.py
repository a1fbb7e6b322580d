"""The editorial desk: what a person of the admin has to do with pages, on the dashboard and as whole lists."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.home import (
    RecentEditsPanel,
    UserObjectsInWorkflowModerationPanel,
    WorkflowObjectsToModeratePanel,
)
from wagtail.models import Page, Revision, TaskState, WorkflowState, get_default_page_content_type
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail_localize.models import SegmentOverride, StringTranslation

from cms.translating.board import State, pages_for, with_states
from pagekit.models import source_language
from pagekit.pagination import paginate
from pagekit.scheduling import appearance_of
from pagekit.translation import locales_of

ON_PANEL = 10
PER_PAGE = 50
# They say in other words what the desk says.
REPLACED = (UserObjectsInWorkflowModerationPanel, WorkflowObjectsToModeratePanel, RecentEditsPanel)
RIGHTS = {"add", "change", "publish"}


@dataclass(frozen=True)
class Row:
    page: Page
    when: dt.datetime | None
    # What a moderator wrote, or how far the draft is.
    note: Any = ""
    is_foreign: bool = False


@dataclass(frozen=True)
class DeskList:
    name: str
    title: Promise
    empty: Promise
    pages: Callable[["EditorialDesk"], QuerySet[Page]]


class EditorialDesk:
    """Five lists of pages for one person; only pages on which the person has rights stand in any of them."""

    def __init__(self, user: Any) -> None:
        self.user = user

    @cached_property
    def seen(self) -> QuerySet[Page]:
        pages: QuerySet[Page] = PagePermissionPolicy().instances_user_has_any_permission_for(self.user, RIGHTS)
        return pages.filter(alias_of=None).order_by()

    @cached_property
    def reviewed(self) -> QuerySet[TaskState]:
        return TaskState.objects.reviewable_by(self.user)

    @staticmethod
    def own_key() -> Any:
        return Cast(OuterRef("pk"), CharField())

    def moderated(self, **how: Any) -> QuerySet[WorkflowState]:
        """The moderations of the page that the outer query looks at."""
        return WorkflowState.objects.filter(
            base_content_type=get_default_page_content_type(), object_id=self.own_key(), **how
        )

    def drafts(self) -> QuerySet[Page]:
        """What the person saved last and readers do not see, but for what was sent back."""
        unseen = Q(first_published_at=None) | Q(latest_revision_created_at__gt=F("last_published_at"))
        back = self.moderated(status=WorkflowState.STATUS_NEEDS_CHANGES)
        mine = self.seen.filter(unseen, ~Exists(back), latest_revision__user=self.user)
        return mine.order_by("-latest_revision_created_at", "-pk")

    def waiting(self) -> QuerySet[Page]:
        """What the person may approve: who saved a change since the last publication is its co-author."""
        saved = Revision.objects.filter(
            base_content_type=get_default_page_content_type(), object_id=self.own_key(), user=self.user
        )
        is_own = written_since(saved, "created_at")
        for model in (StringTranslation, SegmentOverride):
            # Who wrote the words of a translation need not have saved its page.
            texts = model.objects.filter(
                context__object_id=OuterRef("translation_key"),
                locale_id=OuterRef("locale_id"),
                last_translated_by=self.user,
            )
            is_own |= written_since(texts, "updated_at")
        running = self.moderated(
            status=WorkflowState.STATUS_IN_PROGRESS, current_task_state__in=self.reviewed.values("pk")
        )
        return self.seen.filter(Exists(running)).exclude(is_own).order_by("latest_revision_created_at", "pk")

    def returned(self) -> QuerySet[Page]:
        """What the person sent to moderation and a moderator sent back."""
        back = self.moderated(status=WorkflowState.STATUS_NEEDS_CHANGES, requested_by=self.user)
        return self.seen.filter(Exists(back)).order_by("-latest_revision_created_at", "-pk")

    def published(self) -> QuerySet[Page]:
        """What readers have seen new or changed since the first of this month."""
        first = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return self.seen.filter(live=True, last_published_at__gte=first).order_by("-last_published_at", "-pk")

    def outdated(self) -> QuerySet[Page]:
        """Public translations of the person's pages, or into the person's languages, whose original is newer."""
        keys = pages_for(self.user).order_by().values("translation_key")
        found: QuerySet[Page] = Page.objects.filter(live=True, alias_of=None, translation_key__in=keys)
        found = found.exclude(locale__language_code=source_language())
        if locales := locales_of(self.user):
            found = found.filter(locale__in=locales)
        return with_states(found).filter(state=State.STALE).order_by("-since", "-pk")

    def rows(self, name: str, pages: list[Page]) -> list[Row]:
        """What the list says of each page; one query for all their moderations, none where none is told of."""
        told = {}
        if name in {"drafts", "returned", "waiting"} and pages:
            active = WorkflowState.objects.active().filter(
                base_content_type=get_default_page_content_type(), object_id__in=[str(page.pk) for page in pages]
            )
            told = {state.object_id: state for state in active.select_related("current_task_state", "requested_by")}
        return [self.row(name, page, told.get(str(page.pk))) for page in pages]

    def row(self, name: str, page: Page, state: WorkflowState | None) -> Row:
        note: Any = ""
        when = page.last_published_at if name == "published" else page.latest_revision_created_at
        if name == "returned" and state:
            note, when = state.current_task_state.comment, state.current_task_state.finished_at
        elif name == "waiting" and state and state.requested_by:
            sender = state.requested_by
            note = _("sent by %(name)s") % {"name": sender.get_full_name() or sender.get_username()}
        elif name == "outdated":
            when = getattr(page, "since", None)
            note = _("the original is newer")
        elif name == "drafts":
            note = _("in moderation") if state else appearance_of(page) or _("not sent to moderation")
        elif name == "published":
            is_new = page.first_published_at == page.last_published_at
            note = _("new") if is_new else _("changed")
        return Row(page, when, note, is_foreign=page.locale.language_code != source_language())


def written_since(written: QuerySet[Any], moment: str) -> Q:
    """That some of ``written`` is younger than the last publication of the page, or the page has none."""
    younger = written.filter(**{f"{moment}__gt": OuterRef("last_published_at")})
    return Q(Exists(written), last_published_at=None) | Q(Exists(younger))


LISTS = {
    one.name: one
    for one in (
        DeskList("waiting", _("Waiting for me"), _("Nothing waits for your approval."), EditorialDesk.waiting),
        DeskList("returned", _("Returned to me"), _("Nothing was sent back to you."), EditorialDesk.returned),
        DeskList("drafts", _("My drafts"), _("You have no draft that readers do not see."), EditorialDesk.drafts),
        DeskList(
            "outdated",
            _("Translations out of date"),
            _("Every translation says what its original says."),
            EditorialDesk.outdated,
        ),
        DeskList("published", _("Published this month"), _("Nothing yet this month."), EditorialDesk.published),
    )
}


class DeskPanel(Component):
    """The lists with their counts, the first ten of each, and the way to all."""

    name = "editorial_desk"
    template_name = "admin/cms/desk_panel.html"
    order = 200

    def __init__(self, user: Any) -> None:
        self.user = user

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        desk = EditorialDesk(self.user)
        lists = []
        for one in LISTS.values():
            pages = one.pages(desk)
            # Eleven say whether there are more than ten: mostly nothing is left to count.
            first = list(pages.select_related("locale")[: ON_PANEL + 1])
            lists.append(
                {
                    "name": one.name,
                    "title": one.title,
                    "empty": one.empty,
                    "count": pages.count() if len(first) > ON_PANEL else len(first),
                    "rows": desk.rows(one.name, first[:ON_PANEL]),
                    "url": reverse("editorial_desk", args=[one.name]),
                }
            )
        return {"lists": lists, "most": ON_PANEL}


class DeskListView(WagtailAdminTemplateMixin, TemplateView):
    """One list of the desk, whole."""

    template_name = "admin/cms/desk_list.html"
    header_icon = "clipboard-list"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if kwargs["name"] not in LISTS:
            raise Http404
        if not PagePermissionPolicy().user_has_any_permission(request.user, RIGHTS):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_page_title(self) -> Any:
        return LISTS[self.kwargs["name"]].title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        desk, one = EditorialDesk(self.request.user), LISTS[self.kwargs["name"]]
        part = paginate(self.request, one.pages(desk).select_related("locale"), PER_PAGE)
        rows = desk.rows(one.name, list(part.object_list))
        return super().get_context_data(list=one, rows=rows, part=part, **kwargs)
