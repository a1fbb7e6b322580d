"""What a judgement of an expected effect needs."""

import datetime as dt

import pytest

from forums.choices import EffectState
from recommendations.rules import EffectMove, effect_fault

TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (EffectMove(EffectState.REACHED, TODAY, has_recommendation=True), ""),
        (EffectMove(EffectState.REACHED, TODAY, "Działa."), "recommendation is missing"),
        (EffectMove(EffectState.PARTLY, TODAY, has_recommendation=True), "note is missing"),
        (EffectMove(EffectState.PARTLY, TODAY, "Bez szkół.", has_recommendation=True), ""),
        (EffectMove(EffectState.NOT_REACHED, TODAY, "Nikt nie zaczął."), ""),
        (EffectMove(EffectState.NOT_REACHED, TODAY), "note is missing"),
        (EffectMove(EffectState.NOT_REACHED, TODAY, "Nic.", has_recommendation=True), "not reached"),
        (EffectMove(EffectState.OPEN, TODAY, "Pomyłka."), "open already"),
        (EffectMove(EffectState.OPEN, TODAY, "Pomyłka.", is_judged=True), ""),
        (EffectMove(EffectState.REACHED, dt.date(2026, 11, 23), has_recommendation=True), "in the future"),
    ],
)
def test_a_judgement_names_a_recommendation_or_says_why_not(move: EffectMove, said: str) -> None:
    fault = str(effect_fault(move, today=TODAY) or "")

    assert said in fault
    assert bool(said) == bool(fault)
