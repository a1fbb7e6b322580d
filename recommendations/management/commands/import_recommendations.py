"""A paper or spreadsheet as drafts of a group or forum: the path of the admin's screens, from the command line."""

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Q
from wagtail.models import Page

from forums.models import ForumPage, WorkingGroupPage
from pagekit.acts import Refused
from pagekit.models import source_language
from recommendations.choices import PlanKind
from recommendations.models import Intake
from recommendations.transfer.intake import carry_out, plan_intake
from recommendations.transfer.papers import take_in


class Command(BaseCommand):
    help = "Makes drafts below a group or forum from DOCX, PDF, HTML, TXT, XLSX or CSV; nothing becomes public."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--group", required=True, help="the page of the group or forum: its number or its slug")
        parser.add_argument("--by", required=True, help="the user name of the editor who makes the drafts")
        parser.add_argument("--title", default="", help="the name of the source; else that of the file")
        parser.add_argument("--dry-run", action="store_true", help="print the plan and keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["by"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['by']!r}.")
        if not options["file"].is_file():
            raise CommandError(f"There is no file {options['file']}.")
        page, name = issuer(options["group"]), options["file"].name
        try:
            with transaction.atomic(), options["file"].open("rb") as file:
                taken = take_in(page, by=user, file=File(file, name=name), title=options["title"] or name)
                intake = plan_intake(taken, by=user)
                self.print_plan(intake)
                if options["dry_run"]:
                    transaction.set_rollback(True)
            if options["dry_run"]:
                # The row of the document is taken back, its file is not.
                if taken.document:
                    taken.document.file.storage.delete(taken.document.file.name)
                return
            self.stdout.write(f"{carry_out(intake, by=user)} drafts made; intake {intake.pk}.")
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def print_plan(self, intake: Intake) -> None:
        rows = {row.pk: row for row in intake.rows.all()}
        for line in (intake.plan or {})["lines"]:
            row = rows[line["row"]]
            said = f"{line['column']}: {line['sentence']}" if line["column"] else line["sentence"]
            self.stdout.write("\t".join((str(row.position), PlanKind(line["kind"]).value, str(row), said)).rstrip())


def issuer(named: str) -> Page:
    """The source page of the one group or forum of that number or slug."""
    by_number = Q(pk=int(named)) if named.isascii() and named.isdecimal() and len(named) < 10 else Q(pk=None)
    pages = Page.objects.type(ForumPage, WorkingGroupPage).filter(locale__language_code=source_language())
    found = list(pages.filter(by_number | Q(slug=named))[:2])
    if len(found) != 1:
        raise CommandError(f"{'More than one' if found else 'No'} group or forum is called {named!r}. Give its number.")
    return found[0]
