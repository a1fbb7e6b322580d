"""To be run every minute or so, or kept running: sends the mails that wait, and forgets who did not want any."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notices.services.delivery import FAILED, send_waiting
from notices.services.following import forget_unconfirmed


class Command(BaseCommand):
    help = "Send the mails that wait; one that fails is tried again five times within a day and a half."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="Go on for ever, looking this often.")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = self.round()
        while options["every"]:
            time.sleep(max(1, options["every"]))
            self.round()
        if counts[FAILED]:
            raise CommandError(f"{counts[FAILED]} mails were given up; their rows say why.")

    def round(self) -> Any:
        forget_unconfirmed(timezone.now())
        counts = send_waiting()
        if counts:
            self.stdout.write(", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())))
        return counts
