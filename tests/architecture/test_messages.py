"""The check of the catalogs finds what is missing, unsure or stale."""

import importlib.util
from pathlib import Path
from types import ModuleType

import polib
import pytest
import wagtail

from cms.words_of_wagtail import WORDS


@pytest.fixture
def messages(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script of `make messages`, working on an empty project."""
    specification = importlib.util.spec_from_file_location("messages", root / ".ci" / "messages.py")
    assert specification is not None
    assert specification.loader is not None
    found = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(found)
    monkeypatch.setattr(found, "ROOT", tmp_path)
    monkeypatch.setattr(found, "LANGUAGES", ("pl",))
    monkeypatch.setattr(found, "uncollected", list)
    return found


def write_catalog(messages: ModuleType, **entry: object) -> polib.POFile:
    path = messages.catalog(messages.ROOT, "pl")
    path.parent.mkdir(parents=True)
    po = polib.POFile()
    po.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=2; plural=(n!=1);"}
    po.append(polib.POEntry(**entry))
    po.save(str(path))
    po.save_as_mofile(str(path.with_suffix(".mo")))
    return po


def test_a_missing_catalog_is_a_fault(messages: ModuleType) -> None:
    assert messages.faults() == ["locale/pl/LC_MESSAGES/django.po is missing: run make messages"]


def test_a_whole_and_compiled_catalog_is_none(messages: ModuleType) -> None:
    write_catalog(messages, msgid="theme", msgstr="obszar")
    assert messages.faults() == []


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"msgid": "theme"}, "empty"),
        ({"msgid": "theme", "msgstr": "obszar", "flags": ["fuzzy"]}, "fuzzy"),
        ({"msgid": "day", "msgid_plural": "days", "msgstr_plural": {0: "dzień", 1: ""}}, "empty"),
    ],
    ids=["empty", "fuzzy", "a plural form short"],
)
def test_a_gap_is_named(messages: ModuleType, entry: dict[str, object], why: str) -> None:
    write_catalog(messages, **entry)
    assert any(f": {why}: '{entry['msgid']}'" in fault for fault in messages.faults())


def test_a_stale_compilation_is_named(messages: ModuleType) -> None:
    po = write_catalog(messages, msgid="theme", msgstr="obszar")
    po[0].msgstr = "temat"
    po.save(str(messages.catalog(messages.ROOT, "pl")))
    assert messages.faults() == ["locale/pl/LC_MESSAGES/django.mo is older than its .po: run make messages"]


def test_every_word_we_say_for_wagtail_is_still_a_word_of_wagtails() -> None:
    catalogs = Path(wagtail.__file__).parent.rglob("locale/en/LC_MESSAGES/django.po")
    known = {entry.msgid for path in catalogs for entry in polib.pofile(str(path))}

    assert [word for word in WORDS if word not in known] == []
