"""What a judgement of an expected effect needs: the group announced it, so a recommendation has to have met it."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from forums.choices import EffectState
from recommendations.rules.log import FIRST_DAY
from recommendations.rules.moves import TOO_EARLY


@dataclass(frozen=True)
class EffectMove:
    """A judgement before it is written."""

    state: str
    judged_on: dt.date
    note: str = ""
    has_recommendation: bool = False
    # Whether any judgement stands that could be taken back.
    is_judged: bool = False


def effect_fault(move: EffectMove, *, today: dt.date) -> Promise | None:
    """Why the judgement is refused and what would satisfy the rule, or None."""
    if move.state == EffectState.OPEN and not move.is_judged:
        return _("It is open already. Choose whether it was reached.")
    if move.state in {EffectState.REACHED, EffectState.PARTLY} and not move.has_recommendation:
        return _("The recommendation is missing. Choose the one by which the effect was reached, whole or in part.")
    if move.state in {EffectState.OPEN, EffectState.NOT_REACHED} and move.has_recommendation:
        return _("A recommendation is named though the effect was not reached. Take it out, or choose another state.")
    if move.state != EffectState.REACHED and not move.note:
        return _("The note is missing. Write in a sentence what is missing, why it was not reached, or was a mistake.")
    if move.judged_on < FIRST_DAY:
        return TOO_EARLY
    if move.judged_on > today:
        return _("The date lies in the future. Give the day on which somebody looked, at the latest today.")
    return None
