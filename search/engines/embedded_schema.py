"""How the embedded engine stores a document: the fields of the index, and a document as these fields."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain, repeat, zip_longest

import tantivy

from search.engines.base import WEIGHTS, Document, checked, days_of, order_text, stream_of
from search.engines.keys import BITS, number_of
from search.engines.narrowing import DAYS, TERM_FACETS
from search.query import LANGUAGES

SCHEMA_VERSION = 8
"""Raised whenever a field changes: an index of another version is not opened but rebuilt."""

COLUMNS: Mapping[str, int] = {"theme": 3, "tag": 3, "addressee": 3, "affected": 2, "language": 4}
"""Facets of which a document often has several values; so many stand in a column each as well, further ones together in
a last one. A column with exactly one value of every document is counted six times as fast as one with any number."""

NO_VALUE = ""

APART = 2
"""So far one place of a text stands from the next: between two values of a field the index leaves one place free, and
between two words of a text one is skipped."""

_TOKENIZER = "apart"
_LATEST = 99_999_999
_SKIPPED = "|"
_BETWEEN = f" {_SKIPPED} "


def known(index: tantivy.Index) -> tantivy.Index:
    """The index, told how texts are read; to be done whenever one is made or opened."""
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    index.register_tokenizer(_TOKENIZER, words.filter(tantivy.Filter.custom_stopword([_SKIPPED])).build())
    return index


def schema() -> tantivy.Schema:
    """The fields: text keys as they are, streams with positions, facets and orders as columns."""
    builder = tantivy.SchemaBuilder()
    # Text keys only: deleting by an integer term of an unsigned field deletes nothing, silently.
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("hash", stored=True, tokenizer_name="raw", index_option="basic")
    # The languages in which it is not shown: most documents are shown in most, so leaving these out reads less.
    builder.add_text_field("hidden_in", tokenizer_name="raw", index_option="basic")
    for field in (*WEIGHTS, "surface"):
        builder.add_text_field(field, tokenizer_name=_TOKENIZER, index_option="position")
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
    every: set[str] = set()
    for part in WEIGHTS:
        every.update(_put(built, part, stream_of(document, part)))
    _put(built, "surface", stream_of(document, "surface"))
    if _is_text(every):
        built.add_text("words", " ".join(every))
    else:
        _put_tokens(built, "words", zip(every, strict=True))
    facets = document["facets"]
    for facet, values in facets.items():
        field = f"facet_{facet}"
        for value in values:
            built.add_text(field, value)
    for facet in COLUMNS:
        *columns, more = columns_of(f"facet_{facet}")
        for column, value in zip_longest(columns, facets.get(facet, ()), fillvalue=NO_VALUE):
            built.add_text(column or more, value)
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


def _put(built: tantivy.Document, field: str, positions: Sequence[Sequence[str]]) -> list[str]:
    """The keys at their places, APART from each other, which are returned.

    As text where a place has one key: the index reads it in a fourth of the time. Each value of a field begins APART
    from where the last word of the one before stands, so that texts and tokens may take turns.
    """
    keys = [*chain.from_iterable(positions)]
    if not _is_text(keys):
        _put_tokens(built, field, positions)
        return keys
    run: list[str] = []
    for place in positions:
        if len(place) < 2:
            run.append(place[0] if place else _SKIPPED)
            continue
        free = 0  # places that a text cannot keep at its end: what is skipped there counts for nothing
        while run and run[-1] == _SKIPPED:
            run.pop()
            free += 1
        if run:
            built.add_text(field, _BETWEEN.join(run))
        _put_tokens(built, field, [*repeat((), free), place])
        run = []
    if run:
        built.add_text(field, _BETWEEN.join(run))
    return keys


def _is_text(keys: Collection[str]) -> bool:
    """Whether the index reads the keys apart again if they are written as text."""
    text = " ".join(keys)
    # Of all white space only the blank can be printed.
    return text.count(" ") == len(keys) - 1 and text.isprintable() and all(keys) and _SKIPPED not in keys


def _put_tokens(built: tantivy.Document, field: str, positions: Iterable[Sequence[str]]) -> None:
    token = tantivy.Token
    words = [token(word, place * APART, 0, 0) for place, keys in enumerate(positions) for word in keys]
    built.add_pre_tokenized_text(field, tantivy.PreTokenizedString("", words))
