"""Links from other pages into search, and the addresses of questions."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forums.models import Period
from search.facets import BY_NAME, FacetValue
from search.labels import DATES, value_of
from search.query import NO_DATE, SearchQuery

register = template.Library()


@register.simple_tag
def search_address(q: str = "", **facets: Any) -> str:
    """The address of a search: {% search_address theme=theme kind="recommendation" %}.

    Facets take vocabulary rows, tags, forums, groups or their values; a name that is no facet raises.
    """
    if unknown := set(facets) - set(BY_NAME):
        raise template.TemplateSyntaxError(f"No such facet: {', '.join(sorted(unknown))}")
    query = SearchQuery(text=q, filters=tuple((name, (value_of(thing),)) for name, thing in facets.items() if thing))
    return question_address(query)


@register.simple_tag
def facet_lines(values: Iterable[FacetValue]) -> SafeString:
    """The values of a facet as <li>, with narrower ones folded below. In Python: a page has hundreds of them, and a
    template for each takes twenty times as long."""
    return mark_safe(_lines(values, escape(_("selected, remove this filter"))))  # noqa: S308 - every text is escaped


def _lines(values: Iterable[FacetValue], chosen: str) -> str:
    lines = []
    for value in values:
        current, said = "", ""
        if value.is_selected:
            current, said = ' aria-current="true"', f'<span class="visually-hidden"> – {chosen}</span>'
        lines.append(
            f'<li><div class="facet-value"><a href="?{escape(value.question)}" rel="nofollow"{current}>'
            f'{escape(value.label)}{said}</a> <span class="count">{value.count}</span></div>'
            f"{_below(value, chosen) if value.below else ''}</li>"
        )
    return "\n".join(lines)


def _below(value: FacetValue, chosen: str) -> str:
    words = ngettext("%(number)s narrower", "%(number)s narrower", len(value.below)) % {"number": len(value.below)}
    return (
        f'<details class="facet-below"{" open" if value.is_open or value.is_selected else ""}><summary>{escape(words)}'
        f'<span class="visually-hidden"> – {escape(value.label)}</span></summary>'
        f"<ul>{_lines(value.below, chosen)}</ul></details>"
    )


@register.filter
def question_address(query: SearchQuery) -> str:
    """The address at which this question is answered."""
    encoded = query.encoded()
    return f"{reverse('search')}?{encoded}" if encoded else reverse("search")


@register.filter
def year_words(thing: Any) -> str:
    """The year or years of the year facet: "2014", "2014–2015"; "no date" where they are not known. A dash for what
    is no event."""
    if not isinstance(thing, Period):
        return "–"
    years = thing.years
    if not years:
        return str(DATES[NO_DATE])
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
