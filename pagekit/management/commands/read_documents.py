"""Read the text of attached files that search does not know yet; for a timer, and after a restore."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from pagekit.models import CustomDocument, TextState
from pagekit.services import PATIENT_SECONDS, hash_of, is_read, read_text


class Command(BaseCommand):
    help = "Reads the text of files that waits to be read, was cut for want of time, or was changed behind our back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="Read every file anew, known or not.")
        parser.add_argument(
            "--seconds", type=float, default=PATIENT_SECONDS, help="How long one file may take (%(default)s)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        states: Counter[TextState] = Counter()
        for document in CustomDocument.objects.order_by("pk").iterator(chunk_size=100):
            if options["all"] or not is_read(document, hash_of(document), seconds=options["seconds"]):
                state = read_text(document, seconds=options["seconds"])
                states[state] += 1
                if state != TextState.READ:
                    self.stdout.write(f"{document.pk} {document.filename}: {state.label}")
        self.stdout.write(f"{states.total()} files read, {states[TextState.READ]} of them whole.")
