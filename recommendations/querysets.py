"""Reading words of recommendations, assignments and the log; choices only, no model is imported."""

import datetime as dt
from collections.abc import Collection
from typing import Any, Self

from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from pagekit.models import FactQuerySet
from recommendations.choices import ACHIEVED, EntryKind, Finding, Implementation, Position, StageEntryKind
from recommendations.rules import Moment

# What still waits for the addressee stands first; what was done, last.
WAITING_FIRST = (
    Implementation.REVERSED,
    Implementation.NO_INFORMATION,
    Implementation.NOT_STARTED,
    Implementation.STALLED,
    Implementation.IN_PROGRESS,
    Implementation.PARTIALLY_IMPLEMENTED,
    Implementation.IMPLEMENTED,
)


def end_of(day: dt.date) -> dt.datetime:
    """The last moment of a day in Warsaw."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))


def moments_between(first: dt.datetime | None, *changes: dt.datetime | None) -> dict[str, dt.datetime]:
    """What the publication box says of a list, which came to be with the first thing in it; nothing where it is empty.

    ``changes`` are moments at which something listed last changed, in any order, None where it never did.
    """
    if first is None:
        return {}
    return {"created": first, "published": first, "updated": max(moment for moment in (first, *changes) if moment)}


class RecommendationQuerySet(FactQuerySet):
    def addressed_to(self, organisation: Any) -> Self:
        return self.filter(assignments__organisation=organisation).distinct()

    def about(self, themes: Any) -> Self:
        """Recommendations of any of the themes, each once."""
        through = self.model._meta.get_field("themes").remote_field.through.objects
        return self.filter(Exists(through.filter(recommendation=OuterRef("pk"), theme__in=themes)))

    def issued_by(self, moment: Moment) -> Self:
        """Those that had been issued by that day; one whose date nobody knows, from the day it was published here."""
        end = end_of(moment.on)
        found = self.filter(Q(starts_on__lte=moment.on) | Q(starts_on=None, published_at__lte=end))
        return found.filter(published_at__lte=end) if moment.is_as_known else found

    def newest_first(self) -> Self:
        return self.order_by(F("starts_on").desc(nulls_last=True), "reference")

    def moments(self) -> dict[str, dt.datetime]:
        """``moments_between`` the first publication of any of these and the last change of a page or a log; one query.

        To be asked of the whole list, not of a page of it.
        """
        pages = self.model.page_model().objects.sources().filter(translation_key=OuterRef("translation_key"))
        return self._moments(pages.order_by())

    def moments_without(self, hidden: Collection[int] | None) -> dict[str, dt.datetime]:
        """``moments`` of all that readers see; ``hidden`` are the keys of the others, None where they are not named.

        No row is asked for its own page, which takes most of the time where there are many.
        """
        if hidden is None:
            return self.visible_to().moments()
        pages = self.model.page_model().objects.sources().visible_to().exclude(last_published_at=None)
        return self.exclude(pk__in=hidden)._moments(pages.order_by("-last_published_at"))

    def _moments(self, pages: QuerySet[Any]) -> dict[str, dt.datetime]:
        # Annotated first: of a distinct list the sum sees nothing but its columns.
        found = self.order_by().annotate(page_at=Subquery(pages.values("last_published_at")[:1]))
        moments = found.aggregate(first=Min("published_at"), entry=Max("last_change_at"), page=Max("page_at"))
        return moments_between(moments["first"], moments["entry"], moments["page"])

    def with_addressees(self) -> Self:
        """What a line of a list shows besides the page: the issuer, and every row that its state is made of.

        Members of a class among them: whom it asks is told by the filter ``addressees``.
        """
        assignments = self.model._meta.get_field("assignments").related_model.objects
        asked = assignments.filter(is_withdrawn=False).select_related("organisation").order_by("role", "number")
        return self.select_related("forum", "working_group__forum").prefetch_related(Prefetch("assignments", asked))


class WordingQuerySet(QuerySet[Any]):
    def visible_to(self, user: object = None) -> Self:
        """Wordings in a language in which any reader may see the recommendation now."""
        recommendation = self.model._meta.get_field("recommendation").related_model
        page = recommendation.page_model().objects.visible_to(user)
        in_its_language = page.filter(
            translation_key=OuterRef("recommendation__translation_key"), locale__language_code=OuterRef("language")
        )
        return self.filter(
            Exists(in_its_language.order_by()),
            Exists(recommendation.objects.visible_to(user).filter(pk=OuterRef("recommendation"))),
        )


class AssignmentQuerySet(QuerySet[Any]):
    def asked(self) -> Self:
        """Whom the recommendation itself asks: neither rows that were taken back nor members of a class."""
        return self.filter(is_withdrawn=False, member_of=None)

    def open(self) -> Self:
        return self.filter(closure="")

    def closed(self) -> Self:
        return self.exclude(closure="")

    def by_what_is_open(self) -> Self:
        """Open rows first, the least advanced of them first; closed ones last."""
        places = [When(implementation=value, then=Value(place)) for place, value in enumerate(WAITING_FIRST)]
        return self.order_by(
            Case(When(closure="", then=Value(0)), default=Value(1), output_field=IntegerField()),
            "closure",
            Case(*places, default=Value(len(WAITING_FIRST)), output_field=IntegerField()),
            "is_confirmed",
            F("recommendation__starts_on").desc(nulls_last=True),
            "recommendation__reference",
        )

    def addressed_to(self, *organisations: Any) -> Self:
        return self.filter(organisation__in=organisations)

    def with_answers(self) -> Self:
        """Rows with ``first_answered_at``: when a position or a report of the institution's own was first recorded."""
        answer = Q(follow_ups__kind=EntryKind.POSITION)
        answer |= Q(follow_ups__kind=EntryKind.REPORT, follow_ups__declared_by__isnull=False)
        return self.annotate(first_answered_at=Min("follow_ups__recorded_at", filter=answer))

    def silent_since(self, moment: dt.datetime) -> Self:
        """Rows about which the institution has said nothing since a moment, on whatever way."""
        return self.filter(Q(last_answered_at=None) | Q(last_answered_at__lt=moment))

    def on_the_clock(self) -> Self:
        """Open rows of single bodies that have any date to keep, with what rules.Clock and the times ask for."""
        timed = self.open().filter(is_withdrawn=False, organisation__is_collective=False)
        return timed.exclude(notified_at=None, target_on=None).select_related("organisation", "recommendation")

    def held_by(self, user: Any, on: dt.date | None = None) -> Self:
        """Assignments that the user answers on a day (today): those of own bodies, of their units, and taken over."""
        organisation = self.model._meta.get_field("organisation").related_model
        return self.answered_by(organisation.objects.held_by(user, on).order_by().values("pk"))

    def answered_by(self, organisations: Any) -> Self:
        """Rows that one of the bodies (rows, keys or a query of keys) answers: asked itself, or as the successor."""
        return self.filter(Q(organisation__in=organisations, taken_over_by=None) | Q(taken_over_by__in=organisations))

    def orphaned(self, on: dt.date | None = None) -> Self:
        """Open rows of single bodies for which nobody holds a mandate on a day (today)."""
        body = self.model._meta.get_field("organisation").related_model
        mandates = body._meta.get_field("mandates").related_model.objects.active(on)
        answering = Coalesce(OuterRef("taken_over_by"), OuterRef("organisation"))
        return self.open().filter(
            ~Exists(mandates.filter(organisation=answering)), is_withdrawn=False, organisation__is_collective=False
        )

    def disowned(self) -> Self:
        """Open rows whose institution says that the matter is not its own: a moderator accepts or asks back."""
        return self.open().filter(is_withdrawn=False, position=Position.NOT_COMPETENT)

    def with_log(self) -> Self:
        """Rows with what the rules ask for, in a number of queries that no length of the log changes."""
        return self.select_related("organisation", "taken_over_by", "recommendation").prefetch_related(
            "follow_ups__assessments"
        )

    def visible_to(self, user: object = None) -> Self:
        recommendation = self.model._meta.get_field("recommendation").related_model
        return self.filter(Exists(recommendation.objects.visible_to(user).filter(pk=OuterRef("recommendation"))))


