"""What the values of facets are called: words of closed lists, rows of vocabularies, pages of issuers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.db.models import F, QuerySet, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from forums.models import Forum, WorkingGroup
from pagekit.models import attach_pages
from recommendations.choices import Badge, Closure, Position, SourceKind
from search.query import LANGUAGES, NO_DATE, OPEN
from taxonomy.choices import Level
from taxonomy.models import AffectedGroup, Organisation, OrganisationName, Place, Tag, Theme

KINDS: Mapping[str, Any] = {
    "recommendation": _("recommendations"),
    "forum": _("forums and other sources"),
    "group": _("working groups"),
    "organisation": _("institutions"),
    "theme": _("themes"),
    "document": _("attached files"),
}
DATES: Mapping[str, Any] = {NO_DATE: pgettext_lazy("value of a facet", "no date")}
CLOSURES: Mapping[str, Any] = {OPEN: pgettext_lazy("not closed", "open"), **dict(Closure.choices)}
ALERT_WORDS: Mapping[str, Any] = {
    "overdue": pgettext_lazy("alert", "overdue: an answer or the target date"),
    "stale": pgettext_lazy("alert", "no news for two years"),
    "ageing": pgettext_lazy("alert", "no news for a year"),
    "disputed": pgettext_lazy("alert", "disputed: found otherwise"),
    "unanswered": pgettext_lazy("alert", "repeated and never answered"),
}
LANGUAGE_WORDS: Mapping[str, Any] = {"pl": _("Polish"), "en": _("English"), "uk": _("Ukrainian"), "ru": _("Russian")}

WORDS: Mapping[str, Mapping[str, Any]] = {
    "kind": KINDS,
    "implementation": dict(Badge.choices),
    "position": dict(Position.choices),
    "closure": CLOSURES,
    "alert": ALERT_WORDS,
    "source": dict(SourceKind.choices),
    "level": dict(Level.choices),
    "year": DATES,
    "language": LANGUAGE_WORDS,
}
"""The closed lists, by facet; a year is its own label beside "no date"."""


@dataclass(frozen=True)
class Label:
    """What a value is called for one reader.

    names   (text, language): all it is known by, in every language there is
    above   the value of the theme above a theme, "" for any other
    """

    text: str
    names: tuple[tuple[str, str], ...] = ()
    above: str = ""
    is_known: bool = True


Labels = dict[str, Label]
"""Value to label, for one facet."""

Issuers = Mapping[str, Any]
"""Facts of forums ("f12") and groups ("g3"), each with the `page` readers see, or None."""


def value_of(thing: Any) -> str:
    """The value by which a facet knows a thing: a vocabulary row, tag, forum or group; a text stands for itself."""
    if isinstance(thing, Forum):
        return f"f{thing.pk}"
    if isinstance(thing, WorkingGroup):
        return f"g{thing.pk}"
    if isinstance(thing, Tag):
        return thing.slug
    return str(getattr(thing, "code", thing))


def is_number(text: str) -> bool:
    """Whether the text can be a primary key or a year; longer ones overflow databases."""
    return text.isascii() and text.isdecimal() and len(text) < 18


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
    found: dict[str, Labels] = {
        name: {value: _label(name, value, issuers) for value in dict.fromkeys(some)} for name, some in values.items()
    }
    for name, value, above, *texts in _rows(found):
        names = tuple((text, code) for text, code in zip(texts, LANGUAGES, strict=True) if text)
        found[name][value] = Label(texts[LANGUAGES.index(language)] or texts[0], names, above)
    return found


def with_other_names(organisations: Labels) -> Labels:
    """The labels of institutions with all the other names each goes by: abbreviations, former names."""
    found = dict(organisations)
    rows = OrganisationName.objects.filter(organisation__code__in=list(found))
    for code, name in rows.values_list("organisation__code", "name"):
        found[code] = replace(found[code], names=(*found[code].names, (name, "pl")))
    return found


def _label(facet: str, value: str, issuers: Issuers) -> Label:
    if word := WORDS.get(facet, {}).get(value):
        return Label(str(word), _in_every_language(facet, value))
    if facet == "year" and is_number(value):
        return Label(value, ((value, "pl"),))
    page = issuers[value].page if facet in ("issuer", "group") and value in issuers else None
    if page is not None:
        return Label(page.title, ((page.title, page.locale.language_code),))
    return Label(value, is_known=False)


# By facet and value: a lazy word is as equal to another as the two are in the language of the moment.
@lru_cache(maxsize=500)
def _in_every_language(facet: str, value: str) -> tuple[tuple[str, str], ...]:
    return tuple((_said(WORDS[facet][value], language), language) for language in LANGUAGES)


def _said(word: Any, language: str) -> str:
    with override(language):
        return str(word)


def _rows(labels: Mapping[str, Labels]) -> list[Any]:
    none = Value("")
    sources: dict[str, Callable[[], QuerySet[Any]]] = {
        "theme": lambda: Theme.objects.annotate(value=F("code"), text=F("label_pl"), above=F("parent__code")),
        "addressee": lambda: Organisation.objects.annotate(value=F("code"), text=F("label_pl"), above=none),
        "city": lambda: Place.objects.annotate(value=F("code"), text=F("label_pl"), above=none),
        "affected": lambda: AffectedGroup.objects.annotate(value=F("code"), text=F("label_pl"), above=none),
        "tag": lambda: Tag.objects.annotate(value=F("slug"), text=F("name"), above=none),
    }
    queries = [
        rows()
        .filter(value__in=list(labels[name]))
        .order_by()
        .annotate(facet=Value(name))
        .values_list("facet", "value", "above", "text", "label_en", "label_uk", "label_ru")
        for name, rows in sources.items()
        if labels.get(name)
    ]
    return list(queries[0].union(*queries[1:], all=True)) if queries else []
