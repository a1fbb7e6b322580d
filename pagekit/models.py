"""What every content page and every published fact share, and our own image and document."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self

from anyascii import anyascii
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.admin.panels import CommentPanel, FieldPanel, MultiFieldPanel, PublishingPanel
from wagtail.documents.models import AbstractDocument, Document
from wagtail.documents.models import DocumentQuerySet as WagtailDocumentQuerySet
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.models import Page, PageManager, PageViewRestriction
from wagtail.query import PageQuerySet

from pagekit.acts import Refused, Republication
from pagekit.admin_forms import ContentPageForm
from pagekit.documents import check_content, documents_changed
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


class CustomImage(AbstractImage):
    admin_form_fields = (*Image.admin_form_fields,)

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")


class CustomRendition(AbstractRendition):
    image = models.ForeignKey(CustomImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="rendition_is_unique"),
        ]


class TextState(models.TextChoices):
    """How far the text of a file is known to search; the sentences are for editors."""

    WAITING = "waiting", _("The text of this file has not been read yet; search does not know it.")
    READ = "read", _("Search knows the text of this file.")
    CUT = "cut", _("Search knows the first pages of this file; it is too long to be read whole.")
    SCANNED = "scanned", _("Text not searchable: the file holds pictures of pages. Upload one with recognised text.")
    ENCRYPTED = "encrypted", _("Text not searchable: the file asks for a password. Upload one without it.")
    BROKEN = "broken", _("Text not searchable: the file is damaged or much too large. Open it and save it anew.")
    OTHER = "other", _("Text not searchable: only that of PDF and DOCX files is read.")
    MISSING = "missing", _("The file is not in the store. Upload it again.")


class DocumentQuerySet(WagtailDocumentQuerySet):
    def update(self, **values: Any) -> int:
        """As Django's, and search hears of it: the screen that moves documents in bulk says nothing to anybody."""
        if not {"collection", "collection_id", "title", "file"} & values.keys():
            return int(super().update(**values))
        with transaction.atomic():
            touched = list(self.values_list("pk", flat=True))
            updated = int(super().update(**values))
            documents_changed.send(self.model, pks=touched)
        return updated


class CustomDocument(AbstractDocument):
    # Written with update() by pagekit.services alone; what a form saves beside them is put right by the receiver.
    text_state = models.CharField(
        _("text for search"), max_length=10, choices=TextState.choices, default=TextState.WAITING, editable=False
    )
    # Of the file and the reader that read it; empty until then.
    text_hash = models.CharField(max_length=64, blank=True, editable=False)
    page_count = models.PositiveIntegerField(_("pages"), null=True, blank=True, editable=False)
    pages_read = models.PositiveIntegerField(_("pages read"), default=0, editable=False)
    # Written by pagekit.kept when a page that refers to it becomes public; never taken back.
    was_public = models.BooleanField(_("was public"), default=False, db_default=False, editable=False)
    # How long reading was allowed to take.
    text_seconds = models.FloatField(default=0.0, editable=False)

    objects = DocumentQuerySet.as_manager()

    admin_form_fields = (*Document.admin_form_fields,)
    # Set by the hook of the door, for a reader who comes from a hit to look at a page.
    opens_in_browser = False

    def save(self, *args: Any, **kwargs: Any) -> None:
        # With what listens to it: the text of an earlier file must not outlive that file.
        with transaction.atomic():
            super().save(*args, **kwargs)

    @property
    def content_disposition(self) -> str:
        """Inline for a PDF that is to be looked at; everything else is taken home."""
        if self.opens_in_browser and self.file_extension.lower() == "pdf":
            return "inline"
        return str(super().content_disposition)

    @property
    def is_searchable(self) -> bool:
        """Whether search knows any of its text, or will soon."""
        return self.text_state in (TextState.WAITING, TextState.READ, TextState.CUT)

    def page_url(self, number: int | None = None) -> str:
        """Where a reader looks at a page of it: a PDF opens there, other files are taken whole."""
        if self.file_extension.lower() != "pdf":
            return str(self.url)
        return f"{self.url}?open" + (f"#page={number}" if number else "")

    def clean(self) -> None:
        super().clean()
        # Only what comes in now; a file in the store was looked at when it came.
        if self.file and not self.file._committed:
            check_content(self.file.file, self.file.name)

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")


class DocumentText(models.Model):
    """The text of one page of a file, as it was read; nobody edits it."""

    document = models.ForeignKey(CustomDocument, on_delete=models.CASCADE, related_name="texts")
    number = models.PositiveIntegerField(_("page"))
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("text of a page")
        verbose_name_plural = _("texts of pages")
        ordering: ClassVar[list[str]] = ["document", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["document", "number"], name="document_text_stands_once_a_page"),
        ]

    def __str__(self) -> str:
        return f"{self.document}, {self.number}"
