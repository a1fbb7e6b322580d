"""What a mail is made of: one structure, which two templates print as plain text and as HTML; and its ways out."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from notices.choices import Kind
from notices.models import Message
from notices.services.keys import subscriber_token


@dataclass(frozen=True)
class Line:
    """One recommendation: its reference, title and address, and what is to be said about it."""

    reference: str
    title: str
    url: str
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    heading: str
    lines: list[Line]
    # How to answer; empty where the reader is not the one who answers.
    link: str = ""
    link_until: str = ""
    # What was left out, and where it stands.
    more: str = ""
    more_url: str = ""


@dataclass(frozen=True)
class Letter:
    subject: str
    lead: list[str]
    sections: list[Section] = field(default_factory=list)
    closing: list[str] = field(default_factory=list)
    # One address that all is about, and the words for it.
    link: str = ""
    link_text: str = ""


def line_of(fact: Any, notes: Iterable[str]) -> Line:
    """A recommendation with ``page`` attached."""
    title = fact.page.title if fact.page else ""
    return Line(fact.reference, title, absolute(reverse("reference", args=[fact.reference])), list(notes))


def in_words(day: dt.date) -> str:
    return date_format(day, "j E Y")


def absolute(path: str) -> str:
    """An address in a mail: there is no request to take the host from."""
    return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}"


def ways(message: Message) -> list[tuple[str, str]]:
    """What stands at the end of a mail: where its reader chooses, pauses and ends; words and address."""
    if message.kind == Kind.INVITATION:
        # Who has not signed in yet can choose nothing there.
        return []
    if message.recipient is not None:
        return [(_("What you get, and a pause"), absolute(reverse("mail_preferences")))]
    if message.subscriber is None or message.kind != Kind.DIGEST:
        return []
    token = subscriber_token(message.subscriber)
    return [
        (_("What you follow, and a pause"), absolute(reverse("subscriptions", args=[token]))),
        (_("End these mails"), absolute(reverse("subscriptions_end", args=[token]))),
    ]


def way_out(message: Message) -> dict[str, str]:
    """The headers by which a mail program offers to end such mails (RFC 2369), to followers by one press (RFC 8058)."""
    if message.recipient is not None:
        return {"List-Unsubscribe": f"<{absolute(reverse('mail_preferences'))}>"}
    if message.subscriber is None or message.kind != Kind.DIGEST:
        return {}
    # The page behind it speaks the language of the mail.
    with translation.override(message.language):
        end = absolute(reverse("subscriptions_end", args=[subscriber_token(message.subscriber)]))
    return {"List-Unsubscribe": f"<{end}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
