"""Reading words of messages, invitations and reply links."""

import datetime as dt
from typing import Any, Self

from django.db.models import QuerySet

from notices.choices import Ending

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
