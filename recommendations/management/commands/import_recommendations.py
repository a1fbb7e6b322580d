"""A paper or spreadsheet as drafts of a group or forum: the path of the admin's screens, from the command line."""

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from wagtail.models import Page

from forums.models import ForumPage, WorkingGroupPage
from pagekit.acts import Refused
from pagekit.models import source_language
from recommendations.choices import Cell
from recommendations.models import Intake
from recommendations.transfer.columns import name_columns
from recommendations.transfer.intake import carry_out
from recommendations.transfer.papers import is_sheet, take_in
from recommendations.transfer.planning import plan_intake
from recommendations.transfer.sheet_intake import read_sheet, start_sheet


class Command(BaseCommand):
    help = "Makes drafts below a group or forum from DOCX, PDF, HTML, TXT, XLSX, ODS or CSV; nothing becomes public."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--group", required=True, help="the page of the group or forum: its number or its slug")
        parser.add_argument("--by", required=True, help="the user name of the editor who makes the drafts")
        parser.add_argument("--title", default="", help="the name of the source; else that of the file")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="HEADING=CELL",
            help="what a column of a spreadsheet says, where it is not guessed; HEADING= leaves it out",
        )
        parser.add_argument(
            "--encoding", default="", help="how the letters of a CSV file are read, where it is doubtful"
        )
        parser.add_argument("--dry-run", action="store_true", help="print the plan and keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["by"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['by']!r}.")
        if not options["file"].is_file():
            raise CommandError(f"There is no file {options['file']}.")
        page, name = issuer(options["group"]), options["file"].name
        try:
            with options["file"].open("rb") as file:
                intake = self.read(page, user, File(file, name=name), options)
            intake = plan_intake(intake, by=user)
            self.print_plan(intake)
            if options["dry_run"]:
                forget(intake)
                return
            made = carry_out(intake, by=user)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{made} drafts made; intake {intake.pk}.")
        for row in intake.rows.exclude(trouble=""):
            self.stdout.write(f"{row.line or row.position}\tleft alone\t{row}\t{row.trouble}")

    def read(self, page: Page, user: Any, file: File[Any], options: dict[str, Any]) -> Intake:
        title = options["title"] or str(file.name)
        if not is_sheet(file):
            return take_in(page, by=user, file=file, title=title)
        intake = start_sheet(page, by=user, file=file, title=title)
        columns = intake.columns
        try:
            if columns["is_doubtful"] and not options["encoding"]:
                raise Refused("It is doubtful how the letters of the file are to be read: say it with --encoding.")
            named = name_columns(
                intake,
                by=user,
                cells=chosen(columns, options["column"]),
                separator=columns["separator"],
                encoding=options["encoding"] or columns["encoding"],
                is_source=columns["is_source"],
            )
            read_sheet(named, by=user)
        except Refused:
            forget(intake)
            raise
        return named

    def print_plan(self, intake: Intake) -> None:
        rows = intake.rows.filter(is_dropped=False)
        for row in rows.iterator():
            told = [f"{column}: {sentence}" if column else sentence for column, sentence in row.told]
            for said in told or [", ".join(row.plan.get("fields", []))]:
                self.stdout.write("\t".join((str(row.line or row.position), row.plan_kind, str(row), said)).rstrip())


def chosen(columns: dict[str, Any], named: list[str]) -> dict[str, str]:
    """What each column says: as its source had it or as guessed, but for those that the command names."""
    cells = dict(columns["cells"])
    for one in named:
        heading, _equals, cell = one.rpartition("=")
        if heading not in columns["headings"] or cell not in {"", *Cell.values}:
            raise Refused(f"--column {one!r}: write HEADING=CELL; cells are {', '.join(Cell.values)}.")
        cells[str(columns["headings"].index(heading))] = cell
    return {place: cell for place, cell in cells.items() if cell}


def forget(intake: Intake) -> None:
    """The intake with its rows and its file, as if it had never been."""
    document = intake.document
    intake.delete()
    if document:
        document.file.storage.delete(document.file.name)
        document.delete()


def issuer(named: str) -> Page:
    """The source page of the one group or forum of that number or slug."""
    by_number = Q(pk=int(named)) if named.isascii() and named.isdecimal() and len(named) < 10 else Q(pk=None)
    pages = Page.objects.type(ForumPage, WorkingGroupPage).filter(locale__language_code=source_language())
    found = list(pages.filter(by_number | Q(slug=named))[:2])
    if len(found) != 1:
        raise CommandError(f"{'More than one' if found else 'No'} group or forum is called {named!r}. Give its number.")
    return found[0]
