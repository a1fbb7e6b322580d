"""Sending what waits: after the act that queued it, in a process of its own, each mail by itself.

A server that cannot be reached ends the round: what waits besides is not tried one by one, each until the time is out.
A mail is claimed before it is sent, so two workers never send one twice; one that is killed between sending and noting
it repeats the mail under the same Message-ID. What fails is tried again after 5 and 30 minutes, 2, 8 and 24 hours.
"""

import datetime as dt
import logging
import smtplib
from collections import Counter
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core import mail
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from notices import rules
from notices.choices import Kind, Stage
from notices.models import Message
from notices.services.letters import write_letter
from notices.services.paper import way_out
from notices.services.recipients import note_refusal, obstacle_to
from recommendations.services.log import start_clock

logger = logging.getLogger(__name__)

SENT, WAITS, FAILED, DROPPED, UNREACHED = "sent", "waits", "failed", "dropped", "server not reached"
PERMANENT = 500


def send_waiting(now: dt.datetime | None = None) -> Counter[str]:
    """Send every mail whose attempt has come; answer how many were sent, wait again, failed or were dropped."""
    moment = now or timezone.now()
    counts: Counter[str] = Counter()
    connection = mail.get_connection()
    try:
        for key in list(Message.objects.due(moment).values_list("pk", flat=True)):
            message = claim(key, moment)
            if message is None:
                continue
            outcome = deliver(message, connection, moment)
            counts[outcome] += 1
            if outcome == UNREACHED:
                break
    finally:
        connection.close()
    return counts


def claim(key: int, now: dt.datetime) -> Message | None:
    """The message with its next attempt counted and put off; None where another worker was faster."""
    message: Message | None = (
        Message.objects.due(now).select_related("recipient__mail_preference", "subscriber").filter(pk=key).first()
    )
    if message is None:
        return None
    wait = rules.retry_after(message.attempts + 1) or rules.RETRIES[-1]
    claimed = Message.objects.due(now).filter(pk=key, attempts=message.attempts)
    # An ordered queryset cannot be updated on every database.
    if not claimed.order_by().update(attempts=F("attempts") + 1, next_attempt_at=now + wait):
        return None
    message.attempts, message.next_attempt_at = message.attempts + 1, now + wait
    return message


def deliver(message: Message, connection: Any, now: dt.datetime) -> str:
    """Send one claimed mail and note what became of it."""
    if reason := obstacle_to(message, timezone.localdate(now)):
        return drop(message, reason, now)
    if message.attempts > rules.ATTEMPTS:
        return give_up(message, message.problem or "interrupted while sending", now)
    try:
        if not message.text and not write_letter(message):
            return drop(message, "nothing is left to be said", now)
        message.save(update_fields=["language", "subject", "text", "html"])
        connection.send_messages([envelope(message)])
    except smtplib.SMTPRecipientsRefused as refused:
        # Closed: some servers drop the line after a refusal without saying so.
        connection.close()
        code = min((code for code, _text in refused.recipients.values()), default=0)
        if code >= PERMANENT:
            note_refusal(message)
            return give_up(message, f"the address was refused ({code})", now)
        return put_off(message, f"the address was put off ({code})", now)
    except smtplib.SMTPResponseException as answer:
        connection.close()
        if isinstance(answer, smtplib.SMTPDataError) and answer.smtp_code >= PERMANENT:
            return give_up(message, f"the text was refused ({answer.smtp_code})", now)
        return put_off(message, f"{type(answer).__name__} ({answer.smtp_code})", now)
    except (smtplib.SMTPException, OSError) as problem:
        connection.close()
        outcome = put_off(message, type(problem).__name__, now)
        return UNREACHED if outcome == WAITS else outcome
    except Exception as problem:
        # One mail that cannot be written must not hold up all others; the trace tells which and why.
        logger.exception("Mail %s could not be written", message.pk)
        return put_off(message, type(problem).__name__, now)
    return note_sent(message, now)


def envelope(message: Message) -> mail.EmailMultiAlternatives:
    """The mail as it goes out, under an id that is the same at every attempt."""
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    letter = mail.EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        to=[message.to],
        headers={
            "Message-ID": f"<{message.pk}.{message.created_at:%Y%m%d%H%M%S}@{host}>",
            "Content-Language": message.language,
            # So that absence notes are not sent back.
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            **way_out(message),
        },
    )
    letter.attach_alternative(message.html, "text/html")
    return letter


@transaction.atomic
def note_sent(message: Message, now: dt.datetime) -> str:
    end(message, "sent_at", now)
    if message.kind == Kind.REMINDER:
        for item in message.items.filter(stage=Stage.FIRST).select_related("assignment"):
            start_clock(item.assignment, notified_at=now)
    return SENT


def put_off(message: Message, problem: str, now: dt.datetime) -> str:
    if rules.retry_after(message.attempts) is None:
        return give_up(message, problem, now)
    message.problem = problem
    message.save(update_fields=["problem"])
    return WAITS


def give_up(message: Message, problem: str, now: dt.datetime) -> str:
    message.problem = problem
    end(message, "failed_at", now)
    return FAILED


def drop(message: Message, reason: str, now: dt.datetime) -> str:
    message.problem = reason
    end(message, "cancelled_at", now)
    return DROPPED


def end(message: Message, how: str, now: dt.datetime) -> None:
    """Note the end of a mail and forget its texts, what it told of, and an address that was left for it alone."""
    setattr(message, how, now)
    message.text = message.html = message.address = ""
    message.news = []
    message.save(update_fields=[how, "text", "html", "address", "news", "problem"])
