"""What is mailed to whom: preferences, the queue, and what a reminder is about."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notices.choices import OF_PAGES, Kind, Pace, Stage
from notices.models.invitation import Invitation
from notices.models.remark import Remark
from notices.models.subscription import Subscriber, Subscription
from notices.querysets import MessageItemQuerySet, MessageQuerySet
from pagekit.constraints import is_known
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
    has_digests = models.BooleanField(
        _("news of the recommendations of the groups that I edit, once a week"), default=True, db_default=True
    )
    has_pages = models.BooleanField(
        _("drafts: what waits for me, was sent back, approved or commented on, and what is to be translated"),
        default=True,
        db_default=True,
    )
    pace = models.CharField(
        _("how often"),
        max_length=12,
        choices=Pace.choices,
        default=Pace.WEEKLY,
        db_default=Pace.WEEKLY,
        help_text=_("A first notice and the mail of the day on which an answer is due come on time in any case."),
    )
    # What became public before was mailed, or nobody wanted it.
    told_until = models.DateTimeField(null=True, blank=True, editable=False)
    paused_until = models.DateField(_("no mail until"), null=True, blank=True)
    # Holds for that address only: a new one is tried.
    bounced_address = models.EmailField(_("address that takes no mail"), blank=True)
    bounced_at = models.DateTimeField(_("refused at"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            is_known("pace", Pace, "mail_preference_pace_is_known"),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def wants(self, kind: str) -> bool:
        """Whether this kind of mail is wished; what a moderator has to know is not asked about."""
        chosen = {
            Kind.REMINDER: self.has_reminders,
            Kind.RECEIPT: self.has_receipts,
            Kind.FINDING: self.has_findings,
            Kind.DIGEST: self.has_digests,
            **dict.fromkeys(OF_PAGES, self.has_pages),
        }
        return chosen.get(Kind(kind), True)

    def is_paused(self, day: dt.date) -> bool:
        return self.paused_until is not None and day < self.paused_until


class Message(models.Model):
    """A mail to one person: queued in the transaction of its cause, written and sent afterwards.

    The person has an account, follows something, or has told us something and left an ``address``. Texts are written
    at the first attempt and forgotten when it is over, with that address: they hold a link that answers.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="mails"
    )
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, null=True, blank=True, related_name="mails")
    address = models.EmailField(_("address"), blank=True, default="", db_default="")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    occasion = models.CharField(_("occasion"), max_length=60, help_text=_("The week, or the entry that it is about."))
    language = models.CharField(_("language"), max_length=5, blank=True)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("text as HTML"), blank=True)
    entry = models.ForeignKey(FollowUp, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    remark = models.ForeignKey(Remark, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # Of a digest: what it tells of, by what is followed (services.digests); of a mail about pages: its events
    # (services.pages).
    news = models.JSONField(_("news"), default=list, db_default=models.Value([], models.JSONField()), blank=True)
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
            models.UniqueConstraint(
                fields=["subscriber", "kind", "occasion"], name="message_is_one_for_subscriber_kind_and_occasion"
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False) | Q(subscriber__isnull=False) | Q(remark__isnull=False),
                name="message_is_to_somebody",
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

    @property
    def to(self) -> str:
        """The address that it goes to."""
        if self.recipient is not None:
            return str(self.recipient.email)
        return self.subscriber.address if self.subscriber is not None else self.address


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
