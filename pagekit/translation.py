"""The way of a translation: handed to the translators, kept up with its original, sent to moderation, reviewed.

wagtail-localize keeps the texts; what it would do past the moderation, or with live copies of the pages above, it is
not asked to do. The public page changes only by an approval (pagekit.publication).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.dispatch import Signal
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations
from wagtail.log_actions import log
from wagtail.models import Locale, Page, Revision
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail_localize.models import StringSegment, StringTranslation, TemplateSegment, Translation, TranslationSource
from wagtail_localize.strings import StringValue

from pagekit.acts import Refused
from pagekit.models import HOME_DEPTH, source_language
from pagekit.publication import authors_of_texts

# Sent by Translation with ``instance`` and ``by``: a page is new among the work of the translators of a language.
handed_over = Signal()


def homes_of(user: Any) -> set[int] | None:
    """The locales of the home pages that are the person's to change, without a further question; None means all."""
    rights = [
        right.page
        for right in PagePermissionPolicy().get_cached_permissions_for_user(user)
        if right.permission.codename == "change_page"
    ]
    if user.is_superuser or any(page.depth < HOME_DEPTH for page in rights):
        return None
    return {page.locale_id for page in rights if page.depth == HOME_DEPTH}


def may_translate(user: Any) -> bool:
    """Whether there is any language into which the person may translate."""
    return homes_of(user) != set()


def locales_of(user: Any) -> list[Locale]:
    """The languages into which a person may translate, in the order of the settings.

    The right to change a home page is the right to translate into its language.
    """
    found, homes = Locale.objects.exclude(language_code=source_language()), homes_of(user)
    order = [code for code, _name in settings.LANGUAGES]
    mine = [locale for locale in found if homes is None or locale.pk in homes]
    return sorted(mine, key=lambda locale: order.index(locale.language_code))


def target_of(translation: Translation) -> Any:
    """The page that a translation writes; None where there is none."""
    key, locale = translation.source.object_id, translation.target_locale_id
    page = Page.objects.filter(translation_key=key, locale=locale).first()
    return page.specific if page else None


def translation_of(page: Page) -> Translation | None:
    """The work behind a translated page; None for a source and for a page that was written by hand."""
    found = Translation.objects.filter(
        source__object_id=page.translation_key, target_locale_id=page.locale_id, enabled=True
    )
    return found.select_related("source", "target_locale").first()


def submitted(source: TranslationSource, locale: Locale, *, by: Any = None) -> Translation:
    translation, is_new = Translation.objects.get_or_create(source=source, target_locale=locale)
    if is_new or not translation.enabled:
        translation.enabled = True
        translation.save(update_fields=["enabled"])
        handed_over.send(sender=Translation, instance=translation, by=by)
    return translation


def draft_in(page: Any, locale: Locale, *, by: Any = None) -> Any:
    """The page in ``locale``: as it is, else a new draft below the drafts of the pages above it.

    wagtail-localize would make live aliases of the pages above, which show Polish text under another language.
    """
    existing = type(page).objects.filter(translation_key=page.translation_key, locale=locale).first()
    if existing is not None:
        return existing
    above = page.get_parent()
    if not above.is_root() and not above.get_translations().filter(locale=locale).exists():
        # Handed to the translators as well: they find it in their list and go on.
        draft_in(above.specific, locale, by=by)
        submitted(TranslationSource.get_or_create_from_instance(above.specific)[0], locale, by=by)
    return page.copy_for_translation(locale, copy_parents=False, exclude_fields=rows_of_facts(type(page)))


def rows_of_facts(model: type[Any]) -> list[str]:
    """The relations of a page model that are not translated: they are the original's, a copy would only grow old."""
    rows = [relation.get_accessor_name() for relation in get_all_child_relations(model)]
    rows += [field.name for field in get_all_child_m2m_relations(model)]
    translated = {field.field_name for field in model.translatable_fields}
    return [name for name in rows if name not in translated]


@transaction.atomic
def hand_over(page: Any, locale: Locale, *, by: Any = None) -> Translation:
    """Give a public source page to the translators into ``locale``; twice changes nothing. Else raises Refused."""
    if not page.is_source or not page.live:
        raise Refused(gettext("Not sent to translation: only what is published is translated, from its original."))
    source, is_new = TranslationSource.get_or_create_from_instance(page)
    if not is_new:
        keep_up(source)
    draft_in(page, locale, by=by)
    return submitted(source, locale, by=by)


def hand_over_everywhere(page: Any, *, by: Any) -> None:
    """Give a public source page to the translators into every language of the person who asks."""
    for locale in locales_of(by):
        hand_over(page, locale, by=by)


def texts_of(source: TranslationSource) -> list[Any]:
    """Everything whose change asks for another translation."""
    strings = StringSegment.objects.filter(source=source).order_by("order", "pk")
    templates = TemplateSegment.objects.filter(source=source).order_by("order", "pk")
    return [
        *strings.values_list("context__path", "string__data", "attrs"),
        *templates.values_list("context__path", "template__template"),
    ]


