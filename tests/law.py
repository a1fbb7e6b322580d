"""Which test holds which line of the law: the rules stand in law.tsv, and tests name theirs by ``@pytest.mark.law``.

``python -m tests.law`` prints the list.
"""

import ast
import csv
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parent
MARK = "pytest.mark.law"


def rules() -> dict[str, str]:
    """Every rule by its name, in the order of the law."""
    with (TESTS / "law.tsv").open(encoding="utf-8", newline="") as file:
        return {row["rule"]: row["line of the law"] for row in csv.DictReader(file, delimiter="\t")}


def named_in(text: str) -> Iterator[tuple[str, str]]:
    """The rule and the name of the test, for each rule that a marker in this source names."""
    for node in ast.walk(ast.parse(text)):
        for decorator in getattr(node, "decorator_list", []):
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == MARK:
                for argument in decorator.args:
                    yield str(ast.literal_eval(argument)), str(getattr(node, "name", ""))


def holders() -> dict[str, list[str]]:
    """For every rule that a test names, the tests that do."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if f"@{MARK}(" in text:
            for rule, test in named_in(text):
                found[rule].append(f"{path.relative_to(TESTS.parent)}::{test}")
    return found


def listed() -> Iterator[str]:
    held = holders()
    for rule, line in rules().items():
        yield f"{line}  [{rule}]"
        yield from (f"    {test}" for test in held.get(rule, ["NO TEST"]))


if __name__ == "__main__":
    sys.stdout.write("\n".join(listed()) + "\n")
