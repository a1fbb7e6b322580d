"""Dates of forums in words, and the lists that pages of forums and groups show."""

import datetime as dt
from typing import TYPE_CHECKING

from django import template
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from forums.choices import Precision
from pagekit.templatetags.pagekit_tags import day_month_year, month_year

if TYPE_CHECKING:
    from forums.models import Period

register = template.Library()


def is_whole_years(start: dt.date, end: dt.date) -> bool:
    return (start.month, start.day) == (1, 1) and (end.month, end.day) in {(12, 31), (1, 1)}


def range_words(start: dt.date, end: dt.date) -> str:
    """Two days joined as shortly as they can be: 25–27 October 2013, 30 May – 2 June 2014, 2009–2011."""
    if start == end:
        return day_month_year(start)
    if is_whole_years(start, end):
        return str(start.year) if start.year == end.year else f"{start.year}–{end.year}"
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day_month_year(end)}"
    if start.year == end.year:
        return f"{date_format(start, 'j E')} – {day_month_year(end)}"
    return f"{day_month_year(start)} – {day_month_year(end)}"


def coarse_words(day: dt.date) -> str:
    """A date known as a bound or roughly: its year where it is the first of January, else month and year."""
    if (day.month, day.day) == (1, 1):
        return str(day.year)
    return month_year(day) if day.day == 1 else day_month_year(day)


@register.filter
def period(when: "Period") -> str:
    """When something happened, in the reader's language and no more exactly than it is known."""
    start, end = when.starts_on, when.ends_on
    if start is None or when.precision == Precision.UNKNOWN:
        return _("date not known")
    if when.precision == Precision.MONTH:
        first, last = month_year(start), month_year(end or start)
        return first if first == last else f"{first} – {last}"
    if when.precision == Precision.YEAR:
        last_year = (end or start).year
        return str(start.year) if last_year == start.year else f"{start.year}–{last_year}"
    if when.precision == Precision.ABOUT:
        return _("about %(date)s") % {"date": coarse_words(start)}
    if when.precision == Precision.BEFORE:
        return _("before %(date)s") % {"date": coarse_words(start)}
    if when.precision == Precision.AFTER:
        return _("after %(date)s") % {"date": coarse_words(start)}
    return range_words(start, end or start)


@register.filter
def years(when: "Period") -> str:
    """Only the years: what a list of dense lines shows; empty where no date is known."""
    if when.starts_on is None:
        return ""
    if not when.is_dated:
        return period(when)
    first, last = when.years[0], when.years[-1]
    return str(first) if first == last else f"{first}–{last}"
