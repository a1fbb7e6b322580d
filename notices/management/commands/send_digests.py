"""To be run once on every day: queues the news of the week; twice or late changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notices.management.days import day_of
from notices.services.digests import Digest, Plan, plan_digests, queue_digests


class Command(BaseCommand):
    help = "Queue the news of the week, one digest for an address and week; send_messages sends them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Print who would get what and why, and stop.")
        parser.add_argument("--on", type=day_of, metavar="DATE", help="As on this day: 2026-11-23.")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        day = options["on"] or today
        if day > today and not options["dry_run"]:
            raise CommandError("The day lies ahead: only --dry-run looks into the future.")
        plan = plan_digests(day)
        if not plan.is_working_day:
            self.stdout.write(f"{day}: no working day, nothing is sent. The next working day makes up for it.")
            return
        if options["dry_run"]:
            self.show(plan)
            return
        queued = queue_digests(plan)
        self.stdout.write(
            f"{day}: {queued} digests queued, {len(plan.withheld)} withheld, {plan.searches} searches asked"
        )

    def show(self, plan: Plan) -> None:
        until = timezone.localdate(plan.until)
        for digest in plan.digests:
            self.stdout.write(f"{digest.name} would get, of what became public before {until}:")
            self.show_shares(digest)
        for digest in plan.withheld:
            self.stdout.write(f"{digest.name} would get nothing: {digest.withheld}.")
            self.show_shares(digest)
        self.stdout.write(f"{plan.day}: {len(plan.digests)} digests would be queued, {len(plan.withheld)} withheld")

    def show_shares(self, digest: Digest) -> None:
        for share in digest.shares:
            self.stdout.write(f"  {share.of}: {', '.join(piece.key for piece in share.pieces)}")
