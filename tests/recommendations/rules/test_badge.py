"""The badge of a whole recommendation."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendations import rules
from recommendations.choices import (
    SCALE,
    AddresseeRole,
    Badge,
    Closure,
    Implementation,
)
from recommendations.rules import Row


def row(implementation: str, **values: Any) -> Row:
    return Row(**({"role": AddresseeRole.ESSENTIAL, "implementation": implementation} | values))


def badge_of(*rows: Row) -> str:
    return rules.summary_of(rows).badge


@pytest.mark.parametrize(
    ("standing", "badge"),
    [
        (row(Implementation.NO_INFORMATION), Badge.NO_INFORMATION),
        (row(Implementation.NOT_STARTED), Badge.NOT_STARTED),
        (row(Implementation.IN_PROGRESS), Badge.IN_PROGRESS),
        (row(Implementation.STALLED), Badge.STALLED),
        (row(Implementation.REVERSED), Badge.REVERSED),
        (row(Implementation.PARTIALLY_IMPLEMENTED), Badge.IN_PROGRESS),
        (row(Implementation.PARTIALLY_IMPLEMENTED, is_confirmed=True), Badge.PARTIALLY_IMPLEMENTED),
        (row(Implementation.IMPLEMENTED), Badge.DECLARED),
        (row(Implementation.IMPLEMENTED, is_confirmed=True), Badge.VERIFIED),
    ],
)
def test_one_addressee_gives_its_own_step(standing: Row, badge: str) -> None:
    assert badge_of(standing) == badge


def test_of_neighbouring_steps_the_less_advanced_is_the_badge() -> None:
    assert badge_of(row(Implementation.STALLED), row(Implementation.IN_PROGRESS)) == Badge.STALLED
    assert badge_of(row(Implementation.IN_PROGRESS), row(Implementation.STALLED)) == Badge.STALLED


def test_steps_further_apart_are_mixed_and_counted() -> None:
    summary = rules.summary_of(
        [row(Implementation.NO_INFORMATION), row(Implementation.IMPLEMENTED), row(Implementation.IMPLEMENTED)]
    )

    assert summary.badge == Badge.MIXED
    assert summary.counts == {Badge.NO_INFORMATION: 1, Badge.DECLARED: 2}


def test_only_essential_addressees_decide_where_one_is_essential() -> None:
    supporting = row(Implementation.NO_INFORMATION, role=AddresseeRole.SUPPORTING)

    assert badge_of(supporting, row(Implementation.IMPLEMENTED)) == Badge.DECLARED
    assert (
        badge_of(supporting, row(Implementation.IMPLEMENTED, closure=Closure.IMPLEMENTED)) == Badge.CLOSED_IMPLEMENTED
    )


def test_all_decide_where_none_is_essential() -> None:
    rows = [row(value, role=AddresseeRole.SUPPORTING) for value in (Implementation.NOT_STARTED, Implementation.STALLED)]

    assert badge_of(*rows) == Badge.NOT_STARTED


def test_whoever_is_no_longer_asked_does_not_count() -> None:
    gone = row(Implementation.REVERSED, is_withdrawn=True)

    assert badge_of(gone, row(Implementation.STALLED, role=AddresseeRole.SUPPORTING)) == Badge.STALLED
    assert badge_of(gone) == Badge.NO_INFORMATION


def test_a_closed_addressee_leaves_the_badge_to_the_open_ones() -> None:
    closed = row(Implementation.NO_INFORMATION, closure=Closure.DECLINED)

    assert badge_of(closed, row(Implementation.IMPLEMENTED)) == Badge.DECLARED


@pytest.mark.parametrize("closure_", Closure)
def test_when_all_are_closed_the_badge_is_the_closure(closure_: Closure) -> None:
    closed = row(Implementation.STALLED, closure=closure_)

    assert badge_of(closed, closed) == Badge(f"closed_{closure_}")
    assert rules.summary_of([closed]).counts == {}


def test_when_all_are_closed_for_different_reasons_the_badge_says_so() -> None:
    closures = (Closure.DECLINED, Closure.IMPLEMENTED)

    assert badge_of(*(row(Implementation.STALLED, closure=value) for value in closures)) == Badge.CLOSED_MIXED


rows_ = st.builds(
    Row,
    role=st.sampled_from(AddresseeRole.values),
    implementation=st.sampled_from(Implementation.values),
    is_confirmed=st.booleans(),
    closure=st.sampled_from(["", *Closure.values]),
    is_withdrawn=st.booleans(),
)


@given(st.lists(rows_, max_size=6))
def test_the_badge_is_never_better_than_the_worst_open_deciding_addressee(found_rows: list[Row]) -> None:
    summary = rules.summary_of(found_rows)

    if summary.badge in SCALE and summary.counts:
        assert SCALE.index(Badge(summary.badge)) == min(SCALE.index(Badge(step)) for step in summary.counts)
    assert rules.summary_of(reversed(found_rows)) == summary
