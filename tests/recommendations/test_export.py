"""The one list of columns: named, described for readers, and nothing that is not on it goes out."""

import re
from pathlib import Path

import pytest

from recommendations.transfer.export import COLUMNS
from recommendations.transfer.formats import NAMES, TYPES, cell, safe


def test_every_column_is_described_for_readers_in_the_order_of_the_files() -> None:
    described = (Path(__file__).parents[2] / "docs/export.md").read_text(encoding="utf-8")

    assert re.findall(r"^\| `(\w+)` \|", described, re.MULTILINE) == [column.name for column in COLUMNS]
    assert all(f"`{form}`" in described for form in NAMES)


def test_names_of_columns_are_plain_and_unique() -> None:
    names = [column.name for column in COLUMNS]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)


def test_every_form_has_a_type_and_a_name() -> None:
    assert list(TYPES) == list(NAMES)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "  =1", "＝1", "＠x"])
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "1+1", "żółć", "'=1", "2015-05-01"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert safe(text) == text


def test_lists_are_joined_nothing_is_empty_and_numbers_stay_numbers() -> None:
    assert cell(["a", "", "b"]) == "a; ; b"
    assert cell(["=a", "b"]) == "'=a; b"
    assert (cell(None), cell(""), cell(3), cell(0)) == ("", "", 3, 0)
    assert cell("a\x00b\x07") == "ab"
