"""What a workbook says besides its cells: its sheets, what it hides, and which cells are one with those above."""

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from openpyxl.utils.cell import range_boundaries

TAG = re.compile(rb"<(?:\w+:)?(mergeCell|row|col|table|table-row|table-column)(?=[\s/>])([^<>]*)>")
ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*[\"']([^\"']*)[\"']")
PIECE = 256 * 1024
LONGEST_TAG = 64 * 1024
MOST_MERGED = 100_000
HIDDEN = frozenset({"collapse", "filter"})


class Covered(str):
    """The text of a cell that is one with the cell above it."""

    __slots__ = ()


@dataclass
class Shape:
    """A sheet: how many rows and columns it hides, and by row the columns that hold on to a later row."""

    hidden_rows: int = 0
    hidden_columns: int = 0
    spans: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))


class Spans:
    """Cells that reach down over several rows, while the rows of a sheet go by."""

    def __init__(self) -> None:
        self.left: dict[int, tuple[int, str]] = {}

    def begin(self, place: int, rows: int, text: str) -> None:
        if rows > 1 and text:
            self.left[place] = (rows - 1, text)

    def cover(self, cells: list[str]) -> list[str]:
        """The cells of the next row; one that says nothing itself stays empty."""
        says = any(cells)
        for place, (rows, text) in list(self.left.items()):
            if says:
                cells = cells + [""] * (place + 1 - len(cells))
                cells[place] = cells[place] or Covered(text)
            if rows > 1:
                self.left[place] = (rows - 1, text)
            else:
                del self.left[place]
        return cells


def tags_in(part: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """The tags of an XML part that shape a sheet, with their attributes.

    Bytes are searched and nothing is parsed: a large sheet is gone through twice, and this is the quick time.
    """
    rest = b""
    while chunk := part.read(PIECE):
        text = rest + chunk
        end = text.rfind(b"<")
        yield from map(said_by, filter(says, TAG.finditer(text, 0, max(end, 0))))
        rest = text[end:] if end >= 0 and len(text) - end < LONGEST_TAG else b""
    yield from map(said_by, filter(says, TAG.finditer(rest)))


def says(tag: re.Match[bytes]) -> bool:
    """Whether the tag may shape the sheet: most rows do not."""
    return tag[1] in {b"mergeCell", b"table"} or b"hidden" in tag[2] or b"visibility" in tag[2]


def said_by(tag: re.Match[bytes]) -> tuple[str, dict[str, str]]:
    attributes = ATTRIBUTE.findall(tag[2].decode("utf-8", "replace"))
    named = {name.rpartition(":")[2]: unescape(value) for name, value in attributes}
    return tag[1].decode(), named


def xlsx_shape(archive: zipfile.ZipFile, path: str) -> Shape:
    shape = Shape()
    merged = 0
    with archive.open(path) as part:
        for tag, said in tags_in(part):
            if tag == "row":
                shape.hidden_rows += said.get("hidden") in {"1", "true"}
            elif tag == "col" and said.get("hidden") in {"1", "true"}:
                shape.hidden_columns += int(said.get("max", "1")) - int(said.get("min", "1")) + 1
            elif tag == "mergeCell" and merged < MOST_MERGED:
                left, top, _right, bottom = range_boundaries(said.get("ref", "A1"))
                if bottom > top:
                    merged += 1
                    shape.spans[top].append((left - 1, bottom - top + 1))
    return shape


def ods_shapes(content: Any) -> dict[str, Shape]:
    """By name, each table of the document; spans stand at the cells themselves."""
    shapes: dict[str, Shape] = {}
    shape = Shape()
    for tag, said in tags_in(content):
        if tag == "table":
            shape = shapes.setdefault(said.get("name", ""), Shape())
        elif said.get("visibility") in HIDDEN:
            shape.hidden_rows += tag == "table-row" and int(said.get("number-rows-repeated", "1"))
            shape.hidden_columns += tag == "table-column" and int(said.get("number-columns-repeated", "1"))
    return shapes
