"""The tables of a paper: each has its own heading, under which its rows say what they say; pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from recommendations.rules.lines import LeftOut, Line, Piece

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
    head: Line | None = None
    places: dict[str, int] = {}
    for rows, is_apart in tables_of(lines):
        own = next((row for row in rows[:HEAD_AMONG] if is_heading(columns_of(row.cells))), None)
        if own is not None:
            head, places = own, columns_of(own.cells)
            rows = rows[rows.index(own) :]
        elif head is not None and not goes_on(rows[0].cells, head.cells, places, is_apart=is_apart):
            head = None
        for row in rows if head is not None else ():
            read_row(row, head.cells, places)  # type: ignore[union-attr]  # no row without it


def tables_of(lines: Iterable[Line]) -> Iterator[tuple[list[Line], bool]]:
    """The rows that stand together, and whether words stand between them and the rows before."""
    rows: list[Line] = []
    is_apart = False
    for line in lines:
        if line.style == "row":
            rows.append(line)
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


def goes_on(cells: Sequence[str], head: Sequence[str], places: Mapping[str, int], *, is_apart: bool) -> bool:
    """Whether a row without names of columns above it belongs under this heading."""
    if len(cells) != len(head) or len(columns_of(cells)) > 1:
        return False
    return not is_apart or "number" not in places or any(sign.isdigit() for sign in cells[places["number"]])


def read_row(row: Line, head: Sequence[str], places: Mapping[str, int]) -> None:
    filled = [cell for cell in row.cells if cell]
    has_text = places["text"] < len(row.cells) and row.cells[places["text"]]
    if list(row.cells) == list(head):
        row.style = "head"
    elif not has_text and len(filled) == 1 and len(filled[0]) <= LONGEST_TITLE and not filled[0][0].isdigit():
        # One cell in the whole row is a title of those below it.
        row.style, row.text, row.body = "heading", filled[0], filled[0]
    else:
        row.style, row.piece = "entry", piece_of(row, head, places)


def piece_of(row: Line, head: Sequence[str], places: Mapping[str, int]) -> Piece:
    cells = {name: row.cells[place] for name, place in places.items() if place < len(row.cells)}
    if not cells.get("text"):
        return Piece(" | ".join(row.cells), page=row.page, left_out=LeftOut.BETWEEN)
    said = [cells.get("rationale", "")]
    # What has no field of its own stays under the name of its column.
    for place, cell in enumerate(row.cells):
        if cell and (place not in places.values() or place == places.get("deadline")):
            said.append(f"{head[place]}: {cell}" if place < len(head) else cell)
    return Piece(
        cells["text"],
        number=cells.get("number", "").strip(".) "),
        title=cells.get("title", ""),
        locator=cells.get("locator", ""),
        rationale="\n".join(filter(None, said)),
        page=row.page,
        asked=cells.get("asked", ""),
        area=cells.get("area", ""),
    )
