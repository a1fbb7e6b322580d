"""Files: what may come in, told by their content, and who may take them out."""

import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef
from django.dispatch import Signal
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.models import CollectionViewRestriction, ReferenceIndex

# An archive that unpacks to more, or into more parts, is a bomb and no document.
MAX_UNPACKED = 200 * 1024 * 1024
MAX_PARTS = 5_000

OFFICE_PARTS = {
    "docx": "word/",
    "xlsx": "xl/",
    "pptx": "ppt/",
}
ACTIVE_STARTS = (
    b"<!doctype",
    b"<html",
    b"<?xml",
    b"<svg",
    b"<script",
    b"mz",
    b"#!",
    b"%pdf",
    b"pk\x03\x04",
    b"\x7felf",
)


def check_content(file: BinaryIO, name: str) -> None:
    """Raise ValidationError unless the content of ``file`` is what the ending of ``name`` says.

    Knows pdf, docx, xlsx, pptx, odt, rtf, csv and txt; reads archives by their directory only, never unpacks them.
    """
    ending = PurePosixPath(name.lower()).suffix.lstrip(".")
    file.seek(0)
    start = file.read(4096)
    file.seek(0)
    if ending == "pdf":
        is_it = start.startswith(b"%PDF-")
    elif ending == "rtf":
        is_it = start.startswith(b"{\\rtf")
    elif ending in OFFICE_PARTS or ending == "odt":
        is_it = start.startswith(b"PK\x03\x04") and is_office_archive(file, ending)
    else:
        is_it = ending in {"csv", "txt"} and is_plain_text(start)
    file.seek(0)
    if not is_it:
        raise ValidationError(
            _(
                "The file “%(name)s” is not what its ending says. "
                "Upload the original document (pdf, docx, odt, rtf, xlsx, pptx, csv, txt)."
            )
            % {"name": name},
            code="wrong_content",
        )


def is_office_archive(file: BinaryIO, ending: str) -> bool:
    """Whether the archive holds the parts of that kind of document; False for broken ones and bombs."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                return False
            names = [part.filename for part in parts]
            if ending == "odt":
                return "mimetype" in names and archive.read("mimetype").startswith(
                    b"application/vnd.oasis.opendocument"
                )
            return "[Content_Types].xml" in names and any(name.startswith(OFFICE_PARTS[ending]) for name in names)
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        return False


def is_plain_text(start: bytes) -> bool:
    """Whether this is the beginning of a text and not of a program, a page or another document."""
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if bare.startswith(ACTIVE_STARTS):
        return False
    return start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" not in start


def may_take(user: Any, document: Any) -> bool:
    """Whether a reader may download a document: editors any, others what something visible to them refers to.

    What is asked of its collection (a password, say) is asked by Wagtail.
    """
    if user.is_authenticated and user.has_perm("wagtailadmin.access_admin"):
        return True
    return document.pk in referred_to([document.pk], user)


Referrers = Mapping[type[models.Model], Collection[int]]
"""What refers to a document: primary keys by model; a page stands under its own model."""


def referred_to(documents: Collection[int], user: Any = None) -> dict[int, Referrers]:
    """The documents that something visible to this user (any reader) refers to, each with all such things.

    Things that refer to documents answer for themselves, by the `visible_to(user)` of their manager; those without
    one are never visible. Two queries, and one for each model that refers to any of them.
    """
    found: dict[type[models.Model], dict[int, set[int]]] = {}
    for to, model, pk in references(documents):
        found.setdefault(model, {}).setdefault(pk, set()).add(to)
    referred: dict[int, dict[type[models.Model], set[int]]] = {}
    for model, targets in found.items():
        visible = getattr(model._default_manager, "visible_to", None)
        if visible is None:
            continue
        for pk in visible(user).filter(pk__in=list(targets)).values_list("pk", flat=True):
            for to in targets[pk]:
                referred.setdefault(to, {}).setdefault(model, set()).add(pk)
    return dict(referred)


def references(documents: Collection[int]) -> Iterator[tuple[int, type[models.Model], int]]:
    """(document, model, primary key) of each thing that refers to one of the documents, visible or not."""
    types = ContentType.objects.get_for_models(get_document_model()).values()
    rows = ReferenceIndex.objects.filter(
        to_content_type__in=types, to_object_id__in=[str(pk) for pk in documents]
    ).values_list("to_object_id", "content_type", "object_id")
    for to, content_type, pk in rows.distinct():
        model = ContentType.objects.get_for_id(content_type).model_class()
        if model is not None and pk.isdecimal():
            yield int(to), model, int(pk)


def public_documents(documents: Iterable[int]) -> dict[int, Referrers]:
    """The documents that any reader may take without a password, each with the visible things that refer to it."""
    restricted = CollectionViewRestriction.objects.annotate(
        asked_path=ExpressionWrapper(OuterRef("collection__path"), output_field=models.CharField())
    ).filter(asked_path__startswith=F("collection__path"))
    open_ones = get_document_model()._default_manager.filter(~Exists(restricted), pk__in=list(documents))
    return referred_to(set(open_ones.values_list("pk", flat=True)))


documents_changed = Signal()
"""Sent, inside the transaction, when documents changed without being saved: moved between collections, for example.

Arguments: `pks`, those of the documents.
"""

collection_moved = Signal()
"""Sent, inside the transaction, when a collection was moved below another. Arguments: `instance`."""
