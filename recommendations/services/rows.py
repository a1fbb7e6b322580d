"""Rows that the follow-up itself opens: of a member that answers for its class, of the body that is competent."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from pagekit.acts import Refused
from recommendations.choices import AddresseeRole
from recommendations.models import Assignment, FollowUp, Recommendation
from recommendations.services.log import assert_in_act, write_badge
from taxonomy.models import Organisation


@transaction.atomic
def open_member_row(
    recommendation: Recommendation, *, organisation: Organisation, member_of: Organisation
) -> Assignment:
    """The row of an institution that answers as a member of an asked class; opened as supporting when it is new.

    Refused when the recommendation does not ask the class, or the member is itself a class.
    """
    Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    asked = recommendation.assignments.filter(organisation=member_of, is_withdrawn=False).first()
    if asked is None or not member_of.is_collective:
        raise Refused(
            _("%(reference)s does not ask the group “%(group)s”. Name a group of institutions that it asks.")
            % {"reference": recommendation.reference, "group": member_of}
        )
    if organisation.is_collective:
        raise Refused(_("“%(body)s” is itself a group. Name a single institution.") % {"body": organisation})
    existing: Assignment | None = recommendation.assignments.filter(organisation=organisation).first()
    return existing or _open_row(recommendation, organisation, AddresseeRole.SUPPORTING, member_of=asked)


def open_named_row(closing: FollowUp) -> Assignment:
    """The row of the body that a closure names as competent, asked in the same role as the one that was closed."""
    closed, body = closing.assignment, closing.competent_body
    assert_in_act()
    if body is None:
        raise Refused(_("“Not competent” needs the body that is. Choose another institution than this one."))
    existing = closed.recommendation.assignments.filter(organisation=body).first()
    if existing is None:
        return _open_row(closed.recommendation, body, closed.role, named_by=closed, member_of=closed.member_of)
    if existing.is_withdrawn:
        existing.is_withdrawn, existing.named_by = False, closed
        existing.save(update_fields=["is_withdrawn", "named_by"])
        write_badge(closed.recommendation)
    return existing


def _open_row(recommendation: Recommendation, organisation: Organisation, role: str, **values: Any) -> Assignment:
    number = recommendation.assignments.aggregate(last=Max("number"))["last"] or 0
    row = Assignment.objects.create(
        recommendation=recommendation, organisation=organisation, number=number + 1, role=role, **values
    )
    write_badge(recommendation)
    return row
