"""Production settings: a deployment check finds nothing, and nothing is guessed that must be set."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

LONG = "p4r9-Xw2!-q7Zk-0vTn-e5Hs-Ud8m-Yb3c-Lf6g-Jx1o-Ra_i-Wm8u-Nt4k"
DJANGOS_NOTES = "django.contrib.messages.storage.fallback.FallbackStorage"


def python(*arguments: str, folder: Path, **variables: str | None) -> subprocess.CompletedProcess[str]:
    # Nothing of the environment of the tests: they switch Django's safety checks off for the browser.
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"ENV_FILE": "", "VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}"}
    given: dict[str, str | None] = {"DJANGO_SETTINGS_MODULE": "cms.settings.production", **variables}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env={name: value for name, value in (environment | given).items() if value is not None},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_deployment_check_of_the_production_settings_finds_nothing(tmp_path: Path) -> None:
    done = python("manage.py", "check", "--deploy", "--fail-level", "WARNING", folder=tmp_path, SECRET_KEY=LONG)

    assert done.returncode == 0, done.stderr


def test_production_without_a_secret_key_stops_with_a_sentence(tmp_path: Path) -> None:
    # Set to nothing is not set: `manage.py` takes the production settings by itself.
    done = python("manage.py", "check", folder=tmp_path, DJANGO_SETTINGS_MODULE="")

    assert done.returncode != 0
    assert done.stderr.startswith("SECRET_KEY is not set. Put a long random text")


def test_a_command_called_by_hand_is_of_the_site_that_make_run_serves(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text(LONG)
    file = tmp_path / "variables"
    file.write_text("DATABASE_URL=sqlite:///var/of-the-file.sqlite3\nHTTPS=off\nBEHIND_PROXY=on\nBASE_URL=x\n")
    code = """
from django.conf import settings as s
print(s.SECRET_KEY, s.DATABASES["default"]["NAME"], s.HTTPS, s.AXES_CLIENT_IP_CALLABLE, s.WAGTAILADMIN_BASE_URL)
"""

    done = python("-c", code, folder=tmp_path, ENV_FILE=str(file), DATABASE_URL=None, BASE_URL="y")

    database = str(settings.BASE_DIR / "var/of-the-file.sqlite3")
    # The shell wins over the file.
    wanted = [LONG, database, "False", "accounts.lockout.address_told_by_proxy", "y"]
    assert done.stdout.split() == wanted, done.stderr


def test_what_cannot_be_understood_is_one_sentence_and_no_traceback(tmp_path: Path) -> None:
    done = python("manage.py", "check", folder=tmp_path, SECRET_KEY=LONG, HTTPS="ture")

    assert done.returncode != 0
    assert done.stderr == "HTTPS=ture is neither on nor off: give one of on, true, yes, 1, off, false, no, 0.\n"


@pytest.mark.parametrize(
    ("https", "expected"),
    [
        ("on", ["True", "__Host-sessionid", "__Host-csrftoken", "31536000", "True", "cms.notes.HostStorage"]),
        ("off", ["False", "sessionid", "csrftoken", "0", "False", DJANGOS_NOTES]),
    ],
)
def test_cookies_are_bound_to_the_host_and_to_tls_unless_the_site_runs_without_it(
    tmp_path: Path, https: str, expected: list[str]
) -> None:
    names = (
        "SESSION_COOKIE_SECURE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SECURE_HSTS_SECONDS", "CSRF_COOKIE_SECURE",
        "MESSAGE_STORAGE",
    )  # fmt: skip
    code = f"from django.conf import settings as s; print(*[getattr(s, n) for n in {names!r}])"

    done = python("-c", code, folder=tmp_path, SECRET_KEY=LONG, HTTPS=https)

    assert done.stdout.split() == expected, done.stderr


def test_sqlite_lets_readers_read_while_one_writes_and_loses_nothing_of_a_commit(tmp_path: Path) -> None:
    code = """
import json
from django.db import connection, transaction
with connection.cursor() as cursor:
    said = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "busy_timeout")]
connection.force_debug_cursor = True
with transaction.atomic():
    pass
print(json.dumps([*said, connection.queries[0]["sql"]]))
"""
    done = python("-c", code, folder=tmp_path, SECRET_KEY=LONG)

    full = 2
    assert json.loads(done.stdout or done.stderr) == ["wal", full, 20_000, "BEGIN IMMEDIATE"]
