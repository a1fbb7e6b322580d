"""What the wording of a draft leaves unsaid, and the reference it would be given, for who writes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template

from recommendations.choices import LinkKind, Part
from recommendations.models import IntakeRow, RecommendationPage
from recommendations.rules.writing import missing_parts
from recommendations.services.publication import expected_reference

register = template.Library()

# What an editor says of an earlier asking; the others are said when a recommendation is taken apart or joined.
OFFERED_LINKS = (LinkKind.REPEATS, LinkKind.NARROWS, LinkKind.SUPERSEDES)


@dataclass(frozen=True)
class WritingHelp:
    unsaid: list[Part]
    reference: str
    # Each with its word: what may be said of a recommendation that asks for nearly the same.
    links: tuple[LinkKind, ...] = OFFERED_LINKS


@register.simple_tag
def writing_help(draft: RecommendationPage) -> WritingHelp:
    has_addressee = bool(draft.addressees.all())
    return WritingHelp(missing_parts(draft.text, has_addressee=has_addressee), expected_reference(draft))


@register.simple_tag
def unsaid_in(row: IntakeRow) -> list[Part]:
    """Of a row of an intake, which is no page yet."""
    return missing_parts(row.text, has_addressee=bool(row.addressees.strip()))


@dataclass(frozen=True)
class Earlier:
    """A public recommendation that asks for nearly the same as a row, and the links that may be said of it."""

    found: Any
    # Each with whether the row says it.
    links: list[tuple[LinkKind, bool]]


@register.simple_tag
def earlier_than(row: IntakeRow, alike: Mapping[int, list[Any]]) -> list[Earlier]:
    return [
        Earlier(one, [(kind, one.fact.reference in row.cells.get(kind.value, ())) for kind in OFFERED_LINKS])
        for one in alike.get(row.pk, [])
    ]
