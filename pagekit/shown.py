"""What is shown round a page: those above it and the one it translates; read once for each page served."""

import datetime as dt

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, OuterRef, Subquery
from django.db.models.functions import Cast
from wagtail.models import Page, Revision

from pagekit.models import AbstractContentPage, ContentPageQuerySet


def paths_above(page: Page) -> list[str]:
    """The tree paths from the home page down to the parent of ``page``."""
    return [page.path[:end] for end in range(2 * page.steplen, len(page.path), page.steplen)] if page.path else []


def ancestors_of(page: AbstractContentPage) -> list[Page]:
    """The visible pages from home down to the parent."""
    kept: list[Page] | None = getattr(page, "shown_ancestors", None)
    if kept is None:
        visible = ContentPageQuerySet(Page).visible_to().filter(path__in=paths_above(page))
        kept = page.shown_ancestors = list(visible.select_related("locale").order_by("path"))
    return kept


def original_of(page: AbstractContentPage) -> AbstractContentPage:
    """The page that ``page`` translates; itself, if it is the source or the source is gone."""
    kept: AbstractContentPage | None = getattr(page, "shown_original", None)
    if kept is None:
        kept = page.shown_original = page.source_page() or page
    return kept


def first_written() -> Subquery:
    """For an annotation ``created_at`` of pages: when the first revision was saved; None for a page without any."""
    revisions = Revision.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page), object_id=Cast(OuterRef("pk"), CharField())
    )
    return Subquery(revisions.order_by("created_at").values("created_at")[:1])


def created_at(page: AbstractContentPage) -> dt.datetime | None:
    """When the page was first written down, which is before it was published."""
    if hasattr(page, "created_at"):
        # The frame of the page has read it along with everything else.
        return page.created_at or page.first_published_at
    moment: dt.datetime | None = page.revisions.order_by("created_at").values_list("created_at", flat=True).first()
    return moment or page.first_published_at
