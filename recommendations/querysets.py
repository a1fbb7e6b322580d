"""Reading words of recommendations, assignments and the log; choices only, no model is imported."""

import datetime as dt
from typing import Any, Self

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from pagekit.models import FactQuerySet


class RecommendationQuerySet(FactQuerySet):
    def addressed_to(self, organisation: Any) -> Self:
        return self.filter(assignments__organisation=organisation).distinct()

    def about(self, theme: Any) -> Self:
        return self.filter(themes=theme)

    def newest_first(self) -> Self:
        return self.order_by(F("starts_on").desc(nulls_last=True), "reference")


class AssignmentQuerySet(QuerySet[Any]):
    def open(self) -> Self:
        return self.filter(closure="")

    def closed(self) -> Self:
        return self.exclude(closure="")

    def addressed_to(self, *organisations: Any) -> Self:
        return self.filter(organisation__in=organisations)

    def held_by(self, user: Any, on: dt.date | None = None) -> Self:
        """Assignments of the institutions that the user holds a mandate for on a day (today)."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        mandates = user.mandates.active(on).values("organisation")
        return self.filter(organisation__in=mandates)

    def visible_to(self, user: object = None) -> Self:
        recommendation = self.model._meta.get_field("recommendation").related_model
        return self.filter(recommendation__in=recommendation.objects.visible_to(user))


class FollowUpQuerySet(QuerySet[Any]):
    def in_order(self) -> Self:
        """The order of the log: an undated entry stands before all dated ones, on every database."""
        return self.order_by(F("refers_on").asc(nulls_first=True), "recorded_at", "id")

    def newest_first(self) -> Self:
        return self.order_by(F("refers_on").desc(nulls_last=True), "-recorded_at", "-id")

    def as_on(self, day: dt.date) -> Self:
        """Entries that belong to the state on a day: an undated one from the day it was recorded."""
        end = timezone.make_aware(dt.datetime.combine(day, dt.time.max))
        return self.filter(Q(refers_on__lte=day) | Q(refers_on=None, recorded_at__lte=end))

    def visible_to(self, user: object = None) -> Self:
        recommendation = self.model._meta.get_field("assignment").related_model._meta.get_field("recommendation")
        return self.filter(
            assignment__recommendation__in=recommendation.related_model.objects.visible_to(user)
        )


