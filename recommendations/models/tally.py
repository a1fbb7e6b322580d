"""Counting rows and entries of one filter in the database, and keeping the counts until what they are made of changes.

The database itself marks every change of the rows (count_mark.py), and counts are kept by the mark at which they were
made. Only whoever asks ``at_latest`` is shown those of the mark before, for seconds, and told of when they are.
"""

import datetime as dt
import hashlib
import logging
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.core.cache import caches
from django.db.models import Case, CharField, Count, F, IntegerField, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Substr
from django.utils import timezone

from forums.choices import UNDATED
from recommendations import rules
from recommendations.choices import REFRESHING, AddresseeRole
from recommendations.models.count_mark import current_mark
from recommendations.models.narrowing import NO_DATE, Narrowing
from recommendations.querysets import AssignmentQuerySet

logger = logging.getLogger(__name__)

COUNTS = "counts"
KEPT_FOR = 24 * 3600
# So old may what is shown be while the clock counts anew; where no clock runs, nothing is.
LATEST = dt.timedelta(seconds=60)
# Of the questions that readers asked, so many of the last are counted ahead of them.
MOST_ASKED = 30
Made = TypeVar("Made")
# One group of rows that are alike: (forum, group without a forum, implementation, confirmed, closure, position, class).
Alike = tuple[int | None, int | None, str, bool, str, str, bool]


@dataclass(frozen=True)
class Tally:
    """Whole numbers of one filter, without a word of any language."""

    recommendations: int
    organisations: int
    alike: Mapping[Alike, int]
    # By the key of the theme that no other stands above, and the step on the scale of the badge.
    themes: Mapping[int, Counter[str]]
    # By kind and year; None: without a date.
    entries: Mapping[tuple[str, int | None], int]


@dataclass(frozen=True)
class Offers:
    """Under what anything public stands: issuers ("f12", "g3") with their translation keys, years, keys of bodies."""

    issuers: Mapping[str, uuid.UUID]
    years: tuple[str, ...]
    organisations: tuple[int, ...]


def tally_of(narrowing: Narrowing, tops: Mapping[int, list[int]], mark: str) -> Tally:
    """The counts of a filter, as they are at ``mark`` (see there).

    ``tops`` are the themes at the top, each with the keys of itself and all below it.
    """

    def count() -> Tally:
        assignments = narrowing.assignments().order_by()
        asked = assignments.aggregate(
            recommendations=Count("recommendation", distinct=True), organisations=Count("organisation", distinct=True)
        )
        return Tally(
            **asked, alike=_alike(assignments), themes=_by_theme(assignments, tops), entries=_entries(narrowing)
        )

    return kept(key_of(narrowing, tops, mark), count)


def offers(seen: Narrowing, mark: str) -> Offers:
    """What a filter may choose from, as it is at ``mark``; ``seen`` is all that readers see, and nothing else."""
    return kept(offers_key(mark), lambda: _offers(seen))


def step_of(implementation: str, is_confirmed: bool) -> str:
    """Where a row stands on the scale of the badge."""
    return rules.step_of(rules.Row(AddresseeRole.ESSENTIAL, implementation, is_confirmed=is_confirmed))


def key_of(narrowing: Narrowing, tops: Mapping[int, list[int]], mark: str, today: dt.date | None = None) -> str:
    """By what the counts of a filter are kept, those of a past day until ``today`` is over."""
    key = f"{mark} {narrowing.query} {narrowing.themes} {sorted(tops.items())}"
    # A contradiction becomes public by the calendar, without a line being written.
    return f"{key} {narrowing.gone} {narrowing.moment} {today or timezone.localdate()}" if narrowing.moment else key


def offers_key(mark: str) -> str:
    return f"{mark} offers"


def kept(name: str, make: Callable[[], Made]) -> Made:
    """What ``make`` answers, kept under that name; where it cannot be kept, it is made each time."""
    found = caches[COUNTS].get(_place(name))
    if found is None:
        found = make()
        _keep(name, found)
    return cast("Made", found)


def at_latest(mark: str, key: Callable[[str], str]) -> tuple[str, dt.datetime | None]:
    """The mark whose counts are shown, and of when they are: None where they are of now.

    That is ``mark``, unless nothing is kept at it by ``key`` and the mark that stood at most ``LATEST`` ago has it, and
    readers saw the same recommendations then: what was hidden since is not shown for a second.
    """
    if not caches[COUNTS].has_key(_place(key(mark))):
        before, seen_at = caches[COUNTS].get(_place("confirmed")) or ("", None)
        is_late = not seen_at or timezone.now() - seen_at > LATEST or _seen(before) != _seen(mark)
        if not is_late and caches[COUNTS].has_key(_place(key(before))):
            return before, seen_at
    return mark, None


def confirm(mark: str, seen_at: dt.datetime) -> None:
    """Note that this was the mark at that moment, and that what readers ask for is counted at it."""
    _keep("confirmed", (mark, seen_at))


