"""From a question to keys: the engine's answer without what it may hold wrongly, or the database's if it fails."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat

from pagekit.models import CustomDocument, source_language
from search.documents import MODELS, keys_of, readable
from search.documents.attachment import attachments
from search.engines import get_engine
from search.engines.base import Engine, EngineUnavailable
from search.engines.keys import number_of
from search.query import SearchQuery
from search.results import Hit, Listing, SearchResults
from search.sync import outbox, subjects
from search.tree import Tree
from taxonomy.models import Vocabulary

logger = logging.getLogger(__name__)

MOST_MASKED = 5000
"""With more things than this waiting to be indexed, hits are filtered afterwards and counts are approximate. Masking so
many costs some 40 ms; each one below the limit is one that an old word cannot find."""

MOST_NAMED = 10_000
"""Primary keys that one query names; every database takes as many."""

ATTEMPTS = 3
"""How often a question is asked while indexes change places."""

FETCHED = 3
"""Pages of hits fetched for one page shown while counts are approximate."""


@dataclass(frozen=True)
class Answer:
    """Keys, totals and counts; `is_approximate` and `is_from_database` say what the reader should be told."""

    results: SearchResults
    is_approximate: bool = False
    is_from_database: bool = False

    @property
    def number(self) -> int:
        return self.results.number


Found = TypeVar("Found", Answer, SearchResults, Listing)


class _Waiting(NamedTuple):
    """What an index may hold wrongly, and of that what is `past` its time: no act said so, but nobody may see it."""

    subjects: set[str]
    past: set[str]


def answer(query: SearchQuery, tree: Tree, facets: Sequence[str]) -> Answer:
    """Ask the engine; if it cannot answer, look for the words in titles. Raises nothing that an engine raises."""
    try:
        return _from_engine(get_engine(), query, tree, facets)
    except EngineUnavailable:
        logger.exception("The search engine does not answer; titles are searched in the database.")
        return Answer(from_titles(query), is_from_database=True)


class Asking:
    """Small questions to one engine under one mask: asking many reads no more of the database than asking one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._masks: dict[int, set[str]] = {}
        # Whether words of what merely changed, or of what it was called after, may still be found.
        self.is_approximate = False

    def search(self, query: SearchQuery, tree: Tree, facets: Sequence[str] = ()) -> SearchResults:
        """As Engine.search, without what must count nowhere now; EngineUnavailable if none answers."""

        def ask(number: int) -> SearchResults:
            if number not in self._masks:
                waiting = _waiting(number)
                self._masks[number] = _hidden(waiting)
                self.is_approximate |= len(waiting.subjects) > MOST_MASKED
            return self._engine.search(query, tree, facets, self._masks[number])

        return _at_one_moment(self._engine, min(self._masks or (self._engine.number,)), ask)


def counter(query: SearchQuery) -> Callable[[Tree], int]:
    """How many documents readers of this language would get for a tree, without any filter."""
    asking = Asking(get_engine())
    # Sorted by day: to put all in order by their scores would cost more than counting them.
    bare = SearchQuery(page_size=1, sort="newest", language=query.language, today=query.today)
    return lambda tree: asking.search(bare, tree).total


def every_hit(query: SearchQuery, tree: Tree) -> Sequence[int]:
    """All hits on all pages, in order and as the numbers of their keys, without what the mask hides; EngineUnavailable
    if none answers.

    What merely changed and waits to be indexed is left out, as it is on the pages.
    """
    engine = get_engine()

    def ask(number: int) -> Listing:
        waiting = _waiting(number)
        found = engine.every(query, tree, _hidden(waiting))
        masked = set(map(number_of, _keys(waiting.subjects)))
        return replace(found, hits=[hit for hit in found.hits if hit not in masked]) if masked else found

    return _at_one_moment(engine, _number_of_mask() or engine.number, ask).hits


def _at_one_moment(engine: Engine, number: int, ask: Callable[[int], Found]) -> Found:
    """What `ask` finds under the mask for this number of the engine; asked again if an older state answers meanwhile.

    A rebuild swapped in after the mask was made, and the engine that stands by, know less than the mask was made for.
    """
    for _attempt in range(ATTEMPTS):
        found = ask(number)
        if found.number >= number:
            return found
        number = engine.number
    raise EngineUnavailable("The index changes faster than it can be read; try again in a minute.")


def _hidden(waiting: _Waiting) -> set[str]:
    # What nobody may see any more counts nowhere, however much of it there is; what merely changed may.
    return _keys(waiting.subjects if len(waiting.subjects) <= MOST_MASKED else waiting.subjects - _visible(waiting))


def _from_engine(engine: Engine, query: SearchQuery, tree: Tree, facets: Sequence[str]) -> Answer:
    return _at_one_moment(engine, engine.number, lambda number: _masked(engine, number, query, tree, facets))


