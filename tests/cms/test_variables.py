"""Variables of the environment: no slip of the hand is taken for an answer."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cms.machine import ROOT, Trouble
from cms.settings.variables import Variables


def with_(monkeypatch: pytest.MonkeyPatch, value: str) -> Variables:
    monkeypatch.setenv("ENV_FILE", "")
    monkeypatch.setenv("X", value)
    return Variables()


@pytest.mark.parametrize(
    ("value", "read"), [("on", True), (" TRUE ", True), ("1", True), ("off", False), ("No", False), ("", True)]
)
def test_on_and_off_are_read_and_nothing_leaves_what_was(
    value: str, read: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert with_(monkeypatch, value).switch("X", True) is read


@pytest.mark.parametrize(
    ("value", "ask", "sentence"),
    [
        ("maybe", lambda env: env.switch("X", True), "X=maybe is neither on nor off: give one of on, true"),
        ("2", lambda env: env.switch("X", False), "X=2 is neither on nor off"),
        ("foo", lambda env: env.level("X", "WARNING"), "X=foo is no level of the log: give one of DEBUG, INFO"),
        ("foo://tajne", lambda env: env.mail("X", "consolemail://"), "X cannot be read: give smtp"),
        ("smtp://u:tajne@host:port", lambda env: env.mail("X", "consolemail://"), "X cannot be read: give smtp"),
        ("mysql://u:tajne@h/n", lambda env: env.database("X", ""), "begins with mysql: give sqlite"),
        ("postgres://u:tajne@h:port/n", lambda env: env.database("X", ""), "X cannot be read: give sqlite"),
    ],
)
def test_what_cannot_be_read_names_the_variable_and_what_can_be_said_but_no_password(
    value: str, ask: Callable[[Variables], object], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Trouble) as refused:
        ask(with_(monkeypatch, value))
    assert sentence in str(refused.value)
    assert "tajne" not in str(refused.value)


def test_a_relative_path_begins_at_the_project_from_wherever_a_command_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert with_(monkeypatch, "elsewhere").folder("X", tmp_path) == ROOT / "elsewhere"
    assert with_(monkeypatch, "sqlite:///a/b").database("X", "")["NAME"] == str(ROOT / "a/b")
