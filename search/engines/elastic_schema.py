"""How Elasticsearch stores a document: the fields of an index, and a document as these fields.

A word has several keys, and all of them count. Read one after another in one field they score as the other engines
score them; for phrases they stand once more in streams, of which the r-th holds at each place of the text its r-th key,
so that the places stay true. Nothing is analysed here but split at blanks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any

from search.engines.base import NOTHING, WEIGHTS, Document, Positions, checked, days_of, order_text, stream_of
from search.engines.narrowing import DAYS, TERM_FACETS
from search.query import LANGUAGES

SCHEMA_VERSION = 3
"""Raised whenever a field changes: an index of another version is not asked but rebuilt."""

STREAMS: Mapping[str, int] = {**dict.fromkeys(WEIGHTS, 12), "surface": 3}
"""How many keys one place of each part may have; the analysis gives at most twelve, and two forms of the surface."""

FACETS: Mapping[str, str] = {f"facet_{facet}": facet for facet in TERM_FACETS}
"""The facets by their fields."""

VALUES = "facets"
"""The field that holds the values of all of them, each behind the field of its own: to count sixteen facets in one
column takes the server three quarters of the time."""

ORDERS = ("newest", "oldest", "title")
WINDOW = 100_000
"""Hits that one request may reach; more than any page, so that ties across its end can be put in order."""

_LONGEST = 255  # UTF-16 units, at which the tokeniser cuts a word in two


def index_settings(shards: int, replicas: int) -> dict[str, Any]:
    """Settings of a new index."""
    return {
        "number_of_shards": shards,
        "number_of_replicas": replicas,
        # Every batch refreshes by itself before it says that it is done.
        "refresh_interval": "-1",
        # For so long a write that was held up cannot bring back what a newer batch has deleted.
        "gc_deletes": "10m",
        "max_result_window": WINDOW,
        # A condition on addressees names up to fifty of them, with their statuses.
        "max_regex_length": 100_000,
    }


def mapping() -> dict[str, Any]:
    """The fields. Whatever is not named here is refused; texts are not kept, they are in the database."""
    properties: dict[str, Any] = {"key": _KEYWORD, "hidden_in": {"type": "keyword", "doc_values": False}}
    properties["hash"] = _COLUMN
    for field, streams in STREAMS.items():
        properties[field] = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}
        for r in range(streams):
            properties[stream(field, r)] = {
                "type": "text",
                "analyzer": "whitespace",
                "norms": False,
                "index_options": "positions",
            }
    # Forms as they are, for what begins with a text and for the vocabulary.
    properties["forms"] = _KEYWORD
    for name in (*FACETS, VALUES, "addressed", *DAYS):
        properties[name] = _KEYWORD
    for order in ORDERS:
        properties[f"by_{order}"] = _COLUMN
    return {"dynamic": "strict", "_source": {"enabled": False}, "properties": properties}


_KEYWORD = {"type": "keyword"}
_COLUMN = {"type": "keyword", "index": False}


def stream(field: str, r: int) -> str:
    """The name of the field that holds the r-th key of each place."""
    return f"{field}_p{r}"


def token(key: str) -> str:
    """A key as one token: without blanks, never empty, and short enough to be left whole. Different keys stay so."""
    if len(key.encode("utf-16-le")) // 2 > _LONGEST:
        return NOTHING + blake2b(key.encode(), digest_size=16).hexdigest()
    return NOTHING.join(key.split()) or NOTHING * 2


def stored(document: Document) -> dict[str, Any]:
    """The document as the index takes it; ValueError if it has a facet that is not ours, or too many keys a word."""
    checked(document)
    fields: dict[str, Any] = {"key": document["key"], "hash": document["hash"]}
    if hidden := sorted(set(LANGUAGES) - set(document["shown_in"])):
        fields["hidden_in"] = hidden
    for field in STREAMS:
        positions = stream_of(document, field)
        fields[field] = " ".join(token(key) for keys in positions for key in keys)
        fields |= _streams(document["key"], field, positions)
    if forms := sorted({form for forms in document["surface"] for form in forms}):
        fields["forms"] = forms
    facets = {field: list(dict.fromkeys(document["facets"].get(facet, ()))) for field, facet in FACETS.items()}
    fields |= {field: values for field, values in facets.items() if values}
    fields[VALUES] = [f"{field}:{value}" for field, values in facets.items() for value in values]
    if document["addressed"]:
        fields["addressed"] = list(dict.fromkeys(document["addressed"]))
    return fields | days_of(document) | {f"by_{order}": order_text(order, document) for order in ORDERS}


def _streams(key: str, field: str, positions: Positions) -> Iterator[tuple[str, str]]:
    places = [tuple(dict.fromkeys(keys)) for keys in positions]
    most = max(map(len, places), default=0)
    if most > STREAMS[field]:
        raise ValueError(f"Document {key} has a word of {most} keys in {field}; {STREAMS[field]} are the most.")
    for r in range(most):
        yield stream(field, r), " ".join(token(keys[r]) if r < len(keys) else NOTHING for keys in places)
