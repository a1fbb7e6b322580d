"""Whether the caches of the whole base are what the log says: one pass, in batches, and what differs by name.

The caches are those of each addressee's row and those of the recommendation above it, its editorial state among them.
A difference seen while somebody was writing is looked at again under the lock, so that only what stands is named.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from recommendations import rules
from recommendations.choices import Age, EditorialState
from recommendations.models import Assessment, Assignment, FollowUp, Recommendation
from recommendations.services.log import CACHES, clock_of, entries_of, lock, write_badge, write_caches

BATCH = 500
ENTRY_FIELDS = (
    "assignment_id", "kind", "recorded_at", "refers_on", "position", "implementation", "closure", "declared_by_id",
)  # fmt: skip
JUDGEMENT_FIELDS = ("follow_up_id", "finding", "assessed_on", "public_from", "recorded_at")


@dataclass(frozen=True)
class Difference:
    """One cache that is not what the log says; ``where`` is a reference, with the number of the row where it is one."""

    where: str
    cache: str
    stands: Any
    should: Any

    def __str__(self) -> str:
        return f"{self.where}: {self.cache} is {_words(self.stands)}, the log says {_words(self.should)}"


@dataclass
class Pass:
    """What one pass over the base found, and what is counted on the way."""

    rows: int = 0
    entries: int = 0
    differing: int = 0
    overdue: int = 0
    ages: dict[str, int] = field(default_factory=lambda: dict.fromkeys([str(age) for age in Age], 0))


def _words(value: Any) -> str:
    return "empty" if value in (None, "") else f"“{value}”"


def prove(
    *,
    today: dt.date | None = None,
    is_repairing: bool = False,
    on_difference: Callable[[Difference], None] = lambda found: None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Pass:
    """Compare every cache with the log, and with ``is_repairing`` write those that differ.

    In the order of the references' keys, a batch of recommendations at a time: the memory does not grow with the base.
    ``on_progress`` hears how many recommendations of how many are done.
    """
    day = today or timezone.localdate()
    found, done, total = Pass(), 0, Recommendation.objects.count()
    for batch in _batches():
        for recommendation in batch:
            rows = list(recommendation.assignments.all())
            states = [rules.state_of(entries_of(row), today=day) for row in rows]
            found.rows += len(rows)
            found.entries += sum(len(row.follow_ups.all()) for row in rows)
            for row, state in zip(rows, states, strict=True):
                row.recommendation = recommendation
                _count(found, row, state, day)
            if _differs(recommendation, rows, states):
                found.differing += _settle(recommendation, day, on_difference, is_repairing=is_repairing)
        done += len(batch)
        on_progress(done, total)
    return found


def _batches() -> Iterator[list[Recommendation]]:
    judgements = Assessment.objects.order_by("assessed_on", "id").only(*JUDGEMENT_FIELDS)
    entries = FollowUp.objects.order_by("id").only(*ENTRY_FIELDS).prefetch_related(Prefetch("assessments", judgements))
    rows = Assignment.objects.select_related("organisation").order_by("number")
    last = 0
    while batch := list(
        Recommendation.objects.filter(pk__gt=last)
        .order_by("pk")
        .prefetch_related(
            Prefetch("assignments", rows), Prefetch("assignments__follow_ups", entries), "editorial_acts"
        )[:BATCH]
    ):
        last = batch[-1].pk
        yield batch


def _count(found: Pass, row: Assignment, state: rules.State, day: dt.date) -> None:
    if state.closure or row.is_withdrawn:
        return
    found.ages[str(rules.age_of(state.last_information_on, day))] += 1
    found.overdue += rules.is_overdue(clock_of(row), state, day)


def _differs(recommendation: Recommendation, rows: list[Assignment], states: list[rules.State]) -> bool:
    return any(True for _found in _differences(recommendation, rows, states))


def _differences(
    recommendation: Recommendation, rows: list[Assignment], states: list[rules.State]
) -> Iterator[Difference]:
    """What differs between these rows, as they were read, and what their logs amount to."""
    reference = recommendation.reference
    for row, state in zip(rows, states, strict=True):
        for name in CACHES:
            stands, should = getattr(row, name), getattr(state, name)
            if stands != should:
                yield Difference(f"{reference} A{row.number}", name, stands, should)
    badge = summary_of_states(rows, states)
    if recommendation.badge != badge:
        yield Difference(reference, "badge", recommendation.badge, badge)
    asked = [state for row, state in zip(rows, states, strict=True) if not row.is_withdrawn]
    informed = max((state.last_information_on for state in asked if state.last_information_on), default=None)
    if recommendation.last_information_on != informed:
        yield Difference(reference, "last_information_on", recommendation.last_information_on, informed)
    newest = max((entry.recorded_at for row in rows for entry in row.follow_ups.all()), default=None)
    changed = recommendation.last_change_at
    # What is made public on its day is a change too, so it may be later than the newest entry.
    if newest is not None and (changed is None or changed < newest):
        yield Difference(reference, "last_change_at", changed, newest)
    # Newest first.
    acts = list(recommendation.editorial_acts.all())
    newest_act = acts[0].state if acts else EditorialState.PUBLISHED
    if recommendation.editorial_state != newest_act:
        yield Difference(reference, "editorial_state", recommendation.editorial_state, newest_act)


def summary_of_states(rows: list[Assignment], states: list[rules.State]) -> str:
    """The badge over what the logs amount to, whatever the rows hold."""
    return rules.summary_of(
        rules.Row(
            role=row.role,
            implementation=state.implementation,
            is_confirmed=state.is_confirmed,
            closure=state.closure,
            is_withdrawn=row.is_withdrawn,
        )
        for row, state in zip(rows, states, strict=True)
    ).badge


@transaction.atomic
def _settle(
    suspect: Recommendation, day: dt.date, on_difference: Callable[[Difference], None], *, is_repairing: bool
) -> int:
    """Look again under the lock; name what differs, write it if asked, answer how many caches differed."""
    recommendation = Recommendation.objects.select_for_update().get(pk=suspect.pk)
    rows = list(
        recommendation.assignments.select_related("organisation")
        .prefetch_related("follow_ups__assessments")
        .order_by("number")
    )
    states = [rules.state_of(entries_of(row), today=day) for row in rows]
    differences = list(_differences(recommendation, rows, states))
    for difference in differences:
        on_difference(difference)
    if differences and is_repairing:
        for row in rows:
            write_caches(lock(row))
        if not rows:
            write_badge(recommendation)
        if any(difference.cache == "last_change_at" for difference in differences):
            newest = max(entry.recorded_at for row in rows for entry in row.follow_ups.all())
            write_badge(lock(rows[0]).recommendation, now=newest)
        for difference in differences:
            if difference.cache == "editorial_state":
                recommendation.editorial_state = difference.should
                recommendation.save(update_fields=["editorial_state"])
    return len(differences)
