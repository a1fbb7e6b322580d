"""The sheet of an institution's items: a file that was filled in becomes rows, and what is wrong with it is said.

A row is known by the reference and the number of the assignment (A1). Columns are found by their headings, in any of
our languages; what the sheet says about an item is for reading, only the columns of the answer are read back.
"""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator
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
# So many answers at once; each is tried before anything is promised.
MOST_ANSWERS = 200

# For reading: which item it is, and how it stands.
KEY = ("reference", "assignment")
HEADINGS: dict[str, Promise] = {
    "reference": _("Reference"),
    "assignment": _("Assignment"),
    "institution": _("Institution"),
    "title": _("Title"),
    "wording": _("What is recommended"),
    "state_now": _("State now"),
    "position_now": _("Position now"),
    "last_information": _("Last information"),
    "last_entry": _("Last entry"),
    "due": _("Next answer due"),
    "seen": _("Number of the last entry (leave as it is)"),
    "answer": _("ANSWER"),
    "when": _("ANSWER: date"),
    "text": _("ANSWER: what happened"),
    "missing": _("ANSWER: what is missing"),
    "position": _("ANSWER: position"),
    "competent_body": _("ANSWER: who is competent"),
    "evidence_kind": _("ANSWER: kind of evidence"),
    "evidence_url": _("ANSWER: web address of the evidence"),
    "evidence_citation": _("ANSWER: evidence in words"),
}
ANSWER = tuple(HEADINGS)[tuple(HEADINGS).index("answer") :]
READ = (*KEY, "seen", *ANSWER)


@dataclass(frozen=True)
class Row:
    """A filled-in row: its number in the sheet, and the texts of its cells by column."""

    number: int
    values: dict[str, str]


@dataclass(frozen=True)
class RowError:
    """What is wrong with a row: where, and what to do."""

    number: int
    column: str
    sentence: Any

    @property
    def heading(self) -> Promise:
        return HEADINGS[self.column]


def read_rows(file: Any, name: str) -> list[Row]:
    """The rows of an XLSX or CSV file in which something is answered; Refused, naming the row, where it cannot be read.

    At most ``LARGEST_FILE`` bytes, ``MOST_ROWS`` rows and ``MOST_ANSWERS`` answers. The file is read once and not kept.
    """
    if file.size > LARGEST_FILE:
        raise Refused(_("The file is larger than 2 MB. Delete the rows that you do not answer, or send it in parts."))
    rows = [row for row in _rows(lines_of(file, name)) if any(row.values[column] for column in ANSWER)]
    if len(rows) > MOST_ANSWERS:
        raise Refused(
            _("The sheet answers %(number)s items; 200 are the most at once. Send it in parts.") % {"number": len(rows)}
        )
    return rows


def lines_of(file: Any, name: str) -> Iterator[list[str]]:
    """The cells of an XLSX or CSV file line by line, as texts; Refused, saying what to do, where it cannot be read."""
    ending = PurePosixPath(name.lower()).suffix
    if ending not in {".xlsx", ".csv"}:
        raise Refused(_("The file is neither XLSX nor CSV. Save the sheet in one of these formats."))
    return _of_xlsx(file, name) if ending == ".xlsx" else _of_csv(file)


def _rows(lines: Iterator[list[str]]) -> Iterator[Row]:
    places: dict[str, int] | None = None
    for number, cells in enumerate(lines, 1):
        if number > MOST_ROWS:
            raise Refused(
                _("The sheet has more than 10,000 rows. Delete those that you do not answer, also the empty ones.")
            )
        if places is None:
            places = _places(cells)
        elif any(cells):
            values = {
                column: cells[places[column]].strip() if column in places and places[column] < len(cells) else ""
                for column in READ
            }
            yield Row(number, values)
    if places is None:
        raise Refused(_("The sheet is empty. Download it anew and fill in the columns of the answer."))


def _places(cells: list[str]) -> dict[str, int]:
    """Where each column stands; Refused where one is missing that is needed, or stands twice."""
    names = known_words(HEADINGS)
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = names.get(folded(cell))
        if column in places:
            raise Refused(_("Row 1: the column “%(column)s” stands twice. Delete one.") % {"column": cell})
        if column:
            places[column] = place
    if missing := [str(HEADINGS[column]) for column in (*KEY, "answer") if column not in places]:
        raise Refused(
            _("Row 1: the column “%(column)s” is missing. Download the sheet anew and leave its first row as it is.")
            % {"column": missing[0]}
        )
    return places


def folded(text: str) -> str:
    return " ".join(text.casefold().split())


def known_words(labels: dict[Any, Any]) -> dict[str, Any]:
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
