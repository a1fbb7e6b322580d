"""Which recommendations, requests and entries a reader asks about: one filter for figures, files, feeds and dates."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from forums.choices import UNDATED
from forums.models import Forum, WorkingGroup
from recommendations.models.assignment import Assignment
from recommendations.models.follow_up import FollowUp
from recommendations.models.recommendation import Recommendation
from recommendations.models.stage import StageEntry
from recommendations.querysets import (
    AssignmentQuerySet,
    FollowUpQuerySet,
    RecommendationQuerySet,
    StageEntryQuerySet,
)
from recommendations.rules import Moment
from recommendations.rules.address import day_of, unknown_names
from taxonomy.models import Organisation, Theme

NO_DATE = "nd"
"""The value of ``year`` for what has no date, as in the search."""

NAMES = ("reference", "addressee", "theme", "issuer", "year", "since", "until")
"""The parameters of an address that narrow."""

OF_FIGURES = ("theme", "issuer", "addressee", "year")
"""Those of them that narrow the page of figures."""

BESIDE = ("on", "known")
"""What asks for a past day, where that can be asked for."""

OF_RECOMMENDATIONS = ("reference", "theme", "issuer", "year")
"""Those of them that narrow the recommendations; the others narrow rows and entries."""

LONGEST = 100
MOST_HIDDEN = 500


Known = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Narrowing:
    """What was asked, by the names and values that the search has, too; empty fields narrow nothing.

    ``year`` is that of the recommendation, ``since`` and ``until`` the day to which an entry refers.
    """

    reference: str = ""
    addressee: str = ""
    theme: str = ""
    issuer: str = ""
    year: str = ""
    since: str = ""
    until: str = ""
    wrong: tuple[str, ...] = field(default=(), compare=False)
    """The names of what the address holds and nothing answers to, which narrows nothing."""
    unknown: tuple[str, ...] = field(default=(), compare=False)
    """The names in the address that mean nothing there: slips for others, or such as narrow elsewhere."""
    offered: tuple[str, ...] = field(default=NAMES, compare=False)
    """The names that do mean something there."""
    recommendation: Recommendation | None = field(default=None, compare=False)
    organisation: Organisation | None = field(default=None, compare=False)
    themes: tuple[int, ...] = field(default=(), compare=False)
    """The keys of the theme and of all below it."""
    moment: Moment | None = None
    """The past day that is asked about; no part of ``query``."""
    hidden: tuple[int, ...] | None = field(default=None, compare=False)
    """The keys of what readers may not see, where they were read (``hidden_from_readers``); else each query asks."""
    gone: tuple[int, ...] = field(default=(), compare=False)
    """The keys of what they may not see now and could on the past day: counted, never shown."""

    @property
    def query(self) -> str:
        """The filter as a part of an address."""
        return urlencode([(name, value) for name in NAMES if (value := getattr(self, name))])

    def recommendations(self, *names: str) -> RecommendationQuerySet:
        """Those that any reader may see, narrowed by the day, and by all or only the given names."""
        chosen = {name for name in (names or NAMES) if getattr(self, name)}
        if self.hidden is None:
            found = Recommendation.objects.visible_to()
        else:
            found = Recommendation.objects.exclude(pk__in=self.hidden)
        if self.gone:
            found |= Recommendation.objects.filter(pk__in=self.gone)
        if "reference" in chosen:
            found = found.filter(pk=self.recommendation.pk if self.recommendation else None)
        if "theme" in chosen:
            found = found.about(self.themes)
        if "issuer" in chosen:
            letter, key = self.issuer[0], int(self.issuer[1:])
            of_forum = Q(forum=key) | Q(working_group__forum=key)
            found = found.filter(Q(working_group=key) if letter == "g" else of_forum)
        if "year" in chosen:
            found = found.filter(_in_year(self.year))
        if self.moment:
            found = found.issued_by(self.moment)
        narrowed: RecommendationQuerySet = found.order_by()
        return narrowed

    def assignments(self) -> AssignmentQuerySet:
        """Whom they ask: rows that were neither taken back nor opened for a member of a class."""
        found: AssignmentQuerySet = self._of(Assignment.objects.asked(), "recommendation")
        return found.filter(organisation=self.organisation) if self.addressee else found

    def entries(self) -> FollowUpQuerySet:
        """The public entries of their logs, those of rows since taken back among them."""
        found: FollowUpQuerySet = self._of(FollowUp.objects.all(), "assignment__recommendation")
        return self._in_time(found.filter(assignment__organisation=self.organisation) if self.addressee else found)

    def stage_entries(self) -> StageEntryQuerySet:
        """What was told of those chosen in a stage; of an addressee nothing: it is nobody's answer."""
        found: StageEntryQuerySet = self._of(StageEntry.objects.visible_to(), "chosen__recommendation")
        return self._in_time(found.none() if self.addressee else found)

    def _in_time(self, entries: Any) -> Any:
        if self.since:
            entries = entries.filter(refers_on__gte=self.since)
        if self.until:
            entries = entries.filter(refers_on__lte=self.until)
        return entries.as_on(self.moment) if self.moment else entries

    def _of(self, rows: Any, recommendation: str) -> Any:
        """The rows whose recommendation is among these; where all are that readers see, without a word to them."""
        if self.hidden is None or self.moment or any(getattr(self, name) for name in OF_RECOMMENDATIONS):
            return rows.filter(**{f"{recommendation}__in": self.recommendations()})
        # Of nothing hidden no query needs a word, nor a table more.
        return rows.exclude(**{f"{recommendation}__in": self.hidden}) if self.hidden else rows