def last_asked() -> list[str]:
    """What readers asked of late, as parts of addresses, the last first."""
    found: list[str] = caches[COUNTS].get(_place("asked")) or []
    return found


def note_asked(query: str) -> None:
    """Count this ahead of readers, too, as long as others are not asked more lately."""
    asked = last_asked()
    # Among the first half it stands well enough; the file is not written for every reader.
    if query not in asked[: MOST_ASKED // 2]:
        _keep("asked", [query, *(one for one in asked if one != query)][:MOST_ASKED])


def _place(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=16).hexdigest()


def _keep(name: str, found: Any) -> None:
    try:
        caches[COUNTS].set(_place(name), found, KEPT_FOR)
    except OSError:
        logger.exception("What was counted could not be kept")


def mark_of(seen: Narrowing) -> str:
    """A text that differs as soon as anything differs that is counted under any filter; ``seen`` narrows nothing.

    The mark of the database, and which recommendations readers may not see: that depends on the hour, too.
    """
    if seen.hidden is not None:
        return f"{current_mark()}|{seen.hidden}"
    shown = seen.recommendations().aggregate(count=Count("pk"), keys=Sum(F("pk") * F("pk")))
    return f"{current_mark()}|{shown}"


def _seen(mark: str) -> str:
    """The part of a mark that tells which recommendations readers see."""
    return mark.partition("|")[2]


def with_issuers(assignments: AssignmentQuerySet) -> AssignmentQuerySet:
    """The rows with ``of_forum``, that of a group among them, or else ``of_group``."""
    of_forum = Coalesce("recommendation__forum", "recommendation__working_group__forum")
    return assignments.annotate(of_forum=of_forum).annotate(
        of_group=Case(When(of_forum=None, then=F("recommendation__working_group")))
    )


def _alike(assignments: AssignmentQuerySet) -> dict[Alike, int]:
    """How many rows are alike in all that the pictures tell apart; one query."""
    rows = (
        with_issuers(assignments)
        .values_list(
            "of_forum",
            "of_group",
            "implementation",
            "is_confirmed",
            "closure",
            "position",
            "organisation__is_collective",
        )
        .annotate(Count("pk"))
    )
    return {tuple(row[:-1]): row[-1] for row in rows}


def _by_theme(assignments: AssignmentQuerySet, tops: Mapping[int, Iterable[int]]) -> dict[int, Counter[str]]:
    if not tops:
        return {}
    whens = [When(theme__in=keys, then=Value(top)) for top, keys in tops.items()]
    rows = (
        assignments.annotate(theme=F("recommendation__themes"))
        .annotate(top=Case(*whens, output_field=IntegerField()))
        .exclude(top=None)
        .values_list("top", "implementation", "is_confirmed")
        # A request counts once under a theme, however many themes below it its recommendation has.
        .annotate(Count("pk", distinct=True))
    )
    counts: dict[int, Counter[str]] = {}
    for top, implementation, is_confirmed, count in rows:
        counts.setdefault(top, Counter())[step_of(implementation, is_confirmed)] += count
    return counts


def year_of(name: str) -> Any:
    """The year as text: SQLite would ask Python for the year of each row, which takes ten times as long."""
    return Substr(Cast(name, CharField()), 1, 4)


def _entries(narrowing: Narrowing) -> dict[tuple[str, int | None], int]:
    """Entries that move or refresh something, by kind and year; one query."""
    rows = (
        narrowing.entries()
        .filter(kind__in=REFRESHING)
        .order_by()
        .annotate(year=year_of("refers_on"))
        .values_list("kind", "year")
        .annotate(Count("pk"))
    )
    return {(kind, int(year) if year else None): count for kind, year, count in rows}


def _offers(seen: Narrowing) -> Offers:
    issued = (
        seen.recommendations()
        .annotate(of_forum=Coalesce("forum", "working_group__forum"))
        .annotate(of_group=Case(When(of_forum=None, then=F("working_group"))))
        .annotate(
            key=Coalesce(
                "forum__translation_key", "working_group__forum__translation_key", "working_group__translation_key"
            )
        )
        .annotate(first=year_of("starts_on"), last=year_of("ends_on"))
        .values_list("of_forum", "of_group", "key", "first", "last", "precision")
    )
    issuers, years = dict[str, uuid.UUID](), set[str]()
    for forum, group, key, first, last, precision in issued.distinct():
        issuers[f"f{forum}" if forum else f"g{group}"] = key
        is_dated = first and precision not in UNDATED
        years |= {str(year) for year in range(int(first), int(last or first) + 1)} if is_dated else {NO_DATE}
    bodies = seen.assignments().order_by().values_list("organisation", flat=True).distinct()
    return Offers(issuers, tuple(sorted(years, reverse=True)), tuple(sorted(bodies)))
