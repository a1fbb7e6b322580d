"""Links from other pages into search, and the addresses of questions."""

from typing import Any

from django import template
from django.urls import reverse

from forums.models import Period
from search.facets import BY_NAME
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


@register.filter
def question_address(query: SearchQuery) -> str:
    """The address at which this question is answered."""
    encoded = query.encoded()
    return f"{reverse('search')}?{encoded}" if encoded else reverse("search")


@register.filter
def year_words(period: Period) -> str:
    """The year or years of the year facet: "2014", "2014–2015"; "no date" where they are not known."""
    years = period.years
    if not years:
        return str(DATES[NO_DATE])
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
