"""What the documents promise is there, and what is there is named in the documents."""

import ast
import re
from pathlib import Path

import pytest

from search.facets import FACETS

DECISION_SECTIONS = ("Status", "Context", "Decision", "Rejected", "Consequences")
# Read by the tools of the tests alone, named in CONTRIBUTING.md.
OF_TESTS = {"TEST_DB_SUFFIX"}
# The system's own.
OF_THE_SYSTEM = {"PATH"}


def variables(root: Path) -> set[str]:
    """Every environment variable that the settings, the launcher or the Makefile read."""
    found = set(re.findall(r"^([A-Z_]+) \?=", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    launcher = [root / f"cms/{name}.py" for name in ("launch", "machine", "node", "packages")]
    for path in [*(root / "cms/settings").glob("*.py"), *launcher]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                holder, first = ast.unparse(node.func.value), node.args[0]
                if holder in {"env", "os.environ"} and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


def test_every_variable_is_in_the_table_of_the_readme(root: Path) -> None:
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", (root / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert variables(root) - OF_TESTS - OF_THE_SYSTEM == rows
    contributing = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert all(name in contributing for name in OF_TESTS)


def test_the_example_of_an_environment_names_no_variable_that_nobody_reads(root: Path) -> None:
    named = set(re.findall(r"^#?\s?([A-Z_]+)=", (root / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert named
    assert named - variables(root) == set()


def test_every_command_is_described(tree: list[str], root: Path) -> None:
    commands = {Path(name).stem for name in tree if "/management/commands/" in name} - {"__init__"}
    described = (root / "docs/operations.md").read_text(encoding="utf-8")
    assert commands
    assert {name for name in commands if f"`{name}`" not in described} == set()


def test_every_facet_is_described(root: Path) -> None:
    described = (root / "docs/operations.md").read_text(encoding="utf-8")
    assert {facet.name for facet in FACETS if f"`{facet.name}`" not in described} == set()


def test_every_target_of_make_that_a_document_names_is_there(tree: list[str], root: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target
        for name in tree
        if name.endswith(".md")
        for target in re.findall(r"`make ([a-z-]+)", (root / name).read_text(encoding="utf-8"))
    }
    assert named - targets == set()
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert {target for target in targets - {"python", "help"} if f"make {target}" not in readme} == set()


def test_every_link_between_documents_leads_somewhere(tree: list[str], root: Path) -> None:
    broken = []
    for name in tree:
        if not name.endswith(".md"):
            continue
        for target in re.findall(r"\]\(([^)#\s]+)", (root / name).read_text(encoding="utf-8")):
            if (
                not target.startswith(("http://", "https://", "mailto:"))
                and not ((root / name).parent / target).exists()
            ):
                broken.append(f"{name} -> {target}")
    assert broken == []


def test_every_document_can_be_reached_from_the_index(tree: list[str], root: Path) -> None:
    index = (root / "docs/index.md").read_text(encoding="utf-8")
    documents = {name.removeprefix("docs/") for name in tree if name.startswith("docs/") and name.endswith(".md")}
    assert {name for name in documents - {"index.md"} if f"({name})" not in index} == set()


def test_decisions_are_numbered_without_gaps(root: Path) -> None:
    numbers = sorted(int(path.name[:4]) for path in (root / "docs/decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("section", DECISION_SECTIONS)
def test_every_decision_has(section: str, root: Path) -> None:
    decisions = sorted((root / "docs/decisions").glob("*.md"))
    assert decisions
    assert [path.name for path in decisions if f"## {section}\n" not in path.read_text(encoding="utf-8")] == []
