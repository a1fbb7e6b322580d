"""Documents for engine tests: real words, analysed as the site does it, and nothing a test does not need."""

from __future__ import annotations

from collections.abc import Sequence

from search.analysis import analyse, join, sort_key
from search.engines.base import Document

LANGUAGES = ("pl", "en", "uk", "ru")


def document(
    name: str,
    title: str = "",
    *,
    lead: str = "",
    body: str = "",
    names: str = "",
    date: str = "",
    language: str = "pl",
    shown_in: Sequence[str] = LANGUAGES,
    hash: str = "1",
    **facets: str | tuple[str, ...],
) -> Document:
    """A document with this key; facets as single values or tuples."""
    parts = [analyse(text, language) for text in (title, lead, body, names)]
    return {
        "key": name,
        "kind": "recommendation",
        "translation": name,
        "language": language,
        "shown_in": shown_in,
        "title": parts[0].positions,
        "lead": parts[1].positions,
        "body": parts[2].positions,
        "names": parts[3].positions,
        "surface": join(parts).surface,
        "facets": {facet: (value,) if isinstance(value, str) else value for facet, value in facets.items()},
        "sort_date": date,
        "sort_title": sort_key(title),
        "hash": hash,
    }
