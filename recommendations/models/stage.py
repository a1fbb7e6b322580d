"""The stage after a forum in which chosen recommendations are carried out ("Forum w Działaniu").

What was chosen and done stands beside the follow-up, never in it: organisations of a forum act in a stage, and only
an addressee's log says how far the addressee is. So nothing here changes a status, a badge or an age.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forums.models import Forum, Period
from pagekit.constraints import is_known
from recommendations.choices import FactPrecision, StageEntryKind
from recommendations.models.follow_up import FollowUp
from recommendations.models.recommendation import Recommendation
from recommendations.querysets import ActionStageQuerySet, ChosenRecommendationQuerySet, StageEntryQuerySet
from taxonomy.models import Labelled, Organisation

# What stands of an organisation where it is only named.
NAMED_BY = ("code", "label_pl", "label_en", "label_uk", "label_ru")


class ActionStage(Labelled, Period):
    code = models.SlugField(_("code"), max_length=80, unique=True, help_text=_("Stands in addresses; never changes."))
    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="action_stages", verbose_name=_("forum"))
    description = models.TextField(_("what it is"), blank=True)
    source_title = models.CharField(_("source"), max_length=300)
    source_url = models.URLField(_("address of the source"), max_length=1000, blank=True)

    objects = ActionStageQuerySet.as_manager()

    class Meta(Period.Meta):
        verbose_name = _("stage of action")
        verbose_name_plural = _("stages of action")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Period.Meta.constraints,
            models.CheckConstraint(condition=~Q(source_title=""), name="action_stage_names_its_source"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("action_stage", args=[self.code])


class ChosenRecommendation(models.Model):
    """That a recommendation belongs to a stage; why, by whom and what came of it stands in its entries."""

    stage = models.ForeignKey(ActionStage, on_delete=models.PROTECT, related_name="chosen")
    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="chosen_in")

    # Set by tell.
    read: "list[StageEntry]"
    choice: "Told | None"
    actions: "list[Told]"

    objects = ChosenRecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = _("chosen recommendation")
        verbose_name_plural = _("chosen recommendations")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["stage", "recommendation"], name="chosen_recommendation_stands_once"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} · {self.recommendation}"

    @property
    def is_standing(self) -> bool:
        """Whether the choice was not taken back as a mistake; ask after ``tell``."""
        return self.choice is not None and not self.choice.entry.is_retraction


class StageEntry(models.Model):
    """Why and by whom it was chosen, or one action and its result. Never edited: a newer entry corrects an older one.

    A retraction is a correction which says that the entry should not be there at all, and why.
    """

    chosen = models.ForeignKey(ChosenRecommendation, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("kind"), max_length=10, choices=StageEntryKind.choices)
    text = models.TextField(_("text"))
    result = models.TextField(_("result"), blank=True)
    refers_on = models.DateField(_("date the fact refers to"), null=True, blank=True)
    refers_precision = models.CharField(
        _("precision"), max_length=10, choices=FactPrecision.choices, default=FactPrecision.DAY
    )
    source_title = models.CharField(_("source"), max_length=300, blank=True)
    source_url = models.URLField(_("address of the source"), max_length=1000, blank=True)
    # An entry of the addressee's log about the same step, where one was recorded.
    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    is_retraction = models.BooleanField(_("taken back"), default=False)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    # Blanked when a person asks for erasure; never shown.
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    # Set by with_bodies.
    named_bodies: list[Organisation]

    objects = StageEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a stage")
        verbose_name_plural = _("entries of stages")
        ordering: ClassVar[list[str]] = ["recorded_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            is_known("kind", StageEntryKind, "stage_entry_kind_is_known"),
            is_known("refers_precision", FactPrecision, "stage_entry_precision_is_known"),
            models.CheckConstraint(condition=~Q(text=""), name="stage_entry_says_something"),
            models.CheckConstraint(
                condition=Q(refers_on=None, refers_precision="unknown")
                | (Q(refers_on__isnull=False) & ~Q(refers_precision="unknown")),
                name="stage_entry_has_a_date_unless_unknown",
            ),
            models.CheckConstraint(
                condition=Q(is_retraction=True) | ~Q(source_title="", source_url=""),
                name="stage_entry_names_its_source",
            ),
            models.CheckConstraint(
                condition=Q(kind="action") | Q(result="", follow_up=None), name="stage_entry_choice_has_no_result"
            ),
            models.CheckConstraint(
                condition=Q(is_retraction=False) | Q(corrects__isnull=False), name="stage_entry_retracts_an_entry"
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(corrects=F("id")), name="stage_entry_corrects_another"
            ),
            models.UniqueConstraint(
                fields=["chosen"],
                condition=Q(kind="choice", corrects=None),
                name="stage_entry_chooses_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chosen} · {self.get_kind_display()} · {self.refers_on or '?'}"

    @property
    def counts_on(self) -> dt.date:
        """The day from which it belongs to a state: an undated one from the day it was recorded."""
        return self.refers_on or timezone.localdate(self.recorded_at)


class StageBody(models.Model):
    """Who chose or acted: an organisation, never a person."""

    entry = models.ForeignKey(StageEntry, on_delete=models.PROTECT, related_name="named")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["entry", "organisation"], name="stage_body_is_named_once"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


@dataclass(frozen=True)
class Told:
    """An entry as it stands, and what it said before it was corrected, the newest of those first."""

    entry: StageEntry
    earlier: list[StageEntry] = field(default_factory=list)


def told(entries: Iterable[StageEntry], on: dt.date | None = None, known: dt.date | None = None) -> list[Told]:
    """What the entries of one chosen recommendation say today, or said on a day, as known on another; newest first."""
    kept = [one for one in entries if known is None or timezone.localdate(one.recorded_at) <= known]
    following = {one.corrects_id: one for one in kept if one.corrects_id}
    found = []
    for first in kept:
        if first.corrects_id is None:
            line = [first]
            while (newer := following.get(line[-1].pk)) is not None:
                line.append(newer)
            if on is None or line[-1].counts_on <= on:
                found.append(Told(line[-1], line[-2::-1]))
    found.sort(key=lambda one: (one.entry.refers_on or dt.date.min, one.entry.recorded_at, one.entry.pk), reverse=True)
    return found


def tell(
    chosen: ChosenRecommendation, entries: Iterable[StageEntry], on: dt.date | None = None, known: dt.date | None = None
) -> None:
    """Set ``choice`` (None where it was not yet chosen on that day) and ``actions``, newest first."""
    chosen.read = list(entries)
    found = told(chosen.read, on, known)
    chosen.choice = next((one for one in found if one.entry.kind == StageEntryKind.CHOICE), None)
    chosen.actions = [one for one in found if one.entry.kind == StageEntryKind.ACTION]


def attach_entries(chosen: Iterable[ChosenRecommendation]) -> None:
    """Set ``choice`` and ``actions`` on each; one query, whatever their number."""
    rows = list(chosen)
    of: dict[int, list[StageEntry]] = defaultdict(list)
    for entry in with_bodies(StageEntry.objects.filter(chosen__in=rows)) if rows else ():
        of[entry.chosen_id].append(entry)
    for one in rows:
        tell(one, of[one.pk])


def with_bodies(entries: QuerySet[StageEntry]) -> list[StageEntry]:
    """The entries, each with ``named_bodies``: organisations with code and labels only, read in the same query."""
    columns = {f"body_{name}": F(f"named__organisation__{name}") for name in NAMED_BY}
    found: dict[int, StageEntry] = {}
    for row in entries.annotate(**columns).order_by("recorded_at", "pk", "named__pk"):
        entry = found.setdefault(row.pk, row)
        if entry is row:
            entry.named_bodies = []
        body = {name: getattr(row, f"body_{name}") for name in NAMED_BY}
        if body["code"]:
            entry.named_bodies.append(Organisation(**body))
    return list(found.values())


def chosen_of(recommendation: Recommendation) -> list[ChosenRecommendation]:
    """Where a recommendation was chosen, in stages that any reader may see, with all that was told of it; one query."""
    entries = StageEntry.objects.filter(
        chosen__recommendation=recommendation, chosen__stage__in=ActionStage.objects.visible_to()
    )
    chosen: dict[int, ChosenRecommendation] = {}
    of: dict[int, list[StageEntry]] = defaultdict(list)
    for entry in with_bodies(entries.select_related("chosen__stage")):
        chosen.setdefault(entry.chosen_id, entry.chosen)
        of[entry.chosen_id].append(entry)
    for key, one in chosen.items():
        tell(one, of[key])
    return list(chosen.values())
