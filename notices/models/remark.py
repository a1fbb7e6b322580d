"""What readers tell us: something is wrong or new on a recommendation. Seen by moderators, and by nobody else."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notices.choices import RemarkKind, RemarkState
from notices.querysets import RemarkQuerySet
from recommendations.models import FollowUp, Recommendation


class Remark(models.Model):
    """The link is never fetched; the address is there for an answer, and is forgotten when the remark is closed."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="remarks")
    kind = models.CharField(_("kind"), max_length=10, choices=RemarkKind.choices)
    text = models.TextField(_("text"))
    link = models.URLField(_("link"), max_length=1000, blank=True)
    email = models.EmailField(_("address for an answer"), blank=True)
    language = models.CharField(_("language"), max_length=5)
    created_at = models.DateTimeField(_("sent at"), default=timezone.now)
    state = models.CharField(_("state"), max_length=12, choices=RemarkState.choices, default=RemarkState.NEW)
    answer = models.TextField(_("what came of it"), blank=True)
    entry = models.ForeignKey(FollowUp, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark of a reader")
        verbose_name_plural = _("remarks of readers")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=["new", "taken_up"], closed_at=None)
                | Q(state__in=["turned_down", "done"], closed_at__isnull=False, email=""),
                name="remark_is_closed_without_an_address",
            ),
            models.CheckConstraint(
                condition=~Q(state="turned_down", answer="") & ~Q(state="done", answer="", entry=None),
                name="remark_is_closed_with_a_reason",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "created_at"], name="remark_waiting")]

    def __str__(self) -> str:
        return f"{self.recommendation} · {self.get_kind_display()}"
