"""The keys in the addresses that are mailed to followers: a number and a signature, ``12.k3J...``."""

from typing import Any

from django.core.signing import BadSignature, Signer

from notices.models import Subscriber, Subscription


def signer(what: str, nonce: str) -> Signer:
    # A dot: the signature itself may hold colons, hyphens and underscores.
    return Signer(sep=".", salt=f"notices.{what}.{nonce}")


def subscriber_token(subscriber: Subscriber) -> str:
    """Opens everything that the address follows."""
    return signer("subscriber", subscriber.nonce).sign(str(subscriber.pk))


def subscription_token(subscription: Subscription) -> str:
    """Confirms one following, and opens nothing else."""
    return signer("subscription", subscription.subscriber.nonce).sign(str(subscription.pk))


def find_subscriber(token: str) -> Subscriber | None:
    """The address of a key; None for one that we did not sign."""
    found = Subscriber.objects.filter(pk=number_of(token)).first()
    return found if found and is_signed(token, signer("subscriber", found.nonce)) else None


def find_subscription(token: str) -> Subscription | None:
    """What a key confirms; None for one that we did not sign."""
    rows: Any = Subscription.objects.select_related("subscriber", "saved_search")
    found: Subscription | None = rows.filter(pk=number_of(token)).first()
    return found if found and is_signed(token, signer("subscription", found.subscriber.nonce)) else None


def looks_signed(token: str) -> bool:
    """Whether it may once have been a key of ours: with what was deleted goes what it was signed with."""
    return bool(number_of(token) and token.partition(".")[2])


def number_of(token: str) -> int:
    """The number before the signature; 0, which no row has, where there is none."""
    number = token.partition(".")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0


def is_signed(token: str, by: Signer) -> bool:
    try:
        by.unsign(token)
    except BadSignature:
        return False
    return True
