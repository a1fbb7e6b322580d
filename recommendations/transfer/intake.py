"""The plan of an intake carried out: drafts below the issuers and over what is there, in batches, each row once.

And its undoing. The plan is kept with the rows and is exactly what runs: any change of the rows makes it void, and a
row that would come out otherwise by now is left alone and says so.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations
from wagtail.actions.delete_page import DeletePageAction
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.signal_handlers import disable_reference_index_auto_update

from pagekit.acts import Refused
from pagekit.models import source_language
from pagekit.submission import may_submit
from recommendations.choices import PlanKind
from recommendations.models import Intake, IntakeRow, PageIdentifier, Recommendation, RecommendationPage
from recommendations.services.intake import require_intake_right
from recommendations.transfer.dates import issued_on
from recommendations.transfer.planning import Line, Planner, period_of_issuer
from recommendations.transfer.said import PERIOD, write

LONGEST_IDENTIFIER = PageIdentifier._meta.get_field("identifier").max_length or 0
BATCH = 100
"""Drafts made in one transaction, at most; what is made stays, whatever stops the next."""

LONGEST = 4.0
"""Seconds after which a batch ends: SQLite has one writer, and whoever else saves something waits for twenty."""

BREATH = 0.15
"""Seconds between two batches: longer than a writer who waits for SQLite sleeps before it tries again."""

NEAR = 50
"""How many drafts of the paper are looked at on each side for the next to be sent."""

TO_DO = (PlanKind.CREATE, PlanKind.CHANGE)
KIN = tuple(
    [one.get_accessor_name() for one in get_all_child_relations(RecommendationPage)]
    + [one.name for one in get_all_child_m2m_relations(RecommendationPage)]
)
# Rows that the planner has just read, or the tree gives: nobody need ask whether they are there.
GIVEN = {one.name for one in RecommendationPage._meta.concrete_fields if one.is_relation}


def carry_out(intake: Intake, *, by: Any) -> int:
    """Make the drafts that the kept plan names, a batch at a time, and return how many there are now more.

    Refused where the rows changed since the plan was made. Whatever stops it, the batches done stay done: run again,
    it goes on with the first row that has no draft.
    """
    made = 0
    planner = Planner(Intake.objects.select_related("page").get(pk=intake.pk), by, is_whole=False)
    # The vocabularies and the names of the file are read before anybody has to wait for it.
    planner.lines(list(waiting(intake)[:BATCH]))
    while (done := carry_out_batch(intake, by=by, planner=planner)) is not None:
        made += done
        let_others_write(waiting(intake))
    return made


def let_others_write(still: Any) -> None:
    """Between two batches, where another one follows."""
    if connection.vendor == "sqlite" and still.exists():
        time.sleep(BREATH)


@transaction.atomic
def carry_out_batch(intake: Intake, *, by: Any, planner: Planner | None = None) -> int | None:
    """How many drafts the next batch made; None where no row waits. A ``planner`` keeps what it has read.

    A batch that has lasted LONGEST leaves its other rows to the next one.
    """
    locked = Intake.objects.select_for_update().select_related("page").get(pk=intake.pk)
    require_intake_right(by, locked.page)
    if not locked.is_planned:
        raise Refused(_("Nothing was made: the rows changed after the plan. Look at the new plan first."))
    rows = list(waiting(locked)[:BATCH])
    if not rows:
        return None
    started = time.monotonic()
    lines = (planner or Planner(locked, by, is_whole=False)).lines(rows)
    facts = facts_of(lines)
    # Every new page is numbered by its parent's count.
    parents = Page.objects.select_for_update().in_bulk({line.parent.pk for line in lines if line.parent})
    now, done = timezone.now(), []
    for line in lines:
        if is_as_planned(line):
            if line.kind == PlanKind.CREATE:
                create(line, locked, by, parents[line.parent.pk], facts)
            else:
                change(line, locked, by, facts)
            line.row.drafted_at = now
        else:
            line.row.trouble = line.sentence or str(_("It would come out otherwise by now. Plan again."))
        done.append(line)
        if time.monotonic() - started > LONGEST:
            break
    fields = ["drafted_at", "made_revision", "earlier_revision", "trouble"]
    IntakeRow.objects.bulk_update([line.row for line in done], fields)
    Intake.objects.filter(pk=locked.pk).update(steps_done=F("steps_done") + len(done))
    return sum(line.row.drafted_at is not None for line in done)


def waiting(intake: Intake) -> Any:
    """The rows that the plan makes drafts of and that have none yet."""
    return intake.rows.filter(plan_kind__in=TO_DO, drafted_at=None, trouble="", is_dropped=False)


def is_as_planned(line: Line) -> bool:
    planned = line.row.plan
    return line.kind == line.row.plan_kind and (line.base or None) == planned.get("base")


def facts_of(lines: Iterable[Line]) -> dict[Any, int]:
    """By key, the number of each recommendation that a link names and that was published."""
    keys = {key for line in lines for keys in line.said.values.get("links", {}).values() for key in keys}
    found = Recommendation.objects.filter(translation_key__in=keys) if keys else Recommendation.objects.none()
    return dict(found.values_list("translation_key", "pk"))


def create(line: Line, intake: Intake, by: Any, parent: Page, facts: dict[Any, int]) -> None:
    draft = draft_of(line, intake, facts)
    draft.owner, draft.locale = by, intake.page.locale
    kin = {name: list(getattr(draft, name).all()) for name in KIN}
    # Wagtail would work out what the page refers to after each of its rows; once, at the end, says the same.
    with disable_reference_index_auto_update():
        parent.add_child(instance=draft)
        # Just written: revision and references need not read every row of the page again.
        for name, rows in kin.items():
            getattr(draft, name).set(rows)
        draft.clean_fields(exclude=GIVEN)
        draft.clean()
        line.row.made_revision = draft.save_revision(user=by, log_action=True, clean=False).pk
        ReferenceIndex.create_or_update_for_object(draft)


def draft_of(line: Line, intake: Intake, facts: dict[Any, int]) -> RecommendationPage:
    """The unsaved page of a row; what the row does not say is said of the whole paper, or is that of the issuer."""
    draft = RecommendationPage(
        translation_key=line.row.key,
        wording_kind=intake.wording_kind,
        source_kind=intake.source_kind,
        source_title=intake.title,
        source_url=intake.source_url,
        source_document=intake.document if intake.columns.get("is_source", True) else None,
    )
    if "starts_on" not in line.said.values:
        for name, value in period_of_paper(intake, line.parent.specific).items():
            setattr(draft, name, value)
    write(draft, line.said, facts)
    # Of a page that held several recommendations, none is what stood there.
    if 0 < len(intake.old_address) <= LONGEST_IDENTIFIER and intake.rows.filter(is_dropped=False).count() == 1:
        draft.identifiers.add(PageIdentifier(identifier=intake.old_address))
    return draft


def period_of_paper(intake: Intake, issuer: Any) -> dict[str, Any]:
    """When all of a paper was issued, by the fields of a page: as its intake says, else as the issuer's page does."""
    period = None if intake.issued else period_of_issuer(issuer)
    return issued_on(intake.issued) if period is None else {name: getattr(period, name) for name in PERIOD}


