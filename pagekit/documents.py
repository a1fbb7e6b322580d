"""Files: what may come in, told by their content, and the signals that tell of what happened to them."""

import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.dispatch import Signal
from django.utils.translation import gettext as _

# An archive that unpacks to more, or into more parts, is a bomb and no document.
MAX_UNPACKED = 200 * 1024 * 1024
MAX_PARTS = 5_000

OFFICE_PARTS = {
    "docx": "word/",
    "xlsx": "xl/",
    "pptx": "ppt/",
}
OPEN_DOCUMENTS = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
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
    """Raise ValidationError unless the content of ``file`` is what the ending of ``name`` says; its code says why.

    "unknown_kind": no document at all, or not one of WAGTAILDOCS_EXTENSIONS; "wrong_content": it is something else;
    "too_large": it unpacks to more than any document holds. Archives are read by their directory only, never unpacked.
    """
    ending = PurePosixPath(name.lower()).suffix.lstrip(".")
    kinds = ", ".join(settings.WAGTAILDOCS_EXTENSIONS)
    if ending not in settings.WAGTAILDOCS_EXTENSIONS:
        raise ValidationError(
            _("Files like “%(name)s” are not accepted. Upload a document of one of these kinds: %(kinds)s.")
            % {"name": name, "kinds": kinds},
            code="unknown_kind",
        )
    file.seek(0)
    start = file.read(4096)
    file.seek(0)
    if ending == "pdf":
        is_it = start.startswith(b"%PDF-")
    elif ending == "rtf":
        is_it = start.startswith(b"{\\rtf")
    elif ending in {*OFFICE_PARTS, *OPEN_DOCUMENTS}:
        is_it = start.startswith(b"PK\x03\x04") and is_office_archive(file, name, ending)
    else:
        is_it = is_plain_text(start)
    file.seek(0)
    if not is_it:
        raise ValidationError(
            _("The file “%(name)s” is not what its ending says. Upload the original document (%(kinds)s).")
            % {"name": name, "kinds": kinds},
            code="wrong_content",
        )


def is_office_archive(file: BinaryIO, name: str, ending: str) -> bool:
    """Whether the archive holds the parts of that kind of document; False for broken ones, an error for bombs."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise ValidationError(
                    _(
                        "The file “%(name)s” unpacks to more than %(size)s MB or %(parts)s parts, as no document does. "
                        "Delete pictures from it, save it anew and upload it again."
                    )
                    % {"name": name, "size": MAX_UNPACKED // (1024 * 1024), "parts": MAX_PARTS},
                    code="too_large",
                )
            names = [part.filename for part in parts]
            if ending in OPEN_DOCUMENTS:
                return "mimetype" in names and archive.read("mimetype").startswith(OPEN_DOCUMENTS[ending])
            return "[Content_Types].xml" in names and any(name.startswith(OFFICE_PARTS[ending]) for name in names)
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        return False


def is_plain_text(start: bytes) -> bool:
    """Whether this begins a text that holds a sign to read, and no program, page or other document."""
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if bare.startswith(ACTIVE_STARTS):
        return False
    is_marked = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    # Every other byte of UTF-16 is zero, nearly.
    is_wide = any(start[first::2].count(0) * 3 > len(start) // 2 > 0 for first in (0, 1))
    # Of all eight-bit alphabets and UTF-8 this only tells signs from controls.
    text = start.decode("utf-16", "ignore") if is_marked else bare.decode("latin-1")
    has_signs = any(sign.isprintable() and not sign.isspace() for sign in text)
    return has_signs and (is_marked or is_wide or b"\x00" not in start)


documents_changed = Signal()
"""Sent, inside the transaction, when documents changed without being saved: moved between collections, for example.

Arguments: `pks`, those of the documents.
"""

collection_moved = Signal()
"""Sent, inside the transaction, when a collection was moved below another. Arguments: `instance`."""
