"""Tags without any word of the domain: ages, pages of a list, ways back, languages, data for machines."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from anyascii import anyascii
from django import template
from django.core.paginator import Page as ListPage
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator, slugify
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from pagekit.models import AbstractContentPage
from pagekit.shown import original_of

register = template.Library()

# Languages that write months small, which Django does only inside a date.
SMALL_MONTHS = frozenset({"pl", "uk", "ru"})


def months_between(earlier: dt.date, later: dt.date) -> int:
    """Whole months, as people count them; never below zero."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)
    return max(0, months)


def ago(months: int) -> str:
    if months == 0:
        return _("this month")
    if months < 12:
        return ngettext("%(count)s month ago", "%(count)s months ago", months) % {"count": months}
    years = months // 12
    return ngettext("%(count)s year ago", "%(count)s years ago", years) % {"count": years}


@dataclass(frozen=True)
class AgeWords:
    """``when`` is no more exact than years later matters; ``is_old`` after two years."""

    when: str
    ago: str
    is_old: bool


@register.simple_tag
def age_words(date: dt.date | dt.datetime) -> AgeWords:
    """How old a piece of information is today: month and year, the year alone after two years, and the distance."""
    day = timezone.localdate(date) if isinstance(date, dt.datetime) else date
    months = months_between(day, timezone.localdate())
    # The first of January stands for a year whose day nobody knows.
    only_year = months >= 24 or (day.month, day.day) == (1, 1)
    return AgeWords(str(day.year) if only_year else month_year(day), ago(months), months >= 24)


@register.simple_tag
def age_mark(
    date: dt.date | dt.datetime | None, prefix: object = None, is_past: object = None, is_known: object = None
) -> SafeString:
    """What components/age.html prints. In Python: a page of lists prints dozens of them.

    ``is_past``: what is shown is no state of today, so how long ago it was says nothing. ``is_known``:
    there is information, even without a date.
    """
    if date and is_past:
        day = timezone.localdate(date) if isinstance(date, dt.datetime) else date
        return format_html(
            '<span class="age">{}<time datetime="{}">{}</time></span>',
            "" if prefix is False else _("last information:") + " ",
            day.isoformat(),
            str(day.year) if (day.month, day.day) == (1, 1) else month_year(day),
        )
    if date:
        age = age_words(date)
        day = timezone.localdate(date) if isinstance(date, dt.datetime) else date
        return format_html(
            '<span class="age{}">{}<time datetime="{}">{}</time> ({})</span>',
            " is-old" if age.is_old else "",
            "" if prefix is False else _("last information:") + " ",
            day.isoformat(),
            age.when,
            age.ago,
        )
    if is_known:
        words = _("date not known") if prefix is False else _("date of the last information not known")
        return format_html('<span class="age">{}</span>', words)
    if prefix is not False:
        return format_html('<span class="age">{}</span>', _("no information on the state yet"))
    return format_html(
        '<span class="age"><span aria-hidden="true">–</span><span class="visually-hidden">{}</span></span>', _("none")
    )


@register.simple_tag
def lang_mark(language: str, is_link: object = None) -> SafeString:
    """The attributes of words in ``language``, none where all around them is in it; ``is_link``: of a link to such."""
    if not language or language == get_language():
        return SafeString("")
    if is_link:
        return format_html(' hreflang="{}" lang="{}"', language, language)
    return format_html(' lang="{}"', language)


@register.filter
def month_year(day: dt.date) -> str:
    words = date_format(day, "F Y")
    return words.lower() if get_language() in SMALL_MONTHS else words


@register.filter
def day_month_year(day: dt.date | dt.datetime) -> str:
    """A day in words, the same order in all our languages: 8 May 2022."""
    return date_format(timezone.localtime(day) if isinstance(day, dt.datetime) else day, "j E Y")


@register.simple_tag(takes_context=True)
def page_links(context: template.Context, page: "ListPage[Any]", query: str | None = None) -> dict[str, Any]:
    """The links to the other pages of a list: ``previous`` and ``next`` as addresses, "" where there is none, and
    ``numbers`` in order, each with ``number`` and ``address``. The page that is shown has no address, a gap no number
    either.

    ``query`` is an encoded query string to keep; without it the request's own is kept.
    """
    request = context.get("request")
    source = query if query is not None else (request.META.get("QUERY_STRING", "") if request else "")
    parameters = QueryDict(source, mutable=True)

    def address(number: int) -> str:
        """``?...&page=number`` with everything else that was asked; the first page has no number."""
        parameters.pop("page", None)
        if number > 1:
            parameters["page"] = str(number)
        return "?" + parameters.urlencode()

    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
        "numbers": [
            {"number": number, "address": "" if number == page.number else address(number)}
            if isinstance(number, int)
            else {"number": "", "address": ""}
            for number in shown
        ],
    }


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """A data block for machines; whatever the texts contain, it cannot close the element."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    # Escaped just above; JSON strings leave no other way out of a data block.
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308


register.simple_tag(original_of)


@register.simple_tag
def breadcrumb_data(crumbs: list[tuple[str, str]], title: str, request: HttpRequest | None = None) -> dict[str, Any]:
    """The way back for machines, of (title, address) pairs; the last item is the page itself, without an address."""
    items = [
        {
            "@type": "ListItem",
            "position": position,
            "name": str(name),
            "item": request.build_absolute_uri(url) if request else url,
        }
        for position, (name, url) in enumerate(crumbs, start=1)
    ]
    items.append({"@type": "ListItem", "position": len(items) + 1, "name": title})
    return {"@type": "BreadcrumbList", "itemListElement": items}


def page_in(context: template.Context) -> AbstractContentPage | None:
    """The content page that is shown; None for other addresses, whatever they call "page"."""
    page = context.get("page")
    return page if isinstance(page, AbstractContentPage) else None


@register.simple_tag(takes_context=True)
def shown_page(context: template.Context) -> AbstractContentPage | None:
    return page_in(context)


DESCRIPTION_LENGTH = 200


@register.simple_tag(takes_context=True)
def shared_words(context: template.Context) -> dict[str, str]:
    """Title and description for search engines and for links that people share.

    Views give ``title`` and ``description`` in their context; a page has its own.
    """
    page = page_in(context)
    title = context.get("title") or (page.title if page else "")
    description = context.get("description") or ""
    if page is not None and not description:
        words = (page.search_description, getattr(page, "lead", ""), getattr(page, "text", ""))
        description = next((word for word in words if word), "")
    return {"title": str(title), "description": Truncator(str(description)).chars(DESCRIPTION_LENGTH)}


@register.simple_tag(takes_context=True)
def canonical_address(context: template.Context) -> str:
    """The one address of what is shown: without anything in the query but the number of the list's page."""
    request = context.get("request")
    if request is None:
        return ""
    page = page_in(context)
    path = (page.get_url(request) if page else None) or request.path
    number = request.GET.get("page", "")
    if number.isascii() and number.isdigit() and int(number[:9]) > 1:
        path += f"?page={int(number[:9])}"
    return str(request.build_absolute_uri(path))


@register.simple_tag(takes_context=True)
def absolute(context: template.Context, url: str) -> str:
    request = context.get("request")
    return str(request.build_absolute_uri(url)) if request else url


@register.filter
def heading_anchor(text: Any) -> str:
    """The address of a heading inside its page, in plain letters."""
    return slugify(anyascii(str(text))) or "s"
