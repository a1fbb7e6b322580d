"""The items of an institution as a sheet to fill in, XLSX or CSV, in the language of the reader."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from pagekit.models import attach_pages
from recommendations.choices import CHOSEN_POSITIONS, Answer, EvidenceKind
from recommendations.models import Assignment, FollowUp
from recommendations.querysets import AssignmentQuerySet
from recommendations.services.items import due_of
from recommendations.transfer.formats import LONGEST_CELL, MARK, safe
from recommendations.transfer.rows import ANSWER, HEADINGS
from taxonomy.models import Organisation

WIDE = {"title", "wording", "last_entry", "text", "missing", "evidence_citation"}
# Only the colour says it besides the heading, which begins with the word.
TO_FILL_IN = PatternFill("solid", fgColor="FFF2CC")
# What a cell of these columns may say.
WORDS: Mapping[str, Iterable[Any]] = {"answer": Answer, "position": CHOSEN_POSITIONS, "evidence_kind": EvidenceKind}


def cells_of(items: AssignmentQuerySet) -> Iterator[list[str]]:
    """A row for each item, in order, its answer left empty; a constant number of queries."""
    rows = list(items.select_related("recommendation", "organisation"))
    last: dict[int, str] = {}
    newest: dict[int, int] = {}
    entries = FollowUp.objects.filter(assignment__in=items.order_by().values("pk")).in_order()
    for assignment, pk, text in entries.values_list("assignment", "pk", "text"):
        last[assignment] = text
        newest[assignment] = max(pk, newest.get(assignment, 0))
    attach_pages([row.recommendation for row in rows], only=("text",))
    for row in rows:
        if row.recommendation.page:
            values = _values(row, last.get(row.pk, ""), newest.get(row.pk, 0))
            yield [safe(ILLEGAL_CHARACTERS_RE.sub("", values.get(column, "")))[:LONGEST_CELL] for column in HEADINGS]


def _values(row: Assignment, last_entry: str, newest: int) -> dict[str, str]:
    fact, due = row.recommendation, due_of(row)
    return {
        "reference": fact.reference,
        "assignment": f"A{row.number}",
        "institution": row.organisation.label,
        "title": fact.page.title,
        "wording": fact.page.text,
        "state_now": str(row.get_closure_display() if row.closure else row.get_implementation_display()),
        "position_now": str(row.get_position_display()),
        "last_information": row.last_information_on.strftime("%d.%m.%Y") if row.last_information_on else "",
        "last_entry": last_entry,
        "due": due.strftime("%d.%m.%Y") if due else "",
        "seen": str(newest),
    }


def as_csv(items: AssignmentQuerySet) -> bytes:
    """UTF-8 with its mark and semicolons, as Polish Excel opens it with a double click."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([str(heading) for heading in HEADINGS.values()])
    writer.writerows(cells_of(items))
    return MARK + text.getvalue().encode("utf-8", "replace")


def labels_of(column: str) -> list[str]:
    """The words of a column, as the reader's language has them."""
    return [str(one.label) for one in WORDS[column]]


def as_xlsx(items: AssignmentQuerySet) -> bytes:
    """A workbook: the items, with lists to choose answers from, and a second sheet with the words of those lists."""
    book = Workbook(write_only=True)
    sheet, words = book.create_sheet(_("Items")), book.create_sheet(_("Words"))
    sheet.freeze_panes = "C2"
    for place, column in enumerate(HEADINGS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = 45 if column in WIDE else 20
    lists = {
        **{column: labels_of(column) for column in WORDS},
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
        # As plain values, ten times as fast as styled cells; none begins like a formula.
        sheet.append(row)
    words.append([str(HEADINGS[column]) for column in lists])
    for number in range(max(map(len, lists.values()))):
        words.append([safe(labels[number]) if number < len(labels) else "" for labels in lists.values()])
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
