"""What readers see in lists: recommendations with pages and issuers, counts, what changed; queries are constant."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Count, Exists, F, OuterRef, Q, Value
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from forums.models import Forum, WorkingGroup
from pagekit.models import attach_pages, source_language
from recommendations.choices import REFRESHING, Badge, EntryKind, Position
from recommendations.models.assignment import Assignment
from recommendations.models.follow_up import FollowUp
from recommendations.models.recommendation import Recommendation
from recommendations.models.stage import StageEntry, with_bodies
from recommendations.models.wording import Wording
from recommendations.querysets import RecommendationQuerySet

NEWEST, OLDEST, REFERENCE, INFORMATION = "newest", "oldest", "reference", "information"
ORDERS: dict[str, Any] = {
    NEWEST: _("newest first"),
    OLDEST: _("oldest first"),
    REFERENCE: _("by reference"),
    INFORMATION: _("by the last information"),
}


def in_order(recommendations: RecommendationQuerySet, order: str) -> RecommendationQuerySet:
    """The recommendations in one of ORDERS; an unknown order is the newest first."""
    fields: dict[str, tuple[Any, ...]] = {
        OLDEST: (F("starts_on").asc(nulls_last=True), "reference"),
        REFERENCE: ("reference",),
        INFORMATION: (F("last_information_on").desc(nulls_last=True), "reference"),
    }
    return recommendations.order_by(*fields[order]) if order in fields else recommendations.newest_first()


def listed(recommendations: Any, language: str | None = None) -> list[Recommendation]:
    """The recommendations of a queryset (or its slice) with ``page``, addressees, and issuers with their ``page``."""
    found: list[Recommendation] = recommendations.with_addressees().with_pages(language)
    attach_issuer_pages(found, language)
    return found


def attach_issuer_pages(recommendations: Iterable[Recommendation], language: str | None = None) -> None:
    """Set ``page`` on the forum and group of each recommendation, and on the group's forum; None where hidden."""
    groups = [found.working_group for found in recommendations if found.working_group]
    forums = [found.forum for found in recommendations if found.forum]
    attach_pages(groups, language)
    attach_pages([*forums, *(group.forum for group in groups if group.forum)], language)


@dataclass(frozen=True)
class Counts:
    """Honest numbers: each stands beside the number it is taken from."""

    recommendations: int
    answered: int
    # Those of which the log holds nothing but what we wrote ourselves: letters, and that no answer came.
    without_information: int
    declared: int
    verified: int
    # Single bodies asked, and those of them that took a position; collectives cannot answer (domain.md, Addressees).
    asked: int
    positions: int
    issuers: int


def counts() -> Counts:
    """The numbers of everything that any reader may see; two queries."""
    answers = Assignment.objects.asked().filter(recommendation=OuterRef("pk")).exclude(position=Position.NO_ANSWER)
    told = FollowUp.objects.filter(assignment__recommendation=OuterRef("pk"))
    told = told.exclude(kind__in=[EntryKind.LETTER, EntryKind.SILENCE])
    recommendations = Recommendation.objects.visible_to().aggregate(
        recommendations=Count("pk"),
        answered=Count("pk", filter=Exists(answers)),
        without_information=Count("pk", filter=~Exists(told)),
        declared=Count("pk", filter=Q(badge=Badge.DECLARED)),
        verified=Count("pk", filter=Q(badge=Badge.VERIFIED)),
        forums=Count("forum", distinct=True),
        groups=Count("working_group", distinct=True),
    )
    issuers = recommendations.pop("forums") + recommendations.pop("groups")
    assignments = (
        Assignment.objects.asked()
        .visible_to()
        .filter(organisation__is_collective=False)
        .aggregate(asked=Count("pk"), positions=Count("pk", filter=~Q(position=Position.NO_ANSWER)))
    )
    return Counts(**recommendations, **assignments, issuers=issuers)


def counts_by_issuer() -> dict[Forum | WorkingGroup, int]:
    """How many recommendations any reader may see of each forum and each group; one query."""
    rows = Recommendation.objects.visible_to().order_by().values_list("forum", "working_group").annotate(Count("pk"))
    return {Forum(pk=forum) if forum else WorkingGroup(pk=group): count for forum, group, count in rows}


def newest_outcomes(limit: int, language: str | None = None) -> list[FollowUp]:
    """The latest entries that say what an addressee answered or did, by the day they refer to."""
    entries = list(
        FollowUp.objects.visible_to()
        .filter(kind__in=REFRESHING)
        .newest_first()
        .with_public_assessments()
        .select_related("assignment__organisation", "assignment__recommendation", "declared_by")[:limit]
    )
    attach_pages([entry.assignment.recommendation for entry in entries], language)
    return entries


@dataclass(frozen=True)
class Change:
    """Something that became public: a wording, an entry of the log, or one of a stage of action."""

    WORDING: ClassVar[str] = "wording"
    ENTRY: ClassVar[str] = "entry"
    STAGE: ClassVar[str] = "stage"

    happened_at: dt.datetime
    recommendation: Recommendation
    wording: Wording | None = None
    entry: FollowUp | None = None
    told: StageEntry | None = None

    @property
    def day(self) -> dt.date:
        return timezone.localdate(self.happened_at)


def changes(language: str | None = None) -> Any:
    """Rows (moment, kind, id) of all that became public, newest first, to be cut into pages and given to ``changed``.

    Of wordings only those in the source language and in the reader's: other translations are no news to them.
    """
    languages = {language or get_language() or source_language(), source_language()}
    wordings = Wording.objects.visible_to().filter(language__in=languages)
    wordings = wordings.order_by().annotate(kind_of_change=Value(Change.WORDING))
    entries = FollowUp.objects.visible_to().order_by().annotate(kind_of_change=Value(Change.ENTRY))
    stages = StageEntry.objects.visible_to().order_by().annotate(kind_of_change=Value(Change.STAGE))
    return (
        wordings.values_list("published_at", "kind_of_change", "pk")
        .union(*(one.values_list("recorded_at", "kind_of_change", "pk") for one in (entries, stages)), all=True)
        .order_by("-published_at", "kind_of_change", "-pk")
    )


def changed(rows: Iterable[tuple[dt.datetime, str, int]], language: str | None = None) -> list[Change]:
    """The rows of ``changes`` with what they stand for and the pages of their recommendations."""
    wanted = list(rows)
    keys: dict[str, list[int]] = {Change.WORDING: [], Change.ENTRY: [], Change.STAGE: []}
    for _moment, kind, key in wanted:
        keys[kind].append(key)
    wordings = Wording.objects.select_related("recommendation").in_bulk(keys[Change.WORDING])
    entries = (
        FollowUp.objects.with_public_assessments()
        .select_related("assignment__recommendation", "assignment__organisation", "declared_by")
        .in_bulk(keys[Change.ENTRY])
    )
    about = "chosen__recommendation", "chosen__stage"
    asked = StageEntry.objects.filter(pk__in=keys[Change.STAGE]).select_related(*about)
    stages = {one.pk: one for one in with_bodies(asked)} if keys[Change.STAGE] else {}
    found = []
    for moment, kind, key in wanted:
        if kind == Change.WORDING:
            found.append(Change(moment, wordings[key].recommendation, wording=wordings[key]))
        elif kind == Change.STAGE:
            found.append(Change(moment, stages[key].chosen.recommendation, told=stages[key]))
        else:
            found.append(Change(moment, entries[key].assignment.recommendation, entry=entries[key]))
    attach_pages([change.recommendation for change in found], language)
    return found
