"""What an institution may answer about an item as it stands, and how that is recorded; form and sheet share it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from pagekit.acts import Refused
from recommendations.choices import ACHIEVED, PLAIN_ANSWERS, Answer, Basis, Implementation, Position
from recommendations.models import Assignment, FollowUp
from recommendations.services.follow_up import record_position, record_report
from taxonomy.models import Organisation


def answers_for(assignment: Assignment) -> list[tuple[str, Any]]:
    """What may be answered about the row as it stands: nothing is offered that the rules would refuse."""
    offered = {Answer.POSITION, Answer.NOT_OURS}
    if not assignment.closure:
        implementation = assignment.implementation
        offered.add(Answer.IMPLEMENTED)
        if implementation != Implementation.NO_INFORMATION:
            offered.add(Answer.NO_CHANGE)
        if implementation != Implementation.IMPLEMENTED:
            offered.add(Answer.PARTIALLY_IMPLEMENTED)
        if implementation not in ACHIEVED:
            offered |= PLAIN_ANSWERS
    return [(answer.value, answer.label) for answer in Answer if answer in offered]


def voice_of(user: Any, organisation: Organisation) -> Organisation:
    """The body in whose name a person answers for another: itself, or the one it is a unit of."""
    if organisation.parent is None or user.mandates.active().filter(organisation=organisation).exists():
        return organisation
    is_parents = user.mandates.active().filter(organisation=organisation.parent).exists()
    return organisation.parent if is_parents else organisation


def record_reply(
    assignment: Assignment,
    *,
    answer: str,
    recorded_by: Any,
    position: str = "",
    competent_body: Organisation | None = None,
    missing: str = "",
    **said: Any,
) -> FollowUp:
    """Record one answer as the institution's own statement; ``said`` are the other fields of Said.

    Refused (Overtaken) as the services of the log say, or where the answer is none of those now offered.
    """
    if answer not in dict(answers_for(assignment)):
        raise Refused(_("This cannot be reported as the item stands. Choose another answer."))
    said |= {
        "recorded_by": recorded_by,
        "basis": Basis.OWN_STATEMENT,
        "declared_by": voice_of(recorded_by, assignment.answering),
    }
    if answer == Answer.POSITION:
        return record_position(assignment, position=position, **said)
    if answer == Answer.NOT_OURS:
        return record_position(assignment, position=Position.NOT_COMPETENT, competent_body=competent_body, **said)
    implementation = None if answer == Answer.NO_CHANGE else answer
    kept = missing if answer == Answer.PARTIALLY_IMPLEMENTED else ""
    return record_report(assignment, implementation=implementation, missing=kept, **said)
