"""What the engines are filled with and how they are asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from search.engines.base import Engine
from search.parser import parse
from search.query import SearchQuery
from search.results import Hit, SearchResults
from tests.search.engines.documents import document, key, named

CORPUS = [
    document(
        "a",
        "Rada gminy",
        body="Zadania samorządu wobec cudzoziemców/ek",
        date="2014-05-01",
        year="2014",
        city="1",
        tag=("x", "y"),
    ),
    document("b", "Gmina i rada", body="Dzieci w szkołach, rad w gminie", date="2015", year="2015", city="2", tag="x"),
    document(
        "c",
        "Edukacja dzieci cudzoziemskich",
        lead="Szkoła dla dzieci uchodźców",
        date="2014-05-01",
        year="2014",
        city="1",
    ),
    document(
        "d",
        "II Forum",
        names="Lublin forum 2014",
        body="uchwała LII/964/16 rady",
        date="2014-03-21",
        year="2014",
        city="2",
        tag="y",
    ),
    document("e", "IV Forum", names="Wrocław forum 2015", body="szkoła szkoła szkoła", date="2015-05-14", year="2015"),
    document(
        "f", "Urząd miasta", names="Łódź", body="obsługa cudzoziemców w urzędzie", year="nd", city="3", tag=("x", "z")
    ),
    document("g", "Освіта дітей мігрантів", language="uk", shown_in=("uk",), date="2016", year="2016"),
    document("h", "Ława i łąka", body="szkolnictwo", date="2016-01-01", year=("2016", "2017"), city="1"),
]
FACETS = ("year", "city", "tag", "theme")

TODAY = "2026-11-21"


def ask(
    engine: Engine,
    text: str,
    *,
    facets: Sequence[str] = (),
    masked: Sequence[str] = (),
    language: str = "pl",
    sort: str = "relevance",
    page: int = 1,
    page_size: int = 20,
    since: str = "",
    until: str = "",
    today: str = TODAY,
    **filters: str | tuple[str, ...],
) -> SearchResults:
    chosen = tuple((facet, (value,) if isinstance(value, str) else value) for facet, value in filters.items())
    query = SearchQuery(text, chosen, sort, page, page_size, language, since=since, until=until, today=today)
    found = engine.search(query, parse(query.text, language), facets, [*map(key, masked)])
    names = named(found.keys)
    return replace(found, hits=tuple(Hit(name, hit.score) for name, hit in zip(names, found.hits, strict=True)))


def keys(engine: Engine, text: str, **rest: Any) -> set[str]:
    return set(ask(engine, text, **rest).keys)


class Asking:
    """Inherit and give an `engine` fixture: a fresh engine with an empty index."""

    @pytest.fixture
    def engine(self) -> Iterator[Engine]:
        raise NotImplementedError

    @pytest.fixture
    def full(self, engine: Engine) -> Engine:
        engine.rebuild(CORPUS, 10, fingerprint="f")
        return engine
