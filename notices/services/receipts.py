"""Who hears that an answer was recorded, and what an assessor found about it."""

from typing import Any

from django.utils import timezone

from notices.choices import Kind
from notices.services.queue import queue
from recommendations.choices import EntryKind
from recommendations.models import Assessment, FollowUp
from recommendations.rules import Actor
from recommendations.services.actors import actors_of

ANSWERS = frozenset({EntryKind.POSITION, EntryKind.REPORT})


def queue_receipt(entry: FollowUp) -> None:
    """To the official who answered for the institution."""
    person = entry.recorded_by
    if entry.declared_by_id is None or entry.kind not in ANSWERS or person is None:
        return
    if answers_for(person, entry):
        queue(person, kind=Kind.RECEIPT, occasion=f"entry-{entry.pk}", entry=entry)


def queue_finding(assessment: Assessment) -> None:
    """To who recorded what was assessed, while the mandate lasts, and to the contacts of the institution."""
    entry = assessment.follow_up
    if entry.kind not in ANSWERS:
        return
    body = entry.assignment.answering
    people = {mandate.user for mandate in body.mandates.active().select_related("user") if mandate.role == "contact"}
    if entry.recorded_by is not None and answers_for(entry.recorded_by, entry):
        people.add(entry.recorded_by)
    for person in sorted(people, key=lambda one: one.pk):
        queue(person, kind=Kind.FINDING, occasion=f"assessment-{assessment.pk}", assessment=assessment)


def answers_for(person: Any, entry: FollowUp) -> bool:
    return Actor.OFFICIAL in actors_of(person, entry.assignment.answering, timezone.localdate())
