"""Where a reader goes on from a search: files, the feed, the picks; addresses and words for templates."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pagekit.templatetags.pagekit_tags import day_month_year
from recommendations.transfer.formats import NAMES
from search.query import SearchQuery
from search.quoting import quoted
from search.templatetags.facet_tags import question_address
from search.views.picks import MOST, asked_for
from search.views.whole import only_recommendations

register = template.Library()


def with_question(name: str, query: SearchQuery, *arguments: str) -> str:
    question = query.with_page(1).with_view("list").encoded()
    return reverse(name, args=arguments) + (f"?{question}" if question else "")


@register.filter
def feed_address(query: SearchQuery) -> str:
    """The Atom feed of this question."""
    return with_question("search_feed", query)


@register.simple_tag
def search_files(query: SearchQuery) -> list[tuple[str, str]]:
    """The forms in which all recommendations of this question are handed over: name and address.

    None where the filters leave no recommendation.
    """
    if only_recommendations(query) is None:
        return []
    return [(name, with_question("search_export", query, form)) for form, name in NAMES.items()]


@register.simple_tag(takes_context=True)
def search_citation(context: template.Context, query: SearchQuery, total: int) -> dict[str, str]:
    """How to cite this answer: ``text`` with the day and the number found, and the absolute ``address``."""
    request: HttpRequest = context["request"]
    address = request.build_absolute_uri(question_address(query.with_page(1)))
    text = _("%(site)s. Search%(words)s, results: %(total)s. Retrieved on %(day)s. %(address)s") % {
        "site": _("Forums on Migration Policy"),
        "words": f" {quoted([query.text])}" if query.text else "",
        "total": total,
        "day": day_month_year(timezone.localdate()),
        "address": address,
    }
    return {"text": text, "address": address}


@register.simple_tag(takes_context=True)
def picked(context: template.Context) -> list[str]:
    """The picks that the address brought along, as they stand there: nobody has looked whether they exist."""
    request: HttpRequest | None = context.get("request")
    return asked_for(request)[:MOST] if request else []


@register.simple_tag(takes_context=True)
def picked_elsewhere(context: template.Context, *lists: Iterable[Any]) -> list[str]:
    """Those of them that are no hit in these lists of the page, so that no box of it can untick them."""
    here = {item.fact.reference for items in lists for item in items or () if item.kind == "recommendation"}
    return [reference for reference in picked(context) if reference not in here]
