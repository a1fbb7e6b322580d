"""The items of an institution as a sheet to fill in, XLSX or CSV, in the language of the reader."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from pagekit.models import attach_pages
from recommendations.choices import CHOSEN_POSITIONS, Answer, EvidenceKind
from recommendations.models import Assignment, FollowUp
from recommendations.services.items import Item
from recommendations.transfer.export import Value
from recommendations.transfer.formats import LONGEST_CELL, MARK, cell
from recommendations.transfer.rows import ANSWER, HEADINGS
from taxonomy.models import Organisation

WIDE = {"title", "wording", "last_entry", "text", "missing", "evidence_citation"}
# Only the colour says it besides the heading, which begins with the word.
TO_FILL_IN = PatternFill("solid", fgColor="FFF2CC")


def cells_of(items: Iterable[Item]) -> Iterator[list[str | int]]:
    """A row for each item, in order, its answer left empty; a constant number of queries."""
    wanted = list(items)
    rows = Assignment.objects.select_related("recommendation", "organisation").in_bulk([item.pk for item in wanted])
    last: dict[int, FollowUp] = {}
    newest: dict[int, int] = {}
    for entry in FollowUp.objects.filter(assignment__in=[item.pk for item in wanted]).in_order().defer("missing"):
        last[entry.assignment_id] = entry
        newest[entry.assignment_id] = max(entry.pk, newest.get(entry.assignment_id, 0))
    attach_pages([row.recommendation for row in rows.values()], only=("text",))
    for item in wanted:
        if (row := rows.get(item.pk)) is not None and row.recommendation.page:
            values = _values(item, row, last.get(item.pk), newest.get(item.pk, 0))
            yield [cell(values.get(column, "")) for column in HEADINGS]


def _values(item: Item, row: Assignment, entry: FollowUp | None, newest: int) -> dict[str, Value]:
    fact = row.recommendation
    return {
        "reference": fact.reference,
        "assignment": f"A{row.number}",
        "institution": row.organisation.label,
        "title": fact.page.title,
        "wording": fact.page.text,
        "state_now": str(row.get_closure_display() if row.closure else row.get_implementation_display()),
        "position_now": str(row.get_position_display()),
        "last_information": row.last_information_on.strftime("%d.%m.%Y") if row.last_information_on else "",
        "last_entry": entry.text if entry else "",
        "due": item.due.strftime("%d.%m.%Y") if item.due else "",
        "seen": newest,
    }


def as_csv(items: Iterable[Item]) -> bytes:
    """UTF-8 with its mark and semicolons, as Polish Excel opens it with a double click."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([str(heading) for heading in HEADINGS.values()])
    writer.writerows(cells_of(items))
    return MARK + text.getvalue().encode("utf-8", "replace")


def as_xlsx(items: Iterable[Item]) -> bytes:
    """A workbook: the items, with lists to choose answers from, and a second sheet with the words of those lists."""
    book = Workbook(write_only=True)
    sheet, words = book.create_sheet(_("Items")), book.create_sheet(_("Words"))
    sheet.freeze_panes = "C2"
    for place, column in enumerate(HEADINGS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = 45 if column in WIDE else 20
    lists = {
        "answer": [str(one.label) for one in Answer],
        "position": [str(one.label) for one in CHOSEN_POSITIONS],
        "evidence_kind": [str(one.label) for one in EvidenceKind],
        "competent_body": [body.label for body in Organisation.objects.current().answerable()],
    }
    for place, (column, labels) in enumerate(lists.items(), 1):
        letter = get_column_letter(place)
        choice = DataValidation(
            "list", formula1=f"'{words.title}'!${letter}$2:${letter}${len(labels) + 1}", allow_blank=True
        )
        target = get_column_letter(tuple(HEADINGS).index(column) + 1)
        choice.add(f"{target}2:{target}10000")
        sheet.data_validations.append(choice)
    sheet.append([_heading(sheet, column) for column in HEADINGS])
    for row in cells_of(items):
        sheet.append([_typed(sheet, value) for value in row])
    words.append([str(HEADINGS[column]) for column in lists])
    for number in range(max(map(len, lists.values()))):
        words.append([_typed(words, cell(labels[number] if number < len(labels) else "")) for labels in lists.values()])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        return file.read()


def _heading(sheet: Any, column: str) -> Any:
    found = WriteOnlyCell(sheet, str(HEADINGS[column]))
    found.font = Font(bold=True)
    found.alignment = Alignment(wrap_text=True, vertical="top")
    if column in ANSWER:
        found.fill = TO_FILL_IN
    return found


def _typed(sheet: Any, value: str | int) -> Any:
    if isinstance(value, int):
        return value
    found = WriteOnlyCell(sheet, value[:LONGEST_CELL])
    # Whatever it starts with, it is text.
    found.data_type = "s"
    found.alignment = Alignment(wrap_text=True, vertical="top")
    return found
