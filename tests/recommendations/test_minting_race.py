"""Two processes that publish at the same moment never mint one reference twice, nor wait for each other for ever."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.factories.pages import author, make_forum, make_recommendation_page, moderator


def shared_database(folder: Path) -> str:
    """The address under which other processes see what this test wrote; a copy in a file where ours is in memory."""
    if connection.vendor == "postgresql":
        at = connection.settings_dict
        return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    target = sqlite3.connect(folder / "race.sqlite3")
    connection.connection.backup(target)
    # As a served database is: two that change the mode at one moment do not wait in line, SQLite refuses the second.
    target.execute("PRAGMA journal_mode=WAL")
    target.close()
    return f"sqlite:///{folder / 'race.sqlite3'}"


@pytest.mark.django_db(transaction=True)
def test_two_processes_publishing_two_sets_in_opposite_order_mint_every_number_once(tmp_path: Path) -> None:
    author(), moderator()
    sets = [make_forum(title="I", programme_code="ABC"), make_forum(title="II", programme_code="XYZ")]
    drafts = [
        [str(make_recommendation_page(parent=forum, title=f"Nr {n}", published=False).pk) for n in range(6)]
        for forum in sets
    ]
    # One takes from the first set first, the other from the second, by turns.
    orders = [
        [pk for pair in zip(drafts[0][:3], drafts[1][:3], strict=True) for pk in pair],
        [pk for pair in zip(drafts[1][3:], drafts[0][3:], strict=True) for pk in pair],
    ]
    environment = os.environ | {
        "DATABASE_URL": shared_database(tmp_path),
        "SEARCH_LISTENS": "0",
        "PYTHONPATH": str(settings.BASE_DIR),
    }

    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.recommendations.publishing_worker", *order],
            env=environment,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for order in orders
    ]
    answers = [worker.communicate(timeout=120) for worker in workers]

    assert [worker.returncode for worker in workers] == [0, 0], [error for _out, error in answers]
    minted = sorted(reference for out, _error in answers for reference in out.split())
    assert minted == sorted(f"{code}-2015-R{n:02d}" for code in ("ABC", "XYZ") for n in range(1, 7))
