"""The text of a page of a PDF whose columns were written line by line, each column after the other where that is sure.

It runs in the process of pagekit.outlines and imports nothing of ours but what that does.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

from pypdf import PageObject
from pypdf.generic import ArrayObject, ByteStringObject

from pagekit.reading import clean

# What puts words on a page.
SHOWS = frozenset({b"Tj", b"TJ", b"'", b'"'})
# In points, what is one height, what is far from the left edge; in lines, few; in usual distances, a gap above a foot.
SAME, FAR, FEWEST, GAP = 2, 150, 3, 2.5
# What begins an item of a list: a table of two columns has it on its left only, or nowhere.
BEGINS = re.compile(
    r"^\s*(?:\(?\d{1,3}[.)/]|[-–—•·▪●]|(?:rekomendacja|zaleceni\w+|postul\w+)\b)", re.IGNORECASE | re.MULTILINE
)
MIXED, APART = "[columns]: ", "[by columns]: "


class Columns:
    """Where the words of a page are put, one after the other."""

    def __init__(self) -> None:
        self.shown: list[tuple[float, float]] = []

    def see(self, operator: bytes, _operands: Any, matrix: Sequence[float], text_matrix: Sequence[float]) -> None:
        if operator in SHOWS:
            across = text_matrix[4] * matrix[0] + text_matrix[5] * matrix[2] + matrix[4]
            height = text_matrix[4] * matrix[1] + text_matrix[5] * matrix[3] + matrix[5]
            self.shown.append((across, height))

    def starts(self) -> list[int]:
        """The places far from the margin at which in half of the lines words begin anew; none, and nothing is mixed."""
        beside: Counter[int] = Counter()
        for last, (across, height) in pairwise(self.shown):
            if abs(height - last[1]) < SAME and across - last[0] > SAME:
                beside[round(across)] += 1
        heights = {round(height) for _across, height in self.shown}
        often = max(FEWEST, len(heights) / 2)
        return sorted(across for across, count in beside.items() if across > FAR and count >= often)

    def lines(self) -> Iterator[list[int]]:
        """The places in ``shown`` of what stands at one height, one after the other."""
        line: list[int] = []
        for place, (_across, height) in enumerate(self.shown):
            if line and abs(height - self.shown[line[-1]][1]) >= SAME:
                yield line
                line = []
            line.append(place)
        if line:
            yield line

    def parts(self, starts: Sequence[int]) -> list[set[int]]:
        """What belongs together: each column, then what stands far below both."""
        found: list[set[int]] = [set() for _column in range(len(starts) + 2)]
        lines = list(self.lines())
        foot = self.foot(lines, starts)
        for number, line in enumerate(lines):
            if number >= foot:
                found[-1].update(line)
                continue
            is_parted = any(self.is_start(place, starts) for place in line)
            for place in line:
                # A line in which no column begins stands whole where its first words stand.
                across = self.shown[place if is_parted else line[0]][0]
                found[bisect_right(starts, across + SAME)].add(place)
        return found

    def is_start(self, place: int, starts: Sequence[int]) -> bool:
        return any(abs(self.shown[place][0] - start) <= SAME for start in starts)

    def foot(self, lines: Sequence[list[int]], starts: Sequence[int]) -> int:
        """Of the lines the first that stands below a gap under all columns; their number, where there is none."""
        heights = [self.shown[line[0]][1] for line in lines]
        down = [above - below for above, below in pairwise(heights)]
        usual = median(down) if down else 0
        first = len(lines)
        for number in range(len(lines) - 1, 0, -1):
            if any(self.is_start(place, starts) for place in lines[number]):
                break
            if down[number - 1] > GAP * usual > 0:
                first = number
        return first


def text_of(page: PageObject) -> str:
    """The text of a page; one that has columns says in its last line whether they were read apart or may be mixed."""
    columns = Columns()
    text = clean(page.extract_text(visitor_operand_before=columns.see))
    starts = columns.starts()
    if not starts:
        return text
    apart = read_apart(page, columns, starts)
    return f"{apart or text}\n{APART if apart else MIXED}{text.partition(chr(10))[0]}"


def read_apart(page: PageObject, columns: Columns, starts: Sequence[int]) -> str:
    """The text of the page column by column; empty where not each of them begins an item of a list."""
    texts = [clean(page.extract_text(visitor_operand_before=Only(part).see)) for part in columns.parts(starts)]
    return "\n".join(filter(None, texts)) if all(BEGINS.search(text) for text in texts[:-1]) else ""


class Only:
    """Empties what a page shows as it comes, but for what stands at these places among all that it shows."""

    def __init__(self, kept: set[int]) -> None:
        self.kept = kept
        self.place = -1

    def see(self, operator: bytes, operands: Any, _matrix: Any, _text_matrix: Any) -> None:
        if operator in SHOWS:
            self.place += 1
            if self.place not in self.kept and operands:
                operands[-1] = ArrayObject() if operator == b"TJ" else ByteStringObject()
