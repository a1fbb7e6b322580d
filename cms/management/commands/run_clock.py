"""The clock of the site: what a crontab does elsewhere, in one process beside the server.

Chores of one lane follow each other and lanes go side by side: a mail server that hangs, or the check of a large base,
holds up no publication.
"""

import datetime as dt
import logging
import signal
import threading
import time
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections, connections
from django.utils import timezone

logger = logging.getLogger(__name__)

LOOKS_EVERY = 5
# How long a chore that is under way may go on when the clock is stopped; what is cut off is made up for.
SECONDS_TO_END = 5


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


def lanes() -> list[list[Chore]]:
    """What readers see, what is done once a day, and the mails.

    The first is done once before the others begin, because news are told after the index has heard of them.
    """
    minutes = dt.timedelta(minutes=5)
    return [
        [
            Chore("publish_scheduled", minutes, is_told=False),
            Chore("search_sync", minutes, is_told=False),
            Chore("count_figures", dt.timedelta(seconds=15), is_told=False),
        ],
        [
            Chore("follow_up_check", at=dt.time(6, 45)),
            Chore("send_reminders", at=dt.time(7, 15)),
            Chore("send_digests", at=dt.time(7, 30)),
        ],
        [Chore("send_messages", dt.timedelta(seconds=30))],
    ]


class Command(BaseCommand):
    help = (
        "Do by the clock what a crontab would: publish, index, count, check, remind, tell followers, send mails. "
        "Prints what each did, with the time; faults go to the log."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do what is due now, and stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = lanes()
        if options["once"]:
            for lane in waiting:
                self.round(lane)
            return
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        stopped = threading.Event()
        threads = [threading.Thread(target=self.go_on, args=(lane, stopped), daemon=True) for lane in waiting]
        try:
            self.round(waiting[0])
            connections.close_all()
            for thread in threads:
                thread.start()
            stopped.wait()
        except KeyboardInterrupt:
            stopped.set()
            end = time.monotonic() + SECONDS_TO_END
            for thread in threads:
                if thread.is_alive():
                    thread.join(max(0, end - time.monotonic()))

    def go_on(self, lane: list[Chore], stopped: threading.Event) -> None:
        while not stopped.is_set():
            close_old_connections()
            self.round(lane)
            stopped.wait(LOOKS_EVERY)

    def round(self, lane: list[Chore]) -> None:
        for chore in lane:
            now = timezone.now()
            if chore.is_due(now):
                chore.last = now
                self.run(chore)

    def run(self, chore: Chore) -> None:
        """One that fails holds up no other, and is tried again in its time."""
        said = StringIO()
        try:
            call_command(chore.command, stdout=said, stderr=self.stderr)
        except CommandError as error:
            logger.warning("%s: %s", chore.command, error)
        except Exception:
            logger.exception("%s failed", chore.command)
        if chore.is_told:
            moment = timezone.localtime().strftime("%Y-%m-%d %H:%M")
            for line in said.getvalue().splitlines():
                self.stdout.write(f"{moment} {chore.command}: {line}")
            self.stdout.flush()
