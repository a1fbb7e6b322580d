"""SQLite databases that one worker makes and all others take: the migrated tables, and the real content in them."""

import fcntl
import gc
import hashlib
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "cms", "forums", "notices", "pagekit", "recommendations", "search", "taxonomy")


def kept_file(name: str, made_of: Iterable[Path]) -> Path:
    """Named by the pinned packages and the files it depends on: any change of these makes another file."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted(made_of):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return Path(tempfile.gettempdir()) / f"forum-{name}-{digest.hexdigest()[:16]}.sqlite3"


@contextmanager
def locked(kept: Path) -> Iterator[None]:
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def copy(kept: Path, live: sqlite3.Connection) -> None:
    source = sqlite3.connect(kept)
    source.backup(live)
    source.close()


def keep(live: sqlite3.Connection, kept: Path) -> None:
    """Write ``live`` to ``kept``; the files of the same kind that nobody will ask for any more go."""
    kind = kept.name.rpartition("-")[0]
    for older in kept.parent.glob(f"{kind}-*.sqlite3"):
        older.unlink(missing_ok=True)
    unfinished = kept.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    target = sqlite3.connect(unfinished)
    live.backup(target)
    target.close()
    unfinished.replace(kept)


@contextmanager
def migrations_run_once() -> Iterator[None]:
    """Within it a test database in memory begins as a copy of one that was migrated before, if there is such a file.

    Django still runs ``migrate`` on the copy, which then finds nothing to do.
    """
    creation: Any = connection.creation
    create: Callable[..., str] = creation.create_test_db
    kept = kept_file("tables", (path for app in APPS for path in (ROOT / app / "migrations").glob("*.py")))

    def create_from_copy(*args: Any, **options: Any) -> str:
        name = creation._get_test_db_name()
        if not creation.is_in_memory_db(name):
            return create(*args, **options)
        with locked(kept):
            # A database in memory lives as long as somebody is connected.
            first = sqlite3.connect(name, uri=True)
            try:
                if kept.exists():
                    copy(kept, first)
                    return create(*args, **options)
                # The models of two hundred migrations refer to each other: looking for garbage among them finds none.
                gc.disable()
                create(*args, **options)
                keep(connection.connection, kept)
                return name
            finally:
                gc.enable()
                first.close()

    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "sqlite":
            patch.setattr(creation, "create_test_db", create_from_copy)
        yield
