"""Pairs of processes that answer the same item at the same moment: one is saved, the other told, never both or none.

    python benchmarks/follow_up_races.py [pairs]

On SQLite in a file of its own, on PostgreSQL (DATABASE_URL) in the database that is named: give it an empty one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import django

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
FOLDER = tempfile.TemporaryDirectory()
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER.name}/db.sqlite3")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django is set up first, here and below
from django.db import connection  # noqa: E402

from recommendations.models import Assignment, FollowUp  # noqa: E402
from recommendations.services.proof import prove  # noqa: E402
from tests.factories.pages import make_recommendation  # noqa: E402
from tests.factories.scale import multiply  # noqa: E402
from tests.factories.taxonomy import MandateFactory  # noqa: E402

# The arguments of one process have an end.
BATCH = 500


def race(pairs: list[str]) -> Counter[tuple[str, ...]]:
    """How each item was answered by two processes, counted: ("overtaken", "saved") is as it should be."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.recommendations.replying_worker", folder, *pairs]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "SEARCH_LISTENS": "0"}
        workers = [
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)
        ]
        answers = [worker.communicate()[0] for worker in workers]
    told: dict[str, list[str]] = {pair.partition(":")[0]: [] for pair in pairs}
    for line in "".join(answers).splitlines():
        row, outcome = line.split()
        told[row].append(outcome)
    return Counter(tuple(sorted(outcomes)) for outcomes in told.values())


def main() -> int:
    """Print how the races ended; 1 if one ended otherwise than it should, or an entry is missing or stands twice."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    call_command("migrate", verbosity=0)
    fact = make_recommendation()
    user = MandateFactory.create(organisation=fact.assignments.get().organisation).user
    multiply(fact, count - 1)
    pairs = [f"{pk}:{user.pk}" for pk in Assignment.objects.order_by("pk").values_list("pk", flat=True)]
    connection.close()
    started, ended = time.monotonic(), Counter[tuple[str, ...]]()
    for start in range(0, len(pairs), BATCH):
        ended += race(pairs[start : start + BATCH])
    taken = time.monotonic() - started
    entries = FollowUp.objects.count()
    differing = prove().differing
    print(f"{len(pairs)} items on {connection.vendor}, two processes each, {taken:.0f} s")
    for outcome, number in ended.items():
        print(f"  {' and '.join(outcome) or 'not answered':<24}{number:>8}")
    print(f"  entries in the log      {entries:>8}   caches that differ from it: {differing}")
    return int(set(ended) != {("overtaken", "saved")} or entries != len(pairs) or differing > 0)


if __name__ == "__main__":
    sys.exit(main())
