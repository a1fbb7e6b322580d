"""By what the hits of a page are found besides their own text, each name with what it is of them: the theme, an
addressee, who issued them ...

These are the names that the builders give the index. They read them from the rows, in some twenty queries for a chunk;
here the vocabularies come from what the process keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import BigIntegerField, CharField, F, QuerySet, Value

from forums.choices import ForumKind, GroupKind
from forums.models import Forum, ForumBody, GroupHost, WorkingGroup
from pagekit.models import source_language
from recommendations.choices import SourceKind
from recommendations.models import (
    Assignment,
    Recommendation,
    RecommendationAlias,
    RecommendationLevel,
    RecommendationTag,
)
from search.analysis import place
from search.documents.attachment import MOST_REFERENCES, Attachment
from search.documents.issuer import Issuer, IssuerFacts, Issuers, all_themes, with_ancestors
from search.documents.recommendation import badge_words
from search.documents.words import Words, choice_words, organisation_words, period_words, read_as, row_words
from search.kept import Kept
from taxonomy.choices import Level, OrganisationKind
from taxonomy.models import AffectedGroup, Organisation, Place, Tag, Theme

REFERENCE, BODY, FILE, NAME = "reference", "body", "file", "name"
"""What a name may be of, besides a facet: an identifier, an institution that organised it or stands above it, what a
file is called, and another name of the thing itself."""


class Name(NamedTuple):
    """A name, the language it is in, and what it is: one of the above or the name of a facet."""

    of: str
    text: str
    language: str

    @property
    def spoken(self) -> str:
        """The language it is in, "" if that makes no difference: a number is of none."""
        return self.language if any(map(str.isalpha, self.text)) else ""

    @property
    def read_as(self) -> str:
        """The language to look at it in, as the index did."""
        return read_as(self.text, self.language)

    @property
    def keys(self) -> frozenset[str]:
        """All keys and forms of its words."""
        return _keys(self.text, self.read_as)


Names = Iterator[Name]


@lru_cache(maxsize=4000)
def _keys(text: str, language: str) -> frozenset[str]:
    return frozenset(key for word in place(text, language) for key in (*word.keys, *word.surface))


@Kept
def _known() -> Mapping[str, Mapping[int, tuple[Name, ...]]]:
    """What the rows of the vocabularies are called, by what they are of a recommendation, and primary key."""
    organisations = Organisation.objects.prefetch_related("names", "merged__names")
    return {
        "theme": _called("theme", Theme.objects.prefetch_related("merged"), row_words),
        "affected": _called("affected", AffectedGroup.objects.prefetch_related("merged"), row_words),
        "city": _called("city", Place.objects.prefetch_related("merged"), row_words),
        "tag": _called("tag", Tag.objects.prefetch_related("merged"), row_words),
        "addressee": _called("addressee", organisations, organisation_words),
        # Only the institution itself is found by what was merged into it.
        NAME: _called(NAME, organisations, lambda row: _of_all(organisation_words, (row, *row.merged.all()))),
    }


_issuer_facts = Kept(IssuerFacts)


@Kept
def _above() -> Mapping[int, tuple[int, ...]]:
    """Of every theme the primary keys of itself and of all above it."""
    themes = all_themes()
    return {pk: tuple(one.pk for one in with_ancestors([theme], themes)) for pk, theme in themes.items()}


def _called(of: str, rows: Iterable[Any], words: Callable[[Any], Words]) -> dict[int, tuple[Name, ...]]:
    return {row.pk: _names(of, words(row)) for row in rows}


def _of_all(words: Callable[[Any], Words], rows: Iterable[Any]) -> Words:
    for row in rows:
        yield from words(row)


def _named(of: str, pk: int | None) -> Names:
    """What a row is called, as which it is `of` a thing; with a theme come those above it."""
    rows = _known().get(of, {})
    for one in _above().get(pk or 0, ()) if of == "theme" else (pk or 0,):
        yield from rows.get(one, ())


def _names(of: str, words: Words) -> tuple[Name, ...]:
    return tuple(Name(of, text, language) for text, language in dict.fromkeys(words) if text)


class Called:
    """The names of the things of one page: `of` one of them reads what is needed for all of its kind, once.

    recommendations, issuers, files  what is on the page, as readers may see it
    """

    def __init__(
        self,
        recommendations: Collection[Recommendation] = (),
        issuers: Collection[Issuer] = (),
        files: Collection[Attachment] = (),
    ) -> None:
        self._recommendations = recommendations
        self._issuers = issuers
        self._files = files

    def of(self, thing: Any) -> Names:
        """All names of a recommendation, forum, group, institution, theme or attached file of the page, the nearest to
        it first; some may come twice."""
        match thing:
            case Recommendation():
                return self._of_recommendation(thing)
            case Forum() | WorkingGroup():
                return self._of_issuer(thing)
            case Organisation():
                return self._of_organisation(thing)
            case Theme():
                return (name._replace(of=NAME) for name in _known()["theme"].get(thing.pk, ()))
            case Attachment():
                return self._of_file(thing)
        raise TypeError(f"Nothing of this kind is a hit: {thing!r}")

    def _of_recommendation(self, fact: Recommendation) -> Names:
        rows = self._labels.get(fact.pk, [])
        for of, pk, text in rows:
            yield from _named(of, pk)
            yield from _names(of, choice_words(Level(text)) if of == "level" else iter([(text, "pl")]))
        issuer = self._issuer_of(fact)
        if not any(of == "city" for of, *_row in rows):
            yield from _named("city", issuer.place_id)
        yield from _names("source", choice_words(SourceKind(fact.source_kind)))
        yield from _names("implementation", badge_words(fact))
        yield from _names("year", period_words(fact))
        yield from self._words_of(issuer)

    def _of_issuer(self, fact: Issuer) -> Names:
        is_forum = isinstance(fact, Forum)
        for of, pk in self._labels_of_issuers.get(fact.translation_key, ()):
            yield from (name._replace(of=of) for name in _named("addressee" if of == BODY else of, pk))
        yield from _named("city", fact.place_id)
        yield from _names("kind", choice_words(ForumKind(fact.kind) if is_forum else GroupKind(fact.kind)))
        yield from _names("year", period_words(fact))
        yield from self._words_of(fact, is_itself=True)
        if isinstance(fact, Forum):
            yield from _names(REFERENCE, iter([(fact.programme_code, "pl")]))
            for _group, pages in self._titles.groups_of(fact):
                yield from (Name("group", page.title, language) for language, page in pages.items())

    def _of_organisation(self, row: Organisation) -> Names:
        yield from _named(NAME, row.pk)
        yield Name(REFERENCE, row.code, "pl")
        yield from _names("kind", choice_words(OrganisationKind(row.kind)))
        yield from _named("city", row.place_id)
        # Of what stands above it the index knows the first name alone.
        yield from (name._replace(of=BODY) for name in islice(_named("addressee", row.parent_id), 1))

    def _of_file(self, file: Attachment) -> Names:
        yield from (Name(FILE, title, "pl") for title in file.titles[1:])
        yield Name(FILE, file.document.filename, "pl")
        about = [fact for key in file.keys for fact in self._attached_to if fact.translation_key == key]
        references = (fact.reference for fact in about if isinstance(fact, Recommendation))
        yield from (Name(REFERENCE, reference, "pl") for reference in islice(references, MOST_REFERENCES))
        for thing in about:
            yield from self._words_of(self._issuer_of(thing) if isinstance(thing, Recommendation) else thing)

    def _words_of(self, issuer: Issuer, *, is_itself: bool = False) -> Names:
        """What an issuer and all above it are called, where readers may see them; of what it issued, or of itself."""
        for one in _issuer_facts().above(issuer):
            of = NAME if is_itself and one == issuer else "issuer" if isinstance(one, Forum) else "group"
            if pages := self._titles.pages.get(one.translation_key):
                yield from _names(of, self._titles.own_words(one, pages))

    def _issuer_of(self, fact: Recommendation) -> Issuer:
        facts = _issuer_facts()
        known = facts.groups.get(fact.working_group_id or 0) or facts.forums.get(fact.forum_id or 0)
        return known or fact.issuer

    @cached_property
    def _titles(self) -> Issuers:
        """The visible titles of every issuer of the page, of what stands above it and of the groups of a forum."""
        facts = _issuer_facts()
        forums = {fact.pk for fact in self._issuers if isinstance(fact, Forum)}
        recommendations = [*self._recommendations, *(f for f in self._attached_to if isinstance(f, Recommendation))]
        wanted = [
            *self._issuers,
            *(fact for fact in self._attached_to if not isinstance(fact, Recommendation)),
            *map(self._issuer_of, recommendations),
            *(group for group in facts.groups.values() if group.forum_id in forums),
        ]
        return Issuers(facts, wanted)

    @cached_property
    def _attached_to(self) -> list[Recommendation | Issuer]:
        keys = {key for file in self._files for key in file.keys}
        kinds: tuple[Any, ...] = (Recommendation, Forum, WorkingGroup)
        return [fact for model in kinds for fact in model.objects.filter(translation_key__in=keys)] if keys else []

    @cached_property
    def _labels(self) -> Mapping[int, list[tuple[str, int, str]]]:
        """What the recommendations are labelled with: what that is, the key of its row or 0, a text of its own."""
        found: dict[int, list[tuple[str, int, str]]] = {}
        wanted = [fact.pk for fact in self._recommendations]
        queries: list[QuerySet[Any, Any]] = []
        for nth, (_of, model, to, row, text) in enumerate(_LABELS):
            asked = model.objects.filter(**{f"{to}__in": wanted}).order_by()
            pk = F(row) if row else Value(0, output_field=BigIntegerField())
            said = F(text) if text else Value("", output_field=CharField())
            rows = asked.filter(is_withdrawn=False) if model is Assignment else asked
            queries.append(rows.values_list(to, Value(nth), "pk", pk, said))
        for fact, nth, _order, pk, said in sorted(queries[0].union(*queries[1:], all=True)):
            found.setdefault(fact, []).append((_LABELS[nth][0], pk, said))
        return found

    @cached_property
    def _labels_of_issuers(self) -> Mapping[UUID, list[tuple[str, int]]]:
        """The themes of forums and groups, and the institutions that organised them."""
        found: dict[UUID, list[tuple[str, int]]] = {}
        for model, bodies in ((Forum, ForumBody), (WorkingGroup, GroupHost)):
            wanted = [fact.translation_key for fact in self._issuers if isinstance(fact, model)]
            if not wanted:
                continue
            themes: Any = model.objects.filter(translation_key__in=wanted, themes__isnull=False)
            for key, theme in themes.order_by("themes").values_list("translation_key", "themes"):
                found.setdefault(key, []).append(("theme", theme))
            sources: Any = bodies.objects.filter(
                page__translation_key__in=wanted, page__locale__language_code=source_language()
            )
            for key, body in sources.order_by("sort_order").values_list("page__translation_key", "organisation"):
                found.setdefault(key, []).append((BODY, body))
        return found


_LABELS: tuple[tuple[str, Any, str, str, str], ...] = (
    ("theme", Recommendation.themes.through, "recommendation", "theme", ""),
    ("tag", RecommendationTag, "content_object", "tag", ""),
    ("affected", Recommendation.affected_groups.through, "recommendation", "affectedgroup", ""),
    ("city", Recommendation.places.through, "recommendation", "place", ""),
    ("level", RecommendationLevel, "recommendation", "", "level"),
    ("addressee", Assignment, "recommendation", "organisation", "words"),
    (REFERENCE, RecommendationAlias, "recommendation", "", "alias"),
)
"""What labels a recommendation, and where: rows of a model that lead to it, to the row of a vocabulary, to a text."""