def change(line: Line, intake: Intake, by: Any, facts: dict[Any, int]) -> None:
    """A new draft over what is there; a moderator publishes it like any other, with its reason."""
    page: Any = line.page
    line.row.earlier_revision = page.latest_revision_id
    write(page, line.said, facts)
    if page.live:
        with override(source_language()):
            page.change_reason = _("as “%(title)s” has it") % {"title": intake.title[:200]}
    line.row.made_revision = page.save_revision(user=by, log_action=True).pk


@dataclass(frozen=True)
class Made:
    """A draft of an intake that is still there, whether it is a new page, and whether somebody changed it since."""

    page: RecommendationPage
    row: IntakeRow

    @property
    def is_changed(self) -> bool:
        return self.page.latest_revision_id != self.row.made_revision

    @property
    def was_there(self) -> bool:
        return self.row.target is not None

    def may_be_sent(self, user: Any) -> bool:
        """Whether the person may send it to moderation with the others; what was taken off the site stays off."""
        is_off = self.page.first_published_at is not None and not self.page.live
        return not is_off and may_submit(self.page, user)


def made_of(rows: Sequence[IntakeRow]) -> list[Made]:
    """The drafts of these rows that are still there, in the order of the rows; one query."""
    keys = [row.made_key for row in rows if row.drafted_at]
    pages = {
        page.translation_key: page for page in RecommendationPage.objects.sources().filter(translation_key__in=keys)
    }
    return [Made(pages[row.made_key], row) for row in rows if row.made_key in pages]


