"""Programs that work beside a test on the same database, forked from one process that has loaded the site for all."""

import multiprocessing
import os
import runpy
import sqlite3
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

FORKED: Any = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.site_loaded"])
SECONDS = 240
# One worker of the tests loads that process, not all of them.
together = pytest.mark.xdist_group("processes")


@dataclass(frozen=True)
class Program:
    process: Any
    out: Path

    def finished(self) -> str:
        """What it printed, once it is over; fails with its last words where it did not end well."""
        self.process.join(SECONDS)
        printed = self.out.read_text("utf-8")
        assert self.process.exitcode == 0, printed
        return printed


def shared_database(folder: Path) -> str:
    """The name under which a program sees what this test wrote; a copy in a file where ours is in memory."""
    if connection.vendor == "postgresql":
        return str(connection.settings_dict["NAME"])
    target = sqlite3.connect(folder / "shared.sqlite3")
    connection.connection.backup(target)
    # As a served database is: two that change the mode at one moment do not wait in line, SQLite refuses the second.
    target.execute("PRAGMA journal_mode=WAL")
    target.close()
    return str(folder / "shared.sqlite3")


def start(folder: Path, module: str, *arguments: str, database: str, listens: bool = True) -> Program:
    """Run a module of the tests as a program; without ``listens`` its writes reach no search index."""
    descriptor, name = tempfile.mkstemp(".txt", dir=folder)
    os.close(descriptor)
    out = Path(name)
    process = FORKED.Process(target=_run, args=(out, module, arguments, database, listens))
    process.start()
    return Program(process, out)


def _run(out: Path, module: str, arguments: tuple[str, ...], database: str, listens: bool) -> None:
    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        stream.flush()
        os.dup2(os.open(out, os.O_WRONLY | os.O_APPEND), number)
    # Whoever loaded the site read its settings before there was a test.
    connection.settings_dict["NAME"] = database
    settings.SEARCH_LISTENS = listens
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=False)
    sys.stdout.flush()
