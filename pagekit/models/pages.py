"""What every content page shares: who sees it, what it refuses, its address."""

import datetime as dt
from typing import Any, ClassVar, Self

from anyascii import anyascii
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.admin.panels import CommentPanel, FieldPanel, MultiFieldPanel, PublishingPanel
from wagtail.models import Page, PageManager, PageViewRestriction
from wagtail.query import PageQuerySet

from pagekit.acts import Refused, Republication
from pagekit.admin_forms import ContentPageForm
from pagekit.page_rights import ContentPageRights
from pagekit.publication import refuse_unapproved, refuse_without_reason
from pagekit.restrictions import Unrestricted


def source_language() -> str:
    """The language in which every text is first written: the code of settings.LANGUAGE_CODE."""
    return str(settings.LANGUAGE_CODE)


def source_below(translation_key: Any) -> Any:
    """For a subquery on page restrictions: the source page of that key, if it stands at or under the restriction."""
    return Page.objects.filter(
        translation_key=translation_key,
        locale__language_code=source_language(),
        path__startswith=OuterRef("page__path"),
    )


def shown_to_readers() -> Q:
    """The condition on a page of ``visible_to``."""
    # Not Wagtail's public(): it reads all restrictions first, one query more at each use.
    is_open = Q(expire_at=None) | Q(expire_at__gt=timezone.now())
    return Q(Unrestricted(), is_open, live=True, alias_of=None)


class ContentPageQuerySet(PageQuerySet):
    """The one answer to "may a reader see this page"."""

    def visible_to(self, user: object = None) -> Self:
        """Pages that any reader may see: live, under no restriction, not past their expiry, no alias.

        A restriction on the source, or above it, holds for its translations too.

        ``user`` is part of the question so that every surface asks the same way; public surfaces show
        everybody the same, so today the answer does not depend on it.
        """
        return self.filter(shown_to_readers())

    def hidden_from(self, user: object = None) -> Self:
        """All the others."""
        return self.exclude(shown_to_readers())

    def in_language(self, *codes: str) -> Self:
        return self.filter(locale__language_code__in=codes)

    def sources(self) -> Self:
        """Pages in the language they were written in, whose publication writes the fact."""
        return self.in_language(source_language())


# Just below the root.
HOME_DEPTH = 2
# Where wagtail's move puts a page below its target; elsewhere it becomes the target's neighbour.
CHILD_POSITIONS = frozenset({"first-child", "last-child", "sorted-child"})

ContentPageManager = PageManager.from_queryset(ContentPageQuerySet)


