"""How a list of recommendations is written: CSV, XLSX and JSON by the one list of columns, and for reference managers.

Every writer takes batches and gives pieces, so that a list of any length passes through little memory.
"""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from recommendations.transfer import citation
from recommendations.transfer.export import COLUMNS, Row, Stamp, Value, moment, with_nulls

Batches = Iterable[list[Row]]

TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "csl.json": "application/vnd.citationstyles.csl+json",
}
"""The forms a list is handed over in, and their media types."""

NAMES = {"csv": "CSV", "xlsx": "XLSX", "json": "JSON", "bib": "BibTeX", "ris": "RIS", "csl.json": "CSL-JSON"}

MARK = b"\xef\xbb\xbf"
"""Without it Excel takes UTF-8 for the alphabet of the country."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula; the last four are the wide ones of East Asian keyboards."""

LONGEST_CELL = 32_767
PIECE = 64 * 1024


def safe(text: str) -> str:
    """The text so that no spreadsheet computes it: an apostrophe stands before what could be a formula."""
    # Some programs strip blanks before they look at the first character.
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


def cell(value: Value) -> str | int:
    """A value for one cell: lists joined by semicolons, nothing as an empty text."""
    if isinstance(value, int):
        return value
    text = "; ".join(value) if isinstance(value, list) else (value or "")
    return safe(ILLEGAL_CHARACTERS_RE.sub("", text))


def cells(row: Row, stamp: Stamp) -> list[str | int]:
    return [cell(column.value(row, stamp)) for column in COLUMNS]


def write(form: str, batches: Batches, stamp: Stamp, language: str) -> Iterator[bytes]:
    """The list in one of TYPES, piece by piece; words are those of ``language``."""
    if form == "csv":
        return as_csv(batches, stamp, language)
    if form == "xlsx":
        return as_xlsx(batches, stamp, language)
    if form == "json":
        return as_json(batches, stamp, language)
    return as_citations(form, batches, stamp, language)


def as_csv(batches: Batches, stamp: Stamp, language: str) -> Iterator[bytes]:
    """UTF-8 with its mark, commas, line ends as RFC 4180 has them."""
    yield MARK + lines([[column.name for column in COLUMNS]])
    for batch in batches:
        with override(language):
            written = lines([cells(row, stamp) for row in batch])
        yield written


def lines(rows: Iterable[list[Any]]) -> bytes:
    """Rows of cells as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def as_xlsx(batches: Batches, stamp: Stamp, language: str) -> Iterator[bytes]:
    """A workbook: the rows, and a second sheet that says what each column means."""
    book = Workbook(write_only=True)
    rows = book.create_sheet("recommendations")
    rows.freeze_panes = "B2"
    rows.append([column.name for column in COLUMNS])
    for batch in batches:
        with override(language):
            for row in batch:
                rows.append([_typed(rows, value) for value in cells(row, stamp)])
    meanings = book.create_sheet("columns")
    with override(language):
        for column in COLUMNS:
            meanings.append([column.name, _typed(meanings, cell(str(column.meaning)))])
    # A workbook is a zip: it cannot be sent before its end is known, so it waits on disk, not in memory.
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        yield from _pieces(file)


def _typed(sheet: Any, value: str | int) -> Any:
    if isinstance(value, int):
        return value
    found = WriteOnlyCell(sheet, value[:LONGEST_CELL])
    # Whatever it starts with, it is text.
    found.data_type = "s"
    return found


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def as_json(batches: Batches, stamp: Stamp, language: str) -> Iterator[bytes]:
    """One object: when and what was asked, what the columns mean, and the recommendations by column."""
    with override(language):
        head = {
            "retrieved_at": moment(stamp.retrieved_at),
            "question": stamp.question,
            "columns": {column.name: str(column.meaning) for column in COLUMNS if not column.is_stamp},
        }
    yield (dumped(head)[:-1] + ', "recommendations": [').encode()
    mark = "\n"
    for batch in batches:
        with override(language):
            items = [
                with_nulls({one.name: one.value(row, stamp) for one in COLUMNS if not one.is_stamp}) for row in batch
            ]
        if items:
            yield (mark + ",\n".join(map(dumped, items))).encode("utf-8", "replace")
            mark = ",\n"
    yield b"\n]}\n"


def as_citations(form: str, batches: Batches, stamp: Stamp, language: str) -> Iterator[bytes]:
    """BibTeX, RIS or CSL-JSON: each recommendation in its newest version, with the day and the question."""
    mark = ""
    if form == "csl.json":
        yield b"["
    for batch in batches:
        with override(language):
            cited = [
                citation.retrieved(found, on=stamp.day, question=stamp.question)
                for row in batch
                if (found := row.citation) is not None
            ]
            if form == "bib":
                text = "".join(f"{citation.bibtex(one)}\n" for one in cited)
            elif form == "ris":
                text = "".join(f"{citation.ris(one)}\r\n" for one in cited)
            else:
                text = mark + ",".join(f"\n{dumped(citation.csl(one)[0])}" for one in cited) if cited else ""
                mark = "," if cited else mark
        yield text.encode("utf-8", "replace")
    if form == "csl.json":
        yield b"\n]\n"


def dumped(value: Any) -> str:
    """JSON as readers see it: letters stand for themselves."""
    return json.dumps(value, ensure_ascii=False)
