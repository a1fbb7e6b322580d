"""The launcher: what it reads, and the sentence for everything that can be missing."""

import importlib.util
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser

from cms import launch, machine, packages
from cms.mails import FileBackend

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project of its own for the launcher."""
    for module in (launch, machine, packages):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.delenv("ENV_FILE")
    monkeypatch.setattr(packages, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(packages, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    return tmp_path


@pytest.fixture
def installer(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same with a Python that has pip: ours, into which these tests install nothing."""
    monkeypatch.setattr(packages, "PYTHON", Path(sys.executable))
    return home


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "8000.5", "http", "８０００x"])
def test_a_port_that_is_none_is_named(text: str) -> None:
    with pytest.raises(machine.Trouble, match="1 to 65535"):
        launch.port_of(text)


@pytest.mark.parametrize("text", ["abc", "0", "-1", "2.5"])
def test_a_number_of_processes_that_is_none_is_named(text: str) -> None:
    with pytest.raises(machine.Trouble, match=f"WEB_CONCURRENCY={text} is no number"):
        launch.number_of_workers(text)


def test_a_taken_port_names_the_way_out(taken_port: int) -> None:
    with pytest.raises(machine.Trouble, match=f"Port {taken_port} is taken.*make run PORT="):
        machine.must_be_free(taken_port)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(machine.Trouble, match=f"Cannot write to {tmp_path / 'file' / 'var'}"):
        machine.must_be_writable(tmp_path / "file" / "var")


def test_a_database_of_another_kind_is_named_without_its_password() -> None:
    for address in ("", "sqlite:///x", "postgres://u:p@h:5432/n"):
        machine.must_name_a_database(address)
    with pytest.raises(machine.Trouble, match="begins with mysql: give") as raised:
        machine.must_name_a_database("mysql://root:tajne@h/n")
    assert "tajne" not in str(raised.value)


def test_a_chromium_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(machine.Trouble, match="CHROMIUM=/nowhere/chromium"):
        launch.chromium()


def test_a_missing_venv_module_names_the_package(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(machine.Trouble, match=r"apt-get install python3\.\d+-venv"):
        packages.make_venv()


def test_the_secret_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    key = launch.secret_key(tmp_path)
    assert len(key) >= 50
    assert launch.secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_an_empty_secret_key_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("\n")
    with pytest.raises(machine.Trouble, match="remove it"):
        launch.secret_key(tmp_path)


def test_the_shell_wins_over_the_file_of_variables(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".env").write_text("# a comment\n\nexport LOG_LEVEL='INFO'\nBASE_URL=https://from.file/\n")
    monkeypatch.setenv("BASE_URL", "https://from.shell/")
    monkeypatch.delenv("LOG_LEVEL", raising=False)
    env = machine.environment("cms.settings.production")
    assert (env["LOG_LEVEL"], env["BASE_URL"]) == ("INFO", "https://from.shell/")


def test_a_broken_line_of_variables_is_named(home: Path) -> None:
    (home / ".env").write_text("LOG_LEVEL=INFO\nnonsense\n")
    with pytest.raises(machine.Trouble, match=r"Line 2 of \.env"):
        machine.environment("cms.settings.production")


def test_the_site_is_served_without_https_on_the_loopback_address(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "BASE_URL", "VAR_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS", "on")
    env = launch.site_environment(8042)
    assert (env["HTTPS"], env["BASE_URL"]) == ("off", "http://127.0.0.1:8042")
    assert env["SECRET_KEY"] == (home / "var" / "secret_key").read_text()


def test_without_a_mail_server_mails_are_files_for_their_owner_and_it_is_said(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("EMAIL_URL", "VAR_DIR"):
        monkeypatch.delenv(name, raising=False)
    env = launch.site_environment(8042)
    mails = home / "var" / "mails"
    EmailMessage("Zaproszenie", "Klucz", to=["anna@example.org"], connection=FileBackend(file_path=str(mails))).send()
    assert stat.S_IMODE(mails.stat().st_mode) == 0o700
    assert len(list(mails.iterdir())) == 1
    assert f"as files to {mails}" in launch.where_mails_go(env)
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example.org:25")
    assert "EMAIL_URL names" in launch.where_mails_go(launch.site_environment(8042))


def test_packages_are_installed_again_only_when_the_pins_change(
    installer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (installer / "requirements.txt").write_text("# nothing\n")
    packages.install("requirements.txt")
    stamp = installer / ".venv" / "installed-requirements.txt"
    first = stamp.stat().st_mtime_ns
    packages.install("requirements.txt")
    assert stamp.stat().st_mtime_ns == first
    (installer / "requirements.txt").write_text("# still nothing\n")
    packages.install("requirements.txt")
    assert stamp.stat().st_mtime_ns > first


def test_a_failed_installation_is_tried_again(installer: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (installer / "requirements.txt").write_text("./there-is-no-such-folder\n")
    for _ in range(2):
        with pytest.raises(machine.Trouble, match="could not be installed"):
            packages.install("requirements.txt")
    assert "there-is-no-such-folder" in capfd.readouterr().err


def test_an_error_outside_a_test_counts_as_failed(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="9" failures="1" errors="2" skipped="3"/></testsuites>')
    assert launch.counts_of(report) == (3, 3, 3)


def test_make_lists_its_targets() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [name for name in launch.VERBS if f"make {name} " not in listed] == []


@pytest.mark.parametrize(
    ("script", "sentence"),
    [("exit 1", "Python 3.11 or newer is needed"), (None, "Python is missing")],
    ids=["old", "missing"],
)
def test_make_says_which_python_is_needed(tmp_path: Path, script: str | None, sentence: str) -> None:
    python = tmp_path / "python3"
    if script:
        python.write_text(f"#!/bin/sh\n{script}\n")
        python.chmod(0o755)
    done = subprocess.run(
        ["make", "run", f"PYTHON={python}"], cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ
    )
    assert done.returncode
    assert sentence in done.stderr


def test_an_address_of_sixty_thousand_letters_reaches_the_site() -> None:
    config = Config()
    chosen = config.parser().parse_args(list(launch.LIMITS))
    for name in ("limit_request_line", "limit_request_field_size"):
        config.set(name, getattr(chosen, name))
    address = "/search/?q=" + "%C5%BC" * 10_000
    sent = f"GET {address} HTTP/1.1\r\nHost: x\r\nReferer: http://x{address[:60_000]}\r\n\r\n".encode()

    request = next(RequestParser(config, iter([sent]), ("127.0.0.1", 1)))

    assert request.uri == address
