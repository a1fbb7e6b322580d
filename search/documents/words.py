"""The names by which a thing is found beside its own text: labels in all languages, dates and numbers in words."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from django.db.models import Choices
from django.utils.dates import MONTHS
from django.utils.translation import override

from forums.models import Period
from pagekit.templatetags.pagekit_tags import SMALL_MONTHS
from search.analysis import Analysed, analyse, join
from search.query import LANGUAGES, NO_DATE
from taxonomy.models import Organisation, Place, Tag, Theme

Words = Iterator[tuple[str, str]]
"""Texts with the language each is written in."""

# A month is named only where the source gives it.
MONTH_KNOWN = frozenset({"day", "month", "range", "before", "after"})


def joined(texts: Iterable[tuple[str, str]]) -> Analysed:
    """All the texts, each once, with gaps that no phrase spans."""
    return join([_analysed(text, language) for text, language in dict.fromkeys(texts) if text])


# The same labels stand in thousands of documents.
@lru_cache(maxsize=20_000)
def _analysed(text: str, language: str) -> Analysed:
    return analyse(text, read_as(text, language))


def read_as(text: str, language: str) -> str:
    """The language by whose rules a name is read, where it is in this one."""
    # As a name, not by what it is made of: "employment" would find whatever a working group issued.
    return "pl" if _WORKING_GROUP.fullmatch(text) else language


_WORKING_GROUP = re.compile(r"working group(?: \d+)?")


def labels(row: Any) -> Words:
    """The labels of a vocabulary row, each in its language."""
    yield (row.name if isinstance(row, Tag) else row.label_pl), "pl"
    for language in LANGUAGES:
        if language != "pl":
            yield getattr(row, f"label_{language}"), language


def lines(text: str) -> Words:
    """Polish words given one a line."""
    for line in text.splitlines():
        yield line.strip(), "pl"


def row_words(row: Any) -> Words:
    """A row and what was merged into it: an old name goes on finding. `merged` should be prefetched."""
    for one in (row, *row.merged.all()):
        yield from labels(one)
        if isinstance(one, Theme):
            yield from lines(one.synonyms)
        elif isinstance(one, Place):
            yield from lines(one.adjectives)


def organisation_words(organisation: Organisation) -> Words:
    """Names, other and former ones included; `names` should be prefetched."""
    yield from labels(organisation)
    for name in organisation.names.all():
        yield name.name, "pl"


def choice_words(choice: Choices) -> Words:
    """The word of a choice in every language of the interface."""
    return zip(_choice_words(choice), LANGUAGES, strict=True)


@lru_cache(maxsize=500, typed=True)  # words of two vocabularies may be equal as text
def _choice_words(choice: Choices) -> tuple[str, ...]:
    return tuple(_in_language(choice.label, language) for language in LANGUAGES)


def _in_language(text: object, language: str) -> str:
    with override(language):
        return str(text)


def numbered(choice: Choices, number: int | None) -> Words:
    """ "forum 2", "working group 3": what people call a numbered thing."""
    if number is not None:
        for word, language in choice_words(choice):
            yield f"{word} {number}", language


def period_words(period: Period) -> Words:
    """Years, the month where it is known, and the source's words for the date."""
    yield period.date_words, "pl"
    for year in period.years:
        yield str(year), "pl"
    if period.starts_on and period.precision in MONTH_KNOWN:
        yield from month_words(period.starts_on)


def month_words(day: dt.date) -> Words:
    for language in LANGUAGES:
        month = _in_language(MONTHS[day.month], language)
        yield f"{month.lower() if language in SMALL_MONTHS else month} {day.year}", language


def years(period: Period) -> tuple[str, ...]:
    """The values of the year facet: each year touched, or "no date"."""
    return tuple(str(year) for year in period.years) or (NO_DATE,)
