"""What of an intake is too long for a request: ordered by a person, done by a worker, gone on with after a kill.

An order stands on the intake until it is done. Everything is done in batches, each one transaction, so whoever finds
an order left behind goes on with it.
"""

import logging
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from pagekit.acts import Refused
from pagekit.models import source_language
from recommendations.choices import PlanKind, Step
from recommendations.models import Intake
from recommendations.services.intake import require_intake_right
from recommendations.transfer.intake import BATCH, carry_out, refuse_undoing, undo, waiting
from recommendations.transfer.planning import plan_intake
from recommendations.transfer.sheet_intake import read_sheet

logger = logging.getLogger(__name__)

# A sheet of so many bytes is read while its editor waits.
SMALL_FILE = 100 * 1024


def order(intake: Intake, step: Step, *, by: Any) -> bool:
    """Do a step at once where it is short, else leave it to the worker; return whether it is done.

    Refused where the person may not do it, or another step is waiting.
    """
    with transaction.atomic():
        locked = Intake.objects.select_for_update(of=("self",)).select_related("page", "document").get(pk=intake.pk)
        require_intake_right(by, locked.page)
        if locked.step:
            raise Refused(
                _("Not done: the intake is being %(step)s. Wait for that.") % {"step": locked.get_step_display()}
            )
        if step == Step.MAKE and not locked.is_planned:
            raise Refused(_("Nothing was made: the rows changed after the plan. Look at the new plan first."))
        if step == Step.UNDO:
            refuse_undoing(locked, by)
        wanted = extent(locked, step)
        is_long = wanted is None or wanted > BATCH
        if is_long:
            locked.step, locked.ordered_by = step, by
        locked.steps_done, locked.steps_wanted, locked.trouble = 0, wanted or 0, ""
        locked.save(update_fields=["step", "ordered_by", "steps_done", "steps_wanted", "trouble"])
    if is_long:
        return False
    do(locked, step, by)
    return True


def extent(intake: Intake, step: Step) -> int | None:
    """How many rows the step has to do with; 1 for what is read in a moment, None where nobody knows."""
    if step == Step.READ:
        document: Any = intake.document
        return 1 if document.file.size <= SMALL_FILE else None
    if step == Step.PLAN:
        return int(intake.rows.filter(is_dropped=False).count())
    rows = waiting(intake) if step == Step.MAKE else intake.rows.exclude(drafted_at=None)
    return int(rows.count())


def do(intake: Intake, step: str, by: Any) -> int:
    """The whole step, from where it stands; return how many rows it had to do with."""
    if step == Step.READ:
        read = read_sheet(intake, by=by)
        plan_intake(intake, by=by)
        return read
    if step == Step.PLAN:
        return plan_intake(intake, by=by).steps_done
    return carry_out(intake, by=by) if step == Step.MAKE else undo(intake, by=by)


def work_once() -> bool:
    """Do the oldest order to its end and return whether there was one; what is refused is told on the intake."""
    intake = Intake.objects.exclude(step="").select_related("ordered_by", "page").order_by("pk").first()
    if intake is None:
        return False
    trouble = ""
    with override(source_language()):
        try:
            if intake.ordered_by is None:
                raise Refused(_("The account that ordered it is gone. Order it again."))
            do(intake, intake.step, intake.ordered_by)
        except Refused as refused:
            trouble = str(refused)
        except Exception:
            # One broken intake must not stop those behind it; what it had done stays, and it can be ordered again.
            logger.exception("Intake %s stopped while being %s.", intake.pk, intake.step)
            trouble = _("It stopped by a fault of the program, which is written down. What was done stays; try again.")
    Intake.objects.filter(pk=intake.pk).update(step="", ordered_by=None, trouble=trouble)
    return True


def report(intake: Intake) -> dict[str, int]:
    """What became of the rows: by kind of the plan, and "made", "refused", "left_out"."""
    rows = intake.rows.all()
    taken = rows.filter(is_dropped=False)
    found = {kind.value: taken.filter(plan_kind=kind).count() for kind in PlanKind}
    return found | {
        "made": rows.exclude(drafted_at=None).count(),
        "refused": taken.exclude(trouble="").count(),
        "left_out": rows.filter(is_dropped=True).count(),
    }
