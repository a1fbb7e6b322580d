"""How the embedded engine stores a document: the fields of the index, and a document as these fields."""

from __future__ import annotations

import tantivy

from search.engines.base import WEIGHTS, Document, Positions, checked, days_of, order_text, stream_of
from search.engines.keys import BITS, number_of
from search.engines.narrowing import DAYS, TERM_FACETS
from search.query import LANGUAGES

SCHEMA_VERSION = 6
"""Raised whenever a field changes: an index of another version is not opened but rebuilt."""

_LATEST = 99_999_999


def schema() -> tantivy.Schema:
    """The fields: text keys as they are, streams with positions, facets and orders as columns."""
    builder = tantivy.SchemaBuilder()
    # Text keys only: deleting by an integer term of an unsigned field deletes nothing, silently.
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("hash", stored=True, tokenizer_name="raw", index_option="basic")
    # The languages in which it is not shown: most documents are shown in most, so leaving these out reads less.
    builder.add_text_field("hidden_in", tokenizer_name="raw", index_option="basic")
    for field in (*WEIGHTS, "surface"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="position")
    # The keys of all parts: what matches is found in one list where its score needs four. No key holds a blank.
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="basic")
    for values in (*(f"facet_{facet}" for facet in TERM_FACETS), "addressed"):
        builder.add_text_field(values, fast=True, tokenizer_name="raw", index_option="basic")
    for day in DAYS:
        builder.add_integer_field(day, fast=True)
    # Numbers that end in that of the key: who has put the hits in order has read their keys.
    builder.add_integer_field("by_newest", fast=True)
    builder.add_integer_field("by_oldest", fast=True)
    builder.add_text_field("by_title", fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def stored(document: Document) -> tantivy.Document:
    """The document as the index takes it; ValueError if it has a facet that is not ours."""
    checked(document)
    built = tantivy.Document()
    built.add_text("key", document["key"])
    built.add_text("hash", document["hash"])
    for language in set(LANGUAGES) - set(document["shown_in"]):
        built.add_text("hidden_in", language)
    for field in (*WEIGHTS, "surface"):
        built.add_pre_tokenized_text(field, _tokens(stream_of(document, field)))
    every = {key for part in WEIGHTS for keys in stream_of(document, part) for key in keys}
    built.add_text("words", " ".join(every))
    for facet, values in document["facets"].items():
        for value in dict.fromkeys(values):
            built.add_text(f"facet_{facet}", value)
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


def _tokens(positions: Positions) -> tantivy.PreTokenizedString:
    words = [tantivy.Token(word, place, 0, 0) for place, keys in enumerate(positions) for word in keys]
    return tantivy.PreTokenizedString("", words)
