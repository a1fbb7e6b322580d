"""What the tests of the tree read: tracked files and the contracts."""

import configparser
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def tree() -> list[str]:
    """Every file that is tracked or would be: what a clean checkout holds, without what .gitignore names."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [name for name in names if (ROOT / name).is_file()]


@pytest.fixture(scope="session")
def contracts() -> configparser.ConfigParser:
    found = configparser.ConfigParser()
    found.read(ROOT / ".importlinter", encoding="utf-8")
    return found


@pytest.fixture(scope="session")
def floors(contracts: configparser.ConfigParser) -> list[list[str]]:
    """The floors from the top down, each with its packages."""
    lines = contracts["importlinter:contract:house"]["layers"].split("\n")
    return [[name.strip() for name in line.split("|")] for line in lines if line.strip()]
