"""The tables of a paper: each has its own heading, under which its rows say what they say; pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from recommendations.rules.lines import ASIDES, COVERED, LeftOut, Line, Piece

# What the columns of a table are called.
COLUMNS = {
    "number": re.compile(r"(?:lp|nr|numer|l\.p)\b", re.IGNORECASE),
    "text": re.compile(r"(?:tre[sś][cć]|rekomendacj|zaleceni|postulat|wniosek)", re.IGNORECASE),
    "asked": re.compile(r"(?:adresa|do kogo|kto\b|wykonawc|instytucj|podmiot|odpowiedzialn)", re.IGNORECASE),
    "area": re.compile(r"(?:obszar|temat|dziedzin)", re.IGNORECASE),
    "rationale": re.compile(r"(?:uzasadn|dlaczego|kontekst)", re.IGNORECASE),
    "deadline": re.compile(r"(?:termin|do kiedy)", re.IGNORECASE),
    "title": re.compile(r"(?:tytu|nazwa)", re.IGNORECASE),
    "locator": re.compile(r"(?:stron|str\b)", re.IGNORECASE),
}
LONGEST_NAME = 40
LONGEST_TITLE = 90
# A title of the table may stand above the names of its columns.
HEAD_AMONG = 3


def read_tables(lines: Sequence[Line]) -> None:
    """Mark the headings of the paper's tables of recommendations, and give each row below one its ``piece``.

    A table without a heading of its own goes on with the columns of the one before it, where it has as many.
    """
    table: Table | None = None
    for rows, is_apart in tables_of(lines):
        own = next((row for row in rows[:HEAD_AMONG] if is_heading(columns_of(row.cells))), None)
        if own is not None:
            table = Table(own.cells)
            rows = rows[rows.index(own) :]
        elif table is not None and not table.goes_on(rows[0].cells, is_apart=is_apart):
            table = None
        for row in rows if table is not None else ():
            table.read(row)  # type: ignore[union-attr]  # no row without it


def tables_of(lines: Iterable[Line]) -> Iterator[tuple[list[Line], bool]]:
    """The rows that stand together, and whether words stand between them and the rows before."""
    rows: list[Line] = []
    is_apart = False
    for line in lines:
        if line.style == "row":
            rows.append(line)
            continue
        if line.style in ASIDES:
            continue
        if rows:
            yield rows, is_apart
            rows, is_apart = [], False
        is_apart = is_apart or line.style != "blank"
    if rows:
        yield rows, is_apart


def columns_of(cells: Sequence[str]) -> dict[str, int]:
    """By field, the place of the column that its name says it fills."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        for name, pattern in COLUMNS.items():
            if len(cell) < LONGEST_NAME and name not in found and pattern.match(cell):
                found[name] = place
                break
    return found


def is_heading(places: Mapping[str, int]) -> bool:
    return "text" in places and len(places) > 1


class Table:
    """A table of recommendations, of which one row after the other is read."""

    def __init__(self, head: Sequence[str]) -> None:
        self.names = list(head)
        self.head = list(head)
        self.places = columns_of(head)
        self.above = list(head)
        self.last: Piece | None = None

    def goes_on(self, cells: Sequence[str], *, is_apart: bool) -> bool:
        """Whether a row without names of columns above it belongs to this table."""
        if len(cells) != len(self.head) or len(columns_of(cells)) > 1:
            return False
        number = self.places.get("number")
        return not is_apart or number is None or any(sign.isdigit() for sign in cells[number])

    def read(self, row: Line) -> None:
        covered = {place for place, cell in enumerate(row.cells) if cell == COVERED}
        own = {place: cell for place, cell in enumerate(row.cells) if cell and place not in covered}
        row.cells = [
            (self.above[place] if place < len(self.above) else "") if place in covered else cell
            for place, cell in enumerate(row.cells)
        ]
        self.above = row.cells
        if row.cells == self.head:
            row.style = "head"
        elif self.places["text"] in covered:
            self._join(row, own)
        elif len(own) == 1 and self.places["text"] not in own and is_title(*own.values()):
            # One cell in the whole row is a title of those below it.
            (row.text,) = (row.body,) = own.values()
            row.style = "heading"
        else:
            row.style, row.piece = "entry", self._piece(row, covered)
            self.last = row.piece if row.piece.left_out is None else self.last

    def _join(self, row: Line, own: Mapping[int, str]) -> None:
        """A row whose wording is that of the row above says more of it, or of the names of the columns."""
        row.style = "head"
        if self.last is None:
            for place, cell in own.items():
                self.names[place] = " ".join(filter(None, (self.names[place], cell))) if self.names[place:] else cell
            return
        asked = own.get(self.places.get("asked", -1), "")
        self.last.asked = "; ".join(filter(None, (self.last.asked, asked)))
        self.last.rationale = "\n".join(filter(None, (self.last.rationale, *self._said(own))))
        self.last.merged |= {"asked"} if asked else set()

    def _said(self, cells: Mapping[int, str]) -> list[str]:
        """What has no field of its own, under the name of its column."""
        apart = {place for name, place in self.places.items() if name not in {"deadline", "rationale"}}
        said: list[str] = []
        for place, cell in cells.items():
            if place == self.places.get("rationale"):
                said.insert(0, cell)
            elif place not in apart:
                said.append(f"{self.names[place]}: {cell}" if place < len(self.names) else cell)
        return said

    def _piece(self, row: Line, covered: Set[int]) -> Piece:
        cells = {name: row.cells[place] for name, place in self.places.items() if place < len(row.cells)}
        if not cells.get("text"):
            return Piece(" | ".join(row.cells), page=row.page, left_out=LeftOut.BETWEEN)
        return Piece(
            cells["text"],
            number=cells.get("number", "").strip(".) "),
            title=cells.get("title", ""),
            locator=cells.get("locator", ""),
            rationale="\n".join(self._said({place: cell for place, cell in enumerate(row.cells) if cell})),
            page=row.page,
            asked=cells.get("asked", ""),
            area=cells.get("area", ""),
            merged={name for name, place in self.places.items() if place in covered},
        )


def is_title(text: str) -> bool:
    return len(text) <= LONGEST_TITLE and not text[0].isdigit()
