"""What an address asks, and in words what of it could not be read: nothing is left out in silence."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from recommendations.rules.address import day_of, unknown_names
from search.parser import unread_stars
from search.query import FACET_NAMES, MAX_DEPTH, MAX_TEXT, MAX_VALUE, MAX_VALUES, SORTS, VIEWS, SearchQuery
from search.quoting import quoted
from search.views.picks import PARAMETER as PICK
from search.views.picks import asked_for

SINGLE = ("q", "sort", "page", "since", "until", "literal", "view")
KNOWN = (*SINGLE, *FACET_NAMES, PICK)

MOST_FILTERS = MAX_VALUES
"""Values of all facets together; the rest of a longer address is left out, and the page says so."""

MOST_NOTES = 8
_NO_ORDER = gettext_lazy("There is no order “%(value)s”: the usual one is used.")
_NO_VIEW = gettext_lazy("There is no view “%(value)s”: this is the list.")
_NO_LITERAL = gettext_lazy(
    "“literal=%(value)s” means nothing here; “literal=1” would search for exactly what was typed."
)
_UNREADABLE = "\ufffd"
_BLANKS = dict.fromkeys(map(ord, "\t\n\r\v\f\xa0\u2003\u2009\u202f"), " ")
_NEGATED = re.compile(r"(?:^|[\s(])NOT\s+\(*(?P<word>\w+)")
_SHOWN = 40


@dataclass(frozen=True)
class Note:
    """A sentence for the reader. `narrows`: what was left out would have made the answer smaller."""

    text: str
    narrows: bool = False


@dataclass(frozen=True)
class Address:
    """`page` is the page that was asked for, which may be beyond the last; `unknown` are parameters that it does not
    know."""

    query: SearchQuery
    notes: tuple[Note, ...] = ()
    page: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def is_withheld(self) -> bool:
        """Nothing is left of what was asked: everything there is would be no answer to it."""
        return self.query.is_blank and bool(self.faults)

    @property
    def faults(self) -> tuple[Note, ...]:
        """What was left out and would have made the answer smaller: a file would pass for the answer without it."""
        return tuple(note for note in self.notes if note.narrows)


def read_address(params: QueryDict, language: str) -> Address:
    """The question of an address and notes on what of it was left out or mended. Never raises."""
    reader = _Reader(params)
    text = reader.text()
    reader.signs(text, language)
    # Without words there is nothing that could be read otherwise.
    values: dict[str, Any] = {
        "q": text,
        "literal": reader.one_of("literal", ("0", "1"), _NO_LITERAL, narrows=bool(text)),
    }
    values |= reader.filters()
    values |= {name: reader.day(name, is_last=name == "until") for name in ("since", "until")}
    values["sort"] = reader.one_of("sort", SORTS, _NO_ORDER)
    values["view"] = reader.one_of("view", VIEWS, _NO_VIEW)
    values["page"] = reader.page()
    values[PICK] = asked_for(params)
    unknown = unknown_names(params, KNOWN)
    reader.unknown(unknown)
    # A page number of any length is a page beyond the last.
    page = values["page"] if len(values["page"]) < len(str(MAX_DEPTH)) else str(MAX_DEPTH)
    query = SearchQuery.from_params(values | {"page": page if values["page"] else ""}, language=language)
    if query.since and query.until and query.until < query.since:
        reader.note(_("The range of days ends before it begins, so nothing lies in it."))
    return Address(query, tuple(reader.notes[:MOST_NOTES]), _short(values["page"]), unknown)


class _Reader:
    def __init__(self, params: QueryDict) -> None:
        self.params = params
        self.notes: list[Note] = []

    def note(self, text: str, *, narrows: bool = False, **values: Any) -> None:
        self.notes.append(Note(text % values if values else text, narrows))

    def last(self, name: str) -> str:
        values = self.params.getlist(name)
        if len(set(values)) > 1:
            self.note(_("“%(name)s” stands more than once in the address: the last one counts."), name=name)
        return values[-1] if values else ""

    def readable(self, text: str) -> str:
        """With blanks for what is no character, and a note if there was any; soft hyphens and the like just go."""
        visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
        kept = "".join(char if char.isprintable() and char != _UNREADABLE else " " for char in visible)
        is_lost = bool(text.strip()) and not kept.strip()
        if is_lost or not (kept == visible or visible.translate(_BLANKS) == kept):
            self.note(_("Characters that cannot be read were left out."), narrows=not kept.strip())
        return kept

    def text(self) -> str:
        typed = self.last("q")
        if len(typed) > MAX_TEXT:
            self.note(
                ngettext(
                    "The question is too long: only its first %(most)s character was searched.",
                    "The question is too long: only its first %(most)s characters were searched.",
                    MAX_TEXT,
                ),
                most=MAX_TEXT,
            )
        return self.readable(typed[: MAX_TEXT * 4])

    def filters(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        left, dropped = MOST_FILTERS, 0
        for facet in filter(self.params.__contains__, FACET_NAMES):
            values = list(dict.fromkeys(value for value in self.params.getlist(facet) if value))
            found[facet] = [self.readable(value[: MAX_VALUE * 2]) for value in values[:left]]
            left, dropped = left - len(values[:left]), dropped + len(values[left:])
        if dropped:
            self.note(
                ngettext(
                    "Only the first %(most)s filter was used.",
                    "Only the first %(most)s filters were used.",
                    MOST_FILTERS,
                ),
                most=MOST_FILTERS,
            )
        return found

    def day(self, name: str, *, is_last: bool) -> str:
        typed = self.last(name).strip()
        day = day_of(typed, is_last=is_last)
        if typed and not day:
            self.note(
                _("“%(value)s” is no day that can be read. Write 2014, 2014-05 or 2014-05-17."),
                narrows=True,
                value=_short(typed),
            )
        return day

    def signs(self, text: str, language: str) -> None:
        if found := _NEGATED.search(text):
            # Elsewhere it leaves a word out; read as a word it finds the very thing that was not wanted.
            self.note(
                _("“NOT” was read as a word. A minus leaves a word out: “-%(word)s”."), word=_short(found["word"])
            )
        if words := unread_stars(text, language):
            self.note(
                _("The asterisk in %(words)s was not read: it completes one word that has two letters or more."),
                words=quoted([_short(word) for word in words]),
            )

    def one_of(self, name: str, known: Collection[str], words: Any, *, narrows: bool = False) -> str:
        value = self.last(name)
        if value and value not in known:
            self.note(words, narrows=narrows, value=_short(value))
            return ""
        return value

    def page(self) -> str:
        typed = self.last("page").strip()
        is_number = typed.isascii() and typed.isdecimal()
        if typed and not (is_number and typed.strip("0")):
            self.note(_("There is no page “%(value)s”: this is the first."), value=_short(typed))
            return ""
        return typed.lstrip("0")

    def unknown(self, names: Sequence[str]) -> None:
        if names:
            self.notes.append(Note(said_of_unknown(names), narrows=True))


def said_of_unknown(names: Sequence[str]) -> str:
    """That these parameters mean nothing, in a sentence."""
    words = ngettext(
        "The address asks for %(names)s, which this search does not know, so it was left out.",
        "The address asks for %(names)s, which this search does not know, so they were left out.",
        len(names),
    )
    return words % {"names": quoted([_short(name) for name in names])}


def _short(text: str) -> str:
    kept = "".join(char if char.isprintable() else " " for char in text[: _SHOWN + 1])
    return kept if len(kept) <= _SHOWN else f"{kept[:_SHOWN]}…"
