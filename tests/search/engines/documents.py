"""Documents for engine tests: real words, analysed as the site does it, and nothing a test does not need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from string import ascii_lowercase, digits

from search.analysis import analyse, join, sort_key
from search.engines.base import Document
from search.engines.narrowing import PARTS

LANGUAGES = ("pl", "en", "uk", "ru")


def key(name: str) -> str:
    """The key for which a short name of lower-case letters and digits stands."""
    return f"recommendation:{int(name, 36)}:pl"


def named(keys: Iterable[str]) -> tuple[str, ...]:
    """The names, without zeros before them, for which these keys stand."""
    return tuple(_name(int(each.split(":")[1])) for each in keys)


def _name(number: int) -> str:
    before, last = divmod(number, 36)
    return (_name(before) if before else "") + (digits + ascii_lowercase)[last]


def document(
    name: str,
    title: str = "",
    *,
    lead: str = "",
    body: str = "",
    names: str = "",
    date: str = "",
    last: str | None = None,
    addressed: Sequence[str] = (),
    alerts: Mapping[str, str] | None = None,
    language: str = "pl",
    shown_in: Sequence[str] = LANGUAGES,
    hash: str = "1",
    **facets: str | tuple[str, ...],
) -> Document:
    """A document whose key is `key(name)`; facets as single values or tuples.

    Whom it asks, `addressed` says: it gives the values of addressee, position and closure. `last` is the day of `date`
    unless given.
    """
    places = zip(*(text.split("|") for text in addressed), strict=True) if addressed else ((), (), (), ())
    asked = {name: tuple(dict.fromkeys(filter(None, values))) for name, values in zip(PARTS, places, strict=True)}
    parts = [analyse(text, language) for text in (title, lead, body, names)]
    return {
        "key": key(name),
        "kind": "recommendation",
        "translation": name,
        "language": language,
        "shown_in": shown_in,
        "title": parts[0].positions,
        "lead": parts[1].positions,
        "body": parts[2].positions,
        "names": parts[3].positions,
        "surface": join(parts).surface,
        "facets": {facet: values for facet, values in asked.items() if facet != "implementation"}
        | {facet: (value,) if isinstance(value, str) else value for facet, value in facets.items()},
        "addressed": addressed,
        "alerts": alerts or {},
        "last_date": date if last is None else last,
        "sort_date": date,
        "sort_title": sort_key(title),
        "hash": hash,
    }
