"""Every wording that was ever published, numbered per language, for ever citable."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from pagekit.constraints import is_known
from pagekit.models import source_language
from recommendations.choices import WordingKind
from recommendations.models.recommendation import Recommendation
from recommendations.querysets import WordingQuerySet
from recommendations.rules import Piece, differences

END_OF_BLOCK = re.compile(r"(?=</(?:p|h\d|li|blockquote)>)|(?=<br ?/?>)")


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
            is_known("kind", WordingKind, "wording_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation} {self.language} v{self.number}"

    def path(self, reference: str) -> str:
        """The permanent address of this version of ``reference``: the source language's has no language in it."""
        language = {} if self.language == source_language() else {"language": self.language}
        return reverse("reference_version", kwargs={"reference": reference, "number": self.number, **language})

    def changes_from(self, earlier: "Wording") -> "list[Change]":
        """What this version says otherwise than an earlier one of its language; parts that are alike are left out."""
        field: Any = self._meta.get_field
        parts = [
            Change(field(name).verbose_name, differences(of(earlier), of(self)), is_said=name != "kind")
            for name, of in PARTS.items()
        ]
        return [part for part in parts if part.is_change]


def lines_of(rich_text: str) -> str:
    """The words of rich text, a line for each block."""
    return unescape(strip_tags(END_OF_BLOCK.sub("\n", rich_text))).strip()


PARTS: dict[str, Any] = {
    "kind": lambda wording: str(wording.get_kind_display()),
    "title": lambda wording: wording.title,
    "text": lambda wording: wording.text,
    "rationale": lambda wording: lines_of(wording.rationale),
}


@dataclass(frozen=True)
class Change:
    """One part of a wording, both versions in one."""

    label: Any
    pieces: list[Piece]
    # In the language of the wording, not of the interface.
    is_said: bool

    @property
    def is_change(self) -> bool:
        return any(piece.is_removed or piece.is_added for piece in self.pieces)
