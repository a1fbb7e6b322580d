"""To be run every few seconds: whoever opens the page of figures after a change finds it counted."""

from typing import Any

from django.core.management.base import BaseCommand

from recommendations.services.figures import count_ahead


class Command(BaseCommand):
    help = "Count the page of figures, and what readers asked of it lately, anew where something has changed."

    def handle(self, *args: Any, **options: Any) -> None:
        count_ahead()
