"""To be run once on every day: queues the digests of the day; twice or late changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notices.management.days import day_of
from notices.services.reminders import Digest, Plan, plan_reminders, queue_reminders


class Command(BaseCommand):
    help = "Queue the reminders of the day, one digest for a person and week; send_messages sends them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Print who would get what and why, and stop.")
        parser.add_argument("--on", type=day_of, metavar="DATE", help="As on this day: 2026-11-23.")
        parser.add_argument(
            "--campaign", action="store_true", help="Also the one first contact about editions before 2016."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        day = options["on"] or today
        if day > today and not options["dry_run"]:
            raise CommandError("The day lies ahead: only --dry-run looks into the future.")
        plan = plan_reminders(day, is_campaign=options["campaign"])
        if not plan.is_working_day:
            self.stdout.write(f"{day}: no working day, nothing is sent. The next working day makes up for it.")
            return
        if options["dry_run"]:
            self.show(plan)
        else:
            queued = queue_reminders(plan)
            self.stdout.write(f"{day}: {queued} digests queued, {len(plan.withheld)} withheld")
        if plan.early:
            self.stdout.write(f"{plan.early} items of editions before 2016 wait for the campaign (--campaign).")

    def show(self, plan: Plan) -> None:
        for digest in plan.digests:
            self.stdout.write(f"{digest.recipient.get_username()} would get:")
            self.show_items(digest)
        for digest in plan.withheld:
            self.stdout.write(f"{digest.recipient.get_username()} would get nothing: {digest.withheld}. Left out:")
            self.show_items(digest)
        self.stdout.write(f"{plan.day}: {len(plan.digests)} digests would be queued, {len(plan.withheld)} withheld")

    def show_items(self, digest: Digest) -> None:
        for item in digest.items:
            row = item.assignment
            due = f"due on {item.due_on}" if item.due_on else "no day yet"
            self.stdout.write(
                f"  {row.answering.label}: {row.recommendation.reference} A{row.number}, {item.stage}, {due}"
            )
