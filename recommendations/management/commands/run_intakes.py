"""The worker of intakes: reads, carries out and undoes what editors ordered and what is too long for a page."""

import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from recommendations.transfer.background import work_once


class Command(BaseCommand):
    help = "Does what of intakes waits to be done in the background; after a kill it goes on where it stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, default=0, help="go on for ever, looking every so many seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        every = options["every"]
        if every:
            # A batch that is under way is taken back by the database and made again later.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            while True:
                close_old_connections()
                done = work_once()
                if not done and not every:
                    return
                if not done:
                    time.sleep(every)
        except KeyboardInterrupt:
            return
