"""The facets: what each is called, in which order its values stand, and what a click on a value asks."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from search.labels import ALERT_WORDS, CLOSURES, KINDS, LANGUAGE_WORDS, WORDS, Labels, is_number
from search.query import STATUSES, SearchQuery
from search.results import FacetCount

SHOWN = 8
"""Values of a facet that stand open; the rest unfolds."""

MOST = 300
"""Values of a facet on one page; what is chosen is always among them."""

LONG = 12
"""Values from which on a facet can be searched by typing."""


@dataclass(frozen=True)
class Facet:
    """`is_open`: unfolded before anybody asks. `order` sorts the values; without it they stand by falling count."""

    name: str
    label: Any
    order: Callable[[FacetCount], Any] | None = None
    is_open: bool = False

    def ordered(self, counts: Iterable[FacetCount]) -> list[FacetCount]:
        """The values as readers see them."""
        return list(counts) if self.order is None else sorted(counts, key=self.order)


def _as_listed(values: Iterable[str]) -> Callable[[FacetCount], Any]:
    places = {value: place for place, value in enumerate(values)}
    return lambda count: (places.get(count.value, len(places)), count.value)


def _newest_first(count: FacetCount) -> Any:
    # "No date" and what is no year come last.
    return (not is_number(count.value), -int(count.value) if is_number(count.value) else 0)


GROUPS: tuple[tuple[Any, tuple[Facet, ...]], ...] = (
    ("", (Facet("kind", pgettext_lazy("facet", "What"), _as_listed(KINDS), is_open=True),)),
    (
        _("What it is about"),
        (
            Facet("theme", _("Theme"), is_open=True),
            Facet("affected", _("Whom it concerns")),
            Facet("level", pgettext_lazy("of government", "Level"), _as_listed(WORDS["level"])),
            Facet("city", _("City")),
            Facet("tag", _("Tag")),
        ),
    ),
    (
        _("Where it comes from"),
        (
            Facet("issuer", _("Issued by"), is_open=True),
            Facet("group", _("Working group")),
            Facet("year", _("Year"), _newest_first, is_open=True),
            Facet("source", _("Kind of source"), _as_listed(WORDS["source"])),
            Facet("language", _("Language"), _as_listed(LANGUAGE_WORDS)),
        ),
    ),
    (
        _("What became of it"),
        (
            Facet("addressee", _("Addressee"), is_open=True),
            Facet("implementation", _("State"), _as_listed(WORDS["implementation"]), is_open=True),
            Facet("position", _("Position"), _as_listed(WORDS["position"])),
            Facet("closure", _("Closure"), _as_listed(CLOSURES)),
            Facet("alert", _("Alerts"), _as_listed(ALERT_WORDS)),
        ),
    ),
)
FACETS: tuple[Facet, ...] = tuple(facet for _label, facets in GROUPS for facet in facets)
BY_NAME: Mapping[str, Facet] = {facet.name: facet for facet in FACETS}

OF_THE_WHOLE: Mapping[str, Any] = {
    "implementation": _("of the whole; with an addressee chosen, its own"),
    "position": _("of any addressee; with an addressee chosen, its own"),
    "closure": _("of any addressee; with an addressee chosen, its own"),
}
OF_THE_CHOSEN = _("of the chosen addressee itself")


def hint_of(facet: str, query: SearchQuery) -> Any:
    """Whose status a facet speaks of; "" where there is no doubt."""
    if facet not in STATUSES:
        return ""
    return OF_THE_CHOSEN if query.values("addressee") else OF_THE_WHOLE[facet]


class FacetValue(NamedTuple):
    """One line of a facet. `question` is what a click on it asks, as a query string; `below` are narrower themes."""

    value: str
    label: str
    count: int  # type: ignore[assignment]  # hides the method of tuples, which nobody asks
    is_selected: bool
    question: str
    below: tuple["FacetValue", ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether something below is chosen, so that it must not be folded away."""
        return any(value.is_selected or value.is_open for value in self.below)

    def and_below(self) -> Iterator["FacetValue"]:
        yield self
        for value in self.below:
            yield from value.and_below()


@dataclass(frozen=True)
class FacetPanel:
    """A facet as it is shown: the values that stand open, those that unfold, and how many are on no list at all.

    `is_chosen`: something of it is asked for, so readers are told how its values add up.
    """

    name: str
    label: Any
    shown: Sequence[FacetValue]
    folded: Sequence[FacetValue]
    hint: Any = ""
    is_open: bool = False
    is_chosen: bool = False
    left_out: int = 0

    @property
    def values(self) -> list[FacetValue]:
        """All that can be clicked on."""
        return [each for value in (*self.shown, *self.folded) for each in value.and_below()]

    @property
    def is_long(self) -> bool:
        return len(self.shown) + len(self.folded) >= LONG


@dataclass(frozen=True)
class PanelGroup:
    """Facets under one heading, which may be empty."""

    label: Any
    panels: Sequence[FacetPanel]


def most_of(counts: Sequence[FacetCount]) -> Sequence[FacetCount]:
    """The values that one page shows: the most frequent ones, and what is chosen."""
    return [count for place, count in enumerate(counts) if place < MOST or count.is_selected]


def panel_groups(
    counts: Mapping[str, Sequence[FacetCount]], labels: Mapping[str, Labels], bases: Callable[[str], SearchQuery]
) -> list[PanelGroup]:
    """The facets that have any value, in their order; `bases` gives the question that a facet's values toggle."""
    groups = []
    for label, facets in GROUPS:
        found = [
            _panel(facet, counts.get(facet.name, ()), labels.get(facet.name, {}), bases(facet.name))
            for facet in facets
            # A range of days that finds nothing can still be changed where it was typed.
            if counts.get(facet.name) or (facet.name == "year" and bases(facet.name).has_dates)
        ]
        if found:
            groups.append(PanelGroup(label, found))
    return groups


def _panel(facet: Facet, counts: Sequence[FacetCount], labels: Labels, base: SearchQuery) -> FacetPanel:
    some = most_of(counts)
    selected, asking = base.values(facet.name), base.toggling(facet.name)
    values = [
        FacetValue(count.value, labels[count.value].text, count.count, count.value in selected, asking(count.value))
        for count in facet.ordered(some)
    ]
    roots = _as_tree(values, labels) if facet.name == "theme" else values
    shown: list[FacetValue] = []
    folded: list[FacetValue] = []
    for place, value in enumerate(roots):
        (shown if place < SHOWN or value.is_selected or value.is_open else folded).append(value)
    return FacetPanel(
        facet.name,
        facet.label,
        shown,
        folded,
        hint_of(facet.name, base),
        is_open=facet.is_open or bool(selected),
        is_chosen=bool(selected),
        left_out=len(counts) - len(some),
    )


def _as_tree(values: Sequence[FacetValue], labels: Labels) -> list[FacetValue]:
    """The values with those below them, each under the one above it if that is there too."""
    here = {value.value for value in values}
    below: dict[str, list[FacetValue]] = {}
    for value in values:
        above = labels[value.value].above
        below.setdefault(above if above in here else "", []).append(value)
    return _grown(below, "")


def _grown(below: Mapping[str, Sequence[FacetValue]], above: str) -> list[FacetValue]:
    return [value._replace(below=tuple(_grown(below, value.value))) for value in below.get(above, ())]
