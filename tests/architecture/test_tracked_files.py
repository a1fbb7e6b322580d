"""What is kept in the repository: sources, and of generated files only compiled messages and pinned packages."""

import re
from pathlib import Path

import pytest

GENERATED = re.compile(
    r"(^|/)(__pycache__|node_modules|staticfiles|\.venv|var|media|htmlcov|\.[a-z]+_cache)/"
    r"|\.(pyc|sqlite3(-wal|-shm)?|db|log|map|min\.js|min\.css|pot|orig|rej|egg-info|coverage)$"
)


def test_nothing_generated_is_kept_but_messages_and_pins(tree: list[str]) -> None:
    assert [name for name in tree if GENERATED.search(name)] == []


def test_compiled_messages_stand_beside_their_sources(tree: list[str]) -> None:
    compiled = {name.removesuffix(".mo") for name in tree if name.endswith(".mo")}
    assert compiled == {
        name.removesuffix(".po") for name in tree if name.startswith("locale/") and name.endswith(".po")
    }


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-pdf"])
def test_every_wanted_package_is_pinned(root: Path, name: str) -> None:
    wanted = set()
    for line in (root / f"{name}.in").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "-")):
            wanted.add(re.split(r"[^A-Za-z0-9._-]", line)[0].lower().replace("_", "-"))
    pinned = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==", (root / f"{name}.txt").read_text(encoding="utf-8"), re.M)
    assert wanted
    assert wanted - {package.lower().replace("_", "-") for package in pinned} == set()


def test_pinned_packages_name_no_registry(root: Path) -> None:
    for path in root.glob("requirements*.txt"):
        assert not re.search(r"^--|https?://", path.read_text(encoding="utf-8"), re.MULTILINE), path.name


def test_the_tests_hold_all_pins_of_the_site(root: Path) -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^\S+==[^\s;]+", (root / name).read_text(encoding="utf-8"), re.MULTILINE))

    assert pins("requirements.txt") - pins("requirements-dev.txt") == set()
