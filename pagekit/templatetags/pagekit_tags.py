"""Tags without any word of the domain: ages, pages of a list, ways back, languages, data for machines."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from anyascii import anyascii
from django import template
from django.conf import settings
from django.core.paginator import Page as ListPage
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import translate_url
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator, slugify
from django.utils.translation import gettext as _
from django.utils.translation import get_language, ngettext, pgettext
from wagtail.models import Page

from pagekit.models import AbstractContentPage

register = template.Library()


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


@register.filter
def month_year(day: dt.date) -> str:
    words = date_format(day, "F Y")
    # Django writes months with a capital where the language does not.
    return words if pgettext("months begin with a capital letter: yes or no", "yes") == "yes" else words.lower()


@register.filter
def day_month_year(day: dt.date | dt.datetime) -> str:
    """A day in words, the same order in all our languages: 8 May 2022."""
    return date_format(timezone.localtime(day) if isinstance(day, dt.datetime) else day, "j E Y")


@register.simple_tag
def page_numbers(page: "ListPage[Any]") -> list[int | str]:
    """The numbers to print, with an ellipsis where some are left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.simple_tag(takes_context=True)
def page_address(context: template.Context, number: int, query: str | None = None) -> str:
    """``?...&page=number`` with everything else that was asked; the first page has no number.

    ``query`` is an encoded query string; without it the request's own is kept.
    """
    request = context.get("request")
    source = query if query is not None else (request.META.get("QUERY_STRING", "") if request else "")
    parameters = QueryDict(source, mutable=True)
    parameters.pop("page", None)
    if number > 1:
        parameters["page"] = str(number)
    return "?" + parameters.urlencode()


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """A data block for machines; whatever the texts contain, it cannot close the element."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    # Escaped just above; JSON strings leave no other way out of a data block.
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308


@dataclass(frozen=True)
class Crumb:
    title: str
    url: str


def ancestors_of(page: AbstractContentPage) -> list[Page]:
    """From the home page down to the parent; kept on the page, since the way back and the languages both ask."""
    kept: list[Page] | None = getattr(page, "_shown_ancestors", None)
    if kept is None:
        # Whoever may see a page passed the restrictions above it, so only unpublished ancestors are left out.
        now = timezone.now()
        above = Page.objects.ancestor_of(page).filter(depth__gt=1).live() if page.path else Page.objects.none()
        kept = list(above.filter(Q(expire_at=None) | Q(expire_at__gt=now)).select_related("locale").order_by("depth"))
        page._shown_ancestors = kept
    return kept


@register.simple_tag(takes_context=True)
def crumbs_of(context: template.Context, page: AbstractContentPage) -> list[Crumb]:
    """The way back from a page: the visible pages above it, home first."""
    request = context.get("request")
    found = []
    for index, above in enumerate(ancestors_of(page)):
        if url := above.get_url(request):
            found.append(Crumb(_("Home") if index == 0 else above.title, url))
    return found


@register.simple_tag
def breadcrumb_data(crumbs: list[Crumb], title: str, request: HttpRequest | None = None) -> dict[str, Any]:
    """The same way back for machines; the last item is the page itself and needs no address."""
    items = [
        {
            "@type": "ListItem",
            "position": position,
            "name": crumb.title,
            "item": request.build_absolute_uri(crumb.url) if request else crumb.url,
        }
        for position, crumb in enumerate(crumbs, start=1)
    ]
    items.append({"@type": "ListItem", "position": len(items) + 1, "name": title})
    return {"@type": "BreadcrumbList", "itemListElement": items}


@dataclass(frozen=True)
class LanguageLink:
    """Where a reader gets the same in another language; ``opens`` names what else is opened instead."""

    code: str
    name: str
    url: str
    is_current: bool = False
    is_same: bool = True
    opens: str = ""
    opens_language: str = ""


def links_of_page(page: AbstractContentPage, request: HttpRequest) -> list[LanguageLink]:
    """One link per language: the translation, else the source with a note, else the nearest page above."""
    above = ancestors_of(page)
    translations: dict[Any, dict[str, Page]] = {}
    now = timezone.now()
    for other in (
        Page.objects.live()
        .public()
        .filter(Q(expire_at=None) | Q(expire_at__gt=now), alias_of=None)
        .filter(translation_key__in=[page.translation_key, *(one.translation_key for one in above)])
        .select_related("locale")
    ):
        translations.setdefault(other.translation_key, {})[other.locale.language_code] = other
    source = settings.LANGUAGE_CODE
    own = translations.get(page.translation_key, {})
    links = []
    for code, name in settings.LANGUAGES:
        if code == page.locale.language_code:
            links.append(LanguageLink(code, name, page.get_url(request) or request.path, is_current=True))
        elif code in own and source in own:
            links.append(LanguageLink(code, name, own[code].get_url(request)))
        elif not page.is_source and source in own:
            links.append(
                LanguageLink(code, name, own[source].get_url(request), False, False, own[source].title, source)
            )
        else:
            nearest = next((found for one in reversed(above) if (found := translations[one.translation_key].get(code))), None)
            if nearest is not None:
                links.append(LanguageLink(code, name, nearest.get_url(request), False, False, nearest.title, code))
    return links


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
def language_links(context: template.Context) -> list[LanguageLink]:
    """Plain links to the other languages, of a page or of any other address inside the language prefixes."""
    request = context.get("request")
    if request is None:
        return []
    if page := page_in(context):
        return links_of_page(page, request)
    here = request.get_full_path()
    links = []
    for code, name in settings.LANGUAGES:
        is_current = code == get_language()
        url = here if is_current else translate_url(here, code)
        # An address without a language, or none at all: that language's home.
        is_same = is_current or url != here
        links.append(LanguageLink(code, name, url if is_same else translate_url("/", code), is_current, is_same))
    return links


@register.simple_tag(takes_context=True)
def canonical_address(context: template.Context) -> str:
    """The one address of what is shown: without anything in the query but the number of the list's page."""
    request = context.get("request")
    if request is None:
        return ""
    page = page_in(context)
    path = (page.get_url(request) if page else None) or request.path
    number = request.GET.get("page", "")
    if number.isascii() and number.isdigit() and 1 < int(number[:9]):
        path += f"?page={int(number[:9])}"
    return str(request.build_absolute_uri(path))


@register.simple_tag(takes_context=True)
def absolute(context: template.Context, url: str) -> str:
    request = context.get("request")
    return str(request.build_absolute_uri(url)) if request else url


@register.simple_tag
def created_at(page: AbstractContentPage) -> dt.datetime | None:
    """When the page was first written down, which is before it was published."""
    moment: dt.datetime | None = page.revisions.order_by("created_at").values_list("created_at", flat=True).first()
    return moment or page.first_published_at


@register.filter
def heading_anchor(text: Any) -> str:
    """The address of a heading inside its page, in plain letters."""
    return slugify(anyascii(str(text))) or "s"