def keep_up(source: TranslationSource) -> None:
    """Read the texts of the public original anew; ``last_updated_at`` tells when they last changed."""
    before, changed_at = texts_of(source), source.last_updated_at
    source.update_from_db()
    if texts_of(source) == before:
        TranslationSource.objects.filter(pk=source.pk).update(last_updated_at=changed_at)


def with_ages(pages: Any) -> Any:
    """Pages, each with ``written_at``, and ``source_changed_at``: when a text of its original last changed in public.

    A translation whose first is before its second shows what the original said earlier.
    """
    source = TranslationSource.objects.filter(
        object_id=OuterRef("translation_key"), locale__language_code=source_language()
    )
    return pages.annotate(
        source_changed_at=Subquery(source.values("last_updated_at")[:1]),
        # Not the day of publication: the original may have changed while a moderator read.
        written_at=Coalesce("live_revision__created_at", "last_published_at"),
    )


@dataclass(frozen=True)
class Fragment:
    """A text of the original with its translation; empty where there is none, ``error`` where it cannot stand."""

    label: str
    path: str
    original: str
    text: str
    error: str = ""


def fragments_of(translation: Translation) -> Iterator[Fragment]:
    """The texts of the page in the order of its fields, as plain text; two queries."""
    model = translation.source.specific_content_type.model_class()
    segments = list(
        StringSegment.objects.filter(source=translation.source).select_related("string", "context").order_by("order")
    )
    done = {
        (one.translation_of_id, one.context_id): one
        for one in StringTranslation.objects.filter(
            context__object_id=translation.source.object_id, locale=translation.target_locale_id
        ).select_related("translation_of")
    }
    for segment in segments:
        name = segment.context.path.partition(".")[0]
        label = capfirst(str(model._meta.get_field(name).verbose_name))
        original = StringValue(segment.string.data).render_text()
        one = done.get((segment.string_id, segment.context_id))
        text = StringValue(one.data).render_text() if one else ""
        error = str(one.get_error() or gettext("not valid")) if one and one.has_error else ""
        yield Fragment(label, segment.context.path, original, text, error)


def note(revision: Revision, **days: Any) -> None:
    """Write dates into a draft: they become public with it, not before."""
    revision.content |= {name: day.isoformat() for name, day in days.items()}
    revision.save(update_fields=["content"])


@transaction.atomic
def send(translation: Translation, *, by: Any) -> Page:
    """Make the draft of what was translated and send it to moderation; raises Refused where something is missing."""
    total, done = translation.get_progress()
    if done < total:
        raise Refused(
            ngettext(
                "Not sent: %(count)d text has no valid translation yet. Readers would see it in Polish.",
                "Not sent: %(count)d texts have no valid translation yet. Readers would see them in Polish.",
                total - done,
            )
            % {"count": total - done}
        )
    page = target_of(translation)
    workflow = page.get_workflow()
    if workflow is None:
        raise Refused(gettext("Not sent: there is no moderation to send it to."))
    if page.workflow_in_progress:
        raise Refused(gettext("Not sent: the translation is in moderation already."))
    if not translation.source.get_source_instance().live:
        raise Refused(gettext("Not sent: the original is not published."))
    try:
        translation.save_target(user=by, publish=False)
    except ValidationError as error:
        raise Refused(gettext("Not sent: %(why)s") % {"why": " ".join(error.messages)}) from error
    page = target_of(translation)
    note(page.get_latest_revision(), translated_on=timezone.localdate())
    state = page.current_workflow_state
    if state is not None:
        state.resume(user=by)
    else:
        workflow.start(page, by)
    return page


@transaction.atomic
def take_back(page: Any, *, by: Any) -> None:
    """End the moderation of a translation: it is a draft again; raises Refused where there is none."""
    state = page.current_workflow_state
    if state is None:
        raise Refused(gettext("Not taken back: the translation is not in moderation."))
    state.cancel(user=by)


def may_review(page: Any, user: Any) -> bool:
    """Whether the person may say of a public translation, as it stands, that it was compared with its original."""
    wrote = {page.live_revision.user_id} if page.live_revision else set()
    is_other = user.pk not in wrote | authors_of_texts(page)
    return bool(page.live and not page.is_source and is_other and page.permissions_for_user(user).can_publish())


@transaction.atomic
def review(page: Any, *, by: Any) -> None:
    """Take the mark "not yet reviewed" from a public translation; raises Refused for whoever wrote any of it."""
    if not may_review(page, by):
        raise Refused(gettext("Not marked as reviewed: a moderator compares who wrote none of it."))
    today = timezone.localdate()
    type(page).objects.filter(pk=page.pk).update(reviewed_on=today)
    if page.latest_revision:
        note(page.latest_revision, reviewed_on=today)
    log(instance=page, action="pagekit.review_translation", user=by)
