"""One row for each mail, written in the transaction of its cause; nothing here writes a text or opens a connection."""

from typing import Any

from notices.choices import Kind
from notices.models import Message


def queue(recipient: Any, *, kind: Kind, occasion: str, **about: Any) -> Message | None:
    """Queue a mail; None where the person has one of this kind for this occasion already.

    ``about``: the ``entry``, ``assessment``, ``mandate`` or ``invitation`` that it tells of.
    """
    message, is_new = Message.objects.get_or_create(recipient=recipient, kind=kind, occasion=occasion, defaults=about)
    return message if is_new else None
