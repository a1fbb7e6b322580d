"""Pictures of counts as SVG, written on the server: no style and no script, measures in em, so that text may grow.

A picture is one image with a title and a description for who does not see it; its table stands below.
"""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from recommendations.choices import Badge, Position
from recommendations.models.figures import OPEN, Series, Slice
from recommendations.templatetags.state_tags import SIGNS

register = template.Library()

ROW, BAR = 2.6, 0.8
"""Heights in em: a bar with its words, and the bar alone."""

GROUND = 86
"""The width in per cent of the longest bar; behind it stands the number."""

COLUMNS = 6.0
"""The height in em of the longest column of a timeline."""

LABELS = 5
"""Years that are named below a timeline."""

MOST_COUNTED = 24
"""Columns that have room for their number."""

LONGEST = 38
"""Letters of a label; the table below has the whole."""

TONES = {
    Position.NO_ANSWER: "none",
    Position.DECLINED: "stop",
    Position.NOTED: "todo",
    Position.NOT_COMPETENT: "none",
    OPEN: "todo",
}


def tone_of(one: Slice, name: str) -> str:
    """The colour class (badge.css) of a bar; the word beside it says the same."""
    if one.code in TONES:
        return TONES[one.code]
    if name == "position":
        return "doing"
    code = f"closed_{one.code}" if name == "closure" else one.code
    return SIGNS[code][1] if code in Badge.values else "doing"


def in_words(series: Series) -> str:
    """What the picture shows, for who does not see it."""
    counts = ", ".join(f"{one.label}: {one.count}" for one in series.slices if one.count)
    return _("%(counts)s; of %(total)s.") % {"counts": counts or _("nothing"), "total": series.total}


@register.filter
def largest(series: Series) -> int:
    return max((one.count for one in series.slices), default=0)


@register.simple_tag
def bars(series: Series, name: str, title: str, most: int) -> SafeString:
    """A bar below each label, drawn against ``most``; ``name`` is that of the chart."""
    drawn = [_bar(one, index * ROW, tone_of(one, name), most) for index, one in enumerate(series.slices)]
    return _picture(f"{name}-{series.code}", title, in_words(series), len(drawn) * ROW, drawn)


def _bar(one: Slice, top: float, tone: str, most: int) -> SafeString:
    return format_html(
        '<text x="0" y="{words}em">{label}</text>'
        '<text class="number" x="100%" y="{number}em" text-anchor="end">{count}</text>'
        '<rect class="ground" x="0" y="{bar}em" width="{ground}%" height="{high}em"></rect>'
        '<rect class="is-{tone}" x="0" y="{bar}em" width="{width}%" height="{high}em"></rect>',
        words=f"{top + 1:.2f}",
        bar=f"{top + 1.3:.2f}",
        number=f"{top + 2.05:.2f}",
        ground=GROUND,
        high=BAR,
        label=Truncator(one.label).chars(LONGEST),
        count=one.count,
        tone=tone,
        width=f"{GROUND * one.count / most if most else 0:.2f}",
    )


@register.simple_tag
def columns(series: Series, name: str, title: str, most: int) -> SafeString:
    """A column for each year, drawn against ``most``, with the names of some years below."""
    number = len(series.slices)
    named = {index for index in range(number) if index % max(1, -(-number // LABELS)) == 0}
    drawn = [
        _column(one, index, number, most, is_named=index in named or index == number - 1)
        for index, one in enumerate(series.slices)
    ]
    return _picture(f"{name}-{series.code}", title, in_words(series), COLUMNS + 3, drawn)


def _column(one: Slice, index: int, number: int, most: int, *, is_named: bool) -> SafeString:
    high = COLUMNS * one.count / most if most else 0
    parts = [
        format_html(
            '<rect class="is-doing" x="{}%" y="{}em" width="{}%" height="{}em"></rect>',
            f"{100 * (index + 0.15) / number:.2f}",
            f"{COLUMNS + 1.2 - high:.2f}",
            f"{70 / number:.2f}",
            f"{high:.2f}",
        )
    ]
    place, anchor = f"{100 * (index + 0.5) / number:.2f}", "middle"
    if one.count and number <= MOST_COUNTED:
        top = f"{COLUMNS + 0.9 - high:.2f}"
        parts.append(
            format_html('<text class="number" x="{}%" y="{}em" text-anchor="middle">{}</text>', place, top, one.count)
        )
    if is_named:
        # The first and the last year would reach over the edge.
        if index in {0, number - 1} and number > 1:
            place, anchor = ("0", "start") if index == 0 else ("100", "end")
        parts.append(
            format_html('<text x="{}%" y="{}em" text-anchor="{}">{}</text>', place, COLUMNS + 2.5, anchor, one.label)
        )
    return format_html_join("", "{}", ((part,) for part in parts))


def _picture(code: str, title: str, words: str, high: float, drawn: list[SafeString]) -> SafeString:
    return format_html(
        '<svg class="picture" role="img" width="100%" height="{high}em" aria-labelledby="{code}-title {code}-desc">'
        '<title id="{code}-title">{title}</title><desc id="{code}-desc">{words}</desc>{drawn}</svg>',
        code=code,
        title=title,
        words=words,
        high=f"{high:.2f}",
        drawn=format_html_join("", "{}", ((part,) for part in drawn)),
    )
