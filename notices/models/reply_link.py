"""The links by which a contact answers without an account."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notices.choices import Act, Ending
from notices.models.mail import Message
from notices.models.subscription import fresh_nonce
from notices.querysets import ReplyLinkQuerySet
from recommendations.models import FollowUp
from taxonomy.models import Mandate


class ReplyLink(models.Model):
    """By which the holder of a mandate answers the items of one mail, for one institution, without signing in."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reply_links")
    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="reply_links")
    # Part of what is signed: a number that is given anew after a restored copy opens nothing.
    nonce = models.CharField(max_length=16, default=fresh_nonce, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ending = models.CharField(_("why it ended"), max_length=10, choices=Ending.choices, blank=True)

    objects = ReplyLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply link")
        verbose_name_plural = _("reply links")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["message", "mandate"], name="reply_link_is_one_for_mail_and_mandate"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="reply_link_ends_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandate} · {self.pk}"


class ReplyLinkUse(models.Model):
    """That a reply link was used, when and for what; not from where."""

    link = models.ForeignKey(ReplyLink, on_delete=models.CASCADE, related_name="uses")
    act = models.CharField(_("act"), max_length=10, choices=Act.choices)
    used_at = models.DateTimeField(_("used at"), default=timezone.now)
    entry = models.ForeignKey(FollowUp, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("use of a reply link")
        verbose_name_plural = _("uses of reply links")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["link", "used_at"], name="reply_link_uses")]

    def __str__(self) -> str:
        return f"{self.link} · {self.get_act_display()}"
