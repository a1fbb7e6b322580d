"""Where a reader goes on from a search: files, the feed, the picks; addresses and words for templates."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pagekit.templatetags.pagekit_tags import day_month_year
from recommendations.transfer.formats import NAMES
from search.query import MAX_PICKS, SearchQuery
from search.quoting import quoted
from search.templatetags.facet_tags import question_address
from search.views.hits import NAMED
from search.views.picks import asked_for
from search.views.whole import only_recommendations

register = template.Library()


@register.filter
def question_mark(query: SearchQuery) -> str:
    """What stands behind an address that is handed the whole answer, whatever its page and layout."""
    question = query.with_page(1).with_view("list").without_picks().encoded()
    return f"?{question}" if question else ""


@register.filter
def feed_address(query: SearchQuery) -> str:
    """The Atom feed of this question."""
    return reverse("search_feed") + question_mark(query)


@register.simple_tag
def search_files(query: SearchQuery) -> list[tuple[str, str]]:
    """The forms in which all recommendations of this question are handed over: name and address.

    None where the filters leave no recommendation.
    """
    if only_recommendations(query) is None:
        return []
    question = question_mark(query)
    return [(name, reverse("search_export", args=[form]) + question) for form, name in NAMES.items()]


@register.simple_tag(takes_context=True)
def search_citation(context: template.Context, query: SearchQuery, total: int) -> dict[str, str]:
    """How to cite this answer: ``text`` with the day and the number found, and the absolute ``address``."""
    request: HttpRequest = context["request"]
    address = request.build_absolute_uri(question_address(query.with_page(1).without_picks()))
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
    return asked_for(request.GET)[:MAX_PICKS] if request else []


@register.simple_tag
def pick_box(reference: str, picks: Collection[str] = ()) -> SafeString:
    """A tick that puts a hit on the list to compare; it belongs to the form in search/_go_on.html."""
    return format_html(
        '<label class="pick no-print"><input type="checkbox" name="pick" value="{0}" form="picks" data-pick{1}> {2}'
        '<span class="visually-hidden"> {0}</span></label>',
        reference,
        " checked" if reference in picks else "",
        _("Compare"),
    )


@register.simple_tag
def addressed_to(names: Sequence[str]) -> SafeString:
    """To whom a hit is addressed: the first four by name, and how many more there are."""
    more = len(names) - NAMED
    rest = ngettext("and %(more)s more", "and %(more)s more", more) % {"more": more} if more > 0 else ""
    named = ", ".join(map(conditional_escape, names[:NAMED]))
    words = (escape(_("to:")), named, escape(rest))
    return mark_safe(" ".join(filter(None, words)))  # noqa: S308 - every text is escaped


@register.simple_tag(takes_context=True)
def picked_elsewhere(context: template.Context, *lists: Iterable[Any]) -> list[str]:
    """Those of them that are no hit in these lists of the page, so that no box of it can untick them."""
    here = {item.fact.reference for items in lists for item in items or () if item.kind == "recommendation"}
    return [reference for reference in picked(context) if reference not in here]