def _masked(engine: Engine, number: int, query: SearchQuery, tree: Tree, facets: Sequence[str]) -> Answer:
    waiting = _waiting(number)
    hidden = _hidden(waiting)
    if len(waiting.subjects) <= MOST_MASKED:
        return Answer(engine.search(query, tree, facets, hidden))
    wide = replace(query, page=1, page_size=query.page * query.page_size * FETCHED)
    results = engine.search(wide, tree, facets, hidden)
    masked = _keys(waiting.subjects)
    kept = [hit for hit in results.hits if hit.key not in masked]
    return Answer(
        replace(results, hits=tuple(kept[query.offset : query.offset + query.page_size])), is_approximate=True
    )


_kept: ContextVar[dict[int, _Waiting] | None] = ContextVar("_kept", default=None)


@contextmanager
def one_mask() -> Iterator[None]:
    """Within it, what is waiting to be indexed is read once: all questions of one page are asked at one moment."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def _number_of_mask() -> int:
    """The number for which the one mask was made, or the lowest if it had to be made again; 0 if there is none."""
    return min(_kept.get() or (0,))


EXPIRED, TOO_OLD = "expired:", "too old"


def _waiting(number: int) -> _Waiting:
    """For an index that has drained up to this number; one query where nothing is past its time."""
    kept = _kept.get()
    if kept is not None and number in kept:
        return kept[number]
    expired = subjects.expired_pages().annotate(key=Concat(Value(EXPIRED), Cast("pk", CharField())))
    refusing = outbox.refusing(number).annotate(key=Value(TOO_OLD, output_field=CharField()))
    keys = (expired.values_list("key", flat=True), refusing.values_list("key", flat=True))
    found = set(outbox.pending_keys(number).union(*keys))
    if TOO_OLD in found:
        raise EngineUnavailable("The search index is older than the outbox reaches back; run search_sync.")
    over = {key for key in found if key.startswith(EXPIRED)}
    past = subjects.of_expired([int(key.removeprefix(EXPIRED)) for key in over])
    # What has left such a page since the first query bears its name in the index only: by now it waits, so ask again.
    waiting = _Waiting(found - over | past | (outbox.pending(number) if over else set()), past)
    if kept is not None:
        kept[number] = waiting
    return waiting


def _keys(waiting: set[str]) -> set[str]:
    return {key for subject in waiting for key in keys_of(subject)}


def _visible(waiting: _Waiting) -> set[str]:
    """Those of the waiting things that readers may see now; as many queries as there are kinds."""
    pks: dict[str, set[int]] = {}
    for subject in waiting.subjects:
        kind, _, pk = subject.partition(":")
        if kind in MODELS and pk.isdecimal():
            pks.setdefault(kind, set()).add(int(pk))
    found: set[str] = set()
    for kind, some in pks.items():
        rows = readable(MODELS[kind])
        if len(some) <= MOST_NAMED:
            rows = rows.filter(pk__in=some)
        found |= {f"{kind}:{pk}" for pk in rows.values_list("pk", flat=True)}
    return (found & waiting.subjects) - waiting.past


def from_titles(query: SearchQuery) -> SearchResults:
    """Everything whose title holds all the words, recommendations first; the kind is the only filter that counts.

    A question without words gives all recommendations, the newest first.
    """
    words = query.text.replace('"', " ").split()
    kinds = query.values("kind") or (tuple(MODELS) if words else ("recommendation",))
    keys = [f"{kind}:{pk}" for kind in MODELS if kind in kinds for pk in _titled(kind, words, query.language)]
    page = keys[query.offset : query.offset + query.page_size]
    return SearchResults(tuple(Hit(f"{key}:{query.language}") for key in page), total=len(keys))


def _titled(kind: str, words: Sequence[str], language: str) -> list[int]:
    model: Any = MODELS[kind]
    rows: Any = readable(model)
    if issubclass(model, CustomDocument):
        for word in words:
            rows = rows.filter(title__icontains=word)
        # Readers may know it by another title than the store does.
        folded = [word.casefold() for word in words]
        return [
            one.document.pk
            for one in attachments(list(rows))
            if any(all(word in title.casefold() for word in folded) for title in one.titles)
        ]
    if issubclass(model, Vocabulary):
        for word in words:
            rows = rows.filter(Q(label_pl__icontains=word) | Q(**{f"label_{language}__icontains": word}))
        return list(rows.values_list("pk", flat=True))
    pages = model.page_model().objects.visible_to().in_language(language, source_language())
    for word in words:
        pages = pages.filter(title__icontains=word)
    rows = rows.filter(translation_key__in=pages.order_by().values("translation_key"))
    return list((rows.newest_first() if kind == "recommendation" else rows).values_list("pk", flat=True))
