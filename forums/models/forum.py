"""The fact of a forum: any occasion or source that issues recommendations."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from forums.choices import ForumKind
from forums.models.period import Period
from forums.querysets import ForumQuerySet
from pagekit.constraints import is_known
from pagekit.models import AbstractFact
from taxonomy.models import Place, Theme


class Forum(AbstractFact, Period):
    page_model_name: ClassVar[str] = "forums.ForumPage"

    kind = models.CharField(_("kind"), max_length=20, choices=ForumKind.choices)
    number = models.PositiveSmallIntegerField(_("number of the edition"), null=True, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="forums")
    programme_code = models.CharField(_("programme in references"), max_length=8)
    group_code = models.CharField(_("segment in references"), max_length=8, blank=True)
    themes = models.ManyToManyField(Theme, blank=True, related_name="forums")

    objects: ClassVar = ForumQuerySet.as_manager()

    class Meta(Period.Meta):
        verbose_name = _("forum")
        verbose_name_plural = _("forums")
        ordering: ClassVar[list[str]] = ["-starts_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Period.Meta.constraints,
            is_known("kind", ForumKind, "forum_kind_is_known"),
        ]

    def __str__(self) -> str:
        page = self.source_page
        return page.title if page else f"{self.programme_code} {self.pk}"
