"""What an official has typed and not yet sent: shown on the way on which it was typed, and no part of the log."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.models.assignment import Assignment


class ReplyDraft(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="+")
    # Empty for the account; else the name of the mailed link: who was handed the mail sees no draft of the account.
    way = models.CharField(_("way"), max_length=40, blank=True, default="", db_default="")
    # The fields of the form as they were typed, sound or not.
    data = models.JSONField(_("typed"), default=dict)
    # Evidence that waits for its entry; no address leads to it.
    file = models.FileField(_("file"), upload_to="drafts/", blank=True)
    file_name = models.CharField(_("name of the file"), max_length=255, blank=True)
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now)

    class Meta:
        verbose_name = _("draft of a reply")
        verbose_name_plural = _("drafts of replies")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "assignment", "way"], name="reply_draft_is_one_a_way"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment}"
