"""What a group of words would do: how much each word finds without it, with it as it is, and as it is being written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from search.engines import get_engine
from search.engines.base import EngineUnavailable
from search.expansion import Lists
from search.kept import one_version
from search.labels import load_issuers
from search.models import WordGroup
from search.parser import parse
from search.query import MAX_PAGE_SIZE, SearchQuery
from search.tree import Tree
from search.views.answers import answer
from search.views.hits import items
from search.views.loaded import find
from search.word_groups.current import all_groups

FIRST = 3
"""Titles shown of what a word finds anew."""


@dataclass(frozen=True)
class Title:
    """A hit that the words being written would add."""

    title: SafeString
    url: str


@dataclass(frozen=True)
class Trial:
    """One word: the totals without the group, with the saved one and with the one being written, and the first hits
    that the last brings; `old` is empty for a group that is not saved yet."""

    word: str
    language: str
    without: int
    old: int | None
    new: int
    added: Sequence[Title]


@one_version()
def try_words(group: WordGroup, instead_of: int | None = None) -> list[Trial]:
    """A trial of every word of the group. Readers see nothing of it; empty if the engine does not answer."""
    written = [group.terms] if group.is_active else []
    lists = {
        "without": Lists(all_groups(without=instead_of)),
        "old": Lists(all_groups()),
        "new": Lists(all_groups(without=instead_of, also=written)),
    }
    try:
        get_engine().number  # noqa: B018 - asks whether it answers
    except EngineUnavailable:
        return []
    return [
        _trial(text, field.removeprefix("words_"), lists, is_saved=instead_of is not None)
        for field, _line, text in group.lines
    ]


def _trial(word: str, language: str, lists: Mapping[str, Lists], *, is_saved: bool) -> Trial:
    query = SearchQuery(word, page_size=MAX_PAGE_SIZE, language=language)
    trees = {name: parse(word, language, some) for name, some in lists.items()}
    found = {name: answer(query, tree, ()).results for name, tree in trees.items()}
    known = set(found["old" if is_saved else "without"].keys)
    fresh = [key for key in found["new"].keys if key not in known][:FIRST]
    return Trial(
        word=word,
        language=language,
        without=found["without"].total,
        old=found["old"].total if is_saved else None,
        new=found["new"].total,
        added=_titles(fresh, query, trees["new"]),
    )


def _titles(keys: Sequence[str], query: SearchQuery, tree: Tree) -> list[Title]:
    loaded = find(keys, query.language)
    issuers = load_issuers(loaded.issuers, query.language)
    return [Title(item.title, item.url) for item in items(loaded, issuers, query, tree)]
