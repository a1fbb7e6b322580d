"""Reading words of forums and groups; what a reader may see is pagekit's FactQuerySet."""

from typing import Self

from forums.choices import GATHERINGS
from pagekit.models import FactQuerySet


class ForumQuerySet(FactQuerySet):
    def gatherings(self) -> Self:
        """Forums and workshops, as against other sources."""
        return self.filter(kind__in=GATHERINGS)

    def other_sources(self) -> Self:
        return self.exclude(kind__in=GATHERINGS)


class WorkingGroupQuerySet(FactQuerySet):
    def in_order(self) -> Self:
        return self.order_by("forum", "number", "id")
