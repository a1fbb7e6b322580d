"""Groups, rights and the workflow; twice changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from cms.content.pages import adopt_home
from cms.roles import load_roles


class Command(BaseCommand):
    help = "Creates the home page where it is missing, then groups, their rights and the workflow Moderacja."

    def handle(self, *args: Any, **options: Any) -> None:
        load_roles(adopt_home())
        self.stdout.write("Roles and workflow are in place.")
