"""What became public in a span of time: entries, assessments, what was told of a stage of action, new recommendations.

Each has a key of its own, ``entry-12``, ``assessment-4``, ``stage-7`` or ``recommendation-9``: the first two are the
identifiers of the status events.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Prefetch, QuerySet
from django.db.models.functions import Greatest, TruncDate, TruncWeek
from django.utils import timezone

from notices import rules
from recommendations.choices import Finding, Implementation
from recommendations.models import Assessment, FollowUp, Recommendation, StageEntry
from recommendations.models.stage import with_bodies

ENTRY, ASSESSMENT, STAGE, RECOMMENDATION = "entry", "assessment", "stage", "recommendation"
YEAR = dt.timedelta(days=365)
# More than this no database takes in one question; then everything is asked.
MOST_NAMED = 10_000


@dataclass(frozen=True)
class Piece:
    """One thing that became public, with the code of the body that it concerns.

    A new recommendation concerns all, and so does what somebody did about one in a stage of action.
    """

    key: str
    recommendation: int
    public_at: dt.datetime
    body: str = ""


def news_between(since: dt.datetime, until: dt.datetime) -> list[Piece]:
    """What became public from ``since`` on and before ``until``, oldest first, if readers may see it now."""
    found = [
        Piece(f"{ENTRY}-{pk}", recommendation, moment, body)
        for pk, recommendation, body, moment in entries()
        .filter(recorded_at__gte=since, recorded_at__lt=until)
        .values_list("pk", "assignment__recommendation", "assignment__organisation__code", "recorded_at")
    ]
    # An assessment waits for its day, and may be written after it: the later of the two counts.
    fresh = assessments(timezone.localdate(until)).filter(latest__gte=timezone.localdate(since))
    rows: QuerySet[Assessment] = fresh.select_related("follow_up__assignment__organisation")
    found += [
        Piece(
            f"{ASSESSMENT}-{one.pk}",
            one.follow_up.assignment.recommendation_id,
            one.public_at,
            one.follow_up.assignment.organisation.code,
        )
        for one in rows
        if since <= one.public_at < until
    ]
    done = stage_entries().filter(recorded_at__gte=since, recorded_at__lt=until)
    found += [
        Piece(f"{STAGE}-{pk}", recommendation, at)
        for pk, recommendation, at in done.values_list("pk", "chosen__recommendation", "recorded_at")
    ]
    published = Recommendation.objects.visible_to().filter(published_at__gte=since, published_at__lt=until)
    found += [Piece(f"{RECOMMENDATION}-{pk}", pk, at) for pk, at in published.values_list("pk", "published_at")]
    return sorted(found, key=lambda piece: (piece.public_at, piece.key))


def entries() -> QuerySet[Any]:
    return FollowUp.objects.visible_to().order_by()


def stage_entries() -> QuerySet[Any]:
    """What stages of action tell; of an entry that a newer one corrects only the newer is news."""
    return StageEntry.objects.visible_to().filter(corrected_by=None).order_by()


def assessments(day: dt.date) -> QuerySet[Any]:
    """Those public by a day, with ``latest``: the later of the day written and the day of publication."""
    public = Assessment.objects.filter(public_from__lte=day, follow_up__in=FollowUp.objects.visible_to().order_by())
    return public.annotate(latest=Greatest(TruncDate("recorded_at"), F("public_from"))).order_by()


def weeks_with_news(recommendations: Collection[int], bodies: Collection[str], now: dt.datetime) -> int:
    """In how many weeks of the last year there was news of these, of these bodies if any are named."""
    since, today = now - YEAR, timezone.localdate(now)
    written = entries().filter(recorded_at__gte=since)
    assessed = assessments(today).filter(latest__gte=timezone.localdate(since))
    done = stage_entries().filter(recorded_at__gte=since)
    published = Recommendation.objects.visible_to().order_by().filter(published_at__gte=since)
    if len(recommendations) <= MOST_NAMED:
        written = written.filter(assignment__recommendation__in=recommendations)
        assessed = assessed.filter(follow_up__assignment__recommendation__in=recommendations)
        done = done.filter(chosen__recommendation__in=recommendations)
        published = published.filter(pk__in=recommendations)
    if bodies:
        written = written.filter(assignment__organisation__code__in=bodies)
        assessed = assessed.filter(follow_up__assignment__organisation__code__in=bodies)
    weeks: set[dt.date] = set()
    moments = ((written, "recorded_at"), (assessed, "latest"), (done, "recorded_at"), (published, "published_at"))
    for rows, name in moments:
        found = rows.annotate(week=TruncWeek(name)).values_list("week", flat=True).distinct()
        weeks |= {timezone.localdate(week) if isinstance(week, dt.datetime) else week for week in found}
    return len(weeks)


@dataclass
class Loaded:
    """The pieces of a mail that readers may see now, by key."""

    entries: dict[str, FollowUp] = field(default_factory=dict)
    assessments: dict[str, Assessment] = field(default_factory=dict)
    stages: dict[str, StageEntry] = field(default_factory=dict)
    recommendations: dict[str, Recommendation] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return any(key in some for some in (self.entries, self.assessments, self.stages, self.recommendations))

    def fact(self, key: str) -> Recommendation:
        if key in self.recommendations:
            return self.recommendations[key]
        if key in self.stages:
            return self.stages[key].chosen.recommendation
        entry = self.entries[key] if key in self.entries else self.assessments[key].follow_up
        return entry.assignment.recommendation

    @property
    def facts(self) -> list[Recommendation]:
        told = (self.entries, self.assessments, self.stages, self.recommendations)
        return [self.fact(key) for some in told for key in some]


def public(keys: Collection[str]) -> set[str]:
    """Those of these keys that readers may see now; at most four queries."""
    rows = {
        ENTRY: entries(),
        ASSESSMENT: assessments(timezone.localdate()),
        STAGE: stage_entries(),
        RECOMMENDATION: Recommendation.objects.visible_to().order_by(),
    }
    return {
        f"{kind}-{pk}"
        for kind, pks in pks_of(keys).items()
        if pks
        for pk in rows[kind].filter(pk__in=pks).values_list("pk", flat=True)
    }


def pks_of(keys: Iterable[str]) -> dict[str, list[int]]:
    """By kind of piece; every kind is there."""
    pks: dict[str, list[int]] = {ENTRY: [], ASSESSMENT: [], STAGE: [], RECOMMENDATION: []}
    for key in keys:
        kind, _dash, number = key.partition("-")
        pks[kind].append(int(number))
    return pks


def load(keys: Iterable[str]) -> Loaded:
    """What is still public of these keys, in a number of queries that no length of the list changes."""
    pks = pks_of(keys)
    about = ("assignment__recommendation", "assignment__organisation", "declared_by", "competent_body")
    rows = FollowUp.objects.visible_to().filter(pk__in=pks[ENTRY]).select_related(*about).with_public_assessments()
    assessed = FollowUp.objects.select_related(*about).with_public_assessments()
    found = assessments(timezone.localdate()).filter(pk__in=pks[ASSESSMENT])
    found = found.prefetch_related(Prefetch("follow_up", assessed))
    done = stage_entries().filter(pk__in=pks[STAGE]).select_related("chosen__stage", "chosen__recommendation")
    facts = Recommendation.objects.visible_to().filter(pk__in=pks[RECOMMENDATION])
    return Loaded(
        {f"{ENTRY}-{one.pk}": one for one in rows},
        {f"{ASSESSMENT}-{one.pk}": one for one in found},
        {f"{STAGE}-{one.pk}": one for one in with_bodies(done)},
        {f"{RECOMMENDATION}-{one.pk}": one for one in facts},
    )


def is_grave(key: str, loaded: Loaded) -> bool:
    """Whether it takes back what was thought to be done: weakened, contradicted or reversed."""
    if key in loaded.assessments:
        return loaded.assessments[key].finding in {Finding.WEAKENED, Finding.CONTRADICTS}
    return key in loaded.entries and loaded.entries[key].implementation == Implementation.REVERSED


def mails_a_month(recommendations: Collection[int], bodies: Collection[str]) -> int:
    """About how many digests a month these would have brought in the last year; 0: fewer than one."""
    return rules.mails_a_month(weeks_with_news(recommendations, bodies, timezone.now()))
