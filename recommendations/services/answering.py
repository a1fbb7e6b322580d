"""How one body answers what it is asked: the figures of its page, from rows that any reader may see."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from statistics import median_low

from django.utils import timezone

from recommendations import rules
from recommendations.choices import Badge, Position
from recommendations.models import Assignment
from recommendations.models.figures import Chart, implementation_chart
from recommendations.models.tally import step_of
from recommendations.services.log import clock_of, state_in_caches
from taxonomy.models import Organisation

LISTED = 10
"""Overdue requests that are named; the others are counted."""


@dataclass(frozen=True)
class Answering:
    """Whole numbers, each with what it is taken from; times run from our first notice (domain.md, "Clock")."""

    asked: int
    answered: int
    open: int
    notified: int
    # Of those notified, the ones answered afterwards, and the middle one of their times in days.
    timed: int
    median_days: int | None
    overdue_count: int
    # The longest overdue, each with ``overdue_since``.
    overdue: tuple[Assignment, ...]
    chart: Chart

    @property
    def overdue_more(self) -> int:
        return self.overdue_count - len(self.overdue)

    @property
    def without_information(self) -> int:
        return sum(one.count for one in self.chart.columns if one.code == Badge.NO_INFORMATION)


def answering_of(organisation: Organisation, today: dt.date | None = None) -> Answering:
    """The figures of one body; one query. A collective is never overdue and has no times."""
    now = today or timezone.localdate()
    asked = Assignment.objects.asked().visible_to().filter(organisation=organisation)
    rows: list[Assignment] = list(asked.with_answers().select_related("recommendation"))
    late: list[tuple[dt.date, Assignment]] = []
    days: list[int] = []
    for row in rows:
        row.organisation = organisation
        since = rules.overdue_from(clock_of(row), state_in_caches(row))
        if since is not None and since <= now:
            row.overdue_since = since
            late.append((since, row))
        # What an import brought in was no answer to a notice of ours.
        if row.notified_at and row.first_answered_at and row.first_answered_at >= row.notified_at:
            days.append((timezone.localdate(row.first_answered_at) - timezone.localdate(row.notified_at)).days)
    late.sort(key=lambda one: (one[0], one[1].pk))
    return Answering(
        asked=len(rows),
        answered=sum(row.position != Position.NO_ANSWER for row in rows),
        open=sum(row.is_open for row in rows),
        notified=sum(row.notified_at is not None for row in rows),
        timed=len(days),
        median_days=median_low(days) if days else None,
        overdue_count=len(late),
        overdue=tuple(row for _since, row in late[:LISTED]),
        chart=implementation_chart(Counter(step_of(row.implementation, row.is_confirmed) for row in rows)),
    )
