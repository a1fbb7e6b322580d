"""The page /search/: the address is the whole state, with and without scripts."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views import View

from search.facets import BY_NAME, most_of, panel_groups
from search.kept import one_version
from search.labels import (
    Issuers,
    Labels,
    Named,
    label_values,
    load_issuers,
    load_titles,
    unnamed,
)
from search.offers import offers
from search.parser import MAX_TERMS, is_cut
from search.query import FACET_NAMES, MAX_DEPTH, VIEWS, SearchQuery
from search.quoting import quoted
from search.results import FacetCount, SearchResults
from search.tree import Tree
from search.views.address import Address, Note, read_address
from search.views.answers import Answer, answer, one_mask
from search.views.hits import items
from search.views.loaded import find
from search.views.misses import note_if_missed
from search.views.reading import Reading, literal, nearly, read, reread, respelled, widened

SORTS: dict[str, Any] = {
    "relevance": gettext_lazy("most relevant"),
    "newest": gettext_lazy("newest"),
    "oldest": gettext_lazy("oldest"),
    "title": gettext_lazy("by title"),
}


@dataclass(frozen=True)
class Asked:
    """`typed` is the question of the address; `answered` the one that is answered: nothing asked means everything
    that recommends. The kinds of a blank question toggle from `typed`, so that each of them can be had alone.

    `is_withheld`: nothing that was asked could be read, and everything there is would be no answer to it.
    """

    typed: SearchQuery
    answered: SearchQuery
    reading: Reading
    address: Address
    is_withheld: bool = False

    @classmethod
    def read(cls, request: HttpRequest) -> "Asked":
        return cls.of(request.GET, get_language() or "pl")

    @classmethod
    def of(cls, params: QueryDict, language: str) -> "Asked":
        """What the parameters of an address ask in a language."""
        address = read_address(params, language)
        typed = address.query
        reading = read(typed)
        answered = typed
        if typed.is_blank:
            answered = typed.toggled("kind", "recommendation").with_page(typed.page)
        is_withheld = address.is_withheld or is_without_words(typed, reading.tree)
        return cls(typed, answered, reading, address, is_withheld)

    @property
    def tree(self) -> Tree:
        return self.reading.tree

    def base_of(self, facet: str) -> SearchQuery:
        return self.typed if facet == "kind" else self.answered


def is_without_words(query: SearchQuery, tree: Tree) -> bool:
    """Whether all that was asked is a text without a word to search for."""
    return bool(query.text) and tree.is_empty and query.with_text("").is_blank


class SearchView(View):
    http_method_names = ("get", "head", "options")

    def get(self, request: HttpRequest) -> HttpResponse:
        with one_mask(), one_version():
            asked = Asked.read(request)
            context = context_of(asked)
        # A page out of history is asked for whole, or the reader would get back a fragment.
        is_fragment = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
        template = "search/_answer.html" if is_fragment else "search/search.html"
        response = render(request, template, context | {"is_fragment": is_fragment})
        patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
        note_if_missed(request, asked.typed, context)
        return response


def context_of(asked: Asked) -> dict[str, Any]:
    """All that the templates print: they decide nothing."""
    query, found = _on_an_existing_page(asked)
    if not (found.results.total or asked.is_withheld) and (reading := reread(asked.typed, asked.reading)):
        asked = replace(asked, reading=reading)
        query, found = _on_an_existing_page(asked)
    counts = found.results.facets
    near = nearly(query, asked.reading, found.results)
    near_tree = widened(asked.tree)
    loaded = find([*found.results.keys, *(hit.key for hit in near)], query.language, near_tree)
    here, nearby = loaded.split(len(found.results.keys))
    values = {
        name: [count.value for count in most_of(counts.get(name, ()))] + list(query.values(name))
        for name in FACET_NAMES
    }
    titles = load_titles({*loaded.issuers, *values["issuer"], *values["group"]}, query.language)
    named = {value: Named(title) for value, title in titles.items()}
    issuers: Issuers = {**named, **load_issuers(loaded.own, query.language)}
    labels = label_values(values, titles, query.language)
    groups = panel_groups(counts, labels, asked.base_of)
    total = found.results.total
    return {
        "title": _("“%(text)s” – search") % {"text": asked.typed.text} if asked.typed.text else _("Search"),
        "query": asked.typed,
        "answered": query,
        "total": total,
        "items": items(here, issuers, query, asked.tree),
        "near_items": items(nearby, issuers, query, near_tree),
        "is_partial": found.results.is_partial or asked.reading.is_loose,
        "is_loose": asked.reading.is_loose,
        "mended": asked.reading.mended,
        "literal": literal(asked.typed),
        "offered": [{"word": slip.meant, "query": respelled(asked.typed, slip)} for slip in asked.reading.offered],
        "is_approximate": found.is_approximate,
        "is_from_database": found.is_from_database,
        "is_withheld": asked.is_withheld,
        "notes": [note.text for note in _notes(asked, query, labels)],
        "panel_groups": groups,
        "panels": [panel for group in groups for panel in group.panels],
        "selected": selected(asked.typed, labels),
        "handed": _without_nameless(asked.typed, labels),
        "offers": _offers(query, counts, labels),
        "kept": _kept(asked.typed, "q", "sort", "literal"),
        "kept_with_dates": _kept(asked.typed, "since", "until"),
        "sorts": _sorts(asked.typed),
        "columns": _columns(asked.typed),
        "views": [
            {"name": name, "query": asked.typed.with_view(name), "is_current": name == query.view} for name in VIEWS
        ],
        "numbers": Paginator(range(min(total, MAX_DEPTH)), query.page_size).page(query.page),
        "unfiltered": _total_without_filters(asked) if not total and not asked.is_withheld else 0,
    }


def _without_nameless(query: SearchQuery, labels: Mapping[str, Labels]) -> SearchQuery:
    """The question without what nothing goes by, where others of its facet are left: it finds the same, and a file or a
    feed, which refuses such a value, can be asked for it."""
    nameless = unnamed(query, labels)
    filters = tuple(
        (name, tuple(value for value in some if value not in nameless.get(name, ())) or some)
        for name, some in query.filters
    )
    return replace(query, filters=filters) if nameless else query


def _notes(asked: Asked, query: SearchQuery, labels: Mapping[str, Labels]) -> Iterable[Note]:
    """What of the address was left out or names nothing, and which page this is instead of the one asked for."""
    yield from asked.address.notes
    if asked.typed.text and asked.tree.is_empty:
        yield Note(_("There is no word to search for in “%(text)s”.") % {"text": asked.typed.text})
    elif is_cut(asked.typed.text, asked.typed.language):
        words = ngettext(
            "Only the first %(most)s word was searched.", "Only the first %(most)s words were searched.", MAX_TERMS
        )
        yield Note(words % {"most": MAX_TERMS})
    yield from map(Note, said_of(unnamed(asked.typed, labels)))
    page = asked.address.page
    if page and page != str(query.page):
        yield Note(
            _("There is no page %(asked)s: this is page %(page)s, the last.") % {"asked": page, "page": query.page}
        )


def said_of(nameless: Mapping[str, Sequence[str]]) -> list[str]:
    """For each facet, a sentence that names the values which nothing goes by."""
    said = _("Nothing goes by the name of %(values)s under “%(facet)s”: this finds nothing.")
    return [said % {"values": quoted(values), "facet": BY_NAME[name].label} for name, values in nameless.items()]


def selected(query: SearchQuery, labels: Mapping[str, Labels]) -> list[dict[str, Any]]:
    """What narrows the question, each with the question without it."""
    found = [
        {
            "facet": name,
            "facet_label": BY_NAME[name].label,
            "label": labels[name][value].text,
            "query": query.toggled(name, value),
        }
        for name, some in query.filters
        for value in some
    ]
    if query.since or query.until:
        if query.since and query.until:
            label = _("%(since)s to %(until)s")
        else:
            label = _("since %(since)s") if query.since else _("until %(until)s")
        words = label % {"since": query.since, "until": query.until}
        found.append({"facet": "dates", "facet_label": _("Issued"), "label": words, "query": query.without_dates()})
    return found


def _offers(query: SearchQuery, counts: Mapping[str, Sequence[FacetCount]], labels: Mapping[str, Labels]) -> list[Any]:
    if not query.text:
        return []
    shown = {name: most_of(some) for name, some in counts.items()}
    return [{"facet_label": BY_NAME[offer.facet].label, "offer": offer} for offer in offers(query, shown, labels)]


def _kept(query: SearchQuery, *besides: str) -> list[tuple[str, str]]:
    """What a form that asks for these sends along unseen; a new answer begins on its first page."""
    return [(name, value) for name, value in query.with_page(1).to_params() if name not in besides]


def _sorts(query: SearchQuery) -> list[dict[str, Any]]:
    """The orders to choose from. Without words the default one means "newest", and keeps its value: a reader who
    then types words is not held to an order never chosen."""
    if query.text:
        offered = SORTS
    else:
        offered = {"relevance": SORTS["newest"], "oldest": SORTS["oldest"], "title": SORTS["title"]}
    chosen = query.sort if query.sort in offered else "relevance"
    return [{"value": value, "label": label, "is_selected": value == chosen} for value, label in offered.items()]


def _columns(query: SearchQuery) -> dict[str, Any]:
    """What a click on the heading of a sortable column asks, and how the column stands now (for aria-sort)."""
    newest_first = query.order == "newest"
    return {
        "title": {"query": query.with_sort("title"), "sorted": "ascending" if query.order == "title" else ""},
        "year": {
            "query": query.with_sort("oldest" if newest_first else "newest"),
            "sorted": {"newest": "descending", "oldest": "ascending"}.get(query.order, ""),
        },
    }


def _on_an_existing_page(asked: Asked) -> tuple[SearchQuery, Answer]:
    """The answer; for a page past the end, that of the last page."""
    query = asked.answered
    if asked.is_withheld:
        return query.with_page(1), Answer(SearchResults())
    found = answer(query, asked.tree, FACET_NAMES)
    last = max(1, math.ceil(min(found.results.total, MAX_DEPTH) / query.page_size))
    if query.page > last:
        query = query.with_page(last)
        found = answer(query, asked.tree, FACET_NAMES)
    return query, found


def _total_without_filters(asked: Asked) -> int:
    bare = asked.typed.without_filters()
    if not asked.typed.text or bare == asked.typed.with_page(1):
        return 0
    return answer(bare, asked.tree, ()).results.total
