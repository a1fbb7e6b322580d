"""The fact of a recommendation: in no language, thin, written when its source page is published."""

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from forums.models import Forum, Period, WorkingGroup
from pagekit.constraints import is_known
from pagekit.models import AbstractFact
from recommendations.choices import Badge, EditorialState, LinkKind, SourceKind, WordingKind
from recommendations.querysets import RecommendationQuerySet
from recommendations.rules import summary_of
from taxonomy.choices import Level
from taxonomy.models import AffectedGroup, Place, Tag, Theme


class RecommendationTag(ItemBase):
    content_object = models.ForeignKey(
        "recommendations.Recommendation", on_delete=models.CASCADE, related_name="tagged"
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="recommendation_tags")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="recommendation_tag_stands_once"),
        ]


class Recommendation(AbstractFact, Period):
    page_model_name: ClassVar[str] = "recommendations.RecommendationPage"

    reference = models.CharField(_("reference"), max_length=60, unique=True, editable=False)
    number = models.PositiveIntegerField(_("number in its set"), editable=False)
    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, null=True, blank=True, related_name="recommendations")
    working_group = models.ForeignKey(
        WorkingGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="recommendations"
    )
    source_kind = models.CharField(_("kind of source"), max_length=25, choices=SourceKind.choices)
    wording_kind = models.CharField(_("wording"), max_length=10, choices=WordingKind.choices)
    source_title = models.CharField(_("source"), max_length=300, blank=True)
    source_url = models.URLField(_("address of the source"), max_length=1000, blank=True)
    source_locator = models.CharField(_("page or paragraph"), max_length=60, blank=True)
    themes = models.ManyToManyField(Theme, related_name="recommendations", verbose_name=_("themes"))
    affected_groups = models.ManyToManyField(AffectedGroup, blank=True, related_name="recommendations")
    places = models.ManyToManyField(Place, blank=True, related_name="recommendations")
    tags = TaggableManager(through=RecommendationTag, blank=True)
    # Caches of what the log says, written by the services in the same transaction.
    badge = models.CharField(_("state"), max_length=40, choices=Badge.choices, default=Badge.NO_INFORMATION)
    last_information_on = models.DateField(_("last information"), null=True, blank=True)
    last_change_at = models.DateTimeField(_("last change"), null=True, blank=True)
    # A cache of its newest editorial act.
    editorial_state = models.CharField(
        _("editorial state"),
        max_length=10,
        choices=EditorialState.choices,
        default=EditorialState.PUBLISHED,
        db_default=EditorialState.PUBLISHED,
    )

    objects: ClassVar = RecommendationQuerySet.as_manager()

    class Meta(Period.Meta):
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering: ClassVar[list[str]] = ["reference"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Period.Meta.constraints,
            models.CheckConstraint(
                condition=Q(forum=None, working_group__isnull=False) | Q(forum__isnull=False, working_group=None),
                name="recommendation_has_exactly_one_issuer",
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="recommendation_has_a_reference"),
            is_known("editorial_state", EditorialState, "recommendation_editorial_state_is_known"),
            is_known("source_kind", SourceKind, "recommendation_source_kind_is_known"),
            is_known("wording_kind", WordingKind, "recommendation_wording_kind_is_known"),
            is_known("badge", Badge, "recommendation_badge_is_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The list of the admin finds the pages of one badge by the keys alone.
            models.Index(fields=["badge", "translation_key"], name="recommendation_by_badge"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_archived(self) -> bool:
        return self.editorial_state == EditorialState.ARCHIVED

    @property
    def is_withdrawn(self) -> bool:
        """Whether its pages were taken back: only a tombstone is left for readers."""
        return self.editorial_state == EditorialState.WITHDRAWN

    @cached_property
    def steps(self) -> Mapping[str, int]:
        """How many of the addressees that decide the badge stand on each step: what a mixed one is mixed of.

        Whoever has the rows already, or shows those of another day, sets it.
        """
        return summary_of(row.as_row for row in self.assignments.all()).counts

    @property
    def issuer(self) -> Forum | WorkingGroup:
        """Who issued it: a forum or a working group."""
        issuer = self.working_group or self.forum
        assert issuer is not None  # noqa: S101 - the database holds the constraint
        return issuer


class RecommendationLevel(models.Model):
    recommendation = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="levels")
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["recommendation", "level"], name="recommendation_level_stands_once"),
            is_known("level", Level, "recommendation_level_is_known"),
        ]

    def __str__(self) -> str:
        return self.get_level_display()


class RecommendationAlias(models.Model):
    """Another identifier that resolves for ever: an imported id, an old address."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="aliases")
    alias = models.CharField(_("alias"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("other identifier")
        verbose_name_plural = _("other identifiers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(alias=""), name="recommendation_alias_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.alias


class RecommendationLink(models.Model):
    source = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="links")
    target = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="linked_from")
    kind = models.CharField(_("kind"), max_length=12, choices=LinkKind.choices)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="recommendation_link_stands_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="recommendation_link_joins_two"),
            is_known("kind", LinkKind, "recommendation_link_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.get_kind_display()} {self.target}"


class ReferenceCounter(models.Model):
    """The last number given out below one stem; numbers are never used twice, even after a withdrawal."""

    stem = models.CharField(max_length=60, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.stem}: {self.last}"
