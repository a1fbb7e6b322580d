"""A PDF, DOCX or HTML file as text that keeps what its form says: headings, marks of lists, rows of tables.

Runs as a process of its own like pagekit.reading, with the same words on the line. A heading is written "## ...", a
row of a table "cell | cell", an item of a list with the mark that its readers saw, though no program stores it so.
"""

import re
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from pagekit.columns import text_of
from pagekit.reading import (
    BROKEN,
    CUT,
    DOCX_TEXT,
    FAULTS,
    HYPHENATED,
    MAX_XML,
    UNFIT,
    Unreadable,
    main,
    pdf_pages,
)
from pagekit.word import COVERED, MOST_COLUMNS, PARTS, Word, number_of, written

BLANKS = re.compile(r"[^\S\n]+")
CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)


def tidy(text: str) -> str:
    """Composed characters, single blanks, nothing unfit to be kept; empty lines stay, at most one together."""
    text = UNFIT.sub(" ", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    lines = [BLANKS.sub(" ", line).strip() for line in HYPHENATED.sub("", text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def pdf_outline(path: str) -> Iterator[int | str]:
    """The pages of a PDF; one whose columns were written line by line says so (pagekit.columns)."""
    yield from pdf_pages(path, text_of)


def docx_outline(path: str) -> Iterator[int | str]:
    """The number of pages, then each, as its last program broke the file into pages. Raises Unreadable."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {name: part_of(archive, name) for name in PARTS}
        if parts[DOCX_TEXT] is None:
            raise Unreadable(BROKEN)
        pages = [tidy(page) for page in Word(parts).pages()]
    except (zipfile.BadZipFile, DefusedXmlException, ParseError, RuntimeError, *FAULTS) as problem:
        raise Unreadable(BROKEN) from problem
    yield len(pages)
    yield from pages


def part_of(archive: zipfile.ZipFile, name: str) -> Any:
    """The root of a part of the archive, or None; no entities, no document type, nothing from outside."""
    if name not in archive.namelist():
        return None
    if archive.getinfo(name).file_size > MAX_XML:
        raise Unreadable(CUT)
    return fromstring(archive.read(name), forbid_dtd=True)


def span_of(said: str | None) -> int:
    """Over how many columns or rows a cell of a web page reaches; nonsense is one."""
    return min(max(number_of(said or "", 1), 1), MOST_COLUMNS)


class Page(HTMLParser):
    """A saved web page as text; what its menus, forms and messages say is kept apart, its programs are left out."""

    SKIPPED = frozenset({"script", "style", "nav", "header", "footer", "aside", "form", "select", "iframe", "template",
                         "noscript", "svg", "button", "head"})  # fmt: skip
    # Of these nothing was ever to be read.
    UNREAD = frozenset({"script", "style", "iframe", "template", "noscript", "svg", "head", "select"})
    # Parts of old sites, by what their programs call them: menus, messages, the box of author and date.
    PARTS = re.compile(
        r"(?:menu|main-?menu|module(?:table)?(?:[_-].*)?|breadcrumbs?|pathway|pagenav|pager|pagination|article-info(?:-.*)?"
        r"|createdby|readmore|readon|system-message(?:-container)?|print-icon|email-icon|buttonheading)"
    )
    ALONE = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr", "col", "area", "base", "source"})
    # Whatever they are called, they are or hold the text; or they are never closed.
    WHOLE = frozenset({"html", "body", "main", "article", *ALONE})
    BLOCKS = frozenset({"p", "div", "section", "article", "main", "br", "ul", "ol", "table", "blockquote", "dl", "dd",
                        "dt", "hr", "figure", "address", "pre"})  # fmt: skip

    TABLES = frozenset({"table", "thead", "tbody", "tfoot"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self.left_out: list[str] = []
        self.skipping: list[str] = []
        self.lists: list[int | None] = []
        self.cells = 0
        # Of the row that is read, how many columns its last cell still takes; by column, for how many rows the cell
        # above reaches down, and what stands for it there.
        self.taken = 0
        self.reaching: dict[int, tuple[int, str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.skipping or tag in self.SKIPPED or (tag not in self.WHOLE and self._is_part(attrs)):
            begins = not self.skipping
            if begins or tag in self.SKIPPED or tag == self.skipping[-1]:
                self.skipping.append(tag)
            if begins or tag in {*self.BLOCKS, "li", "tr"}:
                self.left_out.append("\n")
            return
        if re.fullmatch(r"h[1-6]", tag):
            self.written.append(f"\n\n{'#' * int(tag[1])} ")
        elif tag in {"ul", "ol"}:
            start = dict(attrs).get("start") or "1"
            self.lists.append(int(start) if tag == "ol" and start.isdecimal() and len(start) < 5 else None)
        elif tag == "li":
            self.written.append(f"\n{self._mark()}")
        elif tag == "tr":
            self.written.append("\n| ")
            self.cells = self.taken = 0
        elif tag in {"td", "th"}:
            self._begin_cell(dict(attrs))
        elif tag in self.TABLES:
            self.reaching, self.taken = {}, 0
            self.written.append("" if self.cells or tag != "table" else "\n\n")
        elif tag in self.BLOCKS and not self.cells:
            self.written.append("\n" if self.lists or tag == "br" else "\n\n")

    def _begin_cell(self, said: dict[str, str | None]) -> None:
        self._end_cell()
        wide, high = (span_of(said.get(name)) for name in ("colspan", "rowspan"))
        for column in range(self.cells, self.cells + wide):
            self.reaching[column] = (high - 1, "" if column > self.cells else COVERED)
        self._write_cell("")
        self.taken = wide - 1

    def _end_cell(self) -> None:
        """Write the other columns of the last cell, then what cells above say of those that follow."""
        for _column in range(self.taken):
            self._write_cell("")
        self.taken = 0
        while (above := self.reaching.get(self.cells)) and above[0]:
            self.reaching[self.cells] = (above[0] - 1, above[1])
            self._write_cell(above[1])

    def _end_row(self) -> None:
        self._end_cell()
        while any(rows and column >= self.cells for column, (rows, _said) in self.reaching.items()):
            self._write_cell("")
            self._end_cell()

    def _write_cell(self, text: str) -> None:
        self.written.append(f" | {text}" if self.cells else text)
        self.cells += 1

    def _is_part(self, attrs: list[tuple[str, str | None]]) -> bool:
        said = dict(attrs)
        names = f"{said.get('class') or ''} {said.get('id') or ''}".lower().split()
        return any(self.PARTS.fullmatch(name) for name in names)

    def _mark(self) -> str:
        number = self.lists[-1] if self.lists else None
        if number is None:
            return "◦ " if len(self.lists) > 1 else "- "
        self.lists[-1] = number + 1
        return f"{number}. " if len(self.lists) == 1 else f"{written(number, 'lowerLetter')}) "

    def handle_endtag(self, tag: str) -> None:
        if self.skipping:
            if tag == self.skipping[-1]:
                self.skipping.pop()
        elif tag in {"ul", "ol"} and self.lists:
            self.lists.pop()
            self.written.append("\n")
        elif tag == "tr":
            self._end_row()
            self.written.append(" |")
        elif tag == "table":
            self.cells = 0
            self.written.append("\n\n")
        elif re.fullmatch(r"h[1-6]", tag) or (tag in {"p", "div"} and not self.lists and not self.cells):
            self.written.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.written.append(re.sub(r"\s+", " ", data))
        elif not self.UNREAD & {*self.skipping}:
            self.left_out.append(re.sub(r"\s+", " ", data))


def html_outline(path: str) -> Iterator[int | str]:
    """A saved web page as a page of text and one of what its menus and messages say, in any usual encoding."""
    raw = Path(path).read_bytes()
    named = CHARSET.search(raw[:4096])
    page = Page()
    for encoding in ("utf-8-sig", named[1].decode("ascii", "replace") if named else "cp1250", "cp1250", "latin-1"):
        try:
            page.feed(raw.decode(encoding))
            break
        except (UnicodeDecodeError, LookupError):
            continue
    # An item whose text stands in a paragraph of its own is one line with its mark.
    text = tidy(re.sub(r"\n((?:-|◦|\w{1,4}[.)]) )\s*\n\s*", r"\n\1", "".join(page.written)))
    left_out = "\n".join(filter(None, tidy("".join(page.left_out)).split("\n")))
    yield 2 if left_out else 1
    yield text
    if left_out:
        yield left_out


OUTLINES = {"pdf": pdf_outline, "docx": docx_outline, "html": html_outline}

if __name__ == "__main__":
    main(*sys.argv[1:], readers=OUTLINES)
