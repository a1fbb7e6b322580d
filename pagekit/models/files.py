"""Our own image and document, and the text of documents for search."""

from typing import Any, ClassVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.documents.models import DocumentQuerySet as WagtailDocumentQuerySet
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from pagekit.documents import check_content, documents_changed


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
