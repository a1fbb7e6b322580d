"""What is mailed to whom: preferences, the queue, the links by which an account is taken over or a contact answers."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from notices.choices import Act, Ending, InvitationEnding, Kind, Stage
from notices.querysets import InvitationQuerySet, MessageItemQuerySet, MessageQuerySet, ReplyLinkQuerySet
from recommendations.models import Assessment, Assignment, FollowUp
from taxonomy.models import Mandate


class MailPreference(models.Model):
    """What a person gets, in which language, and from when on again; without a row: everything, in Polish."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_preference", verbose_name=_("person")
    )
    language = models.CharField(
        _("language of the mails"), max_length=5, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    has_reminders = models.BooleanField(_("reminders of what is due, at most once a week"), default=True)
    has_receipts = models.BooleanField(_("a receipt after each answer"), default=True)
    has_findings = models.BooleanField(_("results: what was confirmed, returned or contradicted"), default=True)
    paused_until = models.DateField(_("no mail until"), null=True, blank=True)
    # Holds for that address only: a new one is tried.
    bounced_address = models.EmailField(_("address that takes no mail"), blank=True)
    bounced_at = models.DateTimeField(_("refused at"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")

    def __str__(self) -> str:
        return str(self.user)

    def wants(self, kind: str) -> bool:
        """Whether this kind of mail is wished; what a moderator has to know is not asked about."""
        return {Kind.REMINDER: self.has_reminders, Kind.RECEIPT: self.has_receipts}.get(
            Kind(kind), self.has_findings or kind != Kind.FINDING
        )

    def is_paused(self, day: dt.date) -> bool:
        return self.paused_until is not None and day < self.paused_until


def fresh_nonce() -> str:
    return get_random_string(16)


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


class Message(models.Model):
    """A mail to one person: queued in the transaction of its cause, written and sent afterwards.

    Texts are written at the first attempt and forgotten when it is over: they hold a link that answers.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mails")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    occasion = models.CharField(_("occasion"), max_length=60, help_text=_("The week, or the entry that it is about."))
    language = models.CharField(_("language"), max_length=5, blank=True)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("text as HTML"), blank=True)
    entry = models.ForeignKey(FollowUp, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("given up at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("dropped at"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "occasion"], name="message_is_one_for_person_kind_and_occasion"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None, failed_at=None)
                | Q(sent_at=None, cancelled_at=None)
                | Q(failed_at=None, cancelled_at=None),
                name="message_ends_in_one_way",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_attempt_at"],
                name="message_waiting",
                condition=Q(sent_at=None, failed_at=None, cancelled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.occasion}"


class MessageItem(models.Model):
    """What a reminder is about: one row that was asked, and the step for which it is mentioned."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="items")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(_("step"), max_length=10, choices=Stage.choices)
    due_on = models.DateField(_("due on"), null=True, blank=True)

    objects = MessageItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of a mail")
        verbose_name_plural = _("items of mails")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["message", "assignment"], name="message_item_stands_once"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} · {self.get_stage_display()}"


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
