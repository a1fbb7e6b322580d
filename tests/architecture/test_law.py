"""Every line of the law that is written down has a test that names it, and no test names a line that is not there."""

import ast

from tests.law import holders, listed, named_in, rules

SOURCE = """
@pytest.mark.law("a", "b")
@pytest.mark.parametrize("x", [1])
def test_one(): ...

@pytest.mark.parametrize("law", ["c"])
def test_two(): ...
"""


def test_every_rule_is_held_by_a_test() -> None:
    assert len(rules()) > 35
    assert sorted(set(rules()) - set(holders())) == []


def test_no_test_names_a_rule_that_is_not_written_down() -> None:
    assert {rule: tests for rule, tests in holders().items() if rule not in rules()} == {}


def test_markers_are_read_from_the_source_and_from_nothing_that_looks_like_one() -> None:
    assert ast.parse(SOURCE)
    assert list(named_in(SOURCE)) == [("a", "test_one"), ("b", "test_one")]


def test_the_list_names_every_line_with_its_tests() -> None:
    text = "\n".join(listed())

    assert all(f"[{rule}]" in text for rule in rules())
    assert "NO TEST" not in text
    assert "test_one_legal_act_verifies" in text
