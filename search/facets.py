"""The facets: what each is called, in which order its values stand, and one call that labels all values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from forums.models import Forum, WorkingGroup
from pagekit.models import attach_pages
from recommendations.choices import Badge, Closure, Position, SourceKind
from search.query import NO_DATE, OPEN, SearchQuery
from search.results import FacetCount
from taxonomy.choices import Level
from taxonomy.models import AffectedGroup, Organisation, Place, Tag, Theme

Labels = dict[str, str]
Issuers = Mapping[str, Any]
"""Facts of forums ("f12") and groups ("g3"), each with the `page` readers see, or None."""

SHOWN = 8
"""Values of a facet that stand open; the rest unfolds."""

KINDS: Mapping[str, Any] = {
    "recommendation": _("recommendations"),
    "forum": _("forums and other sources"),
    "group": _("working groups"),
    "organisation": _("institutions"),
}
CLOSURES: Mapping[str, Any] = {OPEN: pgettext_lazy("not closed", "open"), **dict(Closure.choices)}
ALERT_WORDS: Mapping[str, Any] = {
    "overdue": _("overdue: a date to act or answer has passed"),
    "stale": _("nothing new for two years"),
    "ageing": _("nothing new for a year"),
    "disputed": _("disputed: an assessment contradicts the claim"),
    "unanswered": _("repeated and never answered"),
}
LANGUAGE_WORDS: Mapping[str, Any] = {"pl": _("Polish"), "en": _("English"), "uk": _("Ukrainian"), "ru": _("Russian")}
DATES: Mapping[str, Any] = {NO_DATE: pgettext_lazy("value of a facet", "no date")}


@dataclass(frozen=True)
class Facet:
    """`words` are the labels of a closed list; without them the labels are in the database (`label_values`)."""

    name: str
    label: Any
    words: Mapping[str, Any] | None = None
    order: Callable[[FacetCount], Any] | None = None

    def ordered(self, counts: Iterable[FacetCount]) -> list[FacetCount]:
        """The values as readers see them; by falling count unless the facet has an order of its own."""
        return list(counts) if self.order is None else sorted(counts, key=self.order)


def _as_listed(values: Iterable[str]) -> Callable[[FacetCount], Any]:
    places = {value: place for place, value in enumerate(values)}
    return lambda count: (places.get(count.value, len(places)), count.value)


def _newest_first(count: FacetCount) -> Any:
    # "No date" and what is no year come last.
    return (not is_number(count.value), -int(count.value) if is_number(count.value) else 0)


def is_number(text: str) -> bool:
    """Whether the text can be a primary key or a year; longer ones overflow databases."""
    return text.isascii() and text.isdecimal() and len(text) < 18


FACETS: tuple[Facet, ...] = (
    Facet("kind", pgettext_lazy("facet", "What"), KINDS, _as_listed(KINDS)),
    Facet("theme", _("Theme")),
    Facet("implementation", _("State of the whole"), dict(Badge.choices), _as_listed(Badge.values)),
    Facet("addressee", _("Addressee")),
    Facet("issuer", _("Issued by")),
    Facet("group", _("Working group")),
    Facet("year", _("Year"), DATES, _newest_first),
    Facet("level", pgettext_lazy("of government", "Level"), dict(Level.choices), _as_listed(Level.values)),
    Facet("city", _("City")),
    Facet("affected", _("Whom it concerns")),
    Facet("position", _("Position"), dict(Position.choices), _as_listed(Position.values)),
    Facet("closure", _("Closure"), CLOSURES, _as_listed(CLOSURES)),
    Facet("alert", _("Alerts"), ALERT_WORDS, _as_listed(ALERT_WORDS)),
    Facet("source", _("Kind of source"), dict(SourceKind.choices), _as_listed(SourceKind.values)),
    Facet("tag", _("Tag")),
    Facet("language", _("Language"), LANGUAGE_WORDS, _as_listed(LANGUAGE_WORDS)),
)
BY_NAME: Mapping[str, Facet] = {facet.name: facet for facet in FACETS}


def value_of(thing: Any) -> str:
    """The value by which a facet knows a thing: a vocabulary row, tag, forum or group; a text stands for itself."""
    if isinstance(thing, Forum):
        return f"f{thing.pk}"
    if isinstance(thing, WorkingGroup):
        return f"g{thing.pk}"
    if isinstance(thing, Tag):
        return thing.slug
    return str(getattr(thing, "code", thing))


def load_issuers(values: Iterable[str], language: str) -> Issuers:
    """The forums and groups of these values; values that name none are left out."""
    wanted = set(values)
    found: dict[str, Any] = {}
    models: tuple[tuple[str, type[Forum] | type[WorkingGroup]], ...] = (("f", Forum), ("g", WorkingGroup))
    for letter, model in models:
        pks = {int(value[1:]) for value in wanted if value[:1] == letter and is_number(value[1:])}
        facts: list[Any] = list(model.objects.filter(pk__in=pks)) if pks else []
        attach_pages(facts, language)
        found |= {f"{letter}{fact.pk}": fact for fact in facts}
    return found


def label_values(values: Mapping[str, Iterable[str]], issuers: Issuers, language: str) -> dict[str, Labels]:
    """The labels of all these values by facet, in one query; a value that nobody knows keeps its own text.

    Issuers and groups are named by what `load_issuers` gave; one that readers may not see has no name.
    """
    labels: dict[str, Labels] = {name: {value: value for value in some} for name, some in values.items()}
    for name, some in labels.items():
        if words := BY_NAME[name].words:
            some |= {value: str(words[value]) for value in some if value in words}
        if name in ("issuer", "group"):
            some |= {value: issuers[value].page.title for value in some if value in issuers and issuers[value].page}
    for name, value, *texts in _rows(labels):
        labels[name][value] = texts[("pl", "en", "uk", "ru").index(language)] or texts[0]
    return labels


def _rows(values: Mapping[str, Labels]) -> list[Any]:
    sources: dict[str, QuerySet[Any]] = {
        "theme": Theme.objects.annotate(value=F("code"), text=F("label_pl")),
        "addressee": Organisation.objects.annotate(value=F("code"), text=F("label_pl")),
        "city": Place.objects.annotate(value=F("code"), text=F("label_pl")),
        "affected": AffectedGroup.objects.annotate(value=F("code"), text=F("label_pl")),
        "tag": Tag.objects.annotate(value=F("slug"), text=F("name")),
    }
    queries = [
        rows.filter(value__in=list(values[name]))
        .order_by()
        .annotate(facet=Value(name))
        .values_list("facet", "value", "text", "label_en", "label_uk", "label_ru")
        for name, rows in sources.items()
        if values.get(name)
    ]
    return list(queries[0].union(*queries[1:], all=True)) if queries else []


@dataclass(frozen=True)
class FacetValue:
    """One line of a facet: `query` is the question that a click on it asks."""

    value: str
    label: str
    count: int
    is_selected: bool
    query: SearchQuery


@dataclass(frozen=True)
class FacetPanel:
    """A facet as it is shown: the values that stand open, those that unfold, and whether any filters."""

    name: str
    label: Any
    shown: Sequence[FacetValue]
    folded: Sequence[FacetValue]

    @property
    def is_selected(self) -> bool:
        return any(value.is_selected for value in self.shown)


def panels(
    counts: Mapping[str, Sequence[FacetCount]], labels: Mapping[str, Labels], bases: Callable[[str], SearchQuery]
) -> list[FacetPanel]:
    """The facets that have any value, in their order; `bases` gives the question that a facet's values toggle."""
    found = []
    for facet in FACETS:
        base = bases(facet.name)
        selected = base.values(facet.name)
        values = [
            FacetValue(
                count.value,
                labels[facet.name][count.value],
                count.count,
                count.value in selected,
                base.toggled(facet.name, count.value),
            )
            for count in facet.ordered(counts.get(facet.name, ()))
        ]
        if values:
            shown = [value for place, value in enumerate(values) if place < SHOWN or value.is_selected]
            folded = [value for place, value in enumerate(values) if place >= SHOWN and not value.is_selected]
            found.append(FacetPanel(facet.name, facet.label, shown, folded))
    return found
