"""Loads the content files through services and pages; twice changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.content.load import execute, plan_content, read_content
from cms.content.tables import ContentRefused
from pagekit.acts import Refused


class Command(BaseCommand):
    help = "Compares cms/content with the database, prints the plan and carries it out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", action="store_true", help="Print every step that is to be done, and stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = read_content()
            plan = plan_content(content)
            if options["plan"]:
                for step in plan.to_do():
                    self.stdout.write(str(step))
            for line in plan.summary():
                self.stdout.write(line)
            if not options["plan"]:
                execute(plan, content, self.stdout.write)
        except ContentRefused as refused:
            raise CommandError(f"Nothing was loaded. The content files have faults:\n{refused}") from refused
        except Refused as refused:
            raise CommandError(f"Stopped: {refused}") from refused
