"""Whether anything that the figures count has changed since they were counted."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Count, Sum


class CountMark(models.Model):
    """A random number that triggers of the database write anew, in the transaction of whatever changes what is counted.

    SQLite has one row, written over. PostgreSQL adds one for each statement, so that writers never wait for each other;
    ``forget_old_marks`` leaves the newest. Which rows a reader sees tells one state from every other.
    """

    mark = models.BigIntegerField()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return str(self.mark)


def current_mark() -> str:
    """A text that differs after any change of what is counted; one query. Before the first mark, never the same."""
    found = CountMark.objects.aggregate(rows=Count("pk"), total=Sum("mark"))
    return f"{found['rows']} {found['total']}" if found["rows"] else str(uuid.uuid4())


def forget_old_marks() -> None:
    newest = CountMark.objects.order_by("-pk").first()
    if newest:
        CountMark.objects.exclude(pk=newest.pk).delete()
