"""What the page kit hears: of files, whose text may be that of an earlier one; of acts on pages that others follow."""

import logging
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from wagtail.models import PageViewRestriction
from wagtail.signal_handlers import update_reference_index_on_save
from wagtail.signals import page_published, page_unpublished, post_page_move

from pagekit import following
from pagekit.kept import refuse_loss, remember_public_files
from pagekit.models import AbstractContentPage, CustomDocument, CustomImage, refuse_deletion
from pagekit.services import INLINE_SECONDS, forget_old_text, read_text

logger = logging.getLogger(__name__)


@receiver(post_save, sender=CustomDocument)
def document_saved(instance: CustomDocument, raw: bool = False, **kwargs: Any) -> None:
    # Reading waits for the commit: it takes seconds, and a transaction keeps everybody else from writing.
    if not raw and forget_old_text(instance):
        transaction.on_commit(lambda: _read(instance))


def _read(document: CustomDocument) -> None:
    try:
        read_text(document, seconds=INLINE_SECONDS)
    except Exception:
        # The document is saved, whatever became of its text; it stays waiting, and read_documents tries again.
        logger.exception("The text of document %s was not read; run read_documents.", document.pk)


@receiver(page_published)
def references_are_those_of_the_public_page(instance: Any, **kwargs: Any) -> None:
    """Wagtail notes what a row of a page refers to when the row is saved, but forgets nothing when it is removed."""
    update_reference_index_on_save(instance)
    # A scheduled publication sends the signal early.
    if instance.live:
        remember_public_files(instance)


@receiver(pre_delete, sender=CustomDocument)
@receiver(pre_delete, sender=CustomImage)
def file_deleted(instance: Any, **kwargs: Any) -> None:
    refuse_loss(instance)


@receiver(page_published)
def published(instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, AbstractContentPage):
        following.follow_publication(instance)


@receiver(page_unpublished)
def unpublished(instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, AbstractContentPage):
        following.unpublish_translations(instance)


@receiver(post_page_move)
def moved(instance: Any, **kwargs: Any) -> None:
    # Wagtail sends a bare Page.
    if isinstance(page := instance.specific, AbstractContentPage):
        following.move_translations(page)


@receiver(pre_delete)
def deleted(instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, AbstractContentPage):
        refuse_deletion(instance)
        following.delete_translations(instance)


@receiver([post_save, post_delete], sender=PageViewRestriction)
def restriction_changed(instance: PageViewRestriction, **kwargs: Any) -> None:
    following.drop_copied_restrictions(instance)
