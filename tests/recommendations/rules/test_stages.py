"""What an entry of a stage needs before it is written."""

import datetime as dt
from dataclasses import replace

import pytest

from recommendations.choices import StageEntryKind
from recommendations.rules import StageMove, stage_fault

TODAY = dt.date(2026, 11, 21)
CHOICE = StageMove(StageEntryKind.CHOICE, "Wskazała grupa.", has_bodies=True, has_source=True)
ACTION = replace(CHOICE, kind=StageEntryKind.ACTION, text="Wydano informator.", refers_on=TODAY)


@pytest.mark.parametrize("move", [CHOICE, ACTION, replace(CHOICE, refers_on=None)])
def test_what_is_said_by_whom_and_where_is_enough(move: StageMove) -> None:
    assert stage_fault(move, today=TODAY) is None


@pytest.mark.parametrize(
    ("move", "lacking"),
    [
        (replace(CHOICE, text=""), "Why it was chosen"),
        (replace(ACTION, text=""), "What was done"),
        (replace(CHOICE, has_bodies=False), "persons are never named"),
        (replace(ACTION, has_source=False), "source is missing"),
        (replace(ACTION, refers_on=TODAY + dt.timedelta(days=1)), "a plan is no action"),
        (replace(ACTION, is_chosen=False), "Correct the choice first"),
        (StageMove(StageEntryKind.ACTION, "", is_retraction=True), "reason is missing"),
    ],
)
def test_what_lacks_is_named_with_the_remedy(move: StageMove, lacking: str) -> None:
    assert lacking in str(stage_fault(move, today=TODAY))


def test_a_retraction_needs_its_reason_alone() -> None:
    move = StageMove(StageEntryKind.ACTION, "Wpis dotyczył innego forum.", is_retraction=True, is_chosen=False)

    assert stage_fault(move, today=TODAY) is None
