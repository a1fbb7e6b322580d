"""One recommendation asked of one institution, with caches of what its log says."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pagekit.constraints import is_known
from recommendations.choices import AddresseeRole, Closure, Implementation, Position
from recommendations.models.recommendation import Recommendation
from recommendations.querysets import AssignmentQuerySet
from recommendations.rules import Row, is_informed
from taxonomy.models import Organisation


class Assignment(models.Model):
    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="assignments")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="assignments")
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("A1, A2 ... of the recommendation."))
    role = models.CharField(_("role"), max_length=12, choices=AddresseeRole.choices)
    words = models.CharField(_("in the source's words"), max_length=250, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    # The class whose member opened this supporting row (domain.md, "Addressees").
    member_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    # The row whose institution said it was not competent, and that this body is.
    named_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="named")
    # Who answers since a succession; whom the recommendation asked stays as it was (services/handover.py).
    taken_over_by = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_over",
        verbose_name=_("taken over by"),
    )
    is_withdrawn = models.BooleanField(_("no longer asked"), default=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    notified_at = models.DateTimeField(_("first notice"), null=True, blank=True)
    target_on = models.DateField(_("target date"), null=True, blank=True)
    # Caches of what the log says; services write them in the transaction of the entry.
    position = models.CharField(_("position"), max_length=25, choices=Position.choices, default=Position.NO_ANSWER)
    implementation = models.CharField(
        _("implementation"), max_length=25, choices=Implementation.choices, default=Implementation.NO_INFORMATION
    )
    is_confirmed = models.BooleanField(
        _("confirmed"), default=False, help_text=_("A partial claim that was confirmed, or an implementation verified.")
    )
    closure = models.CharField(_("closure"), max_length=25, choices=Closure.choices, blank=True)
    is_disputed = models.BooleanField(_("disputed"), default=False)
    last_information_on = models.DateField(_("last information"), null=True, blank=True)
    last_answered_at = models.DateTimeField(_("last own word"), null=True, blank=True)

    # Set by AssignmentQuerySet.with_answers.
    first_answered_at: dt.datetime | None
    # Set by recommendations.services.answering.
    overdue_since: dt.date

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("addressee")
        verbose_name_plural = _("addressees")
        ordering: ClassVar[list[str]] = ["recommendation", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["recommendation", "organisation"], name="assignment_asks_a_body_once"),
            models.UniqueConstraint(fields=["recommendation", "number"], name="assignment_number_stands_once"),
            is_known("role", AddresseeRole, "assignment_role_is_known"),
            is_known("position", Position, "assignment_position_is_known"),
            is_known("implementation", Implementation, "assignment_implementation_is_known"),
            is_known("closure", Closure, "assignment_closure_is_known", is_optional=True),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation} A{self.number} · {self.organisation}"

    @property
    def is_informed(self) -> bool:
        """Whether the log says anything of its state, though perhaps not when."""
        return is_informed(self.position, self.implementation, self.closure)

    @property
    def as_row(self) -> Row:
        """As the badge of the whole sees it."""
        return Row(self.role, self.implementation, self.is_confirmed, self.closure, self.is_withdrawn)

    @property
    def is_open(self) -> bool:
        return not self.closure

    @property
    def answering(self) -> Organisation:
        """Who answers today: the body that was asked, or the one that took the matter over."""
        return self.taken_over_by or self.organisation
