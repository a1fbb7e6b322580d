"""Spreadsheets as people send them: XLSX or CSV of whatever program, line by line; columns are known by headings."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from openpyxl import load_workbook

from pagekit.acts import Refused
from pagekit.documents import check_content
from recommendations.transfer.formats import FORMULA

LARGEST_FILE = 2 * 1024 * 1024
LARGEST_UNPACKED = 40 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 60


@dataclass(frozen=True)
class Row:
    """A filled-in row: its number in the sheet, and the texts of its cells by column."""

    number: int
    values: dict[str, str]


def lines_of(file: Any, name: str) -> Iterator[list[str]]:
    """The cells of an XLSX or CSV file line by line, as texts; Refused, saying what to do, where it cannot be read."""
    ending = PurePosixPath(name.lower()).suffix
    if ending not in {".xlsx", ".csv"}:
        raise Refused(_("The file is neither XLSX nor CSV. Save the sheet in one of these formats."))
    return _of_xlsx(file, name) if ending == ".xlsx" else _of_csv(file)


def named_rows(
    lines: Iterator[list[str]], headings: Mapping[str, Promise], *, needed: Collection[str], missing: Promise
) -> Iterator[Row]:
    """The rows below the first line that are not empty, each with a text for every column of ``headings``.

    The first line names the columns, by code or heading in any of our languages. Refused where one of those ``needed``
    is not among them, in the words of ``missing`` with its heading as ``column``, or where one stands twice.
    """
    places: dict[str, int] | None = None
    for number, cells in enumerate(lines, 1):
        if places is None:
            places = _places(cells, headings)
            if absent := [str(headings[column]) for column in needed if column not in places]:
                raise Refused(missing % {"column": absent[0]})
        elif any(cell.strip() for cell in cells):
            standing = {column: place for column, place in places.items() if place < len(cells)}
            yield Row(number, dict.fromkeys(headings, "") | {c: cells[place].strip() for c, place in standing.items()})


def _places(cells: list[str], headings: Mapping[str, Promise]) -> dict[str, int]:
    names = known_words(headings)
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = names.get(folded(cell))
        if column in places:
            raise Refused(_("Row 1: the column “%(column)s” stands twice. Delete one.") % {"column": cell})
        if column:
            places[column] = place
    return places


def folded(text: str) -> str:
    return " ".join(text.casefold().split())


def known_words(labels: Mapping[Any, Any]) -> dict[str, Any]:
    """What a person may write for each value: its code, and its label in any of our languages."""
    words = {folded(str(value)): value for value in labels}
    for language, _name in settings.LANGUAGES:
        with override(language):
            words |= {folded(str(label)): value for value, label in labels.items()}
    return words


def _of_csv(file: Any) -> Iterator[list[str]]:
    file.seek(0)
    raw = file.read()
    text = decoded(raw)
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise Refused(_("Row %(row)s: the file holds a null character. Save the sheet anew as CSV.") % {"row": line})
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refused(
                _("Row %(row)s: a quotation mark is not closed, or a cell is too long. Mend it and try again.")
                % {"row": max(reader.line_num, 1)}
            ) from error
        yield [unguarded(cell) for cell in cells[:MOST_COLUMNS]]


def decoded(raw: bytes) -> str:
    """The text, whichever program saved it: UTF-8, UTF-16 by its mark, else the alphabet of Polish Windows."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1250")
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(_("The letters of the file cannot be read. Save the sheet anew as XLSX, or as CSV in UTF-8."))


def unguarded(cell: str) -> str:
    """The text without the apostrophe that our own files put before what a spreadsheet would compute."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip().startswith(FORMULA) else cell


def _of_xlsx(file: Any, name: str) -> Iterator[list[str]]:
    damaged = _("The file is damaged or no workbook. Open it, save it anew as XLSX and try again.")
    try:
        check_content(file, name)
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except (ValidationError, zipfile.BadZipFile) as error:
        raise Refused(damaged) from error
    if unpacked > LARGEST_UNPACKED:
        raise Refused(_("The workbook unpacks to more than 40 MB. Delete pictures and other sheets, and try again."))
    file.seek(0)
    try:
        # Formulas are not computed: only the values that the program saved are read.
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # What the file says of its own size may be wrong.
        sheet.reset_dimensions()
        for cells in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
            yield [unguarded(_text(value)) for value in cells]
    except Refused:
        raise
    except Exception as error:
        # Whatever the reader of a foreign format stumbles over, the person can do one thing about it.
        raise Refused(damaged) from error


def _text(value: Any) -> str:
    """A cell as it was typed: programs make dates and numbers of what looks like one."""
    if value is None:
        return ""
    if isinstance(value, (dt.datetime, dt.date)):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, float):
        # A month: "11.2026" was taken for a number.
        return str(int(value)) if value.is_integer() else f"{value:.4f}"
    return str(value)
