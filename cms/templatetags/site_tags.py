"""What frames every page: the menus and ways out, who publishes, whether the reader answers for an institution."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.core.cache import cache
from django.db.models import Subquery
from django.http import HttpRequest
from django.urls import reverse
from wagtail.blocks import StreamValue
from wagtail.models import Page, Site

from cms.models import ContentPage, PublisherSettings
from cms.navigation import Frame, frame_of
from pagekit.models import AbstractContentPage, ContentPageQuerySet
from pagekit.shown import created_at, first_written
from pagekit.templatetags.pagekit_tags import heading_anchor, page_in
from recommendations.models import Recommendation
from taxonomy.models import Theme

register = template.Library()
# Seconds: dates are told by the day.
KEPT_FOR = 60


@register.simple_tag(takes_context=True)
def site_frame(context: template.Context) -> Frame:
    """The frame of what is shown; an empty one without a request."""
    request = context.get("request")
    return frame_of(request, page_in(context)) if request is not None else Frame()


@register.simple_tag(takes_context=True)
def publisher(context: template.Context) -> PublisherSettings:
    """Who publishes; an empty row, all "not set", where the address belongs to no site."""
    request = context.get("request")
    site = Site.find_for_request(request) if request is not None else None
    return PublisherSettings.for_site(site) if site else PublisherSettings()


@register.simple_tag
def publication_moments(page: AbstractContentPage | None, moments: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """When what is shown was ``created``, ``published``, ``updated``; ``of_site`` where it has no dates of its own."""
    if page:
        is_kept = page.pk is not None
        return {
            "created": created_at(page) if is_kept else None,
            "published": page.first_published_at,
            "updated": page.last_published_at,
        }
    return moments or site_moments()


def site_moments() -> dict[str, Any]:
    """The dates of all that readers may see, kept for a minute: everybody who signs in or searches is told them."""
    kept: dict[str, Any] = cache.get("site_moments", {})
    # An empty site is asked again: its first page is to be told at once.
    if not kept and (kept := read_site_moments()):
        cache.set("site_moments", kept, KEPT_FOR)
    return kept


def read_site_moments() -> dict[str, Any]:
    """When the first page was written down, when it became public, when a page or the log last changed; one query."""
    pages = ContentPageQuerySet(Page).visible_to().exclude(first_published_at=None)
    changed = Recommendation.objects.visible_to().exclude(last_change_at=None).order_by("-last_change_at")
    first: Any = (
        pages.annotate(
            created_at=first_written(),
            updated_at=Subquery(pages.order_by("-last_published_at").values("last_published_at")[:1]),
            entry_at=Subquery(changed.values("last_change_at")[:1]),
        )
        .order_by("first_published_at", "pk")
        .first()
    )
    if first is None:
        return {}
    return {
        "created": created_at(first),
        "published": first.first_published_at,
        "updated": max(moment for moment in (first.updated_at, first.entry_at) if moment),
        "of_site": True,
    }


@register.simple_tag
def holds_mandate(user: Any) -> bool:
    """Whether the person answers for an institution today."""
    return bool(getattr(user, "is_authenticated", False) and user.mandates.active().exists())


@register.simple_tag
def root_themes() -> list[Theme]:
    """The themes that no other stands above, in their own order."""
    return list(Theme.objects.current().filter(parent=None))


@dataclass(frozen=True)
class Section:
    """A block of a text page; ``anchor`` is the address of a heading, distinct in its page, else empty."""

    block: StreamValue.StreamChild
    anchor: str = ""


@register.simple_tag
def sections_of(page: ContentPage) -> list[Section]:
    """The blocks of a text page in order, with addresses for its headings."""
    sections: list[Section] = []
    taken: set[str] = set()
    for block in page.body:
        if block.block_type != "heading":
            sections.append(Section(block))
            continue
        anchor = name = heading_anchor(block.value)
        number = 1
        while anchor in taken:
            number += 1
            anchor = f"{name}-{number}"
        taken.add(anchor)
        sections.append(Section(block, anchor))
    return sections


@register.simple_tag
def website_data(request: HttpRequest) -> dict[str, Any]:
    """The site for machines (schema.org), with the address that searches it."""
    search = request.build_absolute_uri(reverse("search"))
    return {
        "@type": "WebSite",
        "name": str(settings.SITE_NAME),
        "url": request.build_absolute_uri("/"),
        "inLanguage": [code for code, _name in settings.LANGUAGES],
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }
