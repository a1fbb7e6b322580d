"""How far addressees are, in whole numbers that each stand beside what they are taken from (counted in tally.py).

One request is one recommendation asked of one addressee. Nothing here is an average or a share of progress.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forums.models import Forum, WorkingGroup
from pagekit.models import attach_pages
from recommendations import rules
from recommendations.choices import SCALE, Badge, Closure, EntryKind, Position
from recommendations.models.editorial import left_after
from recommendations.models.narrowing import NO_DATE, Known, Narrowing, hidden_from_readers, of_theme
from recommendations.models.past_tally import past_tally_of
from recommendations.models.tally import at_latest, key_of, mark_of, offers, offers_key, step_of, tally_of
from recommendations.querysets import end_of
from taxonomy.models import Organisation, Theme

OPEN = "open"
OPEN_LABEL = gettext_lazy("open")
KINDS = (EntryKind.POSITION, EntryKind.REPORT, EntryKind.CLOSURE, EntryKind.REOPENING)
MULTIPLES = 12
"""Small pictures beside each other; the table below has all rows."""

# A small picture has room for five bars; declared and verified are never one.
SHORT: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    Badge.NO_INFORMATION: (Badge.NO_INFORMATION.label, (Badge.NO_INFORMATION,)),
    Badge.NOT_STARTED: (
        gettext_lazy("not begun or broken off"),
        (Badge.NOT_STARTED, Badge.STALLED, Badge.REVERSED),
    ),
    Badge.IN_PROGRESS: (
        gettext_lazy("in progress or in part"),
        (Badge.IN_PROGRESS, Badge.PARTIALLY_IMPLEMENTED),
    ),
    Badge.DECLARED: (Badge.DECLARED.label, (Badge.DECLARED,)),
    Badge.VERIFIED: (Badge.VERIFIED.label, (Badge.VERIFIED,)),
}


@dataclass(frozen=True)
class Slice:
    """One bar: ``code`` is a Badge, Position, Closure or EntryKind, or a year."""

    code: str
    label: str
    count: int


@dataclass(frozen=True)
class Series:
    """Bars that belong together; ``total`` is what each of them is taken from."""

    code: str
    label: str
    slices: tuple[Slice, ...]
    total: int

    @property
    def without_information(self) -> int:
        return sum(one.count for one in self.slices if one.code == Badge.NO_INFORMATION)


@dataclass(frozen=True)
class Chart:
    """One picture with its table: a series alone, or small ones beside each other; ``note`` says what is counted."""

    name: str
    title: str
    note: str
    series: tuple[Series, ...]
    is_timeline: bool = False

    @property
    def most(self) -> int:
        """The longest bar, which all are drawn against."""
        return max((one.count for series in self.shown for one in series.slices), default=0)

    @property
    def shown(self) -> tuple[Series, ...]:
        return self.series[:MULTIPLES]

    @property
    def columns(self) -> tuple[Slice, ...]:
        return self.series[0].slices if self.series else ()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """A timeline by year, with a cell for each series."""
        return [
            {
                "label": one.label,
                "cells": [{"label": row.label, "count": row.slices[index].count} for row in self.series],
            }
            for index, one in enumerate(self.columns)
        ]

    @property
    def is_small(self) -> bool:
        return self.name in {"theme", "issuer"}


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Choices:
    """What the filter of the dashboard offers, and what was read for it."""

    themes: tuple[Theme, ...]
    # What readers call the issuers.
    names: Mapping[str, str]
    bodies: tuple[Organisation, ...]
    years: tuple[str, ...]
    hidden: tuple[int, ...] | None
    mark: str
    # What is offered is that of a moment ago.
    is_older: bool = False

    def known(self, theme: str) -> Known:
        """What an address most likely holds, for ``read_narrowing``; of the themes only the one that it names."""
        parents = [(one.pk, one.parent_id) for one in self.themes]
        return {
            "theme": {one.code: of_theme(one, parents) for one in self.themes if one.code == theme},
            "issuer": {code: {"issuer": code} for code in self.names},
            "addressee": {body.code: {"addressee": body.code, "organisation": body} for body in self.bodies},
        }

    def of(self, narrowing: Narrowing) -> dict[str, list[Choice]]:
        """By parameter what may be chosen; what ``narrowing`` holds is marked."""

        def chosen(name: str, values: Iterable[tuple[str, str]]) -> list[Choice]:
            return [Choice(value, label, value == getattr(narrowing, name)) for value, label in values]

        return {
            "theme": chosen("theme", theme_names(self.themes)),
            "issuer": chosen("issuer", sorted(self.names.items(), key=lambda one: one[1].casefold())),
            "addressee": chosen("addressee", [(body.code, body.label) for body in self.bodies]),
            "year": chosen("year", [(one, _("no date") if one == NO_DATE else one) for one in self.years]),
        }


@dataclass
class Figures:
    """The numbers of one filter."""

    requests: int
    recommendations: int
    organisations: int
    # Requests to single bodies, and those that took a position; collectives cannot answer (domain.md, Addressees).
    single: int
    answered: int
    without_information: int
    undated: int = 0
    # Since when they may be out of date, while they are counted anew; None: they are of now.
    as_of: dt.datetime | None = None
    charts: list[Chart] = field(default_factory=list)


def figures_of(narrowing: Narrowing, choices: Choices | None = None, *, may_lag: bool = False) -> Figures:
    """The dashboard's numbers; ``choices`` are those of its filter, where they were read.

    They are of now, or ``as_of`` a moment ago where they ``may_lag``.
    """
    found = choices or choices_offered()
    narrowing = replace(narrowing, hidden=found.hidden)
    tops = below_tops(found.themes)
    moment = narrowing.moment
    if moment:
        # On that day they stood there, whatever became of them since.
        narrowing = replace(narrowing, gone=left_after(end_of(moment.on)))
    mark, as_of = at_latest(found.mark, partial(key_of, narrowing, tops)) if may_lag else (found.mark, None)
    tally = past_tally_of(narrowing, moment, tops, mark) if moment else tally_of(narrowing, tops, mark)
    implementation, position, closure = Counter[str](), Counter[str](), Counter[str]()
    issuers: dict[str, Counter[str]] = {}
    for (forum, group, done, is_confirmed, closed, answer, is_collective), count in tally.alike.items():
        step = step_of(done, is_confirmed)
        implementation[step] += count
        closure[closed or OPEN] += count
        if not is_collective:
            position[answer] += count
        issuers.setdefault(f"f{forum}" if forum else f"g{group}", Counter())[step] += count
    is_of_another_time = narrowing.gone or found.is_older
    names = {**found.names, **names_of(issuers.keys() - found.names.keys())} if is_of_another_time else found.names
    single = sum(position.values())
    figures = Figures(
        requests=sum(tally.alike.values()),
        recommendations=tally.recommendations,
        organisations=tally.organisations,
        single=single,
        answered=single - position[Position.NO_ANSWER],
        without_information=implementation[Badge.NO_INFORMATION],
        as_of=as_of,
        undated=sum(count for (_kind, year), count in tally.entries.items() if year is None),
    )
    broken_off = _("“Not begun or broken off” is what is not started, stalled or reversed.")
    figures.charts = [
        implementation_chart(implementation),
        Chart(
            "position",
            _("What addressees answered"),
            _("Counted are requests to single bodies; a group of institutions has nobody who could answer."),
            (series("all", _("all requests to single bodies"), Position.choices, position),),
        ),
        Chart(
            "closure",
            _("What is open and what was closed"),
            _("Counted are requests."),
            (series("all", _("all requests"), [(OPEN, OPEN_LABEL), *Closure.choices], closure),),
        ),
        Chart(
            "theme",
            _("How far it is, by theme"),
            _("Counted are requests; one whose recommendation has two themes stands under both.") + f" {broken_off}",
            by_theme(found.themes, tally.themes),
        ),
        Chart(
            "issuer",
            _("How far it is, by issuer"),
            _("Counted are requests, under the forum or source, with all its groups.") + f" {broken_off}",
            by_issuer(issuers, names),
        ),
        Chart(
            "timeline",
            _("Status changes by year"),
            _("Counted are entries of the log by the year to which they refer; notes and letters change no status."),
            by_year(tally.entries),
            is_timeline=True,
        ),
    ]
    return figures


def implementation_chart(counts: Mapping[str, int]) -> Chart:
    """How many rows stand on each step of the scale."""
    return Chart(
        "implementation",
        _("How far it is"),
        _("Counted are requests: one recommendation asked of one addressee, open and closed ones."),
        (series("all", _("all requests"), [(str(one), Badge(one).label) for one in SCALE], counts),),
    )


def series(code: str, label: str, choices: Iterable[tuple[str, Any]], counts: Mapping[str, int]) -> Series:
    slices = tuple(Slice(str(value), str(words), counts.get(value, 0)) for value, words in choices)
    return Series(code, str(label), slices, sum(counts.values()))


def short_series(code: str, label: str, counts: Mapping[str, int]) -> Series:
    slices = tuple(
        Slice(str(step), str(words), sum(counts.get(one, 0) for one in steps)) for step, (words, steps) in SHORT.items()
    )
    return Series(code, label, slices, sum(counts.values()))


def below_tops(themes: Iterable[Theme]) -> dict[int, list[int]]:
    """The themes that no other stands above, each with the keys of itself and of all below it."""
    known = {theme.pk: theme for theme in themes}
    below: dict[int, list[int]] = {}
    for theme in known.values():
        top, passed = theme, {theme.pk}
        while top.parent_id in known and top.parent_id not in passed:
            top = known[top.parent_id]
            passed.add(top.pk)
        below.setdefault(top.pk, []).append(theme.pk)
    return below


def by_theme(themes: Iterable[Theme], counts: Mapping[int, Mapping[str, int]]) -> tuple[Series, ...]:
    """The themes that no other stands above, in their own order."""
    return tuple(short_series(one.code, one.label, counts[one.pk]) for one in themes if one.pk in counts)


def by_issuer(counts: Mapping[str, Counter[str]], names: Mapping[str, str]) -> tuple[Series, ...]:
    """Forums and sources, the largest first; of one that readers may not see no name is given."""
    ordered = sorted(counts, key=lambda code: (-counts[code].total(), names.get(code, ""), code))
    return tuple(short_series(code, names.get(code) or _("issuer not public"), counts[code]) for code in ordered)


def issuer_names(keys: Mapping[str, uuid.UUID]) -> dict[str, str]:
    """What readers call the issuers of these codes ("f12", "g3"), those that readers may see; one query."""
    facts: dict[str, Forum | WorkingGroup] = {
        code: (Forum if code[0] == "f" else WorkingGroup)(translation_key=key) for code, key in keys.items()
    }
    attach_pages(facts.values())
    return {code: fact.page.title for code, fact in facts.items() if fact.page}


def names_of(codes: Collection[str]) -> dict[str, str]:
    """The same of codes alone: of issuers under which nothing public stands any more."""
    keys: dict[str, uuid.UUID] = {}
    for letter, model in (("f", Forum), ("g", WorkingGroup)):
        pks = [int(code[1:]) for code in codes if code[0] == letter]
        rows = model._default_manager.filter(pk__in=pks).values_list("pk", "translation_key") if pks else ()
        keys |= {f"{letter}{pk}": key for pk, key in rows}
    return issuer_names(keys)


def by_year(found: Mapping[tuple[str, int | None], int]) -> tuple[Series, ...]:
    """A series for each kind of entry that has any, over all years from the first to the last of them.

    A year that nobody means (the log keeps what was once written into it) stands for itself and opens no centuries.
    """
    years = [year for _kind, year in found if year is not None]
    if not years:
        return ()
    first = rules.FIRST_DAY.year
    early = sorted({year for year in years if year < first})
    span = [*early, *range(max(min(years), first), max(years) + 1)]

    def counts_of(kind: str) -> dict[str, int]:
        return {str(year): found.get((kind, year), 0) for year in span}

    kinds = [kind for kind in KINDS if any(kind == one and year is not None for one, year in found)]
    columns = [(str(year), year) for year in span]
    return tuple(series(kind, str(kind.label), columns, counts_of(kind)) for kind in kinds)


def choices_offered(*, may_lag: bool = False) -> Choices:
    """What the filter of the dashboard offers: only what something public stands under; up to seven queries.

    As ``figures_of`` it is of now, unless it ``may_lag``.
    """
    hidden = hidden_from_readers()
    seen = Narrowing(hidden=hidden)
    mark = mark_of(seen)
    shown, as_of = at_latest(mark, offers_key) if may_lag else (mark, None)
    found = offers(seen, shown)
    bodies = Organisation.objects.current().filter(pk__in=found.organisations).order_by("label_pl")
    themes, names = tuple(Theme.objects.current()), issuer_names(found.issuers)
    return Choices(themes, names, tuple(bodies), found.years, hidden, mark, as_of is not None)


def theme_names(themes: Iterable[Theme]) -> list[tuple[str, str]]:
    """Codes and labels of the themes, each behind the one above it and moved in."""
    keys = {theme.pk for theme in themes}

    def behind(parent: int | None, depth: int) -> list[tuple[str, str]]:
        found = []
        for theme in themes:
            if (theme.parent_id if theme.parent_id in keys else None) == parent:
                found += [(theme.code, f"{'– ' * depth}{theme.label}"), *behind(theme.pk, depth + 1)]
        return found

    return behind(None, 0)
