"""Reading the text of files into the database: in a process of its own, bounded in time, memory and length."""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction

from pagekit import outlines, reading
from pagekit.documents import documents_changed
from pagekit.models import CustomDocument, DocumentText, TextState

MOST_PAGES = 2_000
MOST_CHARACTERS = 1_000_000
"""Of one file; four hundred full pages. What comes after stays unknown to search, and the editor is told."""

INLINE_SECONDS = 6.0
"""How long a person who saves a file waits; the command reads on where a file takes longer."""

PATIENT_SECONDS = 120.0
OUTLINE_SECONDS = 20.0
"""How long an editor waits for the recommendations of an uploaded paper."""

GRACE = 3.0
"""Seconds after which a reader that does not stop by itself is stopped."""

READER = "1"
"""Raise it whenever pagekit.reading finds another text in the same file: the command then reads all anew."""


@dataclass
class Reading:
    """What was found in one file."""

    state: TextState
    texts: dict[int, str] = field(default_factory=dict)
    pages: int | None = None
    pages_read: int = 0


def hash_of(document: CustomDocument) -> str:
    """What the present file and the present reader give together; "" if there is no file in the store."""
    if not document.file:
        return ""
    digest = hashlib.sha256(f"reader {READER}\n".encode())
    try:
        with document.file.storage.open(document.file.name) as file:
            for chunk in file.chunks():
                digest.update(chunk)
    except OSError:
        return ""
    return digest.hexdigest()


def forget_old_text(document: CustomDocument) -> bool:
    """Drop the text of a file that is no longer this document's; return whether there is a file to be read.

    Part of the transaction that saves the document: what an earlier file said must not be found a moment longer.
    """
    if is_read(document, hash_of(document)):
        return False
    document.texts.all().delete()
    _write(document, text_state=TextState.WAITING, text_hash="", page_count=None, pages_read=0)
    return True


def is_read(document: CustomDocument, present: str, *, seconds: float = 0.0) -> bool:
    """Whether what is stored was read from the present file by the present reader, as far as so many seconds reach."""
    if document.text_hash != present or document.text_state == TextState.WAITING:
        return False
    return document.text_state != TextState.CUT or document.text_seconds >= seconds


def read_text(document: CustomDocument, *, seconds: float = PATIENT_SECONDS) -> TextState:
    """Read the file and store its text page by page, or why there is none; raises nothing because of the file."""
    present = hash_of(document)
    found = _reading(document, seconds) if present else Reading(TextState.MISSING)
    with transaction.atomic():
        current = CustomDocument.objects.select_for_update().filter(pk=document.pk).first()
        if current is None or hash_of(current) != present:
            # Somebody gave it another file meanwhile, whose own reading follows, or deleted it.
            return TextState.WAITING
        document.texts.all().delete()
        DocumentText.objects.bulk_create(
            [DocumentText(document=document, number=number, text=text) for number, text in found.texts.items()],
            batch_size=100,
        )
        _write(
            document,
            text_state=found.state,
            text_hash=present,
            page_count=found.pages,
            pages_read=found.pages_read,
            text_seconds=seconds,
        )
        documents_changed.send(CustomDocument, pks=[document.pk])
    return found.state


def _write(document: CustomDocument, **values: Any) -> None:
    CustomDocument.objects.filter(pk=document.pk).update(**values)
    # The instance in hand may be saved once more, and is shown to the editor.
    for name, value in values.items():
        setattr(document, name, value)


def _reading(document: CustomDocument, seconds: float) -> Reading:
    kind = document.file_extension.lower()
    if kind not in reading.READERS:
        return Reading(TextState.OTHER)
    with _on_disk(document) as path:
        return _read_on_disk(path, kind, seconds)


def read_outline(file: BinaryIO, kind: str, *, seconds: float = OUTLINE_SECONDS) -> Reading:
    """The text of an uploaded PDF, DOCX or HTML file (``kind``) with its headings, marks and tables, page by page."""
    file.seek(0)
    with tempfile.NamedTemporaryFile(suffix=f".{kind}") as copy:
        shutil.copyfileobj(file, copy)
        copy.flush()
        return _read_on_disk(copy.name, kind, seconds, outlines.__name__)


def _read_on_disk(path: str, kind: str, seconds: float, module: str = reading.__name__) -> Reading:
    lines = _told_by_reader(path, kind, seconds, module)
    found = Reading(TextState.CUT)
    end = ""
    for line in lines:
        if "pages" in line:
            found.pages = line["pages"]
        elif "number" in line:
            found.texts[line["number"]] = line["text"]
            found.pages_read = line["number"]
        else:
            end = line["end"]
    if end == reading.END:
        found.pages_read = found.pages or 0
    found.state = _state(end, found)
    return found


def _state(end: str, found: Reading) -> TextState:
    if end == reading.ENCRYPTED:
        return TextState.ENCRYPTED
    if found.texts:
        return TextState.READ if end == reading.END else TextState.CUT
    if end == reading.CUT and found.pages is None:
        # It is longer than may be read at all.
        return TextState.CUT
    # Nothing was found: because nothing is there, or because the reader gave up.
    return TextState.SCANNED if end in (reading.END, reading.CUT) and found.pages else TextState.BROKEN


def _told_by_reader(path: str, kind: str, seconds: float, module: str) -> list[dict[str, Any]]:
    """What the reader wrote until it ended or was stopped: whole lines only."""
    command = [sys.executable, "-m", module, path, kind, str(MOST_PAGES), str(MOST_CHARACTERS), str(seconds)]
    process = subprocess.Popen(  # noqa: S603 - our own module; the path is no shell's
        command,
        cwd=settings.BASE_DIR,
        # None of the site's secrets.
        env={"PYTHONPATH": str(settings.BASE_DIR), "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        output, _errors = process.communicate(timeout=seconds + GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        output, _errors = process.communicate()
    whole = output[: output.rfind(b"\n") + 1]
    return [json.loads(line) for line in whole.splitlines()]


@contextmanager
def _on_disk(document: CustomDocument) -> Iterator[str]:
    """The path of the file, or of a copy where the store has no paths."""
    if document.is_stored_locally():
        yield document.file.path
        return
    with tempfile.NamedTemporaryFile(suffix=Path(document.filename).suffix) as copy:
        with document.file.storage.open(document.file.name) as file:
            for chunk in file.chunks():
                copy.write(chunk)
        copy.flush()
        yield copy.name