class EntryQuerySet(QuerySet[Any]):
    def as_on(self, moment: Moment) -> Self:
        """Entries that belong to the state on a day, as ``rules.belongs`` says."""
        end = end_of(moment.on)
        found = self.filter(Q(refers_on__lte=moment.on) | Q(refers_on=None, recorded_at__lte=end))
        return found.filter(recorded_at__lte=end) if moment.is_as_known else found


class FollowUpQuerySet(EntryQuerySet):
    def claimed_behind(self) -> Self:
        """Claims of institutions, recorded last in open rows, that a report of a later date keeps from being the state.

        Only those that nobody has looked at; ``rules.waiting_claim`` decides.
        """
        newer = self.model._default_manager.filter(
            assignment=OuterRef("assignment"), kind=EntryKind.REPORT, pk__gt=OuterRef("pk")
        )
        return self.filter(
            ~Q(assignment__implementation__in=(F("implementation"), Implementation.IMPLEMENTED)),
            ~Exists(newer),
            implementation__in=ACHIEVED,
            declared_by__isnull=False,
            assessments=None,
            assignment__closure="",
        )

    def in_order(self) -> Self:
        """The order of the log: an undated entry stands before all dated ones, on every database."""
        return self.order_by(F("refers_on").asc(nulls_first=True), "recorded_at", "id")

    def newest_first(self) -> Self:
        return self.order_by(F("refers_on").desc(nulls_last=True), "-recorded_at", "-id")

    def with_public_assessments(self, moment: Moment | None = None) -> Self:
        """Entries with ``public_assessments``, newest first: those public today, or that count on a past day."""
        assessments = self.model._meta.get_field("assessments").related_model.objects
        today = timezone.localdate()
        public = assessments.filter(public_from__lte=moment.known_on(today) if moment else today)
        if moment:
            # As rules.counts says.
            public = public.filter(assessed_on__lte=moment.on)
            public = public.exclude(finding=Finding.CONTRADICTS, public_from__gt=moment.on)
        public = public.order_by("-assessed_on", "-id")
        return self.prefetch_related(Prefetch("assessments", public, "public_assessments"))

    def visible_to(self, user: object = None) -> Self:
        recommendation = self.model._meta.get_field("assignment").related_model._meta.get_field("recommendation")
        visible = recommendation.related_model.objects.visible_to(user)
        return self.filter(Exists(visible.filter(pk=OuterRef("assignment__recommendation"))))


