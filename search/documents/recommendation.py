"""The documents of recommendations."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch

from recommendations.choices import Badge, SourceKind
from recommendations.models import Assignment, FollowUp, Recommendation, RecommendationPage
from search.documents.assembly import assemble, plain, shown_in, visible_pages
from search.documents.issuer import Issuers, all_themes, issuer_value, with_ancestors
from search.documents.layers import layers_of
from search.documents.standing import addressed, alerts, unanswered
from search.documents.words import (
    Words,
    choice_words,
    joined,
    organisation_words,
    period_words,
    row_words,
    years,
)
from search.engines.base import Document
from search.query import OPEN
from taxonomy.choices import Level
from taxonomy.models import Place, Theme

# The label itself speaks of information: whoever looks for that would find all of which there is none.
_UNKNOWN = (("nieznany", "pl"), ("unknown", "en"), ("невідомий", "uk"), ("неизвестный", "ru"))


def recommendation_documents(pks: Iterable[int]) -> list[Document]:
    facts = list(
        Recommendation.objects.filter(pk__in=list(pks))
        .select_related("forum", "working_group")
        .prefetch_related(
            "themes",
            "affected_groups__merged",
            "places__merged",
            "levels",
            "aliases",
            "tags__merged",
            Prefetch("assignments", Assignment.objects.filter(is_withdrawn=False), to_attr="asked"),
            "asked__organisation__names",
            Prefetch("asked__follow_ups", FollowUp.objects.in_order()),
            "asked__follow_ups__assessments",
        )
    )
    pages_of = visible_pages(RecommendationPage, [fact.translation_key for fact in facts])
    issuers, themes, layers = Issuers(), all_themes(), layers_of([fact.pk for fact in facts])
    never_answered = unanswered([fact.pk for fact in facts])
    documents = []
    for fact in facts:
        pages = pages_of.get(fact.translation_key)
        if not pages:
            continue
        places = places_of(fact, issuers)
        names = joined(_words(fact, issuers, themes, places))
        facets = _facets(fact, themes, places) | {"language": sorted(pages)}
        alerts_of = alerts(asked(fact))
        if fact.pk in never_answered:
            alerts_of["unanswered"] = never_answered[fact.pk]
        log = joined((layer.text, layer.language) for layer in layers.get(fact.pk, ()))
        for language, page in pages.items():
            documents.append(
                assemble(
                    subject=f"recommendation:{fact.pk}",
                    translation=str(fact.translation_key),
                    language=language,
                    languages=shown_in(language, pages),
                    title=page.title,
                    lead=page.text,
                    body=(plain(page.rationale),),
                    more=log,
                    names=names,
                    facets=facets,
                    addressed=addressed(asked(fact)),
                    alerts=alerts_of,
                    period=fact,
                )
            )
    return documents


def asked(fact: Any) -> list[Assignment]:
    """Whom it asks now; read together with the facts."""
    rows: list[Assignment] = fact.asked
    return rows


def places_of(fact: Recommendation, issuers: Issuers) -> list[Place]:
    """Its own places, else the issuer's: as for the city in its reference (domain.md, "References")."""
    if places := list(fact.places.all()):
        return places
    issuer = issuers.groups[fact.working_group_id] if fact.working_group_id else issuers.forums[fact.forum_id or 0]
    return [issuer.place] if issuer.place else []


def _words(fact: Recommendation, issuers: Issuers, themes: dict[int, Theme], places: list[Place]) -> Words:
    yield fact.reference, "pl"
    for alias in fact.aliases.all():
        yield alias.alias, "pl"
    yield fact.source_title, "pl"
    yield from issuers.words(fact.issuer)
    yield from period_words(fact)
    for theme in with_ancestors(fact.themes.all(), themes):
        yield from row_words(theme)
    for tag in fact.tags.all():
        yield from row_words(tag)
    for group in fact.affected_groups.all():
        yield from row_words(group)
    for place in places:
        yield from row_words(place)
    for level in fact.levels.all():
        yield from choice_words(Level(level.level))
    yield from choice_words(SourceKind(fact.source_kind))
    yield from badge_words(fact)
    for assignment in asked(fact):
        yield from organisation_words(assignment.organisation)
        yield assignment.words, "pl"


def badge_words(fact: Recommendation) -> Words:
    """What stands for the state of a recommendation."""
    yield from _UNKNOWN if fact.badge == Badge.NO_INFORMATION else choice_words(Badge(fact.badge))


def _facets(fact: Recommendation, themes: dict[int, Theme], places: list[Place]) -> dict[str, list[str]]:
    return {
        "kind": ["recommendation"],
        "issuer": [issuer_value(fact.issuer)],
        "group": [f"g{fact.working_group_id}"] if fact.working_group_id else [],
        "year": list(years(fact)),
        "city": [place.code for place in places],
        "theme": [theme.code for theme in with_ancestors(fact.themes.all(), themes)],
        "tag": [tag.slug for tag in fact.tags.all()],
        "addressee": [a.organisation.code for a in asked(fact)],
        "level": [level.level for level in fact.levels.all()],
        "implementation": [fact.badge],
        "source": [fact.source_kind],
        "affected": [group.code for group in fact.affected_groups.all()],
        "position": [a.position for a in asked(fact)],
        "closure": [a.closure or OPEN for a in asked(fact)],
    }
