"""The facts of a working group and of the effects it announced."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from forums.choices import EffectState, GroupKind, SetState
from forums.models.forum import Forum
from forums.models.period import Period
from forums.querysets import WorkingGroupQuerySet
from pagekit.constraints import is_known
from pagekit.models import AbstractFact
from taxonomy.models import Place, Theme


class WorkingGroup(AbstractFact, Period):
    page_model_name: ClassVar[str] = "forums.WorkingGroupPage"

    kind = models.CharField(_("kind"), max_length=10, choices=GroupKind.choices)
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, null=True, blank=True, related_name="groups")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="working_groups")
    programme_code = models.CharField(_("programme in references"), max_length=8)
    group_code = models.CharField(_("segment in references"), max_length=8, blank=True)
    set_state = models.CharField(_("recommendation set"), max_length=15, choices=SetState.choices)
    themes = models.ManyToManyField(Theme, blank=True, related_name="working_groups")

    objects: ClassVar = WorkingGroupQuerySet.as_manager()

    class Meta(Period.Meta):
        verbose_name = _("working group")
        verbose_name_plural = _("working groups")
        ordering: ClassVar[list[str]] = ["forum", "number", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Period.Meta.constraints,
            is_known("kind", GroupKind, "working_group_kind_is_known"),
            is_known("set_state", SetState, "working_group_set_state_is_known"),
        ]

    def __str__(self) -> str:
        page = self.source_page
        return page.title if page else f"{self.programme_code} {self.pk}"


class ExpectedEffect(models.Model):
    """What a group announced it would reach; its words stand on the page, under the same key."""

    working_group = models.ForeignKey(WorkingGroup, on_delete=models.CASCADE, related_name="effects")
    key = models.UUIDField(_("key"), unique=True, editable=False)
    position = models.PositiveSmallIntegerField(_("place in the list"))
    state = models.CharField(_("state"), max_length=15, choices=EffectState.choices, default=EffectState.OPEN)

    class Meta:
        verbose_name = _("expected effect")
        verbose_name_plural = _("expected effects")
        ordering: ClassVar[list[str]] = ["working_group", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            is_known("state", EffectState, "expected_effect_state_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.working_group} · {self.position}"
