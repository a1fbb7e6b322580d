"""The page /search/: the address is the whole state, with and without scripts."""

import math
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views import View

from search.facets import label_values, load_issuers, panels
from search.parser import Tree, parse
from search.query import FACET_NAMES, MAX_DEPTH, SearchQuery
from search.views.answers import Answer, answer
from search.views.hits import find, items

SORTS: dict[str, Any] = {
    "relevance": _("most relevant"),
    "newest": _("newest"),
    "oldest": _("oldest"),
    "title": _("by title"),
}


@dataclass(frozen=True)
class Asked:
    """`typed` is the question of the address; `answered` the one that is answered: nothing asked means everything
    that recommends. The kinds of a blank question toggle from `typed`, so that each of them can be had alone."""

    typed: SearchQuery
    answered: SearchQuery
    tree: Tree

    @classmethod
    def read(cls, request: HttpRequest) -> "Asked":
        typed = SearchQuery.from_params(request.GET, language=get_language() or "pl")
        answered = typed
        if typed.is_blank:
            answered = typed.toggled("kind", "recommendation").with_page(typed.page)
        return cls(typed, answered, parse(typed.text, typed.language))

    def base_of(self, facet: str) -> SearchQuery:
        return self.typed if facet == "kind" else self.answered


class SearchView(View):
    http_method_names = ("get", "head", "options")

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = Asked.read(request)
        # A page out of history is asked for whole, or the reader would get back a fragment.
        is_fragment = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
        template = "search/_answer.html" if is_fragment else "search/search.html"
        response = render(request, template, context_of(asked) | {"is_fragment": is_fragment})
        patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
        return response


def context_of(asked: Asked) -> dict[str, Any]:
    """All that the templates print: they decide nothing."""
    query, found = _on_an_existing_page(asked)
    counts = found.results.facets
    loaded = find(found.results.keys, query.language)
    values = {name: [count.value for count in counts.get(name, ())] + list(query.values(name)) for name in FACET_NAMES}
    issuers = load_issuers(loaded.issuers | set(values["issuer"]) | set(values["group"]), query.language)
    labels = label_values(values, issuers, query.language)
    total = found.results.total
    return {
        "query": asked.typed,
        "answered": query,
        "total": total,
        "items": items(loaded, issuers, query, asked.tree),
        "is_partial": found.results.is_partial,
        "is_approximate": found.is_approximate,
        "is_from_database": found.is_from_database,
        "panels": panels(counts, labels, asked.base_of),
        "selected": [
            {"facet": name, "label": labels[name][value], "query": asked.typed.toggled(name, value)}
            for name, some in asked.typed.filters
            if name in labels
            for value in some
        ],
        "sorts": _sorts(asked.typed),
        "numbers": Paginator(range(min(total, MAX_DEPTH)), query.page_size).page(query.page),
        "unfiltered": _total_without_filters(asked) if not total and asked.typed.filters else 0,
    }


def _sorts(query: SearchQuery) -> list[dict[str, Any]]:
    """The orders to choose from. Without words the default one means "newest", and keeps its value: a reader who
    then types words is not held to an order never chosen."""
    if query.text:
        offered = SORTS
    else:
        offered = {"relevance": SORTS["newest"], "oldest": SORTS["oldest"], "title": SORTS["title"]}
    chosen = query.sort if query.sort in offered else "relevance"
    return [{"value": value, "label": label, "is_selected": value == chosen} for value, label in offered.items()]


def _on_an_existing_page(asked: Asked) -> tuple[SearchQuery, Answer]:
    """The answer; for a page past the end, that of the last page."""
    query = asked.answered
    found = answer(query, asked.tree, FACET_NAMES)
    last = max(1, math.ceil(min(found.results.total, MAX_DEPTH) / query.page_size))
    if query.page > last:
        query = query.with_page(last)
        found = answer(query, asked.tree, FACET_NAMES)
    return query, found


def _total_without_filters(asked: Asked) -> int:
    return answer(asked.typed.without_filters(), asked.tree, ()).results.total if asked.typed.text else 0
