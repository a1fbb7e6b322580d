"""How a state is drawn: sign, word and tone of a badge or of one addressee's row."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from recommendations.choices import SCALE, Badge, Closure, Implementation

if TYPE_CHECKING:
    from recommendations.models import Assignment, Recommendation
    from recommendations.rules import Moment

register = template.Library()


@register.filter
def on_that_day(moment: "Moment | None") -> str:
    """What takes the past day of a list along to the address of what it lists; nothing for today."""
    return f"?{moment.query}" if moment else ""


@dataclass(frozen=True)
class State:
    """``sign`` names a drawing in components/sign.html, ``tone`` a colour class, ``note`` what limits the word."""

    label: str
    sign: str
    tone: str
    note: str = ""


SIGNS: dict[str, tuple[str, str]] = {
    Badge.REVERSED: ("reversed", "stop"),
    Badge.NO_INFORMATION: ("none", "none"),
    Badge.NOT_STARTED: ("ring", "todo"),
    Badge.STALLED: ("stalled", "stop"),
    Badge.IN_PROGRESS: ("half", "doing"),
    Badge.PARTIALLY_IMPLEMENTED: ("most", "part"),
    Badge.DECLARED: ("declared", "done"),
    Badge.VERIFIED: ("verified", "done"),
    Badge.MIXED: ("mixed", "doing"),
    Badge.CLOSED_IMPLEMENTED: ("closed-done", "done"),
    Badge.CLOSED_IMPLEMENTED_OTHER_MEANS: ("closed-done", "done"),
    Badge.CLOSED_DECLINED: ("declined", "stop"),
    Badge.CLOSED_SUPERSEDED: ("closed", "none"),
    Badge.CLOSED_NO_LONGER_APPLICABLE: ("closed", "none"),
    Badge.CLOSED_NOT_COMPETENT: ("closed", "none"),
    Badge.CLOSED_WITHOUT_ANSWER: ("closed", "stop"),
    Badge.CLOSED_UNVERIFIABLE: ("closed", "none"),
    Badge.CLOSED_MIXED: ("closed", "none"),
}


@register.simple_tag
def badge_state(badge: str) -> State:
    """The drawing of a Badge value."""
    value = Badge(badge)
    sign, tone = SIGNS[value]
    return State(str(value.label), sign, tone)


@register.simple_tag
def badge_mark(fact: "Recommendation") -> SafeString:
    """What components/badge.html prints of this recommendation; lists repeat the same few, so they are kept."""
    return _drawn(Badge(fact.badge), spread(fact), get_language())


@lru_cache(maxsize=2 * len(Badge) * len(settings.LANGUAGES))
def _drawn(badge: Badge, spread: str, language: str | None) -> SafeString:
    html = render_to_string("components/badge.html", {"badge": badge, "spread": spread})
    return mark_safe(html.strip())  # noqa: S308 - from a template


@register.filter
def spread(fact: "Recommendation") -> str:
    """What a mixed badge is mixed of, in counts, the least advanced first; nothing for any other."""
    if fact.badge != Badge.MIXED:
        return ""
    # Not broken within: a count must not stand at the end of a line.
    return ", ".join(
        f"{fact.steps[step]}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}{step.label}" for step in SCALE if fact.steps.get(step)
    )


@register.simple_tag
def assignment_state(assignment: "Assignment") -> State:
    """The drawing of one addressee's row: its closure, else its implementation and how far that is confirmed."""
    note = _("disputed") if assignment.is_disputed else ""
    if assignment.closure:
        sign, tone = SIGNS[f"closed_{assignment.closure}"]
        return State(str(Closure(assignment.closure).label), sign, tone, note)
    claimed = Implementation(assignment.implementation)
    if claimed == Implementation.IMPLEMENTED:
        badge = Badge.VERIFIED if assignment.is_confirmed else Badge.DECLARED
    else:
        badge = Badge(claimed.value)
    sign, tone = SIGNS[badge]
    if claimed == Implementation.PARTIALLY_IMPLEMENTED and not assignment.is_confirmed:
        # Until somebody else confirms it, a partial claim counts as in progress.
        sign, tone = SIGNS[Badge.IN_PROGRESS]
        note = ", ".join(filter(None, (_("claimed, not confirmed"), note)))
    return State(str(badge.label), sign, tone, note)


@register.filter
def addressees(recommendation: Any) -> list[Any]:
    """The rows that a list names: those still asked, essential ones first; uses what is prefetched."""
    rows = [row for row in recommendation.assignments.all() if not row.is_withdrawn and row.member_of_id is None]
    return sorted(rows, key=lambda row: (row.role != "essential", row.number))
