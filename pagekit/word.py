"""A DOCX file as an outline (pagekit.outlines): what its styles, its numbering and its notes add to its words.

A cell that another covers is written "^^" where that one stands above it, and is empty where it stands before it. A
footnote follows its paragraph or row as "[^1]: ...", hidden text as "<!-- ... -->". What tracked changes took away is
no part of the text.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pagekit.reading import BROKEN, DOCX_TEXT, Unreadable, W

NUMBERING, STYLES = "word/numbering.xml", "word/styles.xml"
NOTES = {f"{W}footnoteReference": "word/footnotes.xml", f"{W}endnoteReference": "word/endnotes.xml"}
PARTS = (DOCX_TEXT, NUMBERING, STYLES, *NOTES.values())
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# What was deleted, or moved away from here.
GONE = frozenset({f"{W}del", f"{W}moveFrom"})
BOX = f"{W}txbxContent"
# What stands round paragraphs, rows or cells and is none of them.
WRAPPED = frozenset({f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}moveTo", f"{W}customXml", f"{W}smartTag"})
HEADING_STYLE = re.compile(r"(?:heading|nagłówek|title|tytuł)\s*(?P<depth>\d)?", re.IGNORECASE)
COVERED = "^^"
MOST_COLUMNS = 60
LONGEST_TITLE = 90
ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
OFF = frozenset({"0", "false", "off"})


def value(element: Any, path: str, default: str = "") -> str:
    found = element.find(path) if element is not None else None
    return default if found is None else str(found.get(f"{W}val", default))


def number_of(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else default


def parts_of(element: Any) -> Iterator[Any]:
    """What is written in an element, in its order: of two forms of one thing the first that says something.

    Without what changes took away, and without what boxes hold: they are yielded and not gone into.
    """
    for child in element:
        if child.tag in GONE:
            continue
        if child.tag == f"{MC}AlternateContent":
            chosen = next((form for form in child if next(form.iter(f"{W}t"), None) is not None), None)
            yield from parts_of(chosen) if chosen is not None else ()
            continue
        yield child
        if child.tag != BOX:
            yield from parts_of(child)


def inside(container: Any, tag: str) -> list[Any]:
    """The rows of a table or the cells of a row, not those of tables within."""
    found = []
    for element in container:
        if element.tag == tag:
            found.append(element)
        elif element.tag in WRAPPED:
            found += inside(element, tag)
    return found


def is_on(properties: Any, name: str) -> bool | None:
    """Whether the properties of a run or a style say so; None where they say nothing."""
    found = properties.find(f"{W}{name}") if properties is not None else None
    return None if found is None else found.get(f"{W}val") not in OFF


class Word:
    """The paragraphs of a DOCX file; ``parts`` are the roots of PARTS, None for one that is not there."""

    def __init__(self, parts: dict[str, Any]) -> None:
        self.body = parts[DOCX_TEXT].find(f"{W}body")
        self.styles = {} if parts[STYLES] is None else {one.get(f"{W}styleId"): one for one in parts[STYLES]}
        self.lists = Lists(parts[NUMBERING])
        self.notes = {
            (tag, note.get(f"{W}id")): note
            for tag, name in NOTES.items()
            for note in (parts[name] if parts[name] is not None else ())
        }
        self.done: list[list[str]] = [[]]
        # What the paragraph or row that is being written said below or besides its text.
        self.cited: list[Any] = []
        self.hidden: list[str] = []
        self.noted = 0

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
            elif element.tag in WRAPPED:
                self._write(element)

    def _write_table(self, table: Any) -> None:
        self.done[-1].append("")
        for row in inside(table, f"{W}tr"):
            if row.find(f"{W}trPr/{W}del") is not None:
                continue
            cells = inside(row, f"{W}tc")
            filled = [cell for cell in cells if any((one.text or "").strip() for one in cell.iter(f"{W}t"))]
            if len(cells) == 1 or (len(filled) == 1 and filled[0].find(f"{W}tbl") is not None):
                # A frame round a text or a table, or a title across the table.
                self.done[-1].append("")
                self._write((filled or cells)[0])
                self.done[-1].append("")
                continue
            texts = [""] * number_of(value(row, f"{W}trPr/{W}gridBefore"), 0)
            for cell in cells:
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                is_covered = merge is not None and merge.get(f"{W}val", "continue") == "continue"
                text = COVERED if is_covered else self._cell(cell)
                texts += [text] + [""] * (number_of(value(cell, f"{W}tcPr/{W}gridSpan"), 1) - 1)
            self.done[-1].append(f"| {' | '.join(texts[:MOST_COLUMNS])} |")
            self._write_asides()
            self._turn_pages(row)
        self.done[-1].append("")

    def _cell(self, cell: Any) -> str:
        """The words of a cell in one line, those of tables and boxes within it, too."""
        found: list[str] = []
        for element in parts_of(cell):
            if element.tag == f"{W}p":
                found.append(self._text(element).replace("|", "/"))
            elif element.tag == BOX:
                found.append(self._cell(element))
        return " ".join(" ".join(found).split())

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
        self._write_asides()
        for element in parts_of(paragraph):
            if element.tag == BOX:
                self._write(element)
        self._turn_pages(paragraph, all_but=begins_page)

    def _write_asides(self) -> None:
        """The notes and the hidden words of what was written last."""
        cited, self.cited = self.cited, []
        for note in cited:
            self.noted += 1
            self.done[-1].append(f"[^{self.noted}]: {self._cell(note)}")
        # A note in a note is none.
        self.cited = []
        self.done[-1] += [f"<!-- {' '.join(text.split())} -->" for text in self.hidden]
        self.hidden = []

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
        """What readers see of a paragraph; what is hidden and what it cites waits for _write_asides."""
        found: list[str] = []
        hidden: list[str] = []
        style = value(paragraph, f"{W}pPr/{W}pStyle")
        into = found
        for element in parts_of(paragraph):
            if element.tag == f"{W}r":
                into = hidden if self._is_hidden(element, style) else found
            elif element.tag == f"{W}t":
                into.append(element.text or "")
            elif element.tag in (f"{W}tab", f"{W}noBreakHyphen"):
                into.append(" " if element.tag == f"{W}tab" else "-")
            elif element.tag in (f"{W}br", f"{W}cr") and element.get(f"{W}type") != "page":
                into.append("\n")
            elif note := self.notes.get((element.tag, element.get(f"{W}id"))):
                self.cited.append(note)
        if text := "".join(hidden).strip():
            self.hidden.append(text)
        return "".join(found)

    def _is_hidden(self, run: Any, style: str) -> bool:
        own = run.find(f"{W}rPr")
        of_style = (self.styles.get(name) for name in (value(own, f"{W}rStyle"), style))
        named = (one.find(f"{W}rPr") for one in of_style if one is not None)
        said = (is_on(properties, "vanish") for properties in (own, *named))
        return next((one for one in said if one is not None), False)

    def _is_bold(self, paragraph: Any) -> bool:
        runs = [run for run in paragraph.iter(f"{W}r") if "".join(one.text or "" for one in run.iter(f"{W}t")).strip()]
        return bool(runs) and all(is_on(run.find(f"{W}rPr"), "b") for run in runs)

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
        return self.lists.mark(number, number_of(depth, 0))


class Lists:
    """The numbering of a DOCX file: what stands before each item of its lists, asked for in the order of the text."""

    def __init__(self, numbering: Any) -> None:
        self.kinds: dict[str, str] = {}
        self.levels: dict[tuple[str, int], Any] = {}
        # By list and depth, the number from which it begins anew, until it has begun.
        self.restarts: dict[tuple[str, int], int] = {}
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        for one in numbering if numbering is not None else ():
            if one.tag == f"{W}num":
                number = one.get(f"{W}numId")
                self.kinds[number] = value(one, f"{W}abstractNumId")
                for over in one.findall(f"{W}lvlOverride"):
                    if start := value(over, f"{W}startOverride"):
                        depth = number_of(over.get(f"{W}ilvl", ""), 0)
                        self.restarts[number, depth] = number_of(start, 1)
            elif one.tag == f"{W}abstractNum":
                for level in one.findall(f"{W}lvl"):
                    self.levels[one.get(f"{W}abstractNumId"), number_of(level.get(f"{W}ilvl", ""), 0)] = level

    def mark(self, number: str, level: int) -> str:
        """The next number or bullet of this list at this depth, and a blank; empty where the list is none."""
        kind = self.kinds.get(number)
        if kind is None or number == "0":
            return ""
        found = self.levels.get((kind, level))
        form = value(found, f"{W}numFmt", "decimal")
        if form == "bullet":
            return "◦ " if level else "- "
        counts = self.counts[kind]
        before = counts.get(level, number_of(value(found, f"{W}start"), 1) - 1)
        counts[level] = self.restarts.pop((number, level), before + 1)
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
