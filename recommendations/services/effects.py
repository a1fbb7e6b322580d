"""Closing the loop on a group's page: its expected effects are judged by its editors and by moderators."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from forums.models import ExpectedEffect, WorkingGroupPage
from pagekit.acts import Refused
from pagekit.models import source_language
from recommendations import rules
from recommendations.models import EffectOutcome, Recommendation
from recommendations.services.evidence import refuse_misfit


def may_judge_effects(user: Any, page: Page) -> bool:
    """Whether the person edits the source page of this working group."""
    if page.specific_class is not WorkingGroupPage or page.locale.language_code != source_language():
        return False
    return bool(page.permissions_for_user(user).can_edit())


@transaction.atomic
def judge_effect(
    effect: ExpectedEffect,
    *,
    by: Any,
    state: str,
    judged_on: dt.date,
    recommendation: Recommendation | None = None,
    note: str = "",
    seen: int = 0,
) -> EffectOutcome:
    """Record what became of an expected effect; readers see it at once, and what was said before is kept.

    ``seen`` is the id of the newest judgement that the person saw, 0 for none: Refused where there is a newer one.
    The same said again records nothing and returns what stands.
    """
    locked = ExpectedEffect.objects.select_for_update(of=("self",)).select_related("working_group").get(pk=effect.pk)
    page = locked.working_group.source_page
    if page is None or not may_judge_effects(by, page):
        raise Refused(_("Only who edits the page of this group judges its effects. Write to the moderators."))
    if recommendation and not Recommendation.objects.visible_to(by).filter(pk=recommendation.pk).exists():
        raise Refused(_("Only a published recommendation can be named. Publish it first."))
    newest = locked.outcomes.last()
    said = {"state": state, "recommendation": recommendation, "note": note.strip(), "judged_on": judged_on}
    if newest is not None and all(getattr(newest, name) == value for name, value in said.items()):
        return newest
    if newest is not None and newest.pk != seen:
        raise Refused(_("Somebody judged this effect since you opened it. Read what stands above, then save again."))
    move = rules.EffectMove(
        state=state,
        judged_on=judged_on,
        note=note.strip(),
        has_recommendation=recommendation is not None,
        is_judged=newest is not None,
    )
    if fault := rules.effect_fault(move, today=timezone.localdate()):
        raise Refused(fault)
    outcome = EffectOutcome(effect=locked, recorded_by=by, **said)
    refuse_misfit(outcome)
    outcome.save()
    locked.state = state
    locked.save(update_fields=["state"])
    return outcome
