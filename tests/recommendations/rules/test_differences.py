"""The marked difference of two wordings: whole, readable, and in time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendations.rules.differences import Piece, differences

TEXTS = st.text(alphabet="ab ,.\nż", max_size=40)


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(TEXTS, TEXTS)
def test_both_texts_are_whole_in_what_is_shown(before: str, after: str) -> None:
    pieces = differences(before, after)

    assert squeezed("".join(one.text for one in pieces if not one.is_added)) == squeezed(before)
    assert "".join(one.text for one in pieces if not one.is_removed).split() == after.split()


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("Otworzyć punkt.", "Otworzyć punkt.", "Otworzyć punkt."),
        ("Otworzyć punkt.", "Otworzyć trzy punkty.", "Otworzyć [-punkt-][+trzy punkty+]."),
        ("Szkolić.", "Szkolić co rok.", "Szkolić[+ co rok+]."),
        # Short words between two changes would be islands that nobody can read.
        ("nauka w szkole", "kurs w urzędzie", "[-nauka w szkole-][+kurs w urzędzie+]"),
        ("jeden\ndwa\n", "jeden  \n dwa\n", "jeden\ndwa\n"),
        ("", "Nowe.", "[+Nowe.+]"),
    ],
)
def test_words_are_marked_and_not_letters(before: str, after: str, shown: str) -> None:
    def mark(one: Piece) -> str:
        return f"[-{one.text}-]" if one.is_removed else f"[+{one.text}+]" if one.is_added else one.text

    assert squeezed("".join(map(mark, differences(before, after)))) == squeezed(shown)


def test_two_long_texts_without_a_line_in_common_are_compared_in_a_moment() -> None:
    before, after = (" ".join(f"{word}{n % 97}" for n in range(20_000)) for word in ("stare", "nowe"))

    assert [one.is_removed for one in differences(before, after)] == [True, False]
