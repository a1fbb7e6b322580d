"""The moderator's desk: what waits for whom, in one list for each kind, each with its count."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup

from pagekit.models import attach_pages
from pagekit.pagination import paginate
from recommendations import rules
from recommendations.choices import ACHIEVED, EntryKind, Finding, Implementation, Position, Rung
from recommendations.models import Assessment, Assignment, Evidence, FollowUp
from recommendations.services.evidence import proof_of
from recommendations.services.handover import may_hand_over
from recommendations.services.log import clock_of, entries_of
from recommendations.wagtail_hooks.follow_up import AssignmentViewSet, may_follow_up, shown_to
from recommendations.wagtail_hooks.handover import HandoverIndex, HandoverView

PER_PAGE = 25
CLAIMS, NOT_OURS, RECHECKS, LADDERS, CONTRADICTIONS, DISPUTED, ORPHANED = (
    "claims", "not-ours", "rechecks", "ladders", "contradictions", "disputed", "orphaned",
)  # fmt: skip
LISTS: dict[str, tuple[Promise, Promise]] = {
    CLAIMS: (_("Claims to assess"), _("No claim waits.")),
    NOT_OURS: (_("“Not ours” to accept"), _("No institution says that a matter is not its own.")),
    RECHECKS: (_("Re-checks due"), _("Nothing verified is due to be looked at again.")),
    LADDERS: (_("Reply ladders to continue"), _("Nobody who is silent is to be written to today.")),
    CONTRADICTIONS: (_("Contradictions in their 14 days"), _("No contradiction waits for its day.")),
    DISPUTED: (_("Disputed, to be decided"), _("No public contradiction waits for a decision.")),
    ORPHANED: (_("Without a contact"), _("Every open item has somebody who answers.")),
}
# Lists that need no log: they may be long, so only the page that is shown is read.
BY_CACHES = frozenset({DISPUTED, ORPHANED})
RUNG_ACTS = {Rung.DEPUTY: "letter", Rung.MODERATOR: "letter", Rung.SILENCE: "silence", Rung.CLOSING: "close"}


@dataclass
class Item:
    """A line of the desk: whose row, what waits and since when, what is to be done and until when."""

    row: Assignment
    since: dt.date | None = None
    due: dt.date | None = None
    entry: FollowUp | None = None
    what: Any = ""
    act: Any = ""
    url: str = ""
    # Why the person who looks cannot do it.
    hindrance: Any = ""
    claim: list[int] = field(default_factory=list)
    pieces: list[Evidence] = field(default_factory=list)
    # What the evidence amounts to, and whether that is enough to confirm.
    proof: list[tuple[bool, Any]] = field(default_factory=list)
    is_late: bool = False


def in_time(items: Iterable[Item], today: dt.date) -> list[Item]:
    """Oldest first; what is past its day is marked."""
    found = sorted(items, key=lambda item: (item.since or dt.date.max, item.row.pk))
    for item in found:
        item.is_late = item.due is not None and item.due < today
    return found


class Desk:
    """All lists for one moderator; whatever their length, the rows and their logs are read by four queries."""

    def __init__(self, user: Any, today: dt.date) -> None:
        self.user = user
        self.today = today

    @cached_property
    def rows(self) -> list[tuple[Any, list[rules.Entry], rules.State]]:
        """The rows that may stand in a list which the rules have to decide, with their logs.

        ``is_held`` says of a row whether the moderator answers for the institution.
        """
        year_ago = rules.add_months(self.today, -rules.RECHECK_MONTHS[0])
        verified = Assessment.objects.filter(
            follow_up__assignment=OuterRef("pk"), finding=Finding.CONFIRMS, assessed_on__lte=year_ago
        )
        first_rung = self.today - rules.POSITION_WITHIN - rules.DEPUTY_AFTER
        end = timezone.make_aware(dt.datetime.combine(first_rung, dt.time.max))
        is_open = Q(closure="")
        wanted = (
            Q(is_open, implementation__in=ACHIEVED, is_confirmed=False)
            | Q(pk__in=FollowUp.objects.claimed_behind().order_by().values("assignment"))
            | Q(is_open, position=Position.NOT_COMPETENT)
            | Q(is_open, position=Position.NO_ANSWER, notified_at__lte=end, organisation__is_collective=False)
            | Q(Exists(verified), implementation=Implementation.IMPLEMENTED, is_confirmed=True)
        )
        held = Assignment.objects.held_by(self.user).filter(pk=OuterRef("pk"))
        rows = Assignment.objects.filter(wanted, is_withdrawn=False).annotate(is_held=Exists(held)).with_log()
        logs = [(row, entries_of(row)) for row in rows]
        return [(row, entries, rules.state_of(entries, today=self.today)) for row, entries in logs]

    @cached_property
    def lists(self) -> dict[str, Any]:
        return {
            CLAIMS: in_time(self.claims(), self.today),
            NOT_OURS: in_time(self.not_ours(), self.today),
            RECHECKS: in_time(self.rechecks(), self.today),
            LADDERS: in_time(self.ladders(), self.today),
            CONTRADICTIONS: in_time(self.contradictions(), self.today),
            DISPUTED: self.by_caches(Assignment.objects.filter(is_disputed=True, is_withdrawn=False)),
            ORPHANED: self.by_caches(Assignment.objects.orphaned(self.today)),
        }

    def by_caches(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.select_related("organisation", "taken_over_by", "recommendation")
        return rows.order_by("organisation__label_pl", "recommendation__reference", "number")

    def claims(self) -> Iterable[Item]:
        for row, entries, now in self.rows:
            if (waits := rules.waiting_claim(entries, now)) is None:
                continue
            written = {follow_up.pk: follow_up for follow_up in row.follow_ups.all()}
            claim = [same.id for same in rules.claim_of(entries, waits.entry)]
            what: Any = Implementation(waits.entry.implementation).label
            if waits.entry.implementation != now.implementation:
                what = _("%(claim)s; by an entry of a later date the state is “%(state)s”") % {
                    "claim": what,
                    "state": Implementation(now.implementation).label,
                }
            hindrance: Any = ""
            if any(written[pk].recorded_by_id == self.user.pk for pk in claim):
                hindrance = _("You recorded this claim: another moderator assesses it.")
            elif row.is_held:
                hindrance = _("You answer for this institution: another moderator assesses it.")
            yield Item(
                row,
                since=waits.since,
                due=waits.due,
                entry=written[waits.entry.id],
                what=what,
                act=_("Assess"),
                url=reverse("follow_up:assess", args=[waits.entry.id]),
                hindrance=hindrance,
                claim=claim,
            )

    def not_ours(self) -> Iterable[Item]:
        for row, entries, now in self.rows:
            if row.closure or now.position != Position.NOT_COMPETENT:
                continue
            last = next(entry for entry in reversed(rules.in_order(entries)) if entry.kind == EntryKind.POSITION)
            if any(judgement.finding == Finding.RETURNED for judgement in last.judgements):
                # Asked back: the institution has the word.
                continue
            yield Item(
                row,
                since=last.recorded_on,
                entry=next(follow_up for follow_up in row.follow_ups.all() if follow_up.pk == last.id),
                what=Position.NOT_COMPETENT.label,
                act=_("Accept or ask back"),
                url=reverse("follow_up:not-ours", args=[row.pk]),
            )

    def rechecks(self) -> Iterable[Item]:
        for row, entries, now in self.rows:
            due = rules.recheck_due(now)
            if due is None or due > self.today:
                continue
            claimed = [entry for entry in rules.in_order(entries) if entry.kind == EntryKind.REPORT][-1]
            yield Item(
                row,
                since=now.confirmed_on,
                due=due,
                entry=next(follow_up for follow_up in row.follow_ups.all() if follow_up.pk == claimed.id),
                what=_("verified"),
                act=_("Check again"),
                url=reverse("follow_up:assess", args=[claimed.id]),
                claim=[same.id for same in rules.claim_of(entries, claimed)],
            )

    def ladders(self) -> Iterable[Item]:
        for row, _entries, now in self.rows:
            clock = clock_of(row)
            step = rules.next_step(clock, now)
            if step is None or step.rung == Rung.NOTICE or step.from_day > self.today:
                continue
            yield Item(
                row,
                since=clock.notified_on,
                due=step.from_day,
                what=_("No answer"),
                act=Rung(step.rung).label,
                url=reverse(f"follow_up:{RUNG_ACTS[Rung(step.rung)]}", args=[row.pk]),
            )

    def contradictions(self) -> Iterable[Item]:
        waiting = Assessment.objects.filter(finding=Finding.CONTRADICTS, public_from__gt=self.today).select_related(
            "follow_up__assignment__organisation",
            "follow_up__assignment__taken_over_by",
            "follow_up__assignment__recommendation",
        )
        for assessment in waiting:
            row = assessment.follow_up.assignment
            yield Item(
                row,
                since=assessment.assessed_on,
                due=assessment.public_from,
                entry=assessment.follow_up,
                what=assessment.text,
                act=_("Open"),
                url=reverse("follow_up:item", args=[row.pk]),
            )

    def counts(self) -> dict[str, int]:
        return {name: found.count() if name in BY_CACHES else len(found) for name, found in self.lists.items()}


def lines(rows: Iterable[Assignment], what: Any) -> list[Item]:
    """Lines that lead to the row, where all acts are."""
    return [Item(row, what=what, act=_("Open"), url=reverse("follow_up:item", args=[row.pk])) for row in rows]


def attach_evidence(items: Iterable[Item]) -> None:
    """Set the pieces of each claim, and what they amount to: two queries for all of them."""
    listed = [item for item in items if item.claim]
    given: dict[int, list[Evidence]] = {}
    wanted = [pk for item in listed for pk in item.claim]
    for piece in Evidence.objects.filter(follow_up__in=wanted).select_related("document").order_by("pk"):
        given.setdefault(piece.follow_up_id or 0, []).append(piece)
    for item in listed:
        item.pieces = [piece for pk in item.claim for piece in given.get(pk, [])]
        proofs = [proof_of(piece) for piece in item.pieces]
        if item.entry and item.entry.implementation == Implementation.IMPLEMENTED:
            item.proof = [(rules.is_proven(proofs), _("two different pieces, or one legal act"))]
        else:
            item.proof = [(rules.has_hard_evidence(proofs), _("one hard piece: no press, photo or web page"))]


class DeskView(WagtailAdminTemplateMixin, TemplateView):
    """One list of the desk, with the counts of all."""

    template_name = "admin/recommendations/desk.html"
    header_icon = "check"
    name = CLAIMS

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (request.user.is_active and may_follow_up(request.user)):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_page_title(self) -> Any:
        return LISTS[self.name][0]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        desk = Desk(self.request.user, timezone.localdate())
        counts = desk.counts()
        page = paginate(self.request, desk.lists[self.name], PER_PAGE, count=counts[self.name])
        if self.name in BY_CACHES:
            what = _("No active mandate") if self.name == ORPHANED else _("Reverse, reopen, or confirm again")
            items = lines(page.object_list, what)
        else:
            items = list(page.object_list)
        attach_pages([item.row.recommendation for item in items])
        attach_evidence(items)
        tabs = [
            {
                "label": title,
                "count": counts[name],
                "url": reverse("claims:index" if name == CLAIMS else f"claims:{name}"),
                "is_current": name == self.name,
            }
            for name, (title, _empty) in LISTS.items()
        ]
        return super().get_context_data(
            tabs=tabs,
            items=items,
            list_page=page,
            empty=LISTS[self.name][1],
            late=self.late(items),
            is_claims=self.name == CLAIMS,
            handover_url=reverse("handover:index"),
            is_orphaned=self.name == ORPHANED,
            is_timed=self.name not in BY_CACHES,
            **kwargs,
        )

    def late(self, items: list[Item]) -> str:
        number = sum(item.is_late for item in items)
        if not number or self.name == CONTRADICTIONS:
            return ""
        return ngettext("%(number)d is past its day.", "%(number)d are past their day.", number) % {"number": number}


class DeskViewSet(ViewSet):
    name = "claims"
    icon = "check"
    menu_label = _("Moderator's desk")
    menu_item_class = shown_to(may_follow_up)

    def get_urlpatterns(self) -> list[URLPattern]:
        others = [path(f"{name}/", DeskView.as_view(name=name), name=name) for name in LISTS if name != CLAIMS]
        return [path("", DeskView.as_view(), name="index"), *others]


class HandoverViewSet(ViewSet):
    name = "handover"
    icon = "arrow-right-full"
    menu_label = _("Handovers")
    menu_item_class = shown_to(may_hand_over)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", HandoverIndex.as_view(), name="index"),
            path("<int:pk>/", HandoverView.as_view(), name="act"),
        ]


class FollowUpGroup(ViewSetGroup):
    menu_label = _("Follow-up")
    menu_name = "follow-up"
    menu_icon = "clipboard-list"
    menu_order = 70
    items = (DeskViewSet, AssignmentViewSet, HandoverViewSet)
