"""A spreadsheet taken in: kept, its columns named, its rows read in lots, its unknown statuses asked about once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pagekit.acts import Refused
from recommendations.choices import Cell, Guess, Implementation
from recommendations.models import Intake, IntakeRow, SheetSource
from recommendations.rules.lines import Piece
from recommendations.rules.proposals import folded
from recommendations.services.intake import (
    MOST_ROWS,
    correct_again,
    corrections_of,
    left_out_earlier,
    require_intake_right,
)
from recommendations.transfer.columns import LARGEST_SHEET, look, rows_of
from recommendations.transfer.dates import issued_on
from recommendations.transfer.papers import Vocabularies, kept_file
from recommendations.transfer.words import Words

AT_ONCE = 500


def start_sheet(page: Any, *, by: Any, file: Any, **values: Any) -> Intake:
    """A new intake of a spreadsheet, with what each column is taken to say; its rows are read later.

    Refused where it is larger than 20 MB or cannot be read.
    """
    require_intake_right(by, page)
    if file.size > LARGEST_SHEET:
        raise Refused(_("The spreadsheet is larger than 20 MB. Send it in parts."))
    issued_on(values.get("issued", ""))
    columns = look(file, file.name, page)
    file.seek(0)
    with transaction.atomic():
        intake = Intake(page=page, created_by=by, columns=columns, **values)
        intake.document = kept_file(file, title=intake.title, by=by)
        intake.save()
    return intake


def read_sheet(intake: Intake, *, by: Any) -> int:
    """Read the rows of a spreadsheet whose columns are named, some hundreds in one transaction; return how many.

    Rows read before go, so that it may be done again after it was stopped; what people corrected in them, left out or
    took again stays, but for rows that they joined or split. Refused where drafts were made of them, or
    somebody else begins to read it meanwhile.
    """
    fresh = Intake.objects.select_related("page", "document").get(pk=intake.pk)
    require_intake_right(by, fresh.page)
    if fresh.rows.exclude(drafted_at=None).exists():
        raise Refused(_("Not done: drafts were made of this spreadsheet. Undo the intake first."))
    with transaction.atomic():
        locked = Intake.objects.select_for_update().get(pk=fresh.pk)
        # Kept with the columns: rows that go now may only come back after a kill.
        corrections = locked.columns.get("by_hand", {}) | corrections_of(locked.rows.all())
        locked.columns["by_hand"] = corrections
        locked.rows.all().delete()
        locked.planned_revision, locked.revision = None, locked.revision + 1
        locked.save(update_fields=["planned_revision", "revision", "columns"])
    rows = rows_of(fresh)
    first = list(islice(rows, MOST_ROWS + 1))
    if not first:
        raise Refused(_("Nothing was taken in: no row says anything in the columns that you chose."))
    if len(first) <= MOST_ROWS:
        # What an editor looks at row by row may be guessed for want of a cell.
        guess(first, fresh)
    done = 0
    for lot in in_lots([first, rows]):
        with transaction.atomic():
            if Intake.objects.select_for_update().get(pk=fresh.pk).revision != locked.revision:
                raise Refused(_("Not done: somebody else began to read this spreadsheet. Wait for that."))
            leave_out_again(lot, fresh)
            for row in lot:
                correct_again(row, corrections)
            IntakeRow.objects.bulk_create(lot)
            done += len(lot)
            Intake.objects.filter(pk=fresh.pk).update(steps_done=done)
    return done


def in_lots(sources: Iterable[Iterable[IntakeRow]]) -> Iterator[list[IntakeRow]]:
    every = (row for source in sources for row in source)
    while lot := list(islice(every, AT_ONCE)):
        yield lot


def leave_out_again(rows: list[IntakeRow], intake: Intake) -> None:
    """What an editor left out of an earlier intake of the same rows is left out again, and says so."""
    earlier = left_out_earlier(intake.page, {row.external_id for row in rows})
    for row in rows:
        if row.external_id in earlier:
            row.is_dropped = True
            row.guess("is_dropped", Guess.AGAIN, is_dropped=False)


def guess(rows: list[IntakeRow], intake: Intake) -> None:
    """Whom a row asks by its wording, and its themes by the areas of the group, where no cell says it."""
    words, known = Vocabularies(intake.page.specific), Words()
    for row in rows:
        if row.text and not row.addressees:
            words.guess_addressees(row, Piece(row.text))
        unknown = [name for name in row.themes.splitlines() if folded(name) not in known.themes]
        if unknown:
            said = row.themes
            words.guess_themes(row, Piece(row.text, area=unknown[0]))
            if row.themes != said:
                row.guesses["themes"]["was"] = {"themes": said}


def unknown_statuses(intake: Intake) -> list[tuple[str, int]]:
    """The statuses that mean nothing yet, as the spreadsheet writes them, each with how often; most often first."""
    known = Words(intake).statuses
    counted: Counter[str] = Counter()
    rows = intake.rows.filter(is_dropped=False, cells__has_key=Cell.STATUSES.value)
    for cells in rows.values_list("cells", flat=True).iterator():
        counted.update(name for name in cells[Cell.STATUSES] if name and folded(name) not in known)
    return counted.most_common()


@transaction.atomic
def name_statuses(intake: Intake, *, by: Any, table: Mapping[str, str]) -> None:
    """Keep for the source what its statuses mean: a code of Implementation, or empty for "says nothing"."""
    require_intake_right(by, intake.page)
    source = SheetSource.objects.select_for_update().get(page=intake.page, headings=intake.columns["mark"])
    source.statuses |= {folded(name): code for name, code in table.items() if code in {"", *Implementation.values}}
    source.save(update_fields=["statuses"])
    Intake.objects.filter(pk=intake.pk).update(planned_revision=None, revision=F("revision") + 1)
