"""The contacts of institutions from a spreadsheet, as on the screen of the administrators; twice changes nothing."""

from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from notices.transfer.contacts import ContactPlan, carry_out, plan_contacts, read_contacts
from pagekit.acts import Refused


class Command(BaseCommand):
    help = "Give people mandates for institutions, as an XLSX or CSV file lists them; rows that are wrong are left out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="Print what each row would do, and stop.")
        parser.add_argument("--no-invitations", action="store_true", help="Open accounts without inviting anybody.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        is_inviting = not options["no_invitations"]
        try:
            with path.open("rb") as file:
                rows = read_contacts(File(file, path.name), path.name)
            plan = plan_contacts(rows, by=None, is_inviting=is_inviting)
            if not options["dry_run"]:
                sound = [contact.row for contact in plan.contacts]
                carry_out(sound, by=None, is_inviting=is_inviting)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}. Give the path of an XLSX or CSV file.") from error
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.show(plan)
        if plan.errors:
            raise CommandError(f"{len(plan.errors)} rows are wrong and were left out.")

    def show(self, plan: ContactPlan) -> None:
        for contact in plan.contacts:
            marks = ["account"] * contact.is_new_account + ["invitation"] * contact.is_invited
            told = f"{contact.before} -> {contact.after}" if contact.before != contact.after else contact.after
            self.stdout.write(f"row {contact.row.number}: {contact.deed.value} {contact.email} · {told.lstrip(' ->')}")
            if marks:
                self.stdout.write(f"  and: {', '.join(marks)}")
        for error in plan.errors:
            self.stdout.write(f"row {error.number}, {error.heading}: {error.sentence}")
        counts = plan.counts
        self.stdout.write(", ".join(f"{number} {name}" for name, number in counts.items()))
