"""What frames a page: the menus, the way back, the same in other languages; asked for in one query."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.models import ContentPage
from forums.models import ForumIndexPage
from pagekit.models import AbstractContentPage, ContentPageQuerySet, source_language
from pagekit.shown import ancestors_of, first_written, paths_above
from pagekit.translation import with_ages
from recommendations.models import RecommendationIndexPage

# The lists of the main menu that are no pages: label and name of the address.
BROWSE = (
    (gettext_lazy("Themes"), "theme_list"),
    (gettext_lazy("Institutions"), "organisation_list"),
    (gettext_lazy("State in figures"), "standing"),
    (gettext_lazy("Latest changes"), "changes"),
)
MENU_DEPTH = 3  # just below a home page


@dataclass(frozen=True)
class MenuItem:
    title: str
    url: str
    is_current: bool
    # The language of the page behind it, where it is not the reader's.
    language: str = ""


@dataclass(frozen=True)
class LanguageLink:
    """Where a reader gets the same in another language; ``opens`` names what is opened instead."""

    code: str
    name: str
    url: str
    is_current: bool = False
    is_same: bool = True
    opens: str = ""
    opens_language: str = ""


@dataclass
class Frame:
    main: list[MenuItem] = field(default_factory=list)
    texts: list[MenuItem] = field(default_factory=list)
    crumbs: list[tuple[str, str]] = field(default_factory=list)
    languages: list[LanguageLink] = field(default_factory=list)


def shown_pages(page: Page | None) -> list[Page]:
    """The visible pages of all menus, those above ``page``, and the translations of it and of those above."""
    # By their keys, which each kind has a small table of: asked by conditions joined by OR, every page would be read.
    asked = [model.objects.filter(depth=MENU_DEPTH) for model in (RecommendationIndexPage, ForumIndexPage, ContentPage)]
    if page is not None:
        path = [*paths_above(page), page.path]
        same = Page.objects.filter(path__in=path).values("translation_key")
        asked.append(Page.objects.filter(translation_key__in=same))
    keys = [some.order_by().values("pk") for some in asked]
    pages = ContentPageQuerySet(Page).visible_to().filter(pk__in=keys[0].union(*keys[1:], all=True))
    found = with_ages(pages.annotate(created_at=first_written())).select_related("locale", "content_type")
    return sorted(found, key=attrgetter("path"))


def menu_items(pages: list[Page], model: type[Page], request: HttpRequest) -> Iterator[MenuItem]:
    """Visible pages of ``model`` just below home, in the reader's language or else in the source's."""
    by_key: dict[Any, dict[str, Page]] = {}
    for page in pages:
        if page.depth == MENU_DEPTH and page.content_type.model_class() is model:
            by_key.setdefault(page.translation_key, {})[page.locale.language_code] = page
    for languages in by_key.values():
        # A translation never stands while its source does not.
        if source := languages.get(source_language()):
            page = languages.get(get_language() or "", source)
            url = page.get_url(request) or ""
            language = page.locale.language_code
            is_foreign = language != get_language()
            yield MenuItem(page.title, url, request.path.startswith(url), language if is_foreign else "")


def links_of_page(page: AbstractContentPage, pages: list[Page], request: HttpRequest) -> Iterator[LanguageLink]:
    """One link per language: the translation; of a translation its source; else the nearest page above it."""
    by_key: dict[Any, dict[str, Page]] = {}
    for other in pages:
        by_key.setdefault(other.translation_key, {})[other.locale.language_code] = other
    source, own = source_language(), by_key.get(page.translation_key, {})
    above = ancestors_of(page)
    for code, name in settings.LANGUAGES:
        if code == page.locale.language_code:
            yield LanguageLink(code, name, page.get_url(request) or request.path, is_current=True)
        elif code in own and source in own:
            yield LanguageLink(code, name, own[code].get_url(request))
        elif source in own and not page.is_source:
            yield LanguageLink(code, name, own[source].get_url(request), False, False, own[source].title, source)
        else:
            for one in reversed(above):
                if found := by_key[one.translation_key].get(code):
                    yield LanguageLink(code, name, found.get_url(request), False, False, found.title, code)
                    break


def links_of_address(request: HttpRequest) -> Iterator[LanguageLink]:
    """The same address under each language's prefix; that language's home where an address has no language."""
    here = request.get_full_path()
    for code, name in settings.LANGUAGES:
        is_current = code == get_language()
        url = here if is_current else translate_url(here, code)
        is_same = is_current or url != here
        yield LanguageLink(code, name, url if is_same else translate_url("/", code), is_current, is_same)


def frame_of(request: HttpRequest, page: AbstractContentPage | None) -> Frame:
    """The frame of a page, or of any other address where ``page`` is None."""
    pages = shown_pages(page)
    lists = [*menu_items(pages, RecommendationIndexPage, request), *menu_items(pages, ForumIndexPage, request)]
    texts = list(menu_items(pages, ContentPage, request))
    addresses = [(str(label), reverse(name)) for label, name in BROWSE]
    browse = [MenuItem(label, url, request.path.startswith(url)) for label, url in addresses]
    frame = Frame(main=[*lists, *browse, *texts[:1]], texts=texts)
    if page is None:
        frame.languages = list(links_of_address(request))
        return frame
    if itself := next((other for other in pages if other.pk == page.pk), None):
        page.created_at, page.locale = itself.created_at, itself.locale
        changed_at, written_at = itself.source_changed_at, itself.written_at
        if not page.is_source and changed_at and written_at and written_at < changed_at:
            page.outdated_since = changed_at
    paths = set(paths_above(page))
    page.shown_ancestors = [other for other in pages if other.path in paths]
    frame.crumbs = [
        (other.title if other.depth >= MENU_DEPTH else _("Home"), other.get_url(request) or "/")
        for other in ancestors_of(page)
    ]
    frame.languages = list(links_of_page(page, pages, request))
    return frame
