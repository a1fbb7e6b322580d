"""What taking in an archive costs beside bare `add_child` and `save_revision` of as many pages, in the same run.

    python benchmarks/intake.py [--rows 41000] [--kills 5]

A spreadsheet with titles, wordings, rationales, addressees, themes, tags, years and links inside the file is taken in:
as a dry run, for good, and once more; each in a process of its own, so that its memory can be told. Then the same file
is taken in by a worker that is killed at random moments and started again, and both sets of drafts are compared.
Times are those of the processor, because other work on the machine changes only the clock; that stands beside them.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
FOLDER = Path(os.environ.get("INTAKE_BENCHMARK") or tempfile.mkdtemp())
os.environ["INTAKE_BENCHMARK"] = str(FOLDER)
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
os.environ["DATABASE_URL"] = f"sqlite:///{FOLDER}/db.sqlite3"
django.setup()

from django.core.files import File  # noqa: E402 - Django is set up first, here and below
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from accounts.models import User  # noqa: E402
from forums.models import WorkingGroupPage  # noqa: E402
from recommendations.choices import PlanKind, Step  # noqa: E402
from recommendations.management.commands.import_recommendations import forget  # noqa: E402
from recommendations.models import Intake, RecommendationPage  # noqa: E402
from recommendations.transfer.background import order, report  # noqa: E402
from recommendations.transfer.columns import name_columns  # noqa: E402
from recommendations.transfer.intake import BATCH, carry_out  # noqa: E402
from recommendations.transfer.planning import plan_intake  # noqa: E402
from recommendations.transfer.sheet_intake import read_sheet, start_sheet  # noqa: E402
from tests.factories.accounts import UserFactory  # noqa: E402
from tests.factories.pages import make_group, some_group  # noqa: E402
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory  # noqa: E402

ROWS, KILLS = 41_000, 5
SLOWEST, LARGEST, LONGEST_DRY_RUN = 2.0, 400.0, 0.2
HEAD = ["ID", "Tytuł", "Treść", "Uzasadnienie", "Adresat", "Obszar", "Tagi", "Rok", "Powtarza"]
VERBS = ("Zapewnić", "Uruchomić", "Szkolić", "Tłumaczyć", "Udostępnić", "Finansować", "Badać", "Wspierać")
THINGS = ("punkt informacyjny", "kursy języka", "asystentów", "tłumaczy", "mieszkania", "świetlice", "porady prawne")
PLACES = ("w szkołach", "w urzędach", "w szpitalach", "na dworcach", "w gminach wiejskich", "w internecie")


def main(rows: int, kills: int) -> int:
    call_command("migrate", verbosity=0)
    build(rows)
    started = time.perf_counter()
    bare = bare_seconds(rows)
    clock = time.perf_counter() - started
    print(f"{rows} rows; bare add_child and save_revision: {bare:.1f} s of the processor, {clock:.1f} s by the clock")
    dry, done, again = (child(step) for step in ("dry", "import", "again"))
    first = drafts_of(WorkingGroupPage.objects.get(slug="archiwum"))
    killed = by_killed_worker(rows, kills)
    second = drafts_of(WorkingGroupPage.objects.get(slug="zabite"))
    figures = {
        "time of the import / bare": (done["seconds"] / bare, SLOWEST),
        "dry run / import": (dry["seconds"] / done["seconds"], LONGEST_DRY_RUN),
        "peak memory of the import, MB": (done["memory"], LARGEST),
        "peak memory of the dry run, MB": (dry["memory"], LARGEST),
        "changes of the second run": (again["changes"], 0),
        "rows that a killed run has otherwise": (len(first ^ second), 0),
        "rows that are missing": (rows - len(first), 0),
        "pages that do not stand right in the tree": (sum(map(len, RecommendationPage.find_problems())), 0),
    }
    print(
        f"import {done['seconds']:.1f} s of the processor, {done['clock']:.1f} s by the clock, "
        f"which is {done['clock'] / clock:.2f} of the bare time"
    )
    print(f"reading and planning {done['planned']:.1f} s, second run {again['seconds']:.1f} s; killed {killed} times")
    failed = [name for name, (found, most) in figures.items() if found > most]
    for name, (found, most) in figures.items():
        print(f"{name}: {found:.2f} (at most {most})")
    return 1 if failed else 0


def build(rows: int) -> None:
    """The groups to take in for, and the spreadsheet."""
    some_group()
    for name in ("Archiwum", "Zabite", "Gołe"):
        make_group(title=name)
    UserFactory.create(username="archiwistka", is_superuser=True)
    bodies = [OrganisationFactory.create().label_pl for _n in range(200)]
    themes = [ThemeFactory.create().label_pl for _n in range(30)]
    chance = random.Random(41)
    archive = FOLDER / "archiwum.csv"
    with archive.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEAD)
        for number in range(rows):
            what = f"{chance.choice(VERBS)} {chance.choice(THINGS)} {chance.choice(PLACES)}"
            writer.writerow(
                [
                    f"ARCH-{number:05d}",
                    f"{what} ({number})",
                    f"{what}. Dotyczy to sprawy numer {number}, o której mówiono w {chance.choice(PLACES)}." * 2,
                    "Brakuje go od lat. " * chance.randrange(1, 8),
                    "; ".join(chance.sample(bodies, chance.randrange(1, 4))),
                    "; ".join(chance.sample(themes, chance.randrange(1, 3))),
                    f"tag {chance.randrange(300)}",
                    str(chance.randrange(2008, 2026)),
                    f"ARCH-{chance.randrange(rows):05d}" if chance.random() < 0.1 else "",
                ]
            )
    # The same under other identifiers: those of the first are known to the site by then.
    (FOLDER / "zabite.csv").write_text(archive.read_text(encoding="utf-8").replace("ARCH-", "ZAB-"), encoding="utf-8")


def bare_seconds(rows: int) -> float:
    """As many pages with a title, a wording and a rationale, in transactions of as many pages as the import's."""
    parent = WorkingGroupPage.objects.get(slug="gole")
    user = User.objects.get(username="archiwistka")
    started = time.process_time()
    for start in range(0, rows, BATCH):
        with transaction.atomic():
            for number in range(start, min(start + BATCH, rows)):
                page = RecommendationPage(
                    title=f"Zapewnić kursy języka w szkołach ({number})",
                    text=f"Zapewnić kursy języka w szkołach. Dotyczy to sprawy numer {number}." * 2,
                    rationale="<p>Brakuje go od lat. Brakuje go od lat. Brakuje go od lat.</p>",
                )
                parent.add_child(instance=page)
                page.save_revision(user=user)
    return time.process_time() - started


