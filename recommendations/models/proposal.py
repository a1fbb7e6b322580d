"""A name that no vocabulary knows, proposed with a draft, and what a moderator decided about it; never public."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable

from pagekit.constraints import is_known
from recommendations.choices import Subject, Verdict
from recommendations.models.source_status import STATUS_FIELDS, SourceStatus
from recommendations.rules.proposals import Key
from taxonomy.choices import Level, OrganisationKind
from taxonomy.models import Organisation, Theme


class PageProposal(SourceStatus, Orderable):
    """A part of the draft, so it goes where the draft goes; no page with an open one is published."""

    page = ParentalKey("recommendations.RecommendationPage", on_delete=models.CASCADE, related_name="proposals")
    subject = models.CharField(_("vocabulary"), max_length=12, choices=Subject.choices, default=Subject.ORGANISATION)
    label = models.CharField(_("proposed name"), max_length=200)
    words = models.CharField(_("in the source's words"), max_length=250, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=OrganisationKind.choices, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices, blank=True)
    parent = models.ForeignKey(
        Theme,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        limit_choices_to={"merged_into": None},
        related_name="+",
        verbose_name=_("parent theme"),
    )

    panels: ClassVar[list[str]] = ["subject", "label", "words", "kind", "level", "parent", *STATUS_FIELDS]

    class Meta(Orderable.Meta):
        verbose_name = _("proposed name")
        verbose_name_plural = _("proposed names")

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        super().clean()
        if self.subject == Subject.ORGANISATION and not self.kind:
            raise ValidationError({"kind": _("Kind: missing. Choose one, or “kind not known”.")})


class ProposalDecision(models.Model):
    """One decision for a name, which holds for every draft that proposes it."""

    subject = models.CharField(_("vocabulary"), max_length=12, choices=Subject.choices)
    # As names are compared (recommendations.rules.proposals.folded).
    name = models.CharField(_("proposed name"), max_length=200)
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), default=timezone.now)

    class Meta:
        verbose_name = _("decision about a proposed name")
        verbose_name_plural = _("decisions about proposed names")
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject", "name"], name="proposal_decision_stands_once"),
            is_known("subject", Subject, "proposal_decision_subject_is_known"),
            models.CheckConstraint(
                condition=Q(verdict="refused", organisation=None, theme=None) & ~Q(reason="")
                | Q(verdict__in=["accepted", "same"], subject="organisation", organisation__isnull=False, theme=None)
                | Q(verdict__in=["accepted", "same"], subject="theme", theme__isnull=False, organisation=None),
                name="proposal_decision_names_its_row_or_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_verdict_display()}"


# The row that a name stands for; one that was merged since is what it became.
NOW: Any = Coalesce("organisation__merged_into", "organisation", "theme__merged_into", "theme")


def rows_named(subject: str) -> dict[str, int]:
    """By its name as it is compared, the row that every name stands for of which that was decided."""
    rows = ProposalDecision.objects.filter(subject=subject).exclude(verdict=Verdict.REFUSED).annotate(now=NOW)
    return dict(rows.values_list("name", "now"))


def decided(keys: Iterable[Key]) -> dict[Key, int | None]:
    """What each of these names stands for by now, None where it was refused; names not decided are left out."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = ProposalDecision.objects.filter(name__in={name for _subject, name in wanted}).annotate(now=NOW)
    found = {(subject, name): number for subject, name, number in rows.values_list("subject", "name", "now")}
    return {key: number for key, number in found.items() if key in wanted}
