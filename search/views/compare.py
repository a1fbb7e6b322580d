"""A few recommendations side by side: the list of the picked ones stands in the address and nowhere else."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recommendations import rules
from recommendations.models import Recommendation
from recommendations.rules.address import unknown_names
from recommendations.transfer import citation
from recommendations.transfer.batches import rows
from recommendations.transfer.export import Row
from recommendations.transfer.formats import NAMES
from search.views.address import said_of_unknown
from search.views.picks import PARAMETER as PICK
from search.views.picks import Picks, read_picks

SIDE_BY_SIDE = 6

# What two recommendations must share for a line to be grey: what the reader sees in it, nothing else.
LINES: dict[str, Callable[[Row], Any]] = {
    "wording": lambda row: row.fact.page.text,
    "issuer": lambda row: (row.fact.forum_id, row.fact.working_group_id),
    "date": lambda row: (row.fact.starts_on, row.fact.ends_on, row.fact.precision),
    "state": lambda row: row.fact.badge,
    "information": lambda row: (row.fact.last_information_on, row.is_informed),
    "addressees": lambda row: [
        (one.organisation_id, one.position, one.implementation, one.is_confirmed, one.closure) for one in row.asked
    ],
    "themes": lambda row: sorted(theme.pk for theme in row.fact.themes.all()),
    "levels": lambda row: sorted(level.level for level in row.fact.levels.all()),
    "evidence": lambda row: row.evidence,
}


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """At most six of the picks in a table, all of them to cite and to take away."""
    picks = read_picks(request)
    language = get_language() or "pl"
    found = rows(picks.pks, language, request.build_absolute_uri) if picks.pks else []
    for row in found[:SIDE_BY_SIDE]:
        row.fact.steps = rules.summary_of(one.as_row for one in row.asked).counts
    unknown = unknown_names(request.GET, [PICK])
    context = {
        "title": _("Compare recommendations"),
        "notes": [said_of_unknown(unknown)] if unknown else [],
        "picks": picks,
        "columns": [
            {"row": row, "without": address(picks.without(row.fact.reference))} for row in found[:SIDE_BY_SIDE]
        ],
        "folded": found[SIDE_BY_SIDE:],
        "most": SIDE_BY_SIDE,
        "alike": alike(found[:SIDE_BY_SIDE]),
        "cited": [(row, citation.plain(row.citation)) for row in found if row.citation],
        "forms": forms(picks),
        "own_address": request.build_absolute_uri(address(picks.encoded)),
        # Who has two before their eyes knows what a reference looks like.
        "example": "" if len(found) > 1 else example(picks),
        "more": f"{reverse('search')}?{picks.encoded}" if picks.pks else reverse("search"),
    }
    return render(request, "search/compare.html", context)


def example(picks: Picks) -> str:
    """A reference that can be added to these picks; "" if there is no other."""
    others = Recommendation.objects.visible_to().exclude(pk__in=picks.pks).order_by("-pk")
    return others.values_list("reference", flat=True).first() or ""


def address(picks: str) -> str:
    return f"{reverse('search_compare')}?{picks}" if picks else reverse("search_compare")


def forms(picks: Picks) -> list[tuple[str, str]]:
    """The forms in which the picks can be taken away: name and address."""
    return [(name, f"{reverse('search_compare_export', args=[form])}?{picks.encoded}") for form, name in NAMES.items()]


def alike(found: Sequence[Row]) -> dict[str, bool]:
    """Which lines of the table say the same in every column; none if there is nothing to compare."""
    if len(found) < 2:
        return {}
    return {name: all(value(row) == value(found[0]) for row in found[1:]) for name, value in LINES.items()}