def child(step: str) -> dict[str, Any]:
    found = subprocess.run([sys.executable, __file__, "--step", step], capture_output=True, text=True, check=False)
    if found.returncode:
        raise SystemExit(found.stderr)
    told: dict[str, Any] = json.loads(found.stdout.splitlines()[-1])
    return told


def read(slug: str) -> tuple[Intake, User]:
    """The file taken in for a group, its columns as guessed, read and planned."""
    user = User.objects.get(username="archiwistka")
    with (FOLDER / f"{slug}.csv").open("rb") as file:
        page = WorkingGroupPage.objects.get(slug=slug)
        intake = start_sheet(page, by=user, file=File(file, name="archiwum.csv"), title="Archiwum")
    values = {name: intake.columns[name] for name in ("cells", "separator", "encoding", "is_source")}
    intake = name_columns(intake, by=user, **values)
    read_sheet(intake, by=user)
    return plan_intake(intake, by=user), user


def run(step: str) -> None:
    started, by_clock = time.process_time(), time.perf_counter()
    intake, user = read("archiwum")
    planned = time.process_time() - started
    if step == "dry":
        forget(intake)
    elif step == "import":
        carry_out(intake, by=user)
    seconds, clock = time.process_time() - started, time.perf_counter() - by_clock
    found = report(intake) if step != "dry" else {}
    changes = sum(found.get(kind, 0) for kind in PlanKind if kind != PlanKind.SAME)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"seconds": seconds, "clock": clock, "planned": planned, "memory": memory, "changes": changes}
    print(json.dumps(told))


def by_killed_worker(rows: int, kills: int) -> int:
    """The same file carried out by a worker that is killed while it makes drafts, and by its successors."""
    intake, user = read("zabite")
    order(intake, Step.MAKE, by=user)
    chance = random.Random(7)
    moments = sorted(chance.randrange(1, rows) for _n in range(kills))
    done = 0
    for moment in moments:
        worker = subprocess.Popen([sys.executable, str(ROOT / "manage.py"), "run_intakes"])
        while worker.poll() is None:
            made = intake.rows.exclude(drafted_at=None).count()
            if made >= moment:
                # Not on the edge of a batch.
                time.sleep(chance.random())
                worker.send_signal(signal.SIGKILL)
                worker.wait()
                done += 1
                break
            time.sleep(0.05)
    subprocess.run([sys.executable, str(ROOT / "manage.py"), "run_intakes"], check=True)
    return done


def drafts_of(group: Any) -> set[tuple[Any, ...]]:
    """What stands below a group, as far as a file says it."""
    pages = RecommendationPage.objects.child_of(group).prefetch_related(
        "addressees__organisation", "themes", "tagged_items__tag", "identifiers"
    )
    found = set()
    for page in pages.iterator(chunk_size=500):
        names = sorted(one.organisation.code for one in page.addressees.all())
        themes = sorted(one.code for one in page.themes.all())
        tags = sorted(one.tag.name for one in page.tagged_items.all())
        ids = [one.identifier.partition("-")[2] for one in page.identifiers.all()]
        found.add((page.title, page.text, page.rationale, page.starts_on, *names, *themes, *tags, *ids))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--step", default="")
    chosen = parser.parse_args()
    if chosen.step:
        run(chosen.step)
        sys.exit(0)
    try:
        status = main(chosen.rows, chosen.kills)
    finally:
        connection.close()
        subprocess.run(["rm", "-rf", str(FOLDER)], check=False)
    sys.exit(status)
