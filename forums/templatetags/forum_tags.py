"""Dates of forums in words, and the lists that pages of forums and groups show."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.dateformat import format as date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from forums.choices import GATHERINGS, BodyRole, Precision
from forums.models import Period
from forums.models.lists import issuer_lists, parts_of
from forums.models.sheets import ForumSheet, GroupSheet, forum_sheet, group_sheet
from pagekit.templatetags.pagekit_tags import day_month_year, month_year

register = template.Library()
for tag in (issuer_lists, parts_of, forum_sheet, group_sheet):
    register.simple_tag(tag)


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


def coarse_words(day: dt.date, *, is_genitive: bool = False) -> str:
    """A date known as a bound or roughly: its year where it is the first of January, else month and year.

    ``is_genitive``: as the month stands after "around" and "from" in the languages that inflect it.
    """
    if (day.month, day.day) == (1, 1):
        return str(day.year)
    if day.day == 1:
        return date_format(day, "E Y") if is_genitive else month_year(day)
    return day_month_year(day)


@register.filter
def period(when: Period) -> str:
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
        return _("about %(date)s") % {"date": coarse_words(start, is_genitive=True)}
    if when.precision == Precision.BEFORE:
        return _("before %(date)s") % {"date": coarse_words(start)}
    if when.precision == Precision.AFTER:
        return _("after %(date)s") % {"date": coarse_words(start)}
    return range_words(start, end or start)


@register.simple_tag
def period_mark(when: Period, words: object = None) -> SafeString:
    """What components/period.html prints. In Python: a page of lists prints dozens, and date filters take long."""
    said = escape(period(when))
    if when.is_dated and when.starts_on:
        said = format_html('<time datetime="{}">{}</time>', when.starts_on.isoformat(), said)
    if words and when.date_words:
        said = format_html("{} <small>({} <q>{}</q>)</small>", said, _("in the source:"), when.date_words)
    return said


@register.filter
def years(when: Period) -> str:
    """Only the years: what a list of dense lines shows; empty where no date is known."""
    if when.starts_on is None:
        return ""
    if not when.is_dated:
        return period(when)
    first, last = when.years[0], when.years[-1]
    return str(first) if first == last else f"{first}–{last}"


@register.simple_tag
def event_data(sheet: ForumSheet, request: HttpRequest | None = None) -> dict[str, Any]:
    """A forum for machines (schema.org): a gathering is an Event, any other source a CreativeWork."""
    page, source = sheet.page, sheet.source
    is_event = source.kind in GATHERINGS
    address = page.get_url(request) or ""
    bodies = {
        label: [{"@type": "Organization", "name": str(body.organisation)} for body in found]
        for label, found in sheet.bodies
    }
    data: dict[str, Any] = {
        "@type": "Event" if is_event else "CreativeWork",
        "name": page.title,
        "description": page.lead,
        "url": request.build_absolute_uri(address) if request else address,
        "inLanguage": page.locale.language_code,
    }
    if source.is_dated and source.starts_on:
        end = source.ends_on or source.starts_on
        if is_event:
            data |= {"startDate": source.starts_on.isoformat(), "endDate": end.isoformat()}
        else:
            data["temporalCoverage"] = f"{source.starts_on.isoformat()}/{end.isoformat()}"
    if sheet.place and is_event:
        data["location"] = {"@type": "Place", "name": str(sheet.place), "address": f"{sheet.place}, PL"}
    organisers = bodies.get(str(BodyRole.ORGANISER.label)) or bodies.get(str(BodyRole.PUBLISHER.label))
    if organisers:
        data["organizer" if is_event else "publisher"] = organisers
    if is_event and (funders := bodies.get(str(BodyRole.FUNDER.label))):
        data["funder"] = funders
    return {name: value for name, value in data.items() if value}


@register.simple_tag
def report_data(
    sheet: GroupSheet, recommendations: Iterable[Any], request: HttpRequest | None = None
) -> dict[str, Any]:
    """A group's set for machines (schema.org): a Report whose parts are its recommendations, in their order."""
    page = sheet.page
    address = page.get_url(request) or ""
    data = {
        "@type": "Report",
        "name": page.title,
        "description": page.lead or page.topic,
        "url": request.build_absolute_uri(address) if request else address,
        "inLanguage": page.locale.language_code,
        "datePublished": sheet.source.starts_on.isoformat() if sheet.source.is_dated and sheet.source.starts_on else "",
        "about": [str(theme) for area in sheet.areas for theme in area.themes],
        "hasPart": [
            {"@type": "CreativeWork", "identifier": one.reference, "name": one.page.title}
            for one in recommendations
            if one.page
        ],
    }
    return {name: value for name, value in data.items() if value}
