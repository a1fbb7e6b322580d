"""Words of readers inside sentences of ours, in the quotation marks of the reader's language."""

from collections.abc import Sequence

from django.utils.translation import pgettext


def quoted(texts: Sequence[str], most: int = 3) -> str:
    """The first so many texts, each in quotation marks, and an ellipsis for the rest."""
    marks = pgettext("somebody else's words", "“%(text)s”")
    return ", ".join(marks % {"text": text} for text in texts[:most]) + (" …" if len(texts) > most else "")
