"""The text of a PDF or DOCX file, page by page; runs as a process of its own, for files that were made to do harm.

    python -m pagekit.reading <path> <kind> <pages> <characters> <seconds>

writes one JSON object a line: {"pages": how many the file has}, then {"number": 1, "text": "..."} for each page that
has text, and at last {"end": why}, one of ENDS. A process that is killed has written the pages it came to. It imports
neither Django nor anything of ours.
"""

import json
import re
import resource
import sys
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, PyPdfError

END, CUT, ENCRYPTED, BROKEN = "end", "cut", "encrypted", "broken"
ENDS = (END, CUT, ENCRYPTED, BROKEN)

MEMORY = 512 * 1024 * 1024
"""Bytes of address space; reading an ordinary report takes a third of it."""

MAX_XML = 64 * 1024 * 1024
"""Bytes of one unpacked part of a DOCX file; a thousand pages of text have five million."""

DOCX_TEXT = "word/document.xml"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

# The text is kept by databases that refuse NUL and lone surrogates, and shown to people.
# Marks that turn the direction of writing would turn what stands beside the text, too.
UNFIT = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
HYPHENATED = re.compile("(?<=[^\\W\\d_])[-\u00ad]\n(?=[a-ząćęłńóśźżа-яёіїєґ])")
BLANKS = re.compile(r"[^\S\n]+")

# What any number of mistakes in a file makes a reader raise; MemoryError is the limit of the process.
FAULTS = (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError,
          AssertionError, OSError, EOFError, NotImplementedError, MemoryError, UnicodeError)  # fmt: skip


class Unreadable(Exception):  # noqa: N818 - it is no error of the program but what the file is
    """The file gives no text; the message is one of ENDS."""


def clean(text: str) -> str:
    """Composed characters, words whole again that the end of a line cut, single blanks, nothing unfit to be kept."""
    text = UNFIT.sub(" ", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    text = HYPHENATED.sub("", text)
    return "\n".join(line for raw in text.split("\n") if (line := BLANKS.sub(" ", raw).strip()))


def plain_text(page: PageObject) -> str:
    return clean(page.extract_text())


def pdf_pages(path: str, text_of: Callable[[PageObject], str] = plain_text) -> Iterator[int | str]:
    """The number of pages, then the text of each, as ``text_of`` takes it; one that cannot be read is empty.

    Raises Unreadable.
    """
    try:
        reader = PdfReader(path)
        # An empty password opens what is only protected against printing and copying.
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable(ENCRYPTED)
        count = len(reader.pages)
    except DependencyError as problem:
        raise Unreadable(ENCRYPTED) from problem
    except FAULTS as problem:
        raise Unreadable(BROKEN) from problem
    yield count
    for number in range(count):
        try:
            yield text_of(reader.pages[number])
        except FAULTS:
            yield ""


def docx_pages(path: str) -> Iterator[int | str]:
    """The number of pages, then the text of each, as its last program broke it into pages. Raises Unreadable."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(DOCX_TEXT).file_size > MAX_XML:
                raise Unreadable(BROKEN)
            with archive.open(DOCX_TEXT) as part:
                pages = [clean(page) for page in broken_into_pages(part)]
    except (zipfile.BadZipFile, DefusedXmlException, ParseError, RuntimeError, *FAULTS) as problem:
        # RuntimeError: an archive that asks for a password.
        raise Unreadable(BROKEN) from problem
    yield len(pages)
    yield from pages


def broken_into_pages(part: Any) -> Iterator[str]:
    """The text between two breaks of pages, laid down by the author or by the program that saved the file."""
    page: list[str] = []
    is_fresh = True
    open_elements: list[Any] = []
    # No entities, no document type, nothing from outside: what needs them is no document of an office program.
    for event, element in iterparse(part, ("start", "end"), forbid_dtd=True):
        if event == "start":
            open_elements.append(element)
            continue
        open_elements.pop()
        if element.tag == f"{W}t":
            page.append(element.text or "")
            is_fresh = is_fresh and not (element.text or "").strip()
        elif element.tag == f"{W}tab":
            page.append(" ")
        elif element.tag in (f"{W}p", f"{W}cr") or (element.tag == f"{W}br" and element.get(f"{W}type") != "page"):
            page.append("\n")
        elif element.tag == f"{W}br" or (element.tag == f"{W}lastRenderedPageBreak" and not is_fresh):
            # A break of the author's is followed by the program's own mark of the same break.
            yield "".join(page)
            page, is_fresh = [], True
        if open_elements:
            # What was read is let go: memory does not grow with the file.
            open_elements[-1].remove(element)
    yield "".join(page)


Reader = Callable[[str], Iterator[int | str]]
READERS: Mapping[str, Reader] = {"pdf": pdf_pages, "docx": docx_pages}


def tell(**what: int | str) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def read(reader: Reader, path: str, most_pages: int, most_characters: int, seconds: float) -> str:
    """Tell of each page; return why it stopped."""
    deadline = time.monotonic() + seconds
    pages = reader(path)
    try:
        count = int(next(pages))
        tell(pages=count)
        left = most_characters
        for number, page in enumerate(pages, 1):
            text = str(page)[:left]
            left -= len(text)
            if text:
                tell(number=number, text=text)
            if number == count:
                return CUT if len(text) < len(str(page)) else END
            if number == most_pages or left <= 0 or time.monotonic() > deadline:
                return CUT
    except Unreadable as reason:
        return str(reason)
    return END


def main(
    path: str,
    kind: str,
    most_pages: str,
    most_characters: str,
    seconds: str,
    *,
    readers: Mapping[str, Reader] = READERS,
) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # It reads and it tells: there is nothing for it to write.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    tell(end=read(readers[kind], path, int(most_pages), int(most_characters), float(seconds)))


if __name__ == "__main__":
    main(*sys.argv[1:])
