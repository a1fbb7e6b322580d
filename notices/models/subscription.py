"""Who follows what by mail without an account: an address, and nothing else of a person."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from notices.querysets import SubscriptionQuerySet
from search.models import SavedSearch


def fresh_nonce() -> str:
    return get_random_string(16)


class Subscriber(models.Model):
    """An address that follows something, or was asked whether it wants to; gone with the last of its subscriptions."""

    address = models.EmailField(_("address"), unique=True, help_text=_("In small letters."))
    language = models.CharField(_("language of the mails"), max_length=5, choices=settings.LANGUAGES)
    # Part of what is signed: the links of an address that comes back are others.
    nonce = models.CharField(max_length=16, default=fresh_nonce, editable=False)
    paused_until = models.DateField(_("no mail until"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("refused at"), null=True, blank=True)

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")

    def __str__(self) -> str:
        # No address: a row is named in logs.
        return f"#{self.pk}"

    def is_paused(self, day: dt.date) -> bool:
        return self.paused_until is not None and day < self.paused_until


class Subscription(models.Model):
    """That an address follows something; it counts once its owner has confirmed it, and ends by being deleted."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    saved_search = models.ForeignKey(SavedSearch, on_delete=models.PROTECT, related_name="subscriptions")
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    # What became public before was mailed, or was there already when it was confirmed.
    told_until = models.DateTimeField(_("told until"), null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subscriber", "saved_search"], name="subscription_stands_once"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, told_until=None)
                | Q(confirmed_at__isnull=False, told_until__isnull=False),
                name="subscription_is_told_once_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} · {self.saved_search}"


class FormUse(models.Model):
    """That a public form was sent, by a mark of the client that nobody can read; forgotten after an hour."""

    client = models.CharField(max_length=64)
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("use of a form")
        verbose_name_plural = _("uses of forms")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["client", "used_at"], name="form_uses")]

    def __str__(self) -> str:
        return f"{self.used_at:%Y-%m-%d %H:%M}"
