"""What every published fact shares, and the pages that show it."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Site, SiteRootPath

from pagekit.models.pages import ContentPageQuerySet, source_language


class FactQuerySet(models.QuerySet[Any]):
    """Facts are seen through their source page: who may not see the page may not see the fact."""

    def visible_to(self, user: object = None) -> Self:
        """Facts whose source page any reader may see."""
        pages = self.model.page_model().objects.sources().visible_to(user).order_by()
        # Not IN: SQLite would list all pages first, for one fact too.
        return self.filter(Exists(pages.filter(translation_key=OuterRef("translation_key"))))

    def hidden_from(self, user: object = None) -> Self:
        """All the others. To be asked about all facts at once: few are hidden, and these are listed, not the seen."""
        # Keys are of one page in each language, so its kind needs no asking.
        pages = ContentPageQuerySet(Page).order_by().sources()
        hidden = pages.hidden_from(user).values("translation_key")
        is_gone = ~Exists(pages.filter(translation_key=OuterRef("translation_key")))
        return self.filter(Q(translation_key__in=hidden) | is_gone)

    def with_pages(self, language: str | None = None) -> list[Any]:
        """The facts as a list, each with ``page``: the page to show to a reader of ``language``.

        That is the visible translation, else the visible source, else None. Costs two queries more,
        whatever the number of facts.
        """
        facts = list(self)
        attach_pages(facts, language)
        return facts


def attach_pages(facts: Iterable["AbstractFact"], language: str | None = None, *, only: Sequence[str] = ()) -> None:
    """Set ``page`` on each fact: the visible page in ``language``, else the visible source, else None.

    Facts of one model get pages of their own class; facts of several get bare pages, enough for a link.
    ``only`` names the columns that will be read besides title, address and language, and each page is a ``PageOfList``;
    without it the pages are whole.
    """
    wanted = list(facts)
    if not wanted:
        return
    language = language or get_language() or source_language()
    models = {fact.page_model() for fact in wanted}
    objects = models.pop().objects.all() if len(models) == 1 else ContentPageQuerySet(Page)
    pages = (
        objects.visible_to()
        .in_language(language, source_language())
        .filter(translation_key__in=[fact.translation_key for fact in wanted])
    )
    found: dict[uuid.UUID, dict[str, Any]] = {}
    for page in _of_list(pages, only) if only else pages.select_related("locale"):
        found.setdefault(page.translation_key, {})[page.locale.language_code] = page
    for fact in wanted:
        languages = found.get(fact.translation_key, {})
        # A translation is never shown while its source is not.
        source = languages.get(source_language())
        fact.page = languages.get(language, source) if source else None


class PageOfList:
    """What a list prints of a page, many times cheaper to make than the page: ``title``, ``url``, ``locale`` with its
    ``language_code``, and the columns that were asked for.
    """

    def __init__(self, columns: Mapping[str, Any], addresses: "_Addresses") -> None:
        self.__dict__.update(columns)
        self.locale = SpokenIn(columns["locale__language_code"])
        self._addresses = addresses

    title: str
    translation_key: uuid.UUID
    url_path: str

    @property
    def url(self) -> str | None:
        """As Wagtail gives it; None if the page has no address."""
        return self._addresses.of(self.url_path)


class SpokenIn(NamedTuple):
    language_code: str


class _Addresses:
    """The addresses of many pages; where the sites stand is looked up once for all, and Wagtail is asked once for
    what stands below one page."""

    def __init__(self) -> None:
        self._page = Page()
        self._known: dict[str, str | None] = {}

    @cached_property
    def _roots(self) -> Sequence[SiteRootPath]:
        return Site.get_site_root_paths()

    def of(self, path: str) -> str | None:
        above, _, slug = path.removesuffix("/").rpartition("/")
        # The root of a site stands at the site's own address, whatever it is below; other letters are quoted.
        if not slug.isascii() or any(root.root_path == path for root in self._roots):
            return self._asked(path)
        if above not in self._known:
            self._known[above] = self._asked(f"{above}/")
        address = self._known[above]
        return address and f"{address}{slug}/"

    def _asked(self, path: str) -> str | None:
        self._page.url_path = path
        # Wagtail keeps the roots of the sites on what it is given here.
        _site, root, address = self._page.get_url_parts(self) or (None, None, None)
        is_one_site = len({each.site_id for each in self._roots}) == 1
        return address if address is None or is_one_site else f"{root}{address}"


def _of_list(pages: Any, only: Sequence[str]) -> Iterator[PageOfList]:
    addresses = _Addresses()
    for columns in pages.values("title", "url_path", "translation_key", "locale__language_code", *only):
        yield PageOfList(columns, addresses)


class AbstractFact(models.Model):
    """A row in no language, written when the source page is published; shares its translation key."""

    translation_key = models.UUIDField(_("key"), unique=True, editable=False)
    published_at = models.DateTimeField(_("first published at"), default=timezone.now, editable=False)

    page_model_name: ClassVar[str]
    page: Any

    objects = FactQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def page_model(cls) -> Any:
        return apps.get_model(cls.page_model_name)

    @property
    def source_page(self) -> Any:
        """The source page whatever its state, or None: for services and the admin, never for readers."""
        return self.page_model().objects.filter(translation_key=self.translation_key).sources().first()