class EvidenceQuerySet(QuerySet[Any]):
    def visible_to(self, user: object = None) -> Self:
        """Pieces whose file a reader may take: not restricted, of a visible recommendation, of a public assessment."""
        assignment = self.model._meta.get_field("follow_up").related_model._meta.get_field("assignment").related_model
        entry = Coalesce(OuterRef("follow_up__assignment"), OuterRef("assessment__follow_up__assignment"))
        return self.filter(
            Q(assessment=None) | Q(assessment__public_from__lte=timezone.localdate()),
            Exists(assignment.objects.visible_to(user).order_by().filter(pk=entry)),
            is_restricted=False,
        )

    def taken_by(self, user: Any) -> Self:
        """Pieces whose file a person may take though readers may not: who assesses, and who answers for the body."""
        if not getattr(user, "is_active", False):
            return self.none()
        if user.has_perm("recommendations.view_evidence"):
            return self.all()
        assignment = self.model._meta.get_field("follow_up").related_model._meta.get_field("assignment").related_model
        held = assignment.objects.held_by(user).order_by().values("pk")
        return self.filter(Q(follow_up__assignment__in=held) | Q(assessment__follow_up__assignment__in=held))


class ActionStageQuerySet(QuerySet[Any]):
    def visible_to(self, user: object = None) -> Self:
        """Stages of forums that any reader may see."""
        forum = self.model._meta.get_field("forum").related_model
        return self.filter(Exists(forum.objects.visible_to(user).filter(pk=OuterRef("forum"))))

    def newest_first(self) -> Self:
        return self.order_by(F("starts_on").desc(nulls_last=True), "-pk")


class ChosenRecommendationQuerySet(QuerySet[Any]):
    def standing(self) -> Self:
        """What was chosen and not taken back as a mistake."""
        entries = self.model._meta.get_field("entries").related_model.objects
        choices = entries.filter(kind=StageEntryKind.CHOICE, corrected_by=None, is_retraction=False)
        return self.filter(Exists(choices.filter(chosen=OuterRef("pk"))))

    def visible_to(self, user: object = None) -> Self:
        """What was chosen in visible stages, of the recommendations that any reader may see."""
        stage, recommendation = (
            self.model._meta.get_field(name).related_model.objects.visible_to(user).order_by().filter(pk=OuterRef(name))
            for name in ("stage", "recommendation")
        )
        return self.filter(Exists(stage), Exists(recommendation))

    def moments(self) -> dict[str, dt.datetime]:
        """``moments_between`` the first and the newest entry about any of these; one query."""
        found = self.order_by().aggregate(first=Min("entries__recorded_at"), newest=Max("entries__recorded_at"))
        return moments_between(found["first"], found["newest"])


class StageEntryQuerySet(EntryQuerySet):
    def visible_to(self, user: object = None) -> Self:
        chosen = self.model._meta.get_field("chosen").related_model
        return self.filter(Exists(chosen.objects.visible_to(user).filter(pk=OuterRef("chosen"))))

    def standing(self) -> Self:
        """What the page of a recommendation tells: of choices that stand, what was neither corrected nor taken back."""
        chosen = self.model._meta.get_field("chosen").related_model
        standing = chosen.objects.standing().filter(pk=OuterRef("chosen"))
        return self.filter(Exists(standing), corrected_by=None, is_retraction=False)
