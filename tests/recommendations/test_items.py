"""The conditions that the database is asked say what the rules of the clock say."""

import datetime as dt
import itertools
from typing import Any

import pytest
from django.utils import timezone

from recommendations import rules
from recommendations.choices import Show
from recommendations.models import Assignment, Recommendation
from recommendations.services import items
from recommendations.services.log import clock_of
from taxonomy.models import Mandate
from tests.factories.pages import make_recommendation
from tests.factories.scale import multiply
from tests.factories.taxonomy import MandateFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2027, 2, 28)


def noon(day: dt.date | None) -> dt.datetime | None:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12))) if day else None


def around(*days: dt.date) -> list[dt.date]:
    return [day + dt.timedelta(days=shift) for day in days for shift in (-1, 0, 1)]


def cases() -> list[dict[str, Any]]:
    """Rows round the days on which something changes: ends of short months, a notice after an answer, a target."""
    words = around(dt.date(2026, 8, 28), dt.date(2026, 8, 31), dt.date(2026, 2, 28))
    spoken = [
        {"notified_at": noon(dt.date(2025, 1, 1)), "last_answered_at": noon(day), "position": position}
        for day, position in itertools.product(words, ("accepted", "noted", "no_answer"))
    ]
    silent = [{"notified_at": noon(day)} for day in around(TODAY - rules.POSITION_WITHIN)]
    asked_after = [{"notified_at": noon(day), "last_answered_at": noon(dt.date(2020, 1, 1))} for day in words]
    targets = [{"target_on": day, "implementation": one} for day in around(TODAY) for one in ("stalled", "implemented")]
    late: dict[str, Any] = {"notified_at": noon(dt.date(2020, 1, 1))}
    return [*spoken, *silent, *asked_after, *targets, {}, late, late | {"closure": "declined"}]


@pytest.fixture
def rows() -> Any:
    """One row for each case, and what a person is asked who holds them all."""
    fact = make_recommendation()
    multiply(fact, len(cases()) - 1)
    Recommendation.objects.update(starts_on="2020-01-01")
    for row, values in zip(Assignment.objects.order_by("pk"), cases(), strict=True):
        Assignment.objects.filter(pk=row.pk).update(**values)
    return items.items_of(MandateFactory.create(organisation=fact.assignments.get().organisation).user, TODAY)


def state_of(row: Assignment) -> rules.State:
    answered = row.last_answered_at
    return rules.State(
        position=row.position,
        implementation=row.implementation,
        closure=row.closure,
        last_answer_on=timezone.localdate(answered) if answered else None,
    )


def test_what_is_overdue_and_due_soon_is_what_the_rules_say(rows: Any) -> None:
    everything = list(rows)
    shows = items.shows_of(items.bodies_of(Mandate.objects.get().user), TODAY)
    late = {row.pk for row in everything if rules.is_overdue(clock_of(row), state_of(row), TODAY)}
    soon = {row.pk for row in everything if (due := items.due_of(row)) and due <= TODAY + items.SOON}

    assert len(everything) == len(cases())
    assert 0 < len(late) < len(soon | late) < len(everything)
    assert set(rows.filter(shows[Show.OVERDUE]).values_list("pk", flat=True)) == late
    assert set(rows.filter(shows[Show.DUE]).values_list("pk", flat=True)) == late | soon


def test_the_next_day_is_the_first_that_the_rules_name(rows: Any) -> None:
    days = [due for row in rows if (due := items.due_of(row)) and due >= TODAY]

    (outlook,) = items.outlook_by_body(rows, {}, TODAY).values()
    assert outlook.next_due == min(days)


def test_editions_before_the_clock_are_never_overdue(rows: Any) -> None:
    Recommendation.objects.update(starts_on="2015-12-31")

    assert not rows.filter(section=items.LATE).exists()


@pytest.mark.parametrize("months", [6, 12])
def test_the_earliest_day_that_is_due_later_is_found_over_months_of_any_length(months: int) -> None:
    for shift in range(800):
        day = dt.date(2026, 1, 1) + dt.timedelta(days=shift)
        first = items.first_day_due_from(day, months)
        assert rules.add_months(first, months) >= day
        assert rules.add_months(first - dt.timedelta(days=1), months) < day
