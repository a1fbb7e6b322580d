"""How the embedded engine stores a document: the fields of the index, and a document as these fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain, repeat

import tantivy

from search.engines.base import WEIGHTS, Document, checked, days_of, order_text, stream_of
from search.engines.keys import BITS, number_of
from search.engines.narrowing import DAYS, TERM_FACETS
from search.query import LANGUAGES

SCHEMA_VERSION = 7
"""Raised whenever a field changes: an index of another version is not opened but rebuilt."""

COLUMNS: Mapping[str, int] = {"theme": 3, "tag": 3, "addressee": 3, "affected": 2, "language": 4}
"""Facets of which a document often has several values; so many stand in a column each as well, further ones together in
a last one. A column with exactly one value of every document is counted six times as fast as one with any number."""

NO_VALUE = ""

_LATEST = 99_999_999
_GAP = "\0"


def schema() -> tantivy.Schema:
    """The fields: text keys as they are, streams with positions, facets and orders as columns."""
    builder = tantivy.SchemaBuilder()
    # Text keys only: deleting by an integer term of an unsigned field deletes nothing, silently.
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("hash", stored=True, tokenizer_name="raw", index_option="basic")
    # The languages in which it is not shown: most documents are shown in most, so leaving these out reads less.
    builder.add_text_field("hidden_in", tokenizer_name="raw", index_option="basic")
    for field in (*WEIGHTS, "surface"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="position")
    # The keys of all parts: what matches is found in one list where its score needs four.
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="basic")
    fields = [*(f"facet_{facet}" for facet in TERM_FACETS), "addressed"]
    for column in dict.fromkeys((*fields, *chain(*map(columns_of, fields)))):
        builder.add_text_field(column, fast=True, tokenizer_name="raw", index_option="basic")
    for day in DAYS:
        builder.add_integer_field(day, fast=True)
    # Numbers that end in that of the key: who has put the hits in order has read their keys.
    builder.add_integer_field("by_newest", fast=True)
    builder.add_integer_field("by_oldest", fast=True)
    builder.add_text_field("by_title", fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


@cache
def columns_of(field: str) -> tuple[str, ...]:
    """Where the values of a field are counted where there are many hits."""
    count = COLUMNS.get(field.removeprefix("facet_"))
    return (*(f"{field}_{n}" for n in range(1, count + 1)), f"{field}_more") if count else (field,)


def stored(document: Document) -> tantivy.Document:
    """The document as the index takes it; ValueError if it has a facet that is not ours."""
    checked(document)
    built = tantivy.Document()
    built.add_text("key", document["key"])
    built.add_text("hash", document["hash"])
    for language in set(LANGUAGES) - set(document["shown_in"]):
        built.add_text("hidden_in", language)
    for field in (*WEIGHTS, "surface"):
        _put(built, field, stream_of(document, field))
    every = {key for part in WEIGHTS for keys in stream_of(document, part) for key in keys}
    _put(built, "words", tuple(zip(every, strict=True)))
    facets = {facet: list(dict.fromkeys(values)) for facet, values in document["facets"].items()}
    for facet, values in facets.items():
        for value in values:
            built.add_text(f"facet_{facet}", value)
    for facet, count in COLUMNS.items():
        *columns, more = columns_of(f"facet_{facet}")
        values = facets.get(facet, [])
        values += [NO_VALUE] * (count - len(values))
        for column, value in zip((*columns, *repeat(more, len(values) - count)), values, strict=True):
            built.add_text(column, value)
    for addressed in dict.fromkeys(document["addressed"]):
        built.add_text("addressed", addressed)
    for name, day in days_of(document).items():
        built.add_integer(name, day_number(day))
    number, day = number_of(document["key"]), document["sort_date"]
    built.add_integer("by_newest", _LATEST - (day_number(day) if day else 0) << BITS | number)
    built.add_integer("by_oldest", (day_number(day) if day else _LATEST) << BITS | number)
    built.add_text("by_title", order_text("title", document))
    return built


def day_number(day: str) -> int:
    """An ISO date, or the beginning of one, as a number in the order of the texts: tantivy finds no ranges of text."""
    return int(f"{day.replace('-', ''):0<8}")


def _put(built: tantivy.Document, field: str, positions: Sequence[Sequence[str]]) -> None:
    """The keys at their places: as text where no place has two, for the index reads it in a fourth of the time.

    Between two values of a field the index leaves one place free, as a gap does.
    """
    if max(map(len, positions)) == 1:
        text = " ".join([keys[0] if keys else _GAP for keys in positions])
        values = text.split(_GAP)
        # Not where a key holds what parts them.
        if len(text.split()) == len(positions) and len(values) == 1 + positions.count(()):
            for value in values:
                built.add_text(field, value)
            return
    words = [tantivy.Token(word, place, 0, 0) for place, keys in enumerate(positions) for word in keys]
    built.add_pre_tokenized_text(field, tantivy.PreTokenizedString("", words))
