"""Every recommendation that answers a question, in the order of the pages, for what goes on from a search."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from search.engines.base import EngineUnavailable
from search.query import MAX_DEPTH, MAX_PAGE_SIZE, SearchQuery
from search.views.answers import answer
from search.views.page import Asked

KIND = "recommendation"


@dataclass(frozen=True)
class Whole:
    """Primary keys in order; `total` is larger than their number where the list had to be cut."""

    pks: tuple[int, ...]
    total: int
    is_partial: bool = False


def only_recommendations(query: SearchQuery) -> SearchQuery | None:
    """The question about recommendations alone; None if its filters leave none."""
    kinds = query.values("kind")
    if kinds and KIND not in kinds:
        return None
    return query.without("kind").toggled("kind", KIND)


def whole(question: Asked, *, most: int = MAX_DEPTH) -> Whole:
    """All recommendations of all pages of this question, at most `most`, without what the mask hides at this moment.

    EngineUnavailable if no engine answers: titles of the database are not what was asked for.
    """
    asked = None if question.is_withheld else only_recommendations(question.answered)
    if asked is None:
        return Whole((), 0)
    asked = replace(asked, page=1, page_size=min(MAX_PAGE_SIZE, most))
    pks: dict[int, None] = {}
    while True:
        found = answer(asked, question.tree, ())
        if found.is_from_database:
            raise EngineUnavailable("No search engine answers, so the list would not be what was asked for.")
        pks |= dict.fromkeys(_pks(found.results.keys))
        following = asked.with_page(asked.page + 1)
        is_last = len(found.results.hits) < asked.page_size or following.page == asked.page
        if is_last or len(pks) >= most:
            kept = tuple(pks)[:most]
            return Whole(kept, max(found.results.total, len(kept)), found.results.is_partial)
        asked = following


def _pks(keys: Iterable[str]) -> Iterator[int]:
    for key in keys:
        kind, pk, _language = key.split(":")
        if kind == KIND:
            yield int(pk)
