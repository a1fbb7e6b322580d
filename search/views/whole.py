"""Every recommendation that answers a question, in the order of the pages, for what goes on from a search."""

from collections.abc import Collection, Iterable, Iterator

from search.documents import keys_of
from search.query import SearchQuery
from search.tree import Tree
from search.views.answers import every_key
from search.views.page import Asked

KIND = "recommendation"


def only_recommendations(query: SearchQuery) -> SearchQuery | None:
    """The question about recommendations alone; None if its filters leave none."""
    kinds = query.values("kind")
    if kinds and KIND not in kinds:
        return None
    return query.without("kind").toggled("kind", KIND)


def whole(question: Asked) -> tuple[int, ...]:
    """The recommendations of all pages of this question, in order, without what the mask hides at this moment.

    EngineUnavailable if no engine answers: titles of the database are not what was asked for.
    """
    asked = None if question.is_withheld else only_recommendations(question.answered)
    return tuple(pks_of(every_key(asked, question.tree))) if asked else ()


def among(query: SearchQuery, tree: Tree, pks: Collection[int]) -> frozenset[int]:
    """Which of these recommendations answer a question about recommendations alone, as `whole` would give them."""
    keys = [key for pk in pks for key in keys_of(f"{KIND}:{pk}")]
    return frozenset(pks_of(every_key(query, tree, keys)))


def pks_of(keys: Iterable[str]) -> Iterator[int]:
    """The recommendations among these keys."""
    for key in keys:
        kind, pk, _language = key.split(":")
        if kind == KIND:
            yield int(pk)
