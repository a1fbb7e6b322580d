"""What became of the effects that a working group announced: which recommendation met them, and who looked when."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forums.choices import EffectState
from forums.models import ExpectedEffect
from pagekit.constraints import is_known
from pagekit.models import attach_pages
from recommendations.models.recommendation import Recommendation

# By a recommendation only; the others by none.
MET = (EffectState.REACHED, EffectState.PARTLY)


class EffectOutcome(models.Model):
    """One judgement of an expected effect. Never edited: a newer one takes its place, and the older ones are kept.

    ``ExpectedEffect.state`` is that of the newest.
    """

    effect = models.ForeignKey(ExpectedEffect, on_delete=models.PROTECT, related_name="outcomes")
    state = models.CharField(_("state"), max_length=15, choices=EffectState.choices)
    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recommendation"),
    )
    note = models.TextField(_("note"), blank=True)
    judged_on = models.DateField(_("judged on"))
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    # Blanked when a person asks for erasure; never shown to readers.
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("outcome of an expected effect")
        verbose_name_plural = _("outcomes of expected effects")
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            is_known("state", EffectState, "effect_outcome_state_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=MET, recommendation__isnull=False)
                | (~Q(state__in=MET) & Q(recommendation__isnull=True)),
                name="effect_outcome_is_met_by_a_recommendation",
            ),
            models.CheckConstraint(
                condition=Q(state=EffectState.REACHED) | ~Q(note=""), name="effect_outcome_says_why_unless_reached"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effect} · {self.get_state_display()}"


@dataclass(frozen=True)
class JudgedEffect:
    """An announced effect in words, with its judgements, the newest first; none while it is open."""

    key: str
    text: str
    outcomes: list[EffectOutcome] = field(default_factory=list)

    @property
    def outcome(self) -> EffectOutcome | None:
        return self.outcomes[0] if self.outcomes else None

    @property
    def former(self) -> list[EffectOutcome]:
        """What was judged before, the newest first."""
        return self.outcomes[1:]

    @property
    def state(self) -> EffectState:
        return EffectState(self.outcome.state) if self.outcome else EffectState.OPEN


def judged(effects: Iterable[tuple[str, str]]) -> list[JudgedEffect]:
    """The effects, given by key and text, with their judgements.

    Each judgement's recommendation has its visible ``page``, or None where readers may not see it. Two queries,
    whatever their number.
    """
    wanted = list(effects)
    keys = [key for key, _text in wanted]
    rows = EffectOutcome.objects.filter(effect__key__in=keys).select_related("effect", "recommendation")
    of: dict[str, list[EffectOutcome]] = defaultdict(list)
    for row in rows.order_by("-id") if keys else ():
        of[str(row.effect.key)].append(row)
    attach_pages([row.recommendation for found in of.values() for row in found if row.recommendation], only=("slug",))
    return [JudgedEffect(key, text, of[key]) for key, text in wanted]
