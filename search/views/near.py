"""Recommendations near one that is shown: by its own words, themes and tags, only what readers see at this moment."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.core.cache import cache

from search.engines import get_engine
from search.engines.base import Engine, EngineUnavailable
from search.engines.keys import subject_in
from search.query import SearchQuery
from search.related import Readings, ranked, telling, tree_of, words_of
from search.views.answers import Asking
from search.views.titles import Titled, titled

logger = logging.getLogger(__name__)

SHOWN = 5
READ = 30
ALIKE = 0.5
"""Share of the best score that another hit must reach to be offered as near a draft."""
KEPT = 24 * 60 * 60


def near(fact: Any, page: Any, themes: Sequence[str], tags: Sequence[str], language: str) -> list[Titled]:
    """At most five, the nearest first, never itself in any language; none if no engine answers."""
    try:
        keys = _near(get_engine(), f"recommendation:{fact.pk}", page, themes, tags, language)
    except EngineUnavailable:
        logger.warning("The search engine does not answer, so nothing is shown as near.")
        return []
    return titled(keys, language)[:SHOWN]


def near_drafts(pages: Sequence[Any], language: str) -> list[list[Titled]]:
    """For each of these drafts, which no index knows, what says nearly the same, the nearest first; at most five.

    Only public recommendations; none if no engine answers, or nothing but a common word is shared. The number of
    queries to the database does not depend on that of the drafts.
    """
    try:
        engine = get_engine()
        asking = Asking(engine)
        keys = [_alike(engine, asking, page, language) for page in pages]
    except EngineUnavailable:
        logger.warning("The search engine does not answer, so nothing is shown as near.")
        return [[] for _page in pages]
    found = {one.subject: one for one in titled([key for some in keys for key in some], language)}
    near_each = [[found[subject_in(key)] for key in some if subject_in(key) in found] for some in keys]
    return [
        [one for one in some if one.fact.translation_key != page.translation_key][:SHOWN]
        for page, some in zip(pages, near_each, strict=True)
    ]


def _alike(engine: Engine, asking: Asking, page: Any, language: str) -> list[str]:
    """The keys of what shares most telling words with the page, the best first."""
    tree = tree_of(_telling(engine, page))
    if tree.is_empty:
        return []
    hits = asking.search(_question(f"draft:{page.translation_key}", language), tree).hits
    scores = {hit.key: hit.score for hit in hits}
    best = max(scores.values(), default=0.0)
    return [key for key, score in sorted(scores.items(), key=lambda one: (-one[1], one[0])) if score >= ALIKE * best]


def _question(subject: str, language: str) -> SearchQuery:
    query = SearchQuery(filters=(("kind", ("recommendation",)),), sort="relevance", page_size=READ, language=language)
    # Not a reader's words: the text only says that hits are wanted by score.
    return replace(query, text=subject)


def _near(
    engine: Engine, subject: str, page: Any, themes: Sequence[str], tags: Sequence[str], language: str
) -> list[str]:
    tree = tree_of(_telling(engine, page))
    if tree.is_empty:
        return []
    asking, query = Asking(engine), _question(subject, language)

    def found(**filters: Sequence[str]) -> dict[str, float]:
        narrowed = replace(query, filters=(*query.filters, *((name, tuple(some)) for name, some in filters.items())))
        return {hit.key: hit.score for hit in asking.search(narrowed, tree).hits}

    by_theme = found(theme=themes) if themes else {}
    by_tag = found(tag=tags) if tags else {}
    scores = found() | by_theme | by_tag
    others = {key: score for key, score in scores.items() if subject_in(key) != subject}
    # While it waits to be indexed it is masked itself: then the nearest says how much is enough.
    best = max(others.values(), default=0.0)
    own = max((score for key, score in scores.items() if subject_in(key) == subject), default=best)
    return ranked(others, own, frozenset(by_theme), frozenset(by_tag))


def _telling(engine: Engine, page: Any) -> tuple[Readings, ...]:
    """The telling words of the page, kept as long as neither its text nor the index changes."""
    language = page.locale.language_code
    texts = (page.title, page.text)
    digest = hashlib.blake2b("\0".join((language, *texts)).encode("utf-8", "replace"), digest_size=16).hexdigest()
    name = f"near:{engine.name}:{engine.fingerprint and hash_of(engine.fingerprint)}:{engine.number}:{digest}"
    kept: tuple[Readings, ...] | None = cache.get(name)
    if kept is None:
        words = words_of(texts, language)
        documents = engine.search(SearchQuery(page_size=1, language=language), tree_of(()), ()).total
        kept = telling(words, engine.frequencies({key for keys in words for key in keys}), documents)
        cache.set(name, kept, KEPT)
    return kept


def hash_of(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
