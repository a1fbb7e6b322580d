"""Every wording that was ever published, numbered per language, for ever citable."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pagekit.models import source_language
from recommendations.choices import WordingKind
from recommendations.models.recommendation import Recommendation
from recommendations.querysets import WordingQuerySet


class Wording(models.Model):
    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="wordings")
    language = models.CharField(_("language"), max_length=5)
    number = models.PositiveIntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=10, choices=WordingKind.choices)
    title = models.CharField(_("title"), max_length=255)
    text = models.TextField(_("wording"))
    rationale = models.TextField(_("rationale"), blank=True)
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    published_at = models.DateTimeField(_("published at"), default=timezone.now)

    # Set by recommendations.models.record.fact_of: whether the recommendation was chosen in any stage of action.
    is_chosen: bool

    objects = WordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("published wording")
        verbose_name_plural = _("published wordings")
        ordering: ClassVar[list[str]] = ["recommendation", "language", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["recommendation", "language", "number"], name="wording_has_one_text_per_version"
            ),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="wording_changes_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation} {self.language} v{self.number}"

    def path(self, reference: str) -> str:
        """The permanent address of this version of ``reference``: the source language's has no language in it."""
        language = {} if self.language == source_language() else {"language": self.language}
        return reverse("reference_version", kwargs={"reference": reference, "number": self.number, **language})
