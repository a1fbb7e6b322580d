"""Prints the logins that `prepare` made."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cms.logins import Safe, lines


class Command(BaseCommand):
    help = "Prints one login for each role; a password that was changed since is not known."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in lines(Safe(settings.VAR_DIR / "logins.json")):
            self.stdout.write(line)
