"""The clock of the site: what a crontab does elsewhere, in one process beside the server."""

import datetime as dt
import logging
import signal
import time
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections
from django.utils import timezone

logger = logging.getLogger(__name__)

LOOKS_EVERY = 5


@dataclass
class Chore:
    """A command that may run twice or late: ``every`` so long, or once a day ``at`` a time in Warsaw."""

    command: str
    every: dt.timedelta = dt.timedelta(days=1)
    at: dt.time | None = None
    # Whether what it says is printed: of what runs all day it would be the same line again and again.
    is_told: bool = True
    last: dt.datetime | None = field(default=None, init=False)

    def is_due(self, now: dt.datetime) -> bool:
        local = timezone.localtime(now)
        if self.at and local.time() < self.at:
            return False
        if self.last is None:
            return True
        return timezone.localdate(self.last) < local.date() if self.at else now - self.last >= self.every


def chores() -> list[Chore]:
    """In this order: no mail waits for what may take long, and news are told after the index has heard of them."""
    minutes = dt.timedelta(minutes=5)
    return [
        Chore("send_messages", dt.timedelta(seconds=30)),
        Chore("publish_scheduled", minutes, is_told=False),
        Chore("search_sync", minutes, is_told=False),
        Chore("follow_up_check", at=dt.time(6, 45)),
        Chore("send_reminders", at=dt.time(7, 15)),
        Chore("send_digests", at=dt.time(7, 30)),
    ]


class Command(BaseCommand):
    help = "Do by the clock what a crontab would: publish, index, check, remind, tell followers, send mails."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do what is due now, and stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = chores()
        if options["once"]:
            self.round(waiting)
            return
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            while True:
                close_old_connections()
                self.round(waiting)
                time.sleep(LOOKS_EVERY)
        except KeyboardInterrupt:
            return

    def round(self, waiting: list[Chore]) -> None:
        for chore in waiting:
            now = timezone.now()
            if chore.is_due(now):
                chore.last = now
                self.run(chore)

    def run(self, chore: Chore) -> None:
        """One that fails holds up no other, and is tried again in its time."""
        try:
            call_command(chore.command, stdout=self.stdout if chore.is_told else StringIO(), stderr=self.stderr)
        except CommandError as error:
            logger.warning("%s: %s", chore.command, error)
        except Exception:
            logger.exception("%s failed", chore.command)
