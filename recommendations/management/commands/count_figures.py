"""To be run every few seconds: whoever opens the page of figures after a change finds it counted."""

from typing import Any

from django.core.management.base import BaseCommand

from recommendations.models.figures import figures_of
from recommendations.models.narrowing import Narrowing


class Command(BaseCommand):
    help = "Count the page of figures anew where something has changed; without a change it takes a few questions."

    def handle(self, *args: Any, **options: Any) -> None:
        figures_of(Narrowing())
