"""What a person gets, and why not: preferences, pauses, addresses that take no mail."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from notices import rules
from notices.choices import Kind
from notices.models import MailPreference
from pagekit.acts import Refused
from recommendations.services.follow_up import MODERATORS


def preference_of(user: Any) -> MailPreference:
    """What the person chose; an unsaved row of defaults where nothing was chosen."""
    return getattr(user, "mail_preference", None) or MailPreference(user=user)


def has_bounced(user: Any) -> bool:
    """Whether the address that the person has now refused mail for good."""
    preference = preference_of(user)
    return preference.bounced_at is not None and preference.bounced_address == user.email


def obstacle(user: Any, kind: str, day: dt.date) -> str:
    """Why a mail of this kind does not go out to the person on a day; empty where it does."""
    preference = preference_of(user)
    if not user.is_active:
        return "the account is closed"
    if not user.email:
        return "has no address"
    if has_bounced(user):
        return "the address refuses mail"
    if kind == Kind.INVITATION:
        # An administrator asks in person; whoever has no password yet has chosen nothing.
        return ""
    if preference.is_paused(day):
        return f"paused until {preference.paused_until:%Y-%m-%d}"
    return "" if preference.wants(kind) else "does not want this kind of mail"


def moderators_to_tell() -> Iterable[Any]:
    """The moderators who have an address, in the order of their accounts."""
    users = get_user_model().objects.filter(is_active=True, groups__name=MODERATORS).exclude(email="")
    return users.select_related("mail_preference").distinct().order_by("pk")


def pause(user: Any, *, until: dt.date) -> None:
    """No mail to the person before that day, which may be 180 days off; Refused otherwise."""
    if fault := rules.pause_fault(until, today=timezone.localdate()):
        raise Refused(fault)
    MailPreference.objects.update_or_create(user=user, defaults={"paused_until": until})


@transaction.atomic
def note_bounce(user: Any, *, address: str) -> None:
    """The address refused mail for good: nothing is sent there until the person has another, or asks to try again."""
    MailPreference.objects.update_or_create(
        user=user, defaults={"bounced_address": address, "bounced_at": timezone.now()}
    )


def forget_bounce(user: Any) -> None:
    MailPreference.objects.filter(user=user).update(bounced_address="", bounced_at=None)
