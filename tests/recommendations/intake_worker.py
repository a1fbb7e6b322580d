"""A program of its own: the worker of intakes, with batches of as many drafts as its argument says."""

import sys

from django.core.management import call_command

from recommendations.transfer import intake

# Small batches: a kill at any moment falls between two of them, or into one.
intake.BATCH = int(sys.argv[1])
call_command("run_intakes")
