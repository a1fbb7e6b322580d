"""What has changed and is not in the index yet: written with the act, numbered by the drain, masked until drained."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from search.models import IndexState, Outbox

BATCH = 500
"""Rows that share one number, and so one commit of the engine."""

KEPT = dt.timedelta(days=7)
"""How long drained rows stay: an index of another host, or a generation begun before, may still need them."""


def queue(subjects: Collection[str]) -> None:
    """Note that the documents of these subjects may be wrong; part of the transaction of the act that made them so."""
    Outbox.objects.bulk_create([Outbox(key=subject) for subject in sorted(subjects)], batch_size=500)


def pending(number: int) -> set[str]:
    """The subjects that an index which has drained up to `number` may still hold wrongly."""
    return set(pending_keys(number).distinct())


def pending_keys(number: int) -> "QuerySet[Outbox, str]":
    """The rows behind `pending`; a subject may stand in several."""
    return pending_rows(number).values_list("key", flat=True)


def pending_rows(number: int) -> "QuerySet[Outbox]":
    """All that an index which has drained up to `number` does not know of."""
    return Outbox.objects.filter(Q(number=None) | Q(number__gt=number)).order_by()


def give_numbers() -> int:
    """Number the committed rows that have none, in batches; return the last number given so far.

    The one row of IndexState is locked meanwhile, so a number becomes visible only after all lower ones.
    """
    with transaction.atomic():
        state = lock_state()
        while rows := list(Outbox.objects.filter(number=None).order_by("id").values_list("pk", flat=True)[:BATCH]):
            state.last_number += 1
            Outbox.objects.filter(pk__in=rows).update(number=state.last_number)
        state.save(update_fields=["last_number"])
        return state.last_number


def lock_state() -> IndexState:
    """The one row, locked until the transaction ends."""
    IndexState.objects.get_or_create(pk=1)
    return IndexState.objects.select_for_update().get(pk=1)


def next_batch(number: int) -> tuple[int, list[str]] | None:
    """The number and the subjects of the first batch after `number`; None if there is none."""
    first = Outbox.objects.filter(number__gt=number).order_by("number").values_list("number", flat=True).first()
    if first is None:
        return None
    return first, list(Outbox.objects.filter(number=first).values_list("key", flat=True).distinct().order_by("key"))


def last_number() -> int:
    """The last number given so far; 0 before the first drain."""
    return IndexState.objects.values_list("last_number", flat=True).first() or 0


def is_too_old(number: int) -> bool:
    """Whether rows after `number` were forgotten already, or this database never gave it (a copy was put back): no
    mask and no drain can make that good, only a rebuild."""
    return refusing(number).exists()


def refusing(number: int) -> "QuerySet[IndexState]":
    """The one row, if an index of this number is too old."""
    return IndexState.objects.filter(Q(kept_from__gt=number + 1) | Q(last_number__lt=number)).order_by()


def forget_drained(number: int) -> int:
    """Delete the rows up to `number` that are older than KEPT; return how many."""
    with transaction.atomic():
        state = lock_state()
        old = Outbox.objects.filter(number__lte=number, created_at__lt=timezone.now() - KEPT)
        last = old.aggregate(last=Max("number"))["last"]
        if last is None:
            return 0
        # A number is forgotten whole: an index that has not drained all of it is too old then, and refused.
        forgotten, _ = Outbox.objects.filter(number__lte=last).delete()
        state.kept_from = max(state.kept_from, last + 1)
        state.save(update_fields=["kept_from"])
        return forgotten


def requeue(subjects: Iterable[str]) -> int:
    """Queue subjects found wrong by the search for drift, whether or not anybody listens; return how many."""
    rows = [Outbox(key=subject) for subject in sorted(set(subjects))]
    Outbox.objects.bulk_create(rows, batch_size=500)
    return len(rows)
