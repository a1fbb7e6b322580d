"""What every published fact shares, and the pages that show it."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

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
    ``only`` names the columns that will be read besides title and address; without it the pages are whole.
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
        .select_related("locale")
    )
    if only:
        pages = pages.only("title", "url_path", "translation_key", "locale", "locale__language_code", *only)
    found: dict[uuid.UUID, dict[str, Any]] = {}
    for page in pages:
        found.setdefault(page.translation_key, {})[page.locale.language_code] = page
    for fact in wanted:
        languages = found.get(fact.translation_key, {})
        # A translation is never shown while its source is not.
        source = languages.get(source_language())
        fact.page = languages.get(language, source) if source else None


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
