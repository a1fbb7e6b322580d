"""What filters leave of the documents, and how each facet is counted so that every count is what a click gives.

Pure and the same for all engines: a question becomes conditions on stored fields, a facet becomes a plan. An addressee
and the statuses chosen with it must hold for the same addressee, so they are read from the `addressed` field, which
holds one text "organisation|position|implementation|closure" for each addressee.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from search.query import ALERTS, FACET_NAMES, STATUSES, SearchQuery

SEPARATOR = "|"
PARTS: tuple[str, ...] = ("addressee", *STATUSES)
"""What an `addressed` text holds, in order."""

PLACES: Mapping[str, int] = {part: place for place, part in enumerate(PARTS)}

DAYS: tuple[str, ...] = ("sort_date", "last_date", *(f"alert_{name}" for name in ALERTS))
"""The stored fields that hold one ISO date or nothing."""

TERM_FACETS: tuple[str, ...] = tuple(name for name in FACET_NAMES if name != "alert")
"""The facets that are stored as values, in a field "facet_<name>" each."""

Chosen = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class AnyValue:
    """The field holds at least one of the values; no value at all: nothing matches."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Between:
    """The field has a date, and it is neither before `low` nor after `high`; "" is no bound. Compared as texts."""

    field: str
    low: str = ""
    high: str = ""


@dataclass(frozen=True)
class AnyAddressed:
    """One `addressed` text has, at each place of PARTS that is named here, one of the values.

    In a condition the addressee is always named, so the texts that fit begin with one of `starts`.
    """

    values: Chosen

    @property
    def starts(self) -> tuple[str, ...]:
        """What a text that fits begins with."""
        return tuple(f"{organisation}{SEPARATOR}" for organisation in dict(self.values)["addressee"])

    def fits(self, addressed: str) -> bool:
        """Whether this text is one of those."""
        return fits(addressed, dict(self.values))

    def pattern(self, literal: Callable[[str], str]) -> str:
        """A regular expression for the whole of such a text; `literal` escapes what means something in one."""
        values, bar = dict(self.values), literal(SEPARATOR)
        parts = ("(" + "|".join(map(literal, values[part])) + ")" if part in values else f"[^{bar}]*" for part in PARTS)
        return bar.join(parts)


@dataclass(frozen=True)
class AnyOne:
    """At least one of the conditions holds; none at all: nothing matches."""

    conditions: tuple[Condition, ...]


Condition = AnyValue | Between | AnyAddressed | AnyOne
Conditions = tuple[Condition, ...]


@dataclass(frozen=True)
class ByField:
    """Count the documents that meet the conditions by the values of a field."""

    conditions: Conditions
    field: str


@dataclass(frozen=True)
class ByDay:
    """Count, for each alert, the documents that meet the conditions and whose field "alert_<name>" is `today` or
    before."""

    conditions: Conditions
    today: str


@dataclass(frozen=True)
class ByAddressed:
    """Count the documents that meet the conditions by their `addressed` texts, and sum those that fit `values` by the
    value at `part`.

    With several addressees chosen two of them may share a status in one document: then the sum is too high
    (`is_exact` is False), and each value found must be counted by `conditions_of`.
    """

    conditions: Conditions
    part: str
    values: Chosen
    bare: Conditions
    is_exact: bool = True

    def summed(self, counts: Mapping[str, int]) -> dict[str, int]:
        """Counts by value from counts by text."""
        # As `fits`, but there may be thousands of texts.
        place, wanted = PLACES[self.part], [(PLACES[part], frozenset(some)) for part, some in self.values]
        found: dict[str, int] = {}
        for addressed, count in counts.items():
            parts = addressed.split(SEPARATOR)
            if (value := parts[place]) and all(parts[at] in some for at, some in wanted):
                found[value] = found.get(value, 0) + count
        return found

    def conditions_of(self, value: str) -> Conditions:
        """What the documents of one value meet."""
        return (*self.bare, AnyAddressed((*self.values, (self.part, (value,)))))


Plan = ByField | ByDay | ByAddressed
Plans = Mapping[str, Plan]
"""Facets and how each is counted."""


def fits(addressed: str, values: Mapping[str, Sequence[str]]) -> bool:
    """Whether an `addressed` text has one of the values at each place that is named."""
    parts = addressed.split(SEPARATOR)
    return all(parts[PLACES[part]] in some for part, some in values.items())


def addressed_text(organisation: str, **statuses: str) -> str:
    """The text of one addressee; statuses are named as in STATUSES."""
    parts = (organisation, *(statuses[name] for name in STATUSES))
    if any(SEPARATOR in part for part in parts):
        raise ValueError(f"No code or status may hold {SEPARATOR!r}: {parts}")
    return SEPARATOR.join(parts)


