"""A group's paper on its way to drafts: the intake, and a row for each piece of the paper; no reader sees either."""

import hashlib
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from recommendations.choices import Guess, SourceKind, WordingKind


class Intake(models.Model):
    """One paper taken in for one issuer; its plan is what runs, and holds only while nothing was changed since."""

    # The source page of a group or forum, public or not: what stands below a deleted page goes with it.
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+", verbose_name=_("issuer"))
    title = models.CharField(_("source"), max_length=300)
    source_url = models.URLField(_("address of the source"), max_length=1000, blank=True)
    source_kind = models.CharField(
        _("kind of source"), max_length=25, choices=SourceKind.choices, default=SourceKind.WORKING_GROUP
    )
    wording_kind = models.CharField(
        _("wording is"), max_length=10, choices=WordingKind.choices, default=WordingKind.VERBATIM
    )
    document = models.ForeignKey(
        "pagekit.CustomDocument",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("document of the source"),
    )
    # Counts every change of the rows: a form or a plan made before the last one is out of date.
    revision = models.PositiveIntegerField(default=0)
    plan = models.JSONField(_("plan"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("taken in"), default=timezone.now)

    class Meta:
        verbose_name = _("intake")
        verbose_name_plural = _("intakes")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_planned(self) -> bool:
        """Whether there is a plan, made of the rows as they stand."""
        return self.plan is not None and self.plan["revision"] == self.revision


class IntakeRow(models.Model):
    """A piece of the paper as the editor has it now: a recommendation to be, or something left out."""

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField(_("place in the paper"))
    number = models.CharField(_("number in the paper"), max_length=20, blank=True)
    title = models.CharField(_("short title"), max_length=255, blank=True)
    text = models.TextField(_("wording"), blank=True)
    rationale = models.TextField(_("rationale"), blank=True)
    locator = models.CharField(_("page or paragraph"), max_length=60, blank=True)
    addressees = models.TextField(
        _("whom it asks"),
        blank=True,
        help_text=_("One a line. After a bar, the source's words: Miasto Kraków | władze miasta."),
    )
    themes = models.TextField(_("themes"), blank=True, help_text=_("One a line."))
    # Where it stood, for the editor to look at.
    heading = models.TextField(_("heading above"), blank=True)
    is_dropped = models.BooleanField(_("left out"), default=False)
    joined_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="joined")
    # By field: {"why": a Guess, "note": words, "was": {field: what stood there before}}.
    guesses = models.JSONField(default=dict, blank=True)
    # Of the piece as the paper has it: the same paper, taken in again, has the same.
    external_id = models.CharField(max_length=64, db_index=True)
    # Becomes the translation key of the draft, so that one row can never make two.
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    drafted_at = models.DateTimeField(_("draft made"), null=True, blank=True)

    class Meta:
        verbose_name = _("row of an intake")
        verbose_name_plural = _("rows of intakes")
        ordering: ClassVar[list[str]] = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.number} {self.title or self.text[:60]}".strip()

    def guess(self, field: str, why: Guess, *, note: str = "", **was: Any) -> None:
        """Mark ``field`` as filled in without a person; ``was`` is what taking the guess back restores."""
        self.guesses[field] = {"why": why.value, "note": note, "was": was}

    def why(self, field: str) -> str:
        """The reason of a guess in words; empty for what a person wrote."""
        found = self.guesses.get(field)
        if not found:
            return ""
        return f"{Guess(found['why']).label}{': ' if found['note'] else ''}{found['note']}"

    @property
    def why_left_out(self) -> str:
        return self.why("is_dropped")


def id_of_piece(number: str, text: str) -> str:
    """What the piece of a paper is known by in every intake: its number and words, whatever the blanks and case."""
    return hashlib.sha256(f"{number}\n{' '.join(text.casefold().split())}".encode()).hexdigest()