def made_by(intake: Intake) -> list[Made]:
    """All drafts of an intake that are still there."""
    return made_of(list(intake.rows.exclude(drafted_at=None)))


def next_to_submit(page: Any, user: Any) -> Made | None:
    """Of the paper that made this draft the next one that the person may send to moderation, else one before it."""
    made_by_paper = IntakeRow.objects.exclude(drafted_at=None).select_related("intake")
    of_page = made_by_paper.filter(Q(target=page.translation_key) | Q(target=None, key=page.translation_key))
    row = of_page.order_by("-drafted_at", "-pk").first()
    if row is None:
        return None
    rows = made_by_paper.filter(intake=row.intake).order_by("position", "pk")
    near = [*rows.filter(position__gt=row.position)[:NEAR], *rows.filter(position__lt=row.position)[:NEAR]]
    return next((made for made in made_of(near) if made.may_be_sent(user)), None)


def undo(intake: Intake, *, by: Any) -> int:
    """Take back every draft that the intake made, and return how many; the rows stay and can be planned again.

    New pages are deleted, drafts over what was there give way to what stood before them, a batch at a time. Refused
    while any of them was published since or waits for a moderator, or a draft over a page was edited further.
    """
    refuse_undoing(intake, by)
    undone = 0
    while (done := undo_batch(intake, by=by)) is not None:
        undone += done
        let_others_write(intake.rows.exclude(drafted_at=None))
    return undone


def refuse_undoing(intake: Intake, by: Any) -> None:
    require_intake_right(by, intake.page)
    rows = intake.rows.exclude(drafted_at=None)
    for start in range(0, rows.count(), BATCH):
        for made in made_of(list(rows[start : start + BATCH])):
            refuse_undoing_of(made)


def refuse_undoing_of(made: Made) -> None:
    page, row = made.page, made.row
    is_published = page.first_published_at if not made.was_there else page.live_revision_id == row.made_revision
    if is_published:
        raise Refused(
            _("Not undone: “%(title)s” was published, and what was public once stays.") % {"title": page.title}
        )
    if page.current_workflow_state:
        raise Refused(_("Not undone: “%(title)s” waits for moderation. Cancel that first.") % {"title": page.title})
    if made.was_there and made.is_changed:
        raise Refused(_("Not undone: somebody edited the draft of “%(title)s” further.") % {"title": page.title})


@transaction.atomic
def undo_batch(intake: Intake, *, by: Any) -> int | None:
    """How many drafts the next batch took back; None where none is left. It ends like a batch that makes them."""
    locked = Intake.objects.select_for_update().select_related("page").get(pk=intake.pk)
    require_intake_right(by, locked.page)
    rows = list(locked.rows.exclude(drafted_at=None)[:BATCH])
    if not rows:
        Intake.objects.filter(pk=locked.pk).update(planned_revision=None, revision=F("revision") + 1)
        return None
    started = time.monotonic()
    found = {made.row.pk: made for made in made_of(rows)}
    for made in found.values():
        refuse_undoing_of(made)
    done = []
    for row in rows:
        if row.pk in found:
            take_back(found[row.pk], by)
        done.append(row.pk)
        if time.monotonic() - started > LONGEST:
            break
    IntakeRow.objects.filter(pk__in=done).update(
        drafted_at=None, made_revision=None, earlier_revision=None, target=None, plan_kind=""
    )
    return len(found.keys() & {*done})


def take_back(made: Made, by: Any) -> None:
    """A new page is deleted; the newest draft of one that was there says again what stood before the intake."""
    if not made.was_there:
        DeletePageAction(made.page, user=by).execute(skip_permission_checks=True)
        return
    earlier = Revision.objects.filter(pk=made.row.earlier_revision).first()
    page = made.page if earlier is None else earlier.as_object()
    page.save_revision(user=by, log_action=True)
    if made.page.live and made.row.earlier_revision in (None, made.page.live_revision_id):
        RecommendationPage.objects.filter(pk=made.page.pk).update(
            has_unpublished_changes=False, draft_title=made.page.title
        )
