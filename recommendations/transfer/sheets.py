"""Spreadsheets as people send them: rows below a line of headings, whichever program saved the file."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from pagekit.acts import Refused
from recommendations.rules.proposals import folded
from recommendations.transfer.sheet_files import LARGEST_UNPACKED, of_csv, of_ods, of_xlsx

LARGEST_FILE = 2 * 1024 * 1024
MOST_ROWS = 10_000
READERS = {".xlsx": of_xlsx, ".ods": of_ods}
SHEETS = frozenset({*READERS, ".csv"})


@dataclass(frozen=True)
class Row:
    """A filled-in row: its number in the sheet, and the texts of its cells by column."""

    number: int
    values: dict[str, str]


def lines_of(
    file: Any, name: str, *, encoding: str = "", unpacked: int = LARGEST_UNPACKED, sheet: str = ""
) -> Iterator[list[str]]:
    """The cells of an XLSX, ODS or CSV file line by line, as texts; an empty ``encoding`` of a CSV is found out.

    Of a workbook the ``sheet`` of this name, else the first. A cell that is one with the cell above it holds the same
    text, as Covered. Refused, saying what to do, where it cannot be read, or unpacks to more than ``unpacked`` bytes.
    """
    ending = PurePosixPath(name.lower()).suffix
    if ending not in SHEETS:
        raise Refused(_("The file is neither XLSX nor ODS nor CSV. Save the sheet in one of these formats."))
    return READERS[ending](file, name, unpacked, sheet) if ending in READERS else of_csv(file, encoding)


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


def known_words(labels: Mapping[Any, Any]) -> dict[str, Any]:
    """What a person may write for each value: its code, and its label in any of our languages."""
    words = {folded(str(value)): value for value in labels}
    for language, _name in settings.LANGUAGES:
        with override(language):
            words |= {folded(str(label)): value for value, label in labels.items()}
    return words
