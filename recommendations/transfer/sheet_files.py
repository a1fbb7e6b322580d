"""The cells of CSV, XLSX and ODS files, line by line, as texts; no file is ever held whole."""

import csv
import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
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
from recommendations.transfer.sheet_shape import Shape, Spans, ods_shapes, xlsx_shape

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
    except ValidationError as error:
        raise Refused(error.messages[0] if error.code == "too_large" else damaged) from error
    except zipfile.BadZipFile as error:
        raise Refused(damaged) from error
    finally:
        file.seek(0)
    if size > unpacked:
        raise Refused(
            _("The workbook unpacks to more than %(size)s MB. Delete pictures and other sheets, and try again.")
            % {"size": unpacked // (1024 * 1024)}
        )


DAMAGED_XLSX = _("The file is damaged or no workbook. Open it, save it anew as XLSX and try again.")
DAMAGED_ODS = _("The file is damaged or no workbook. Open it, save it anew as ODS and try again.")

ENTITIES = _(
    "The file brings definitions (entities) that no office program writes and that may do harm. Open it, save it "
    "anew and try again."
)


@contextmanager
def open_xlsx(file: Any, name: str, unpacked: int) -> Iterator[Any]:
    """The workbook; Refused, here and for what is done with it, where it cannot be read."""
    check_archive(file, name, unpacked, DAMAGED_XLSX)
    try:
        # Formulas are not computed: only the values that the program saved are read.
        yield load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Refused:
        raise
    except Exception as error:
        # Whatever the reader of a foreign format stumbles over, the person can do one thing about it.
        raise Refused(ENTITIES if has_entities(file) else DAMAGED_XLSX) from error


def has_entities(file: Any) -> bool:
    """Whether a part of the archive begins with definitions of its own."""
    try:
        with zipfile.ZipFile(file) as archive:
            starts = (archive.open(name).read(4096) for name in archive.namelist() if name.endswith(".xml"))
            return any(b"<!DOCTYPE" in start or b"<!ENTITY" in start for start in starts)
    except (zipfile.BadZipFile, RuntimeError, EOFError, NotImplementedError, zlib.error):
        return False


def of_xlsx(file: Any, name: str, unpacked: int = LARGEST_UNPACKED, sheet: str = "") -> Iterator[list[str]]:
    with open_xlsx(file, name, unpacked) as book:
        found = book[sheet] if sheet else book.worksheets[0]
        shape, spans = shape_of_xlsx(file, found), Spans()
        # What the file says of its own size may be wrong.
        found.reset_dimensions()
        for number, values in enumerate(found.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
            cells = spans.cover([unguarded(_text(value)) for value in values])
            for place, rows in shape.spans.get(number, ()):
                spans.begin(place, rows, cells[place] if place < len(cells) else "")
            yield cells


def shape_of_xlsx(file: Any, sheet: Any) -> Shape:
    # The reader of long workbooks goes by cells only; where the sheet lies in the file it keeps to itself.
    with zipfile.ZipFile(file) as archive:
        return xlsx_shape(archive, sheet._worksheet_path)


def sheets_of(file: Any, name: str, unpacked: int = LARGEST_UNPACKED) -> dict[str, Shape]:
    """The sheets of a workbook by name, in their order; none of a CSV. Refused where it cannot be read."""
    ending = PurePosixPath(name.lower()).suffix
    if ending == ".xlsx":
        with open_xlsx(file, name, unpacked) as book:
            return {sheet.title: shape_of_xlsx(file, sheet) for sheet in book.worksheets}
    if ending == ".ods":
        with open_ods(file, name, unpacked) as content:
            return ods_shapes(content)
    return {}


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


@contextmanager
def open_ods(file: Any, name: str, unpacked: int) -> Iterator[Any]:
    """The part of the document that holds its tables; Refused, here and in what is done with it, if unreadable."""
    check_archive(file, name, unpacked, DAMAGED_ODS)
    try:
        with zipfile.ZipFile(file) as archive, archive.open("content.xml") as content:
            yield content
    except DefusedXmlException as error:
        raise Refused(ENTITIES) from error
    except (KeyError, zipfile.BadZipFile, ParseError, ValueError, RuntimeError, EOFError) as error:
        raise Refused(DAMAGED_ODS) from error


def of_ods(file: Any, name: str, unpacked: int = LARGEST_UNPACKED, sheet: str = "") -> Iterator[list[str]]:
    with open_ods(file, name, unpacked) as content:
        yield from _rows_of_ods(content, sheet)


def _rows_of_ods(content: Any, sheet: str) -> Iterator[list[str]]:
    """The rows of the table of this name, else of the first; zipfile stops a part that is longer than it says."""
    depth = 0
    rows: Any = None
    is_it = False
    spans = Spans()
    for event, element in iterparse(content, events=("start", "end"), forbid_dtd=True):
        if element.tag == f"{TABLE}table":
            depth += 1 if event == "start" else -1
            if event == "start" and depth == 1:
                is_it = sheet in ("", element.get(f"{TABLE}name", ""))
            if not depth:
                if is_it:
                    return
                element.clear()
        elif event == "start" and element.tag == f"{TABLE}table-row":
            rows = element
        elif event == "end" and element is rows:
            if is_it:
                yield from _repeated(element, spans)
            element.clear()


def _repeated(row: Any, spans: Spans) -> Iterator[list[str]]:
    cells, begun = _cells_of_ods(row)
    for _time in range(min(int(row.get(f"{TABLE}number-rows-repeated", "1")), MOST_REPEATED)):
        yield spans.cover(cells)
    for place, rows in begun:
        spans.begin(place, rows, cells[place])


def _cells_of_ods(row: Any) -> tuple[list[str], list[tuple[int, int]]]:
    """The texts of a row, and the places of cells that reach down, each with the number of its rows."""
    cells: list[str] = []
    begun: list[tuple[int, int]] = []
    for cell in row:
        if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            continue
        day = cell.get(f"{OFFICE}date-value", "") if cell.get(f"{OFFICE}value-type") == "date" else ""
        text = f"{day[8:10]}.{day[5:7]}.{day[:4]}" if day else "\n".join(map(_words, cell.findall(f"{TEXT}p")))
        repeated = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
        if (rows := int(cell.get(f"{TABLE}number-rows-spanned", "1"))) > 1 and len(cells) < MOST_COLUMNS:
            begun.append((len(cells), rows))
        cells += [unguarded(text)] * min(repeated, MOST_COLUMNS - len(cells))
    return cells, begun


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
