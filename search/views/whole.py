"""Every recommendation that answers a question, in the order of the pages, for what goes on from a search."""

from search.engines.keys import pks_of
from search.query import SearchQuery
from search.views.answers import every_hit
from search.views.page import Asked
from search.views.reading import reread

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
    if asked is None:
        return ()
    found = every_hit(asked, question.tree)
    # As the page does it.
    if not found and (reading := reread(question.typed, question.reading)):
        found = every_hit(asked, reading.tree)
    return tuple(pks_of(KIND, found))
