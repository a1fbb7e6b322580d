"""A PDF, DOCX or HTML file as text that keeps what its form says: headings, marks of lists, rows of tables.

Runs as a process of its own like pagekit.reading, with the same words on the line. A heading is written "## ...", a
row of a table "cell | cell", an item of a list with the mark that its readers saw, though no program stores it so.
"""

import re
import sys
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from pagekit.reading import BROKEN, DOCX_TEXT, FAULTS, HYPHENATED, MAX_XML, UNFIT, Unreadable, W, main, pdf_pages

NUMBERING, STYLES = "word/numbering.xml", "word/styles.xml"
BLANKS = re.compile(r"[^\S\n]+")
HEADING_STYLE = re.compile(r"(?:heading|nagłówek|title|tytuł)\s*(?P<depth>\d)?", re.IGNORECASE)
CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
LONGEST_TITLE = 90
ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def tidy(text: str) -> str:
    """Composed characters, single blanks, nothing unfit to be kept; empty lines stay, at most one together."""
    text = UNFIT.sub(" ", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    lines = [BLANKS.sub(" ", line).strip() for line in HYPHENATED.sub("", text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def docx_outline(path: str) -> Iterator[int | str]:
    """The number of pages, then each, as its last program broke the file into pages. Raises Unreadable."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {name: part_of(archive, name) for name in (DOCX_TEXT, NUMBERING, STYLES)}
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
        raise Unreadable(BROKEN)
    return fromstring(archive.read(name), forbid_dtd=True)


def value(element: Any, path: str, default: str = "") -> str:
    found = element.find(path) if element is not None else None
    return default if found is None else str(found.get(f"{W}val", default))


class Word:
    """The paragraphs of a DOCX file with what its styles and its numbering add to them."""

    def __init__(self, parts: dict[str, Any]) -> None:
        self.body = parts[DOCX_TEXT].find(f"{W}body")
        self.styles = {} if parts[STYLES] is None else {one.get(f"{W}styleId"): one for one in parts[STYLES]}
        self.lists: dict[str, str] = {}
        self.levels: dict[tuple[str, int], Any] = {}
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        for one in parts[NUMBERING] if parts[NUMBERING] is not None else ():
            if one.tag == f"{W}num":
                self.lists[one.get(f"{W}numId")] = value(one, f"{W}abstractNumId")
            elif one.tag == f"{W}abstractNum":
                for level in one.findall(f"{W}lvl"):
                    self.levels[one.get(f"{W}abstractNumId"), int(level.get(f"{W}ilvl", 0))] = level
        self.done: list[list[str]] = [[]]

    def pages(self) -> list[str]:
        if self.body is None:
            raise Unreadable(BROKEN)
        self._write(self.body)
        return ["\n".join(lines) for lines in self.done]

    def _write(self, container: Any) -> None:
        for element in container:
            if element.tag == f"{W}p":
                self._write_paragraph(element)
            elif element.tag == f"{W}tbl":
                self._write_table(element)
            elif element.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins"):
                self._write(element)

    def _write_table(self, table: Any) -> None:
        self.done[-1].append("")
        for row in table.iter(f"{W}tr"):
            cells = list(row.iter(f"{W}tc"))
            if len(cells) == 1:
                # A frame round a text, no table.
                self._write(cells[0])
                continue
            texts = [" ".join(filter(None, (self._text(one) for one in cell.iter(f"{W}p")))) for cell in cells]
            self.done[-1].append(f"| {' | '.join(' '.join(text.replace('|', '/').split()) for text in texts)} |")
            self._turn_pages(row)
        self.done[-1].append("")

    def _write_paragraph(self, paragraph: Any) -> None:
        text = self._text(paragraph).strip()
        begins_page = self._begins_page(paragraph)
        if begins_page:
            self.done.append([])
        style = value(paragraph, f"{W}pPr/{W}pStyle")
        if not text:
            self.done[-1].append("")
        elif depth := self._depth(paragraph, style):
            self.done[-1] += ["", f"{'#' * depth} {self._mark(paragraph, style)}{' '.join(text.split())}", ""]
        elif mark := self._mark(paragraph, style):
            self.done[-1].append(mark + text)
        elif self._is_bold(paragraph) and len(text) <= LONGEST_TITLE and not text.endswith((".", ";", ",")):
            self.done[-1] += ["", f"###### {' '.join(text.split())}", ""]
        else:
            self.done[-1] += ["", text]
        self._turn_pages(paragraph, all_but=begins_page)

    def _begins_page(self, paragraph: Any) -> bool:
        """Whether the program that saved the file put this paragraph, from its first word, on a new page."""
        for element in paragraph.iter():
            if element.tag == f"{W}t" and (element.text or "").strip():
                return False
            if element.tag == f"{W}lastRenderedPageBreak":
                return any(self.done[-1])
        return False

    def _turn_pages(self, element: Any, *, all_but: int = 0) -> None:
        own = sum(1 for one in element.iter(f"{W}br") if one.get(f"{W}type") == "page")
        marked = sum(1 for _one in element.iter(f"{W}lastRenderedPageBreak")) - all_but
        self.done += [[] for _turn in range(max(own, marked))]

    def _text(self, paragraph: Any) -> str:
        found: list[str] = []
        for element in paragraph.iter():
            if element.tag == f"{W}t":
                found.append(element.text or "")
            elif element.tag in (f"{W}tab", f"{W}noBreakHyphen"):
                found.append(" " if element.tag == f"{W}tab" else "-")
            elif element.tag in (f"{W}br", f"{W}cr") and element.get(f"{W}type") != "page":
                found.append("\n")
        return "".join(found)

    def _is_bold(self, paragraph: Any) -> bool:
        runs = [run for run in paragraph.iter(f"{W}r") if "".join(one.text or "" for one in run.iter(f"{W}t")).strip()]
        bold = [run.find(f"{W}rPr/{W}b") for run in runs]
        return bool(runs) and all(one is not None and one.get(f"{W}val") not in ("0", "false") for one in bold)

    def _depth(self, paragraph: Any, style: str) -> int:
        """How deep a heading the paragraph is; 0 for none."""
        outline = value(paragraph, f"{W}pPr/{W}outlineLvl")
        if outline.isdecimal() and int(outline) < 6:
            return int(outline) + 1
        for name in (value(self.styles.get(style), f"{W}name"), style):
            if found := HEADING_STYLE.match(name):
                return min(int(found["depth"] or 1), 6) or 1
        return 0

    def _mark(self, paragraph: Any, style: str) -> str:
        """The number or bullet before a paragraph that is an item of a list, as its readers saw it, and a blank."""
        of = f"{W}pPr/{W}numPr"
        number = value(paragraph, f"{of}/{W}numId") or value(self.styles.get(style), f"{of}/{W}numId")
        depth = value(paragraph, f"{of}/{W}ilvl") or value(self.styles.get(style), f"{of}/{W}ilvl")
        level = int(depth) if depth.isdecimal() else 0
        kind = self.lists.get(number)
        found = self.levels.get((kind, level)) if kind is not None else None
        if kind is None or number == "0":
            return ""
        form = value(found, f"{W}numFmt", "decimal")
        if form == "bullet":
            return "◦ " if level else "- "
        counts = self.counts[kind]
        start = value(found, f"{W}start", "1")
        counts[level] = counts.get(level, int(start) - 1 if start.isdecimal() else 0) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        text = value(found, f"{W}lvlText", f"%{level + 1}.")
        for place in range(level + 1):
            of_place = value(self.levels.get((kind, place)), f"{W}numFmt", "decimal")
            text = text.replace(f"%{place + 1}", written(counts.get(place, 1), of_place))
        return f"{text.strip()} " if text.strip() else ""


def written(number: int, form: str) -> str:
    """A number as lists write it: 3, c, C, iii, III."""
    if form.endswith("Letter"):
        letter = chr(ord("a") + (number - 1) % 26)
        return letter.upper() if form.startswith("upper") else letter
    if form.endswith("Roman"):
        roman = ""
        for size, digits in ROMAN:
            while number >= size:
                roman, number = roman + digits, number - size
        return roman.upper() if form.startswith("upper") else roman
    return str(number)


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

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self.left_out: list[str] = []
        self.skipping: list[str] = []
        self.lists: list[int | None] = []
        self.cells = 0

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
            self.cells = 0
        elif tag in {"td", "th"}:
            self.written.append(" | " if self.cells else "")
            self.cells += 1
        elif tag in self.BLOCKS and not self.cells:
            self.written.append("\n" if self.lists or tag == "br" else "\n\n")

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


OUTLINES = {"pdf": pdf_pages, "docx": docx_outline, "html": html_outline}

if __name__ == "__main__":
    main(*sys.argv[1:], readers=OUTLINES)
