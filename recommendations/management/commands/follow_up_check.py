"""To be run once a day: makes contradictions public on their day and proves that the caches are what the log says."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recommendations.choices import Age
from recommendations.models.count_mark import forget_old_marks
from recommendations.services import count_marks
from recommendations.services.append_only import protect, unprotected
from recommendations.services.log import refresh_disputed
from recommendations.services.proof import Difference, prove

SHOWN = 100
EVERY = 10_000


class Command(BaseCommand):
    help = (
        "Count contradicting assessments whose right of reply has ended, and compare every cached state with the log. "
        "Exit status 1 if anything differs and was not repaired."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help="Write what the log says, and put missing triggers back."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        is_repairing = options["repair"]
        triggers = [*protect(), *count_marks.put_up()] if is_repairing else [*unprotected(), *count_marks.lacking()]
        for trigger in triggers:
            self.stdout.write(f"{'put back' if is_repairing else 'missing'}: trigger {trigger}")
        self.stdout.write(f"disputed from today: {refresh_disputed()}")
        forget_old_marks()
        self.named = self.drawn = 0
        found = prove(is_repairing=is_repairing, on_difference=self.name, on_progress=self.progress)
        if self.named > SHOWN:
            self.stdout.write(f"and {self.named - SHOWN} more")
        self.stdout.write(f"rows: {found.rows}, entries: {found.entries}, differing: {found.differing}")
        self.stdout.write(f"overdue: {found.overdue}")
        ages = found.ages
        self.stdout.write(f"stale: {ages[Age.STALE]}, ageing: {ages[Age.AGEING]}, no information: {ages[Age.NONE]}")
        if is_repairing:
            self.stdout.write(f"repaired: {found.differing}")
        elif found.differing or triggers:
            raise CommandError("What is shown differs from the log; run follow_up_check --repair, then ask why.")

    def name(self, difference: Difference) -> None:
        self.named += 1
        if self.named <= SHOWN:
            self.stdout.write(str(difference))

    def progress(self, done: int, total: int) -> None:
        if done // EVERY > self.drawn:
            self.drawn = done // EVERY
            self.stdout.write(f"{done} of {total} recommendations")
            self.stdout.flush()