def conditions_of(query: SearchQuery, besides: str = "") -> Conditions:
    """What a document must meet to pass all filters of the question but those of one facet."""
    together = _parts(query, besides)
    chosen = {name: values for name, values in query.filters if name != besides}
    found: list[Condition] = []
    if "addressee" in chosen and len(together) > 1:
        found.append(AnyAddressed(together))
        chosen = {name: values for name, values in chosen.items() if name not in PARTS}
    found += [_condition(name, values, query.today) for name, values in chosen.items()]
    if query.since or query.until:
        # A date known only as a bound sorts by it, but has no last day: like no date, it lies in no range.
        found.append(Between("last_date", low=query.since))
    if query.until:
        found.append(Between("sort_date", high=query.until))
    return tuple(found)


def _condition(name: str, values: tuple[str, ...], today: str) -> Condition:
    if name == "alert":
        return AnyOne(tuple(Between(f"alert_{value}", high=today) for value in values if value in ALERTS))
    if name not in TERM_FACETS:
        return AnyOne(())
    return AnyValue(f"facet_{name}", values)


def plans_of(query: SearchQuery, facets: Sequence[str]) -> dict[str, Plan]:
    """How to count each facet without its own filter."""
    every = conditions_of(query)
    filtered = {name for name, _values in query.filters}
    return {
        facet: _plan(query, facet, conditions_of(query, besides=facet) if facet in filtered else every)
        for facet in facets
    }


def _plan(query: SearchQuery, facet: str, conditions: Conditions) -> Plan:
    if facet == "alert":
        return ByDay(conditions, query.today)
    chosen = _parts(query, besides=facet) if facet in PARTS else ()
    if not chosen:
        return ByField(conditions, f"facet_{facet}")
    bare = conditions_of(query.besides(PARTS))
    if facet == "addressee":
        # Alone the statuses speak of the whole; of an addressee they must be its own.
        return ByAddressed(bare, facet, chosen, bare)
    if facet in STATUSES and query.values("addressee"):
        return ByAddressed(conditions, facet, chosen, bare, is_exact=len(query.values("addressee")) == 1)
    return ByField(conditions, f"facet_{facet}")


def _parts(query: SearchQuery, besides: str) -> Chosen:
    # A value with a separator is nobody's, and must not reach into the next part of a text.
    return tuple(
        (name, tuple(value for value in values if SEPARATOR not in value))
        for name, values in query.filters
        if name in PARTS and name != besides
    )


class Counter(Protocol):
    """Of the documents that meet the conditions: how many have each value of each field, and how many hold each alert
    today (by its name, under "alert")."""

    def __call__(self, conditions: Conditions, fields: Sequence[str]) -> Mapping[str, Mapping[str, int]]: ...


def fields_of(plans: Plans) -> dict[Conditions, tuple[str, ...]]:
    """What is counted under the same conditions, and so in one go: fields, each once; alerts are the field "alert"."""
    found: dict[Conditions, dict[str, None]] = {}
    for plan in plans.values():
        found.setdefault(plan.conditions, {})[_field_of(plan)] = None
    return {conditions: tuple(fields) for conditions, fields in found.items()}


def counts_of(plans: Plans, count: Counter, total: Callable[[Conditions], int]) -> dict[str, Mapping[str, int]]:
    """Count all these facets by as few calls of `count` as there are different conditions. `total` says how many
    documents meet conditions: where a sum cannot tell, it is asked for each value."""
    found = {conditions: count(conditions, fields) for conditions, fields in fields_of(plans).items()}
    return {facet: _counted(plan, found[plan.conditions][_field_of(plan)], total) for facet, plan in plans.items()}


def summed_texts(plans: Plans) -> dict[Conditions, tuple[AnyAddressed, ...]]:
    """By the conditions under which they are counted, which `addressed` texts are needed: any of these. There may be
    tens of thousands of others."""
    found: dict[Conditions, dict[AnyAddressed, None]] = {}
    for plan in plans.values():
        if isinstance(plan, ByAddressed):
            found.setdefault(plan.conditions, {})[AnyAddressed(plan.values)] = None
    return {conditions: tuple(texts) for conditions, texts in found.items()}


def _field_of(plan: Plan) -> str:
    match plan:
        case ByField():
            return plan.field
        case ByAddressed():
            return "addressed"
        case ByDay():
            return "alert"


def _counted(plan: Plan, counts: Mapping[str, int], total: Callable[[Conditions], int]) -> Mapping[str, int]:
    if not isinstance(plan, ByAddressed):
        return counts
    found = plan.summed(counts)
    return found if plan.is_exact else {value: total(plan.conditions_of(value)) for value in found}
