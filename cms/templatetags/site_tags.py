"""What frames every page: the menus, who publishes, whether the reader answers for an institution."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from cms.models import ContentPage, PublisherSettings
from forums.models import ForumIndexPage
from recommendations.models import RecommendationIndexPage

register = template.Library()


@dataclass(frozen=True)
class MenuItem:
    title: str
    url: str
    is_current: bool


def pages_by_type(request: Any) -> dict[type[Page], list[Page]]:
    """The visible index and text pages just below home, in the reader's language or else in the source's."""
    site = Site.find_for_request(request)
    if site is None:
        return {}
    types = (RecommendationIndexPage, ForumIndexPage, ContentPage)
    pages = (
        Page.objects.live()
        .public()
        .type(*types)
        .filter(depth=3, alias_of=None, locale__language_code__in={get_language(), settings.LANGUAGE_CODE})
        .select_related("locale", "content_type")
        .order_by("path")
    )
    by_key: dict[Any, dict[str, Page]] = {}
    for page in pages:
        by_key.setdefault(page.translation_key, {})[page.locale.language_code] = page
    found: dict[type[Page], list[Page]] = {}
    for languages in by_key.values():
        # A translation never stands while its source does not.
        if source := languages.get(settings.LANGUAGE_CODE):
            page = languages.get(get_language() or "", source)
            found.setdefault(page.specific_class, []).append(page)
    return found


@register.simple_tag(takes_context=True)
def menus(context: template.Context) -> dict[str, list[MenuItem]]:
    """``main``: lists and ways of browsing, then the method; ``about``: the text pages."""
    request = context.get("request")
    if request is None:
        return {"main": [], "about": []}
    pages = pages_by_type(request)

    def item(title: str, url: str | None) -> MenuItem:
        return MenuItem(title, url or "", bool(url) and request.path.startswith(str(url)))

    def of_type(model: type[Page]) -> list[MenuItem]:
        return [item(page.title, page.get_url(request)) for page in pages.get(model, [])]

    browse = [
        (_("Themes"), "theme_list"),
        (_("Institutions"), "organisation_list"),
        (_("Latest changes"), "changes"),
    ]
    texts = of_type(ContentPage)
    main = [*of_type(RecommendationIndexPage), *of_type(ForumIndexPage)]
    for title, name in browse:
        try:
            main.append(item(str(title), reverse(name)))
        except NoReverseMatch:
            continue
    return {"main": [*main, *texts[:1]], "about": texts}


@register.simple_tag(takes_context=True)
def publisher(context: template.Context) -> PublisherSettings:
    """Who publishes; an empty row, all "not set", where the address belongs to no site."""
    request = context.get("request")
    site = Site.find_for_request(request) if request is not None else None
    return PublisherSettings.for_site(site) if site else PublisherSettings()


@register.simple_tag
def holds_mandate(user: Any) -> bool:
    """Whether the person answers for an institution today."""
    return bool(getattr(user, "is_authenticated", False) and user.mandates.active().exists())
