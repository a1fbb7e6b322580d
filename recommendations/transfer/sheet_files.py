"""The cells of CSV, XLSX and ODS files, line by line, as texts; no file is ever held whole."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook

from pagekit.acts import Refused
from pagekit.documents import check_content
from recommendations.rules.encodings import encoding_of
from recommendations.transfer.formats import FORMULA

LARGEST_UNPACKED = 40 * 1024 * 1024
MOST_COLUMNS = 60
# Enough to know an alphabet by.
SAMPLE = 2 * 1024 * 1024
# Empty rows that a program repeats down to the end of its sheet.
MOST_REPEATED = 1_000
UNREADABLE = _("The letters of the file cannot be read. Save the sheet anew as XLSX, or as CSV in UTF-8.")


def unguarded(cell: str) -> str:
    """The text without the apostrophe that our own files put before what a spreadsheet would compute."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip().startswith(FORMULA) else cell


def decoded(raw: bytes) -> str:
    """The text, whichever program saved it; line ends are "\\n"."""
    try:
        return raw.decode(encoding_of(raw)[0]).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise Refused(UNREADABLE) from error


def guessed_encoding(file: Any) -> tuple[str, bool]:
    """The alphabet of a CSV file by its beginning, and whether that is doubtful."""
    file.seek(0)
    return encoding_of(file.read(SAMPLE))


def of_csv(file: Any, encoding: str = "") -> Iterator[list[str]]:
    encoding = encoding or guessed_encoding(file)[0]
    file.seek(0)
    # Whatever ends a line, also the lone CR of old Macintoshes.
    text = io.TextIOWrapper(file, encoding=encoding, newline=None)
    try:
        yield from _parsed(text)
    except UnicodeDecodeError as error:
        raise Refused(UNREADABLE) from error
    finally:
        text.detach()


def _parsed(text: Any) -> Iterator[list[str]]:
    first = text.readline().removeprefix("\ufeff")
    text.seek(0)
    delimiter = max(";,\t|", key=first.count)
    number = 0
    reader = csv.reader(_without_nulls(text), delimiter=delimiter, strict=True)
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
        if not number and cells:
            cells[0] = cells[0].removeprefix("\ufeff")
        number += 1
        yield [unguarded(cell) for cell in cells[:MOST_COLUMNS]]


def _without_nulls(lines: Any) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if "\x00" in line:
            raise Refused(
                _("Row %(row)s: the file holds a null character. Save the sheet anew as CSV.") % {"row": number}
            )
        yield line


def check_archive(file: Any, name: str, unpacked: int, damaged: Promise) -> None:
    try:
        check_content(file, name)
        with zipfile.ZipFile(file) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except (ValidationError, zipfile.BadZipFile) as error:
        raise Refused(damaged) from error
    finally:
        file.seek(0)
    if size > unpacked:
        raise Refused(
            _("The workbook unpacks to more than %(size)s MB. Delete pictures and other sheets, and try again.")
            % {"size": unpacked // (1024 * 1024)}
        )


def of_xlsx(file: Any, name: str, unpacked: int = LARGEST_UNPACKED) -> Iterator[list[str]]:
    damaged = _("The file is damaged or no workbook. Open it, save it anew as XLSX and try again.")
    check_archive(file, name, unpacked, damaged)
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


OFFICE, TABLE, TEXT = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text"))
# What hangs on a cell and is none of its words.
ASIDE = frozenset({f"{OFFICE}annotation"})


def of_ods(file: Any, name: str, unpacked: int = LARGEST_UNPACKED) -> Iterator[list[str]]:
    damaged = _("The file is damaged or no workbook. Open it, save it anew as ODS and try again.")
    check_archive(file, name, unpacked, damaged)
    try:
        with zipfile.ZipFile(file) as archive, archive.open("content.xml") as content:
            yield from _rows_of_ods(content, unpacked)
    except (KeyError, zipfile.BadZipFile, ParseError, DefusedXmlException, ValueError, RuntimeError, EOFError) as error:
        raise Refused(damaged) from error


def _rows_of_ods(content: Any, unpacked: int) -> Iterator[list[str]]:
    """The rows of the first table; what the directory says of the size of the part holds, or zipfile stops."""
    depth = 0
    rows: Any = None
    for event, element in iterparse(content, events=("start", "end"), forbid_dtd=True):
        if element.tag == f"{TABLE}table":
            depth += 1 if event == "start" else -1
            if not depth:
                return
        elif event == "start" and element.tag == f"{TABLE}table-row":
            rows = element
        elif event == "end" and element is rows:
            cells = _cells_of_ods(element)
            repeated = min(int(element.get(f"{TABLE}number-rows-repeated", "1")), MOST_REPEATED)
            for _time in range(repeated):
                yield cells
            element.clear()


def _cells_of_ods(row: Any) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            continue
        day = cell.get(f"{OFFICE}date-value", "") if cell.get(f"{OFFICE}value-type") == "date" else ""
        text = f"{day[8:10]}.{day[5:7]}.{day[:4]}" if day else "\n".join(map(_words, cell.findall(f"{TEXT}p")))
        repeated = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
        cells += [unguarded(text)] * min(repeated, MOST_COLUMNS - len(cells))
    return cells


def _words(element: Any) -> str:
    """The words of a paragraph, with its blanks and breaks, which the format writes as elements."""
    found = [element.text or ""]
    for child in element:
        if child.tag in (f"{TEXT}s", f"{TEXT}tab"):
            found.append(" " * min(int(child.get(f"{TEXT}c", "1")), 100))
        elif child.tag == f"{TEXT}line-break":
            found.append("\n")
        elif child.tag not in ASIDE:
            found.append(_words(child))
        found.append(child.tail or "")
    return "".join(found)
