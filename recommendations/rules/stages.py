"""What an entry about a chosen recommendation needs ("Forum w Działaniu"); it moves no addressee's status."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from recommendations.choices import StageEntryKind
from recommendations.rules.log import FIRST_DAY
from recommendations.rules.moves import TOO_EARLY


@dataclass(frozen=True)
class StageMove:
    """An entry before it is written; ``is_chosen``: the choice stands, and was not taken back as a mistake."""

    kind: str
    text: str
    refers_on: dt.date | None = None
    has_bodies: bool = False
    has_source: bool = False
    is_retraction: bool = False
    is_chosen: bool = True


def stage_fault(move: StageMove, *, today: dt.date) -> Promise | None:
    """Why the entry is refused and what would satisfy the rule, or None. A retraction needs its reason alone."""
    if move.is_retraction:
        return None if move.text else _("The reason is missing. Write in a sentence what was wrong about the entry.")
    is_action = move.kind == StageEntryKind.ACTION
    if is_action and not move.is_chosen:
        return _("The choice of this recommendation was taken back. Correct the choice first, then record the action.")
    if not move.text:
        if is_action:
            return _("What was done is missing. Write it in a sentence.")
        return _("Why it was chosen is missing. Write it in a sentence, as the source gives it.")
    if not move.has_bodies:
        return _("Nobody is named. Name at least one institution or organisation; persons are never named.")
    if not move.has_source:
        return _("The source is missing. Give its title or its address.")
    if move.refers_on is not None and move.refers_on < FIRST_DAY:
        return TOO_EARLY
    if move.refers_on is not None and move.refers_on > today:
        return _("The date lies in the future. Give the day on which it happened; a plan is no action yet.")
    return None
