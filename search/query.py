"""The question a reader asks, as one immutable value that an address, a saved search and an engine share."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus, urlencode
from zoneinfo import ZoneInfo

FACET_NAMES: tuple[str, ...] = (
    "issuer",
    "year",
    "city",
    "group",
    "theme",
    "tag",
    "addressee",
    "level",
    "implementation",
    "kind",
    "source",
    "affected",
    "position",
    "closure",
    "alert",
    "language",
)
"""Names of the facets, which are also the names of their URL parameters; labels and order are in `search.facets`."""

STATUSES: tuple[str, ...] = ("position", "implementation", "closure")
"""The facets that, together with an addressee, speak of that addressee alone."""

ALERTS: tuple[str, ...] = ("overdue", "ageing", "stale", "disputed", "unanswered")
"""The values of the alert facet: never indexed as words, but as the day from which each holds."""

WARSAW = ZoneInfo("Europe/Warsaw")
SORTS: tuple[str, ...] = ("relevance", "newest", "oldest", "title")
VIEWS: tuple[str, ...] = ("list", "table")
NO_DATE = "nd"
"""The value of the year facet for documents without a date."""

OPEN = "open"
"""The value of the closure facet for an addressee whose row is not closed."""

MAX_TEXT = 200
MAX_VALUE = 100
MAX_VALUES = 50
MAX_PICKS, MAX_PICK = 100, 120
"""Picks of one address, and letters of one of them."""

MAX_DEPTH = 10_000
"""Hits reachable by page number; a higher page number is clamped to the last page within it."""

MAX_PAGE_SIZE = 500
LANGUAGES: tuple[str, ...] = ("pl", "en", "uk", "ru")

Filters = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class SearchQuery:
    """What is asked. Every instance is clean: the constructor clamps and normalises, and raises on nothing.

    text      at most 200 characters, without control characters and lone surrogates, blanks collapsed
    filters   (facet, values) pairs; values of one facet are alternatives (OR), facets narrow each other (AND);
              facets and values are sorted and unique, so equal questions are equal and hash alike
    sort      one of SORTS; "relevance" without text means "newest"
    page      from 1; page_size from 1; together never beyond hit number 10 000
    language  the interface language: which documents are shown, and how words are read
    since, until  ISO dates: only what was issued in a period that touches these days; "" is no bound
    today     the ISO date by which alerts are decided; today's unless given, and no part of the address
    is_literal  the words as they are typed: no slip of the pen is mended
    view      one of VIEWS: how the hits are laid out; it changes no answer, but stands in the address
    picks     the recommendations that the reader has ticked, as the address names them; they change no answer either
    """

    text: str = ""
    filters: Filters = ()
    sort: str = "relevance"
    page: int = 1
    page_size: int = 20
    language: str = "pl"
    since: str = ""
    until: str = ""
    today: str = ""
    is_literal: bool = False
    view: str = "list"
    picks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        page_size = _clamped(self.page_size, default=20, highest=MAX_PAGE_SIZE)
        clean = {
            "text": _clean(self.text, MAX_TEXT),
            "filters": _clean_filters(self.filters),
            "sort": self.sort if isinstance(self.sort, str) and self.sort in SORTS else "relevance",
            "page": _clamped(self.page, default=1, highest=max(1, MAX_DEPTH // page_size)),
            "page_size": page_size,
            "language": self.language if isinstance(self.language, str) and self.language in LANGUAGES else "pl",
            "since": _date(self.since),
            "until": _date(self.until),
            "today": _date(self.today) or dt.datetime.now(WARSAW).date().isoformat(),
            "is_literal": self.is_literal is True,
            "view": self.view if isinstance(self.view, str) and self.view in VIEWS else "list",
            "picks": tuple(dict.fromkeys(pick for one in self.picks[:MAX_PICKS] if (pick := _clean(one, MAX_PICK)))),
        }
        # A frozen instance is written as its own dictionary: a page and a digest make questions by the hundred.
        vars(self).update(clean)

    # -- reading -----------------------------------------------------------------------------------------------

    @property
    def offset(self) -> int:
        """How many hits stand before this page."""
        return (self.page - 1) * self.page_size

    @property
    def order(self) -> str:
        """The sort that really applies: without text nothing is more relevant, so the newest come first."""
        return "newest" if self.sort == "relevance" and not self.text else self.sort

    @property
    def is_blank(self) -> bool:
        """Nothing is asked: no text and no filter."""
        return not (self.text or self.filters or self.since or self.until)

    @property
    def has_dates(self) -> bool:
        """Whether it asks for a range of days."""
        return bool(self.since or self.until)

    def values(self, facet: str) -> tuple[str, ...]:
        """The selected values of a facet, sorted; empty if it does not filter."""
        return dict(self.filters).get(facet, ())

    # -- changing: each returns a new question on its first page ------------------------------------------------

    def toggled(self, facet: str, value: str) -> SearchQuery:
        """With the value selected if it was not, or without it if it was."""
        present = self.values(facet)
        values = tuple(v for v in present if v != value) if value in present else (*present, value)
        return replace(self.without(facet), filters=(*self.without(facet).filters, (facet, values)))

    def without(self, facet: str) -> SearchQuery:
        """Without any filter of this facet."""
        return self.besides([facet])

    def besides(self, facets: Iterable[str]) -> SearchQuery:
        """Without any filter of these facets."""
        left_out = set(facets)
        kept = tuple(pair for pair in self.filters if pair[0] not in left_out)
        # To make a question is to clean all of it, and the links of a page ask for this one a hundred times.
        return self if kept == self.filters and self.page == 1 else replace(self, filters=kept, page=1)

    def without_filters(self) -> SearchQuery:
        """Text, sort and language alone."""
        return replace(self, filters=(), since="", until="", page=1)

    def with_page(self, page: int) -> SearchQuery:
        """The same question on another page."""
        return replace(self, page=page)

    def with_sort(self, sort: str) -> SearchQuery:
        """The same question in another order."""
        return replace(self, sort=sort, page=1)

    def with_view(self, view: str) -> SearchQuery:
        """The same page of the same answer, laid out otherwise."""
        return replace(self, view=view)

    def without_picks(self) -> SearchQuery:
        """The question alone, as it is cited, followed and handed over."""
        return replace(self, picks=()) if self.picks else self

    def without_dates(self) -> SearchQuery:
        """Without the range of days."""
        return replace(self, since="", until="", page=1)

    def with_text(self, text: str) -> SearchQuery:
        """Other words under the same filters."""
        return replace(self, text=text, page=1)

    # -- address -----------------------------------------------------------------------------------------------

    @classmethod
    def from_params(
        cls, params: Mapping[str, Any], *, language: str = "pl", facets: Iterable[str] = FACET_NAMES
    ) -> SearchQuery:
        """Read URL parameters: `q`, `sort`, `page` and one repeatable parameter a facet. Unknown ones are ignored.

        `params` is a QueryDict or any mapping to strings or lists of strings. The page size is not the reader's to
        choose, and the language is that of the address. Never raises: what cannot be read falls back to the default.
        """
        # Only what is given is looked at: a digest reads thousands of questions, and most have two parameters.
        given: dict[str, Any] = {field: _last(params, name) for name, field in _ALONE.items() if name in params}
        if "pick" in params:
            given["picks"] = tuple(_all(params, "pick"))
        return cls(
            filters=tuple((facet, tuple(_all(params, facet))) for facet in facets if facet in params),
            language=language,
            is_literal="literal" in params and _last(params, "literal") == "1",
            **given,
        )

    def to_params(self) -> list[tuple[str, str]]:
        """Name and value pairs in a fixed order; defaults are left out, so one question has one address."""
        params = [("q", self.text)] if self.text else []
        params += [(facet, value) for facet, values in self.filters for value in values]
        params += [(name, day) for name, day in (("since", self.since), ("until", self.until)) if day]
        if self.is_literal:
            params.append(("literal", "1"))
        if self.sort != "relevance":
            params.append(("sort", self.sort))
        if self.view != "list":
            params.append(("view", self.view))
        params += [("pick", pick) for pick in self.picks]
        if self.page > 1:
            params.append(("page", str(self.page)))
        return params

    def encoded(self) -> str:
        """`to_params` as a query string, without the question mark; empty for a blank question."""
        return urlencode(self.to_params())

    def toggling(self, facet: str) -> Callable[[str], str]:
        """What gives, for a value of this facet, the same as `toggled(facet, value).encoded()`, and many times faster:
        a page has hundreds of such links."""
        params = self.without(facet).to_params()
        place = sum(1 for name, _ in params if name == "q" or (name in dict(self.filters) and name < facet))
        before, behind = urlencode(params[:place]), urlencode(params[place:])
        before, behind = (f"{before}&" if before else ""), (f"&{behind}" if behind else "")
        chosen = set(self.values(facet))

        def encoded(value: str) -> str:
            if not chosen:
                return f"{before}{facet}={_quoted(value)}{behind}"
            here = urlencode([(facet, each) for each in sorted(chosen ^ {value})])
            return f"{before}{here}{behind}" if here else f"{before.removesuffix('&')}{behind}".removeprefix("&")

        return encoded

    # -- JSON --------------------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """Everything but the page, the layout and the picks, in a fixed order: what a saved search keeps."""
        kept = {
            "text": self.text,
            "filters": {facet: list(values) for facet, values in self.filters},
            "sort": self.sort,
            "language": self.language,
            "since": self.since,
            "until": self.until,
            "is_literal": self.is_literal,
        }
        return json.dumps(kept, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> SearchQuery:
        """Read what `to_json` wrote. Anything else gives the default for what cannot be read; never raises."""
        try:
            kept = json.loads(text)
        except (ValueError, TypeError, RecursionError):
            kept = {}
        if not isinstance(kept, dict):
            kept = {}
        filters = kept.get("filters")
        return cls(
            text=kept.get("text", ""),
            filters=tuple(filters.items()) if isinstance(filters, dict) else (),
            sort=kept.get("sort", "relevance"),
            language=kept.get("language", "pl"),
            since=kept.get("since", ""),
            until=kept.get("until", ""),
            is_literal=kept.get("is_literal", False),
        )


_ALONE = {"q": "text"} | {name: name for name in ("sort", "page", "since", "until", "view")}
"""Parameters that are read as they come, by the field that cleans them."""

# A page has hundreds of values, and mostly the same ones as the last.
_quoted = lru_cache(maxsize=10_000)(quote_plus)


def _clean(text: object, longest: int) -> str:
    if not isinstance(text, str):
        return ""
    # Cut before looking at every character: the input may be megabytes long. Blanks may fill the first cut.
    kept = text[: longest * 4]
    if not kept.isprintable():
        kept = "".join(c if c.isprintable() else " " for c in kept)
    return " ".join(kept.split())[:longest].rstrip()


def _date(day: object) -> str:
    try:
        return dt.date.fromisoformat(day).isoformat() if isinstance(day, str) and len(day) == 10 else ""
    except ValueError:
        return ""


def _clean_filters(filters: object) -> Filters:
    united: dict[str, set[str]] = {}
    if not isinstance(filters, tuple | list):
        return ()
    for pair in filters:
        if not (isinstance(pair, tuple | list) and len(pair) == 2):
            continue
        facet, values = _clean(pair[0], MAX_VALUE), pair[1]
        if not facet or not isinstance(values, tuple | list):
            continue
        kept = united.setdefault(facet, set())
        for value in values:
            if len(kept) == MAX_VALUES:
                break
            if clean := _clean(value, MAX_VALUE):
                kept.add(clean)
    return tuple((facet, tuple(sorted(values))) for facet, values in sorted(united.items()) if values)


def _clamped(number: object, *, default: int, highest: int) -> int:
    # A page number of a thousand digits is refused by int() itself, and text longer than that is no number.
    if isinstance(number, str):
        digits = number.strip()
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 12 else default
    if not isinstance(number, int):
        return default
    return min(max(number, 1), highest)


def _all(params: Mapping[str, Any], name: str) -> list[Any]:
    getlist = getattr(params, "getlist", None)
    values = getlist(name) if getlist else params.get(name, [])
    return list(values) if isinstance(values, list | tuple) else [values]


def _last(params: Mapping[str, Any], name: str) -> str:
    values = _all(params, name)
    return values[-1] if values and isinstance(values[-1], str) else ""
