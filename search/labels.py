"""What the values of facets are called: words of closed lists, rows of vocabularies, pages of issuers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy
from wagtail.models import Page

from forums.models import Forum, WorkingGroup
from pagekit.models import ContentPageQuerySet, attach_pages, source_language
from pagekit.restrictions import Unrestricted
from recommendations.choices import Badge, Closure, Position, SourceKind
from recommendations.models import RecommendationTag
from search.kept import Kept
from search.query import LANGUAGES, NO_DATE, OPEN, SearchQuery
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

    names   (text, language): all it is known by, in every language there is; of institutions abbreviations and former
            names too
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


@dataclass(frozen=True)
class Title:
    """What a forum or group is called, and in which language that is."""

    title: str
    language: str


@dataclass(frozen=True)
class Named:
    """Stands for an issuer of which only the title is shown."""

    page: Title


Titles = Mapping[str, Title]

ISSUERS: tuple[tuple[str, type[Forum] | type[WorkingGroup]], ...] = (("f", Forum), ("g", WorkingGroup))
"""What issues recommendations, by the letter that its values begin with."""


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
    for letter, model in ISSUERS:
        pks = {int(value[1:]) for value in wanted if value[:1] == letter and is_number(value[1:])}
        facts: list[Any] = list(model.objects.filter(pk__in=pks)) if pks else []
        attach_pages(facts, language)
        found |= {f"{letter}{fact.pk}": fact for fact in facts}
    return found


def load_titles(values: Iterable[str], language: str) -> Titles:
    """What readers of this language call these forums and groups, in one query; what they may not see is left out."""
    keys = _keys_of_issuers()
    value_of_key = {keys[value]: value for value in values if value in keys}
    if not value_of_key:
        return {}
    pages = ContentPageQuerySet(Page).visible_to().in_language(language, source_language())
    texts: dict[str, dict[str, str]] = {}
    rows = pages.filter(translation_key__in=list(value_of_key)).order_by()
    for key, code, title in rows.values_list("translation_key", "locale__language_code", "title"):
        texts.setdefault(value_of_key[key], {})[code] = title
    return {
        value: Title(some[code], code)
        for value, some in texts.items()
        # A translation is never shown while its source is not.
        if source_language() in some and (code := language if language in some else source_language())
    }


@Kept
def _keys_of_issuers() -> dict[str, UUID]:
    """The translation keys of all forums and groups, by their values; one query."""
    facts = [model.objects.order_by().values_list(Value(letter), "pk", "translation_key") for letter, model in ISSUERS]
    return {f"{letter}{pk}": key for letter, pk, key in facts[0].union(*facts[1:], all=True)}


def label_values(values: Mapping[str, Iterable[str]], titles: Titles, language: str) -> dict[str, Labels]:
    """The labels of all these values by facet; a value that nobody knows keeps its own text.

    Issuers and groups are named by what `load_titles` gave; one that readers may not see has no name.
    """
    rows = _rows()[language]
    return {
        name: {value: rows.get(name, {}).get(value) or _label(name, value, titles) for value in some}
        for name, some in values.items()
    }


def labels_of(queries: Iterable[SearchQuery], language: str) -> dict[str, Labels]:
    """The labels of all that these questions filter by."""
    values: dict[str, list[str]] = {}
    for query in queries:
        for name, some in query.filters:
            values.setdefault(name, []).extend(some)
    titles = load_titles({*values.get("issuer", ()), *values.get("group", ())}, language)
    return label_values(values, titles, language)


def unnamed(query: SearchQuery, labels: Mapping[str, Labels]) -> dict[str, list[str]]:
    """By facet, the values of the question that nothing goes by which readers may see."""
    found = {name: [value for value in some if not labels[name][value].is_known] for name, some in query.filters}
    return {name: values for name, values in found.items() if values}


def never_named(query: SearchQuery, labels: Mapping[str, Labels]) -> dict[str, list[str]]:
    """`unnamed` without forums and groups that readers have seen: who follows one that is hidden now made no slip."""
    found = unnamed(query, labels)
    some = {value for name in ("issuer", "group") for value in found.get(name, ())}
    seen = load_issuers(some, query.language) if some else {}
    left = {name: [value for value in values if value not in seen] for name, values in found.items()}
    return {name: values for name, values in left.items() if values}


def _label(facet: str, value: str, titles: Titles) -> Label:
    if word := WORDS.get(facet, {}).get(value):
        return Label(str(word), _in_every_language(facet, value))
    if facet == "year" and is_number(value):
        return Label(value, ((value, "pl"),))
    if facet in ("issuer", "group") and value in titles:
        return Label(titles[value].title, ((titles[value].title, titles[value].language),))
    return Label(value, is_known=False)


# By facet and value: a lazy word is as equal to another as the two are in the language of the moment.
@lru_cache(maxsize=500)
def _in_every_language(facet: str, value: str) -> tuple[tuple[str, str], ...]:
    return tuple((_said(WORDS[facet][value], language), language) for language in LANGUAGES)


def _said(word: Any, language: str) -> str:
    with override(language):
        return str(word)


_NAME = "name"
"""Stands where rows name their facet, before what institutions are called besides their labels."""

_LABELS = ("label_en", "label_uk", "label_ru")


def tags_of_readers() -> QuerySet[Tag]:
    """Tags that readers may have met: of what was published once, outside every restriction, and what became of those.

    A draft's new tag is a row at once, and who guesses its slug must not be told its name. Whether the page is live, or
    past its last day, is not asked: who follows a tag knows its name already, and labels are kept without a clock.
    """
    pages = ContentPageQuerySet(Page).sources().filter(Unrestricted()).order_by()
    met = RecommendationTag.objects.filter(
        Exists(pages.filter(translation_key=OuterRef("content_object__translation_key")))
    )
    return Tag.objects.filter(
        Q(Exists(met.filter(tag=OuterRef("pk")))) | Exists(met.filter(tag=OuterRef("merged_into")))
    )


@Kept
def _rows() -> dict[str, dict[str, Labels]]:
    """The labels of all rows of vocabularies that readers may know, by language and facet; one query."""
    none = Value("")
    sources: tuple[tuple[str, QuerySet[Any], str, Any, str], ...] = (
        ("theme", Theme.objects.all(), "code", "parent__code", "label_pl"),
        ("addressee", Organisation.objects.all(), "code", none, "label_pl"),
        ("city", Place.objects.all(), "code", none, "label_pl"),
        ("affected", AffectedGroup.objects.all(), "code", none, "label_pl"),
        ("tag", tags_of_readers(), "slug", none, "name"),
    )
    queries: list[QuerySet[Any, Any]] = [
        rows.order_by().values_list(Value(name), value, above, label, *_LABELS)
        for name, rows, value, above, label in sources
    ]
    names = OrganisationName.objects.order_by()
    queries.append(names.values_list(Value(_NAME), "organisation__code", none, "name", none, none, none))
    others: dict[str, list[tuple[str, str]]] = {}
    rows = []
    for name, value, above, *texts in queries[0].union(*queries[1:], all=True):
        named = [(text, code) for text, code in zip(texts, LANGUAGES, strict=True) if text]
        if name == _NAME:
            others.setdefault(value, []).extend(named)
        else:
            rows.append((name, value, above or "", texts, named))
    found: dict[str, dict[str, Labels]] = {code: {name: {} for name, *_ in sources} for code in LANGUAGES}
    for name, value, above, texts, named in rows:
        names_of = (*named, *others.get(value, ())) if name == "addressee" else tuple(named)
        for code, text in zip(LANGUAGES, texts, strict=True):
            found[code][name][value] = Label(text or texts[0], names_of, above)
    return found