def hidden_from_readers() -> tuple[int, ...] | None:
    """The keys of the recommendations that no reader may see; None if they are too many to be named in a query."""
    hidden = Recommendation.objects.hidden_from().order_by().values_list("pk", flat=True)
    found = tuple(sorted(hidden[: MOST_HIDDEN + 1]))
    return found if len(found) <= MOST_HIDDEN else None


def _in_year(year: str) -> Q:
    if year == NO_DATE:
        return Q(precision__in=UNDATED) | Q(starts_on=None)
    first, last = dt.date(int(year), 1, 1), dt.date(int(year), 12, 31)
    touches = Q(starts_on__lte=last) & (Q(ends_on__gte=first) | Q(ends_on=None, starts_on__gte=first))
    return touches & ~Q(precision__in=UNDATED)


def read_narrowing(
    parameters: Mapping[str, str],
    offered: tuple[str, ...] = NAMES,
    known: Known | None = None,
    beside: tuple[str, ...] = (),
    *,
    is_followed: bool = False,
) -> Narrowing:
    """The filter that an address holds; never raises. ``offered`` are the names that narrow there, ``beside`` others
    that mean something.

    ``known``: by name and value the fields of what was read anyway, so that nothing is asked for it. ``is_followed``: a
    forum or group that readers have seen and cannot see now is not wrong but leaves nothing, as who follows it made no
    slip.
    """
    typed = {name: parameters.get(name, "").strip()[:LONGEST] for name in offered}
    found: dict[str, Any] = {}
    wrong = []
    for name, value in typed.items():
        if not value:
            continue
        # PostgreSQL refuses a NUL in any text.
        read = (known or {}).get(name, {}).get(value) or ({} if "\x00" in value else READERS[name](value))
        if not read and is_followed and name == "issuer":
            read = _issuer(value, is_hidden=True)
        found |= read
        if not read:
            wrong.append(name)
    taken = (*offered, *beside)
    return Narrowing(**found, wrong=tuple(wrong), unknown=unknown_names(parameters, taken), offered=taken)


def _reference(value: str) -> dict[str, Any]:
    found = Recommendation.objects.visible_to().filter(reference=value.upper()).first()
    return {"reference": found.reference, "recommendation": found} if found else {}


def _addressee(value: str) -> dict[str, Any]:
    found = survivor(Organisation.objects.filter(code=value).first())
    return {"addressee": found.code, "organisation": found} if found else {}


def _theme(value: str) -> dict[str, Any]:
    found = survivor(Theme.objects.filter(code=value).first())
    if not found:
        return {}
    return of_theme(found, list(Theme.objects.current().values_list("pk", "parent_id")))


def of_theme(theme: Theme, parents: Sequence[tuple[int, int | None]]) -> dict[str, Any]:
    """The fields of one theme; ``parents``: the keys of all themes with that of the one above each."""
    below = {theme.pk}
    # As often as the tree can be deep; a theme cannot stand below itself.
    for _level in parents:
        more = {pk for pk, parent in parents if parent in below} - below
        if not more:
            break
        below |= more
    return {"theme": theme.code, "themes": tuple(sorted(below))}


def _issuer(value: str, *, is_hidden: bool = False) -> dict[str, Any]:
    letter, key = value[:1], value[1:]
    if letter not in {"f", "g"} or not (key.isascii() and key.isdecimal() and len(key) < 18):
        return {}
    every = (Forum if letter == "f" else WorkingGroup).objects
    some = every.all() if is_hidden else every.visible_to()
    return {"issuer": f"{letter}{int(key)}"} if some.filter(pk=int(key)).exists() else {}


def _year(value: str) -> dict[str, Any]:
    is_year = value.isascii() and value.isdecimal() and len(value) == 4 and int(value) > 0
    return {"year": value} if is_year or value == NO_DATE else {}


def _day(name: str) -> Any:
    def read(value: str) -> dict[str, Any]:
        day = day_of(value, is_last=name == "until")
        return {name: day} if day else {}

    return read


READERS = {
    "reference": _reference,
    "addressee": _addressee,
    "theme": _theme,
    "issuer": _issuer,
    "year": _year,
    "since": _day("since"),
    "until": _day("until"),
}


def survivor(row: Any) -> Any:
    """The row that a merged one was merged into, at the end of however many merges; else the row itself, or None."""
    passed = set()
    while row is not None and row.merged_into_id and row.pk not in passed:
        passed.add(row.pk)
        row = row.merged_into
    return row
