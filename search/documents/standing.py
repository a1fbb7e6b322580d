"""Where a recommendation stands: the values of its facets, its addressees, and the days from which alerts hold.

Days, not words: what is overdue or stale changes with the calendar, and no document is written because a day went by.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q

from recommendations import rules
from recommendations.choices import EntryKind
from recommendations.models import Assignment, FollowUp, Recommendation
from recommendations.models.threads import repeats
from recommendations.services.log import clock_of, entries_of, summary_of
from search.engines.narrowing import addressed_text
from search.query import OPEN


def addressed(rows: Iterable[Assignment]) -> list[str]:
    """A text for each addressee; its implementation is the badge that its row would have alone."""
    return [
        addressed_text(
            row.organisation.code,
            position=row.position,
            implementation=summary_of([row]).badge,
            closure=row.closure or OPEN,
        )
        for row in rows
    ]


def alerts(rows: Sequence[Assignment]) -> dict[str, dt.date]:
    """The day from which each alert holds for at least one addressee, past or to come; "unanswered" is not among them.

    Only open rows age. `follow_ups__assessments` should be prefetched.
    """
    days: dict[str, list[dt.date | None]] = {"overdue": [], "ageing": [], "stale": [], "disputed": []}
    for row in rows:
        entries = entries_of(row)
        # Nothing recorded lies ahead of the last day there is; contradictions not yet public only make it disputed.
        days["overdue"].append(rules.overdue_from(clock_of(row), rules.state_of(entries, today=dt.date.max)))
        days["disputed"].append(rules.disputed_from(entries))
        if row.is_open and row.last_information_on:
            days["ageing"].append(rules.ageing_from(row.last_information_on))
            days["stale"].append(rules.stale_from(row.last_information_on))
    return {name: min(known) for name, some in days.items() if (known := [day for day in some if day])}


def unanswered(pks: Sequence[int]) -> dict[int, dt.date]:
    """Which of these were asked more than once and never answered by anybody, and the day of the second request.

    A request counts while readers may see it; one without a date counts as made before all others.
    """
    chains = repeats(pks)
    everything = {pk for chain in chains.values() for pk in chain}
    if not everything:
        return {}
    answers = FollowUp.objects.filter(
        Q(kind=EntryKind.POSITION) | Q(kind=EntryKind.REPORT, declared_by__isnull=False),
        assignment__recommendation=OuterRef("pk"),
        assignment__is_withdrawn=False,
    )
    rows = Recommendation.objects.visible_to().filter(pk__in=everything).annotate(is_answered=Exists(answers))
    seen = {
        pk: (starts_on or dt.date.min, is_answered)
        for pk, starts_on, is_answered in rows.values_list("pk", "starts_on", "is_answered")
    }
    found = {}
    for pk, chain in chains.items():
        requests = [seen[other] for other in chain if other in seen]
        if pk in seen and len(requests) > 1 and not any(is_answered for _, is_answered in requests):
            found[pk] = sorted(day for day, _ in requests)[1]
    return found
