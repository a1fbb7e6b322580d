"""What a person or an address gets, and why not: preferences, pauses, addresses that take no mail."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_noop

from notices import rules
from notices.choices import Kind, Pace
from notices.models import MailPreference, Message, Subscriber
from pagekit.acts import Refused
from recommendations.services.actors import MODERATORS

PAUSED = "paused until "


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
        return gettext_noop("the account is closed")
    if not user.email:
        return gettext_noop("has no address")
    if has_bounced(user):
        return gettext_noop("the address refuses mail")
    if kind == Kind.INVITATION:
        # An administrator asks in person; whoever has no password yet has chosen nothing.
        return ""
    if preference.is_paused(day):
        return f"{PAUSED}{preference.paused_until:%Y-%m-%d}"
    return "" if preference.wants(kind) else gettext_noop("does not want this kind of mail")


def obstacle_for(subscriber: Subscriber, day: dt.date) -> str:
    """Why no news goes out to an address on a day; empty where it does."""
    if subscriber.bounced_at is not None:
        return gettext_noop("the address refuses mail")
    return f"{PAUSED}{subscriber.paused_until:%Y-%m-%d}" if subscriber.is_paused(day) else ""


def obstacle_to(message: Message, day: dt.date) -> str:
    """Why a mail does not go out on a day; empty where it does. Who has just asked for one gets it."""
    if message.recipient is not None:
        return obstacle(message.recipient, message.kind, day)
    if message.subscriber is not None and message.kind == Kind.DIGEST:
        return obstacle_for(message.subscriber, day)
    return ""


def paced(people: Iterable[Any], kind: str, day: dt.date) -> set[int]:
    """The keys of those whose last mail of this kind is too near, as they chose how often it comes."""
    slow = {person.pk: pace for person in people if rules.PACE_WEEKS[Pace(pace := preference_of(person).pace)] > 1}
    rows = Message.objects.filter(recipient__in=slow, kind=kind).order_by().values_list("recipient")
    return {
        key
        for key, last in rows.annotate(last=Max("created_at"))
        if rules.is_too_soon(slow[key], timezone.localdate(last), day)
    }


def language_of(message: Message) -> str:
    """In which a mail is written: what the person chose, or the one of the page that it answers."""
    if message.recipient is not None:
        return preference_of(message.recipient).language
    return message.subscriber.language if message.subscriber is not None else message.language


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


def note_refusal(message: Message) -> None:
    """The address of a mail refused it for good; of one that was left for one answer nothing is kept."""
    if message.recipient is not None:
        note_bounce(message.recipient, address=message.recipient.email)
    elif message.subscriber is not None:
        Subscriber.objects.filter(pk=message.subscriber.pk).update(bounced_at=timezone.now())


def forget_bounce(user: Any) -> None:
    MailPreference.objects.filter(user=user).update(bounced_address="", bounced_at=None)
