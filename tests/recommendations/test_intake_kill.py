"""A worker that is killed while it makes drafts: what it had made stays, its successor makes the rest, each once."""

import random
import sqlite3
import time
from pathlib import Path

import pytest

from recommendations.choices import Step
from recommendations.transfer import background
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_group
from tests.factories.sheets import make_sheet
from tests.processes import SECONDS, shared_database, start, together

WORKER = "tests.recommendations.intake_worker"
ROWS, SMALL = 40, 4


@together
@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_kill_at_any_moment_loses_nothing_and_makes_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, group = UserFactory.create(is_superuser=True), make_group(title="Archiwum")
    head = ["ID", "Tytuł", "Treść", "Tagi"]
    intake = make_sheet(
        group, by=admin, rows=[head, *([f"K-{n}", f"Tytuł {n}", f"Treść {n}.", "a; b"] for n in range(ROWS))]
    )
    monkeypatch.setattr(background, "BATCH", 0)
    background.order(intake, Step.MAKE, by=admin)
    database = shared_database(tmp_path)
    file = sqlite3.connect(database)
    # Any moment: the next run tries another.
    moment = random.randrange(1, ROWS - SMALL)

    worker = start(tmp_path, WORKER, str(SMALL), database=database, listens=False).process
    deadline = time.monotonic() + SECONDS
    while count(file) < moment and worker.is_alive() and time.monotonic() < deadline:
        worker.join(0.005)
    worker.kill()
    worker.join()
    assert moment <= count(file) < ROWS

    start(tmp_path, WORKER, str(SMALL), database=database, listens=False).finished()
    made = file.execute("SELECT title FROM wagtailcore_page WHERE title LIKE 'Tytuł %' ORDER BY path").fetchall()
    assert [title for (title,) in made] == [f"Tytuł {n}" for n in range(ROWS)]
    assert file.execute("SELECT COUNT(*) FROM recommendations_pagetag").fetchone() == (2 * ROWS,)
    assert file.execute("SELECT step, trouble FROM recommendations_intake").fetchall() == [("", "")]


def count(file: sqlite3.Connection) -> int:
    query = "SELECT COUNT(*) FROM recommendations_intakerow WHERE drafted_at IS NOT NULL"
    return int(file.execute(query).fetchone()[0])
