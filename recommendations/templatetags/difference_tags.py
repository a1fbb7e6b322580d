"""Two texts in one, what changed marked for the eye and for screen readers."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from recommendations.rules import Piece

register = template.Library()


@register.simple_tag
def difference(pieces: Iterable[Piece]) -> SafeString:
    """The pieces with ``del`` and ``ins``. In Python: where line breaks are kept, those of a template would show."""
    return format_html_join("", "{}", ([mark(one)] for one in pieces))


def mark(piece: Piece) -> SafeString | str:
    if piece.is_removed:
        return aloud("del", _("removed:"), piece.text)
    return aloud("ins", _("added:"), piece.text) if piece.is_added else piece.text


def aloud(name: str, words: str, text: str) -> SafeString:
    """The element with words round it that are only heard: screen readers say nothing of a line through a text."""
    kept = text.rstrip()
    return format_html(
        '<{name}><span class="visually-hidden" lang="{language}">{words} </span>{text}'
        '<span class="visually-hidden" lang="{language}"> ({end})</span></{name}>{space}',
        name=name,
        language=get_language() or "",
        words=words,
        text=kept,
        end=_("end"),
        space=text[len(kept) :] or (" " if name == "del" else ""),
    )
