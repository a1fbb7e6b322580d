"""The links by which an account is taken over by the person for whom it was opened."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notices.choices import InvitationEnding
from notices.models.subscription import fresh_nonce
from notices.querysets import InvitationQuerySet


class Invitation(models.Model):
    """By which somebody for whom an account was opened sets its password: once, within 24 hours."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("person")
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    # Part of what is signed: a number that is given anew after a restored copy opens nothing.
    nonce = models.CharField(max_length=16, default=fresh_nonce, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ending = models.CharField(_("why it ended"), max_length=10, choices=InvitationEnding.choices, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(accepted_at=None, ended_at=None), name="invitation_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | (Q(ended_at__isnull=False, accepted_at=None) & ~Q(ending="")),
                name="invitation_ends_for_a_reason_and_unaccepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.pk}"
