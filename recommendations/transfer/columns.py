"""A spreadsheet of any shape: which column says what, as guessed, named by the editor and kept for its source."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pagekit.acts import Refused
from recommendations.choices import Cell, Guess
from recommendations.models import Intake, IntakeRow, SheetSource, id_of_piece
from recommendations.rules import columns as rules
from recommendations.rules.encodings import EIGHT_BIT
from recommendations.services.intake import require_intake_right, title_of
from recommendations.transfer.sheet_files import guessed_encoding, sheets_of
from recommendations.transfer.sheet_shape import Covered
from recommendations.transfer.sheets import lines_of

LARGEST_SHEET = 20 * 1024 * 1024
LARGEST_UNPACKED = 200 * 1024 * 1024
MOST_SHEET_ROWS = 50_000
SAMPLE_ROWS = 5
# What stands in fields of its own on a row.
TEXTS = (Cell.NUMBER, Cell.TITLE, Cell.TEXT, Cell.RATIONALE, Cell.LOCATOR)
LONGEST_NUMBER, LONGEST_TITLE, LONGEST_LOCATOR = 20, 255, 60
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", *EIGHT_BIT, "cp1251")


def first_rows(file: Any, name: str, encoding: str, sheet: str = "") -> list[list[str]]:
    lines = lines_of(file, name, encoding=encoding, unpacked=LARGEST_UNPACKED, sheet=sheet)
    rows = list(islice(lines, rules.HEAD_AMONG + SAMPLE_ROWS))
    # Some programs write empty cells up to the widest row they can think of.
    width = max((place + 1 for row in rows for place, cell in enumerate(row) if cell.strip()), default=0)
    return [row[:width] for row in rows]


def choose_sheet(file: Any, name: str, encoding: str, sheets: Iterable[str]) -> tuple[str, list[list[str]]]:
    """The first sheet of a workbook that has named columns and a row below them, else that with most rows.

    With its first rows; a CSV has no sheets and is one.
    """
    found: dict[str, list[list[str]]] = {}
    for sheet in sheets or ("",):
        found[sheet] = first_rows(file, name, encoding, sheet)
        if rules.is_table(found[sheet]):
            return sheet, found[sheet]
    return max(found.items(), key=lambda one: sum(map(any, one[1])))


def noticed(columns: Mapping[str, Any]) -> list[str]:
    """What an editor should know of a workbook: sheets that were not read, and what it hides."""
    found = []
    if others := columns.get("other_sheets"):
        found.append(
            _("Only the sheet “%(sheet)s” is read. Left out: %(others)s.")
            % {"sheet": columns["sheet"], "others": ", ".join(others)}
        )
    rows, hidden = columns.get("hidden_rows", 0), columns.get("hidden_columns", 0)
    if rows or hidden:
        found.append(
            _("What the sheet hides is read like the rest. Hidden rows: %(rows)s, hidden columns: %(columns)s.")
            % {"rows": rows, "columns": hidden}
        )
    return found


def look(file: Any, name: str, page: Any, *, encoding: str = "") -> dict[str, Any]:
    """The columns of a spreadsheet for the issuer ``page``: as its source had them last time, else as guessed.

    Refused where it cannot be read, or holds no row below a line of headings.
    """
    doubtful = False
    if PurePosixPath(name.lower()).suffix == ".csv" and not encoding:
        encoding, doubtful = guessed_encoding(file)
    sheets = sheets_of(file, name, LARGEST_UNPACKED)
    sheet, rows = choose_sheet(file, name, encoding, sheets)
    head = rules.head_among(rows)
    if len(rows) < head + 2:
        raise Refused(_("The spreadsheet has no row below its headings. Name the columns in its first row."))
    headings = rows[head]
    known = rules.cells_of(headings)
    mark = rules.headings_mark(headings)
    kept = SheetSource.objects.filter(page=page, headings=mark).first()
    cells = {str(place): cell.value for place, cell in known.items()}
    if kept is not None:
        by_heading = kept.columns["cells"]
        cells = {str(place): by_heading[rules.plain(one)] for place, one in enumerate(headings)
                 if by_heading.get(rules.plain(one))}  # fmt: skip
    many = [[row[place] for row in rows[head + 1 :] if place < len(row)]
            for place, cell in known.items() if rules.is_many(cell)]  # fmt: skip
    left_out = any(one.strip() and str(place) not in cells for place, one in enumerate(headings))
    return {
        "name": name,
        "head": head,
        "headings": headings,
        "mark": mark,
        "cells": cells,
        "is_kept": kept is not None,
        "separator": kept.columns["separator"] if kept else rules.separator_of(many),
        "encoding": encoding,
        "is_doubtful": doubtful,
        # A file with columns that are left out may hold what nobody is to read.
        "is_source": kept.columns["is_source"] if kept else not left_out,
        "is_named": False,
        "sheet": sheet,
        "other_sheets": [one for one in sheets if one != sheet],
        "hidden_rows": sheets[sheet].hidden_rows if sheet else 0,
        "hidden_columns": sheets[sheet].hidden_columns if sheet else 0,
    }


def samples(intake: Intake, encoding: str) -> list[list[str]]:
    """The first rows below the headings, read in this encoding."""
    with intake.document.file.open("rb") as file:  # type: ignore[union-attr]  # a sheet has its file
        rows = first_rows(file, intake.columns["name"], encoding, intake.columns.get("sheet", ""))
    return rows[intake.columns["head"] + 1 :][:SAMPLE_ROWS]


@transaction.atomic
def name_columns(
    intake: Intake, *, by: Any, cells: Mapping[str, str], separator: str, encoding: str, is_source: bool
) -> Intake:
    """Keep which column says what, for this intake and for the next of the same source; rows read before go.

    Refused where no column holds what is recommended or which recommendation is meant, or drafts were made.
    """
    locked = Intake.objects.select_for_update().select_related("page").get(pk=intake.pk)
    require_intake_right(by, locked.page)
    if locked.rows.exclude(drafted_at=None).exists():
        raise Refused(_("Not done: drafts were made of this spreadsheet. Undo the intake first."))
    chosen = {place: cell for place, cell in cells.items() if cell in Cell.values}
    if not {Cell.TEXT, Cell.REFERENCE, Cell.IDENTIFIER} & {*chosen.values()}:
        raise Refused(_("Not done: no column holds the wording, a reference or another identifier. Choose it."))
    if PurePosixPath(locked.columns["name"].lower()).suffix == ".csv" and encoding not in (
        *ENCODINGS,
        "utf-8-sig",
        "utf-16",
    ):
        raise Refused(_("Not done: choose how the letters of the file are to be read."))
    headings = locked.columns["headings"]
    if encoding != locked.columns["encoding"]:
        headings = look_again(locked, encoding)
    values = {"separator": separator, "is_source": is_source}
    mark = rules.headings_mark(headings)
    said = {"cells": chosen, "headings": headings, "mark": mark, "encoding": encoding}
    locked.columns |= {**values, **said, "is_named": True, "is_doubtful": False}
    locked.revision += 1
    locked.planned_revision = None
    locked.save(update_fields=["columns", "revision", "planned_revision"])
    named = {rules.plain(headings[int(place)]): cell for place, cell in chosen.items()}
    SheetSource.objects.update_or_create(
        page=locked.page,
        headings=mark,
        defaults={"columns": {**values, "cells": named}},
    )
    return locked


def look_again(intake: Intake, encoding: str) -> list[str]:
    with intake.document.file.open("rb") as file:  # type: ignore[union-attr]  # a sheet has its file
        # Only the letters of a CSV are read one way or another, and it has no sheets.
        return first_rows(file, intake.columns["name"], encoding)[intake.columns["head"]]


def rows_of(intake: Intake) -> Iterator[IntakeRow]:
    """The unsaved rows of the spreadsheet, in order, read as the editor named its columns; Refused for too many."""
    columns = intake.columns
    with intake.document.file.open("rb") as file:  # type: ignore[union-attr]  # a sheet has its file
        lines = lines_of(
            file,
            columns["name"],
            encoding=columns["encoding"],
            unpacked=LARGEST_UNPACKED,
            sheet=columns.get("sheet", ""),
        )
        position = 0
        for number, cells in enumerate(lines, 1):
            if number <= columns["head"] + 1 or not any(cell.strip() for cell in cells):
                continue
            position += 1
            if position > MOST_SHEET_ROWS:
                raise Refused(_("The spreadsheet has more than 50,000 rows. Send it in parts."))
            row = row_of(cells, columns)
            row.intake, row.line, row.position = intake, number, position
            yield row


def row_of(cells: list[str], columns: Mapping[str, Any]) -> IntakeRow:
    """One row of the spreadsheet; what has no field of its own stays in ``cells`` by the name of what it says."""
    texts: dict[str, list[str]] = {}
    many: dict[str, list[str]] = {}
    covered = set()
    for place, cell in columns["cells"].items():
        if int(place) < len(cells) and isinstance(cells[int(place)], Covered):
            covered.add(cell)
        text = cells[int(place)].strip() if int(place) < len(cells) else ""
        if not text:
            continue
        if cell == Cell.NOTE:
            texts.setdefault(Cell.RATIONALE, []).append(f"{columns['headings'][int(place)].strip()}: {text}")
        elif rules.is_many(cell):
            many.setdefault(cell, []).extend(rules.parts_of(text, columns["separator"]))
        else:
            texts.setdefault(cell, []).append(
                tidy(text) if cell in (Cell.TEXT, Cell.RATIONALE) else " ".join(text.split())
            )
    said = {cell: "\n".join(found) for cell, found in texts.items()}
    title, number = said.get(Cell.TITLE, ""), said.get(Cell.NUMBER, "").strip(".) ")
    names = many.pop(Cell.ADDRESSEES, [])
    roles = many.pop(Cell.ROLES, [])
    row = IntakeRow(
        number=number[:LONGEST_NUMBER],
        title=title[:LONGEST_TITLE],
        text=said.get(Cell.TEXT, ""),
        rationale=said.get(Cell.RATIONALE, ""),
        locator=said.get(Cell.LOCATOR, "")[:LONGEST_LOCATOR],
        addressees="\n".join(filter(None, names)),
        themes="\n".join(filter(None, many.pop(Cell.THEMES, []))),
        cells={cell: text for cell, text in said.items() if cell not in TEXTS} | many,
        mark=hashlib.sha256(json.dumps([said, many, names, roles], sort_keys=True).encode()).hexdigest(),
    )
    if any(roles):
        row.cells[Cell.ROLES] = {name: role for name, role in zip(names, roles, strict=False) if name and role}
    if len(title) > LONGEST_TITLE:
        row.cells["cut"] = [Cell.TITLE]
    row.external_id = external_id(row)
    if row.text and not row.title:
        row.title = title_of(row.text)
        row.guess("title", Guess.TITLE, title="")
    for name in covered & {*TEXTS, Cell.ADDRESSEES, Cell.THEMES}:
        row.guess(name, Guess.MERGED, **{name: ""})
    return row


def external_id(row: IntakeRow) -> str:
    """What the row is known by in every intake of the issuer: its identifier, else its reference, else its words."""
    for cell in (Cell.IDENTIFIER, Cell.REFERENCE):
        if named := row.cells.get(cell):
            return id_of_piece(cell, named if isinstance(named, str) else named[0])
    return id_of_piece(row.number, row.text)


def tidy(text: str) -> str:
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))
