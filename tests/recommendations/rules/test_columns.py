"""What the columns of a spreadsheet say, and what stands between the names of one cell."""

import pytest

from recommendations.rules.columns import parts_of, separator_of


@pytest.mark.parametrize(
    ("columns", "separator"),
    [
        ([["MSW; MEN", "a / b"]], ";"),
        ([["MSW / MEN", "MEN / Sejm", "NFZ"]], "/"),
        ([["MSW/MEN", "Sejm/Senat"]], "/"),
        ([["cudzoziemców/ek", "5/2015"]], ";"),
        ([["MSW, MEN"]], ";"),
        ([["Praca", "Edukacja"], ["MSW / MEN", "MEN / Sejm"], ["w toku", "w toku"]], "/"),
        ([["MSW / MEN"], ["Praca; Edukacja"]], ";"),
        ([[""], []], ";"),
    ],
)
def test_what_stands_between_names_is_proposed(columns: list[list[str]], separator: str) -> None:
    assert separator_of(columns) == separator


def test_a_slash_parts_names_and_no_word() -> None:
    text = "MSW / MEN/Sejm, szkoły/uczelnie / cudzoziemcy/ki"
    assert parts_of(text, "/") == ["MSW", "MEN", "Sejm, szkoły", "uczelnie", "cudzoziemcy/ki"]
