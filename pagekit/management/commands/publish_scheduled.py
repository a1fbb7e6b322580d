"""In place of Wagtail's command of this name, which stops at the first page that is refused."""

import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from pagekit.scheduling import Done, do_what_is_due


class Command(BaseCommand):
    help = "Publishes what was approved for a day that has come, and takes off what has expired."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="Go on for ever, looking this often.")

    def handle(self, *args: Any, **options: Any) -> None:
        every = options["every"]
        if every:
            # A publication that is under way is taken back by the database and made again later.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            done = self.round()
            while every:
                time.sleep(max(1, every))
                close_old_connections()
                self.round()
        except KeyboardInterrupt:
            return
        if done.failed:
            raise CommandError(f"{len(done.failed)} failed; the lines of the log say why.") from done.failed[0]

    def round(self) -> Done:
        done = do_what_is_due()
        if done.published or done.expired:
            self.stdout.write(f"{done.published} published, {done.expired} taken off")
        for line in done.refused:
            self.stderr.write(line)
        return done
