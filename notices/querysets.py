"""Reading words of messages, invitations, reply links, subscriptions and remarks."""

import datetime as dt
from typing import Any, Self

from django.db.models import QuerySet

from notices.choices import CLOSED_REMARKS, Ending
from notices.rules import CONFIRM_WITHIN

ENDS = {"sent_at": None, "failed_at": None, "cancelled_at": None}


class MessageQuerySet(QuerySet[Any]):
    def waiting(self) -> Self:
        """Neither sent nor given up."""
        return self.filter(**ENDS)

    def due(self, now: dt.datetime) -> Self:
        """Waiting, and its next attempt has come; oldest first."""
        return self.waiting().filter(next_attempt_at__lte=now).order_by("created_at", "pk")


class InvitationQuerySet(QuerySet[Any]):
    def waiting(self) -> Self:
        """Neither accepted, revoked nor replaced; whether its time is over is a question of the moment."""
        return self.filter(accepted_at=None, ended_at=None)


class MessageItemQuerySet(QuerySet[Any]):
    def told(self) -> Self:
        """What reached the person, or still may."""
        return self.filter(message__failed_at=None, message__cancelled_at=None)


class ReplyLinkQuerySet(QuerySet[Any]):
    def disowned(self) -> Self:
        """Links whose receiver said that it is not them: the mandate is wrong until somebody mends it."""
        return self.filter(ending=Ending.NOT_ME)


class SubscriptionQuerySet(QuerySet[Any]):
    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)

    def given_up(self, now: dt.datetime) -> Self:
        """Never confirmed in the time there was for it."""
        return self.filter(confirmed_at=None, asked_at__lte=now - CONFIRM_WITHIN)


class RemarkQuerySet(QuerySet[Any]):
    def waiting(self) -> Self:
        """Neither done nor turned down."""
        return self.exclude(state__in=CLOSED_REMARKS)
