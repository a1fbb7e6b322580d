"""What an official has typed and not yet sent: private to that person, and no part of the log."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.models.assignment import Assignment


class ReplyDraft(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="+")
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
            models.UniqueConstraint(fields=["user", "assignment"], name="reply_draft_is_one_a_person_and_item"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment}"
