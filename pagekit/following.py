"""What is done to an original reaches its translations, inside the same act."""

from wagtail.actions.move_page import MovePageAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.coreutils import find_available_slug
from wagtail.models import Page, PageViewRestriction
from wagtail_localize.models import TranslationSource

from pagekit.models import AbstractContentPage, source_language
from pagekit.translation import draft_in, keep_up


def follow_publication(page: AbstractContentPage) -> None:
    """The translators find the new texts of an original, and no translation outlives the day on which it expires."""
    source = page.source_page()
    if source is None:
        return
    if page.is_source and page.live:
        handed_over = TranslationSource.objects.filter(object_id=page.translation_key, locale=page.locale_id).first()
        if handed_over is not None:
            keep_up(handed_over)
    translations = Page.objects.filter(translation_key=page.translation_key).exclude(pk=source.pk)
    translations.exclude(expire_at=source.expire_at).update(expire_at=source.expire_at)


def unpublish_translations(page: AbstractContentPage) -> None:
    """Unpublish every live translation of a source page, in the act that unpublished it."""
    if not page.is_source or page.live:
        return
    for translation in page.get_translations().live():
        UnpublishPageAction(translation.specific, user=None).execute(skip_permission_checks=True)


def move_translations(page: AbstractContentPage) -> None:
    """Put every translation of a source page below the translation of the page above; a draft where there is none."""
    above = page.get_parent()
    if not page.is_source or above.is_root():
        return
    for translation in page.get_translations().select_related("locale"):
        if translation.get_parent().translation_key == above.translation_key:
            continue
        parent = draft_in(above.specific, translation.locale)
        slug = find_available_slug(parent, translation.slug, ignore_page_id=translation.pk)
        if slug != translation.slug:
            translation.slug = slug
            translation.save()
        MovePageAction(translation.specific, parent, pos="last-child", user=None).execute(skip_permission_checks=True)


def delete_translations(page: AbstractContentPage) -> None:
    """Delete the drafts that translate a source page which is deleted, before it was ever public."""
    if page.is_source:
        for translation in page.get_translations():
            translation.specific.delete()


def drop_copied_restrictions(restriction: PageViewRestriction) -> None:
    """Forget what wagtail-localize copied: the restriction of a source holds for its translations by itself.

    A copy would outlive it, or ask for its former password.
    """
    page = Page.objects.filter(pk=restriction.page_id, locale__language_code=source_language()).first()
    if page is not None:
        PageViewRestriction.objects.filter(page__translation_key=page.translation_key).exclude(page=page).delete()