class AbstractContentPage(Page):
    """A page of ours: born a draft, addressed in plain letters, honest about its translation."""

    translated_on = models.DateField(_("translated on"), null=True, blank=True, editable=False)
    reviewed_on = models.DateField(
        _("translation reviewed on"),
        null=True,
        blank=True,
        help_text=_("Set when a person who knows both languages has compared the translation with the original."),
    )
    change_reason = models.CharField(
        _("reason of this change"),
        max_length=250,
        blank=True,
        help_text=_("Needed when something already published changes; readers see it with the date."),
    )

    objects = ContentPageManager()

    # Of a translation, set by the frame of the page: since when its original says something else.
    outdated_since: dt.datetime | None = None
    # The admin's search asks the tables: Wagtail would read the page anew at every save, to write no index.
    search_auto_update = False

    # Page's own column, and Wagtail ships no types.
    slug: str

    base_form_class = ContentPageForm
    settings_panels: ClassVar[list[Any]] = [
        CommentPanel(),
        PublishingPanel(),
        MultiFieldPanel([FieldPanel("change_reason"), FieldPanel("reviewed_on")], heading=_("Change and review")),
    ]

    class Meta:
        abstract = True

    @property
    def is_source(self) -> bool:
        return bool(self.locale.language_code == source_language())

    def source_page(self) -> Self | None:
        """The page this one translates; itself, if it is the source; None when the source is gone."""
        if self.is_source:
            return self
        return (
            type(self).objects.filter(translation_key=self.translation_key).sources().select_related("locale").first()
        )

    def address_of_changes(self) -> str:
        """The admin's screen on which the newest draft stands beside what readers see."""
        return reverse("wagtailadmin_pages:revisions_compare", args=[self.pk, "live", "latest"])

    def get_workflow(self) -> Any:
        """The moderation above the page; a translation goes through that of its original."""
        found = super().get_workflow()
        if found is None and not self.is_source and (source := self.source_page()):
            found = source.get_workflow()
        return found

    def get_view_restrictions(self) -> Any:
        """The restrictions on this page, on its source, on those above either and on what aliases among them show.

        One query for Wagtail's two.
        """
        paths = [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]
        return PageViewRestriction.objects.filter(
            Q(page__path__in=paths) | Q(page__aliases__path__in=paths) | Exists(source_below(self.translation_key))
        ).distinct()

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """As Wagtail's; from its expiry on a page is as one that is not live, though nobody has taken it off yet."""
        if not path_components and self.expire_at is not None and self.expire_at <= timezone.now():
            raise Http404
        return super().route(request, path_components)

    def update_aliases(self, **known: Any) -> None:
        """As Wagtail's, which would show at once what is approved for a later day (wagtail issue 11344)."""
        if self.live:
            super().update_aliases(**known)

    update_aliases.alters_data = True  # type: ignore[attr-defined]  # a mark on a function

    def with_content_json(self, content: Any) -> Any:
        """As Wagtail's; what readers see now is of the page, not of a draft, which would remember what it was then.

        By it Wagtail tells whether to leave the public text in its place until the day of the new one.
        """
        page = super().with_content_json(content)
        page.live_revision_id = self.live_revision_id
        return page

    def refuse(self, action: Any) -> None:
        """Raise Refused when the rules of domain.md forbid ``action`` (one of pagekit.acts.ACTIONS) on this page."""
        if isinstance(action, PublishRevisionAction):
            if not isinstance(action, Republication):
                self.refuse_publication(action.revision)
        elif isinstance(action, DeletePageAction):
            refuse_deletion(self)
        elif isinstance(action, MovePageAction):
            self.refuse_move(action)
        elif isinstance(action, CreatePageAliasAction):
            if not action.update_locale and (action.parent or self.get_parent()).locale_id == self.locale_id:
                raise Refused(
                    gettext("No alias inside one language: it would show one text at two addresses. Copy the page.")
                )
        elif isinstance(action, CopyPageAction):
            # A copy is a draft: it has no approval of its own.
            action.keep_live = False

    def refuse_publication(self, revision: Any) -> None:
        """Raise Refused unless this draft, read from ``revision``, may go public; subclasses add what they need."""
        published = type(self).objects.filter(pk=self.pk).first()
        if not self.is_source:
            source = self.source_page()
            if source is None or not source.live:
                raise Refused(
                    gettext("Not published: a translation cannot be public before its original. Publish that first.")
                )
            if self.get_ancestors().filter(depth=HOME_DEPTH, live=False).exists():
                # Its address would lead into the Polish tree.
                raise Refused(
                    gettext(
                        "Not published: the home page in this language is not public. Publish its translation first."
                    )
                )
        refuse_unapproved(published or self, revision)
        if self.is_source:
            refuse_without_reason(self, published)

    def refuse_move(self, action: Any) -> None:
        """Raise Refused when a page would leave its parent: what was public, unless an administrator acts.

        A translation stands below the translation of the page under which its original stands.
        """
        above = action.target if action.pos in CHILD_POSITIONS else action.target.get_parent()
        if above.pk == self.get_parent().pk:
            return
        if not self.is_source:
            source = self.source_page()
            if source is None or source.get_parent().translation_key != above.translation_key:
                raise Refused(
                    gettext("Not moved: a translation stands where its original stands. Move that; this one follows.")
                )
        elif self.first_published_at and not (action.user and action.user.is_superuser):
            raise Refused(
                gettext(
                    "Not moved: what was public stays under its issuer. Only an administrator may move it elsewhere."
                )
            )

    def permissions_for_user(self, user: Any) -> ContentPageRights:
        return ContentPageRights(user, self)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self.address_in_plain_letters()
        super().full_clean(*args, **kwargs)

    def minimal_clean(self) -> None:
        # Drafts are cleaned by this alone, and Wagtail's own slug would drop ł and all Cyrillic.
        self.address_in_plain_letters()
        super().minimal_clean()

    def address_in_plain_letters(self) -> None:
        if not self.slug and self.title:
            self.slug = self._get_autogenerated_slug(slugify(anyascii(self.title)) or "strona")

    def save(self, *args: Any, **kwargs: Any) -> Any:
        # A refused publication in the create view must not leave a live page without a fact.
        if self._state.adding and not self.alias_of_id:
            self.live = False
        return super().save(*args, **kwargs)


def refuse_deletion(page: Page) -> None:
    """Raise Refused when the page, or any below it, was ever public: references resolve for ever."""
    if page.first_published_at or page.get_descendants().exclude(first_published_at=None).exists():
        raise Refused(
            gettext(
                "Not deleted: what was public once stays. "
                "Unpublish it or let an administrator withdraw it with a reason."
            )
        )
