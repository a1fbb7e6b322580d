"""To be run once a day: counts contradictions that became public today, and says what is overdue and what is stale."""

from typing import Any

from django.core.management.base import BaseCommand

from recommendations.choices import Age
from recommendations.services.log import count_by_age, overdue, refresh_disputed


class Command(BaseCommand):
    help = "Count contradicting assessments whose right of reply has ended; print overdue and ageing requests."

    def handle(self, *args: Any, **options: Any) -> None:
        ages = count_by_age()
        self.stdout.write(f"disputed from today: {refresh_disputed()}")
        self.stdout.write(f"overdue: {len(overdue())}")
        self.stdout.write(f"stale: {ages[Age.STALE]}, ageing: {ages[Age.AGEING]}, no information: {ages[Age.NONE]}")
