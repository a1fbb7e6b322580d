"""Reading words of the vocabularies."""

import datetime as dt
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Self

from anyascii import anyascii
from django.db.models import Q, QuerySet
from django.utils import timezone


class VocabularyQuerySet(QuerySet[Any]):
    def current(self) -> Self:
        """Rows that were not merged into another."""
        return self.filter(merged_into=None)

    def named_like(self, text: str) -> Self:
        """Rows one of whose labels, codes or other names has every word of ``text`` in it, as ``with_words`` says."""
        return with_words(self, text, self.model.found_by)


def with_words(rows: Any, text: str, fields: Iterable[str]) -> Any:
    """Rows of a queryset one of whose ``fields`` has every word of ``text`` in it, in any case of letters.

    Also without Polish marks: no database of ours folds "Łódź" to "lodz", so the texts are compared here.
    """
    words = folded(text).split()
    read = rows.order_by().values_list("pk", *fields)
    found = {pk for pk, *texts in read if any(all(word in folded(one) for word in words) for one in texts if one)}
    return rows.filter(pk__in=found)


def folded(text: str) -> str:
    return str(anyascii(text)).lower()


class OrganisationQuerySet(VocabularyQuerySet):
    def collective(self) -> Self:
        return self.filter(is_collective=True)

    def answerable(self) -> Self:
        """Single bodies that can be asked and can answer; collectives have neither officials nor a clock."""
        return self.filter(is_collective=False)

    def held_by(self, user: Any, on: dt.date | None = None) -> Self:
        """The single bodies a person answers for on a day (today): those of the mandates, and the units below them.

        A unit is its own body, and the body it is a part of may answer for it, never the other way round.
        """
        if not getattr(user, "is_authenticated", False):
            return self.none()
        mandates = user.mandates.active(on).order_by().values("organisation")
        return self.answerable().filter(Q(pk__in=mandates) | Q(parent__in=mandates))


class MandateQuerySet(QuerySet[Any]):
    def active(self, on: dt.date | None = None) -> Self:
        """Mandates in force on a day (today)."""
        day = on or timezone.localdate()
        return self.filter(Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gte=day), user__is_active=True)

    def passed_to(self, user: Any) -> Self:
        """Mandates of others that ended the day before one of the user's began: same body, same role."""
        after = self.model._default_manager.active().filter(user=user)
        before = [
            Q(organisation=one.organisation_id, role=one.role, ends_on=one.starts_on - dt.timedelta(days=1))
            for one in after
        ]
        return self.filter(reduce(or_, before)).exclude(user=user) if before else self.none()
