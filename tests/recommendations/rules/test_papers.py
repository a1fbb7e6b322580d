"""Papers of different habits against the rows that an editor expects of them, written down before the splitter was."""

import csv
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import pytest

from recommendations.rules.asked import Where, asked_by
from recommendations.rules.lines import LeftOut, Piece
from recommendations.rules.names import Name, Names
from recommendations.rules.papers import split

PAPERS = sorted((Path(__file__).parents[2] / "intake_papers").glob("*.txt"))
ORGANISATIONS = Path(__file__).parents[2] / "content" / "data" / "organisations.tsv"
DATED = re.compile(r"(?P<name>.+) \((?P<years>(?:do |od )?\d{4}.*)\)$")
# What an issue of the project promises: so many acts of the hand for twenty recommendations.
CORRECTIONS, OF = 10, 20


def known_names() -> Iterator[Name]:
    with ORGANISATIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield Name(row["name_pl"].partition(" (")[0], row["code"])
            for alias in filter(None, row["aliases"].split("|")):
                dated = DATED.match(alias)
                yield Name(dated["name"], row["code"], dated["years"]) if dated else Name(alias, row["code"])


NAMES = Names(known_names())


@dataclass
class Score:
    """How a paper was read: of so many rows, how many are there, numbered and addressed as expected."""

    rows: int
    found: int
    numbers: int
    addressees: int
    # Rows too many or too few, and each row to be mended by hand.
    corrections: int


def pieces_of(paper: Path) -> list[Piece]:
    pages = paper.read_text(encoding="utf-8").split("\f")
    return split((number if len(pages) > 1 else None, text) for number, text in enumerate(pages, 1))


def score(paper: Path) -> Score:
    year = int(paper.name[:4])
    with paper.with_suffix(".tsv").open(encoding="utf-8", newline="") as file:
        wanted = list(csv.DictReader(file, delimiter="\t"))
    pieces = [piece for piece in pieces_of(paper) if piece.left_out is None]
    read = {asked.text: (piece, asked) for piece in pieces for asked in [asked_by(piece, NAMES, year)]}
    found = Score(len(wanted), 0, 0, 0, abs(len(pieces) - len(wanted)))
    for row in wanted:
        text = next((text for text in read if text.startswith(row["first words"])), None)
        if text is None:
            found.corrections += 1
            continue
        piece, asked = read[text]
        has_number = piece.number == row["number"]
        is_addressed = {mention.code for mention in asked.mentions} == set(row["addressees"].split())
        found.found += 1
        found.numbers += has_number
        found.addressees += is_addressed
        found.corrections += not (has_number and is_addressed and not asked.unknown)
    return found


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.stem)
def test_a_paper_needs_at_most_ten_corrections_by_hand_for_twenty_recommendations(paper: Path) -> None:
    found = score(paper)
    assert found.corrections * OF <= CORRECTIONS * found.rows, found


def test_of_all_papers_nine_in_ten_pieces_numbers_and_addressees_are_right() -> None:
    scores = [score(paper) for paper in PAPERS]
    rows = sum(one.rows for one in scores)

    assert len(PAPERS) >= 8
    assert sum(one.found for one in scores) >= 0.9 * rows
    assert sum(one.numbers for one in scores) >= 0.9 * rows
    assert sum(one.addressees for one in scores) >= 0.9 * rows


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.stem)
def test_no_word_of_a_paper_is_lost(paper: Path) -> None:
    pieces = pieces_of(paper)
    kept = " ".join(
        " ".join((one.text, one.number, one.title, one.rationale, one.asked, one.heading, one.area)) for one in pieces
    )
    # The heads of tables and the words of labels are what the fields are called by.
    said = re.sub(
        r"(?m)^(?:Adresaci|Adresat|Uzasadnienie|Dlaczego|Do kogo|Kto|Rekomendacja \d+):|^Rek\.|Adresat:|^Lp\. .*|\|",
        " ",
        paper.read_text(encoding="utf-8"),
    )
    missing = set(re.findall(r"\w{3,}", said)) - set(re.findall(r"\w{3,}", kept))
    assert not missing


def test_a_list_below_a_recommendation_stays_in_it() -> None:
    (first, second) = split([(None, "1. Utworzyć punkt, który:\n- informuje,\n- kieruje dalej.\n2. Ogłosić konkurs.")])
    assert first.text == "Utworzyć punkt, który:\n- informuje,\n- kieruje dalej."
    assert second.number == "2"


def test_a_recommendation_that_goes_on_over_a_page_is_one_and_stands_on_the_page_it_begins_on() -> None:
    (first, second) = split([(4, "1. Otworzyć punkt dla\n"), (5, "wszystkich cudzoziemców.\n2. Ogłosić konkurs.")])
    assert (first.text, first.page) == ("Otworzyć punkt dla wszystkich cudzoziemców.", 4)
    assert second.page == 5


def test_heads_and_numbers_of_pages_are_left_out_and_shown() -> None:
    pages = [(number, f"Raport Forum\n{number}. Punkt {number}.\nStrona {number}") for number in (1, 2, 3)]
    *pieces, running = split(pages)
    assert [piece.text for piece in pieces] == ["Punkt 1.", "Punkt 2.", "Punkt 3."]
    assert running.left_out == LeftOut.RUNNING
    assert "Raport Forum" in running.text


def test_paragraphs_without_any_mark_are_pieces() -> None:
    pieces = split([(None, "Należy otworzyć punkt informacyjny\nw centrum.\n\nTrzeba szkolić urzędników.")])
    assert [piece.text for piece in pieces] == [
        "Należy otworzyć punkt informacyjny w centrum.",
        "Trzeba szkolić urzędników.",
    ]


@pytest.mark.parametrize(
    ("one", "two"),
    [("1.", "2."), ("(1)", "(2)"), ("1.1", "1.2"), ("a)", "b)"), ("I.", "II."), ("IX)", "X)"), ("•", "•"), ("▫", "▫")],
)
def test_pieces_begin_at_whatever_mark_a_paper_counts_by(one: str, two: str) -> None:
    pieces = split([(None, f"{one} Otworzyć punkt.\n{two} Szkolić urzędników.")])
    assert [(piece.number, piece.text) for piece in pieces] == [
        (one.strip("().•▫"), "Otworzyć punkt."),
        (two.strip("().•▫"), "Szkolić urzędników."),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "\f", "1.", "- ", "| |", "####", "1. \n2. ", "(" * 500, "a)" * 500])
def test_what_holds_nothing_breaks_nothing(text: str) -> None:
    split([(None, text)])


@pytest.mark.parametrize(
    "text",
    [
        "# do " + "do " * 60_000,
        "# a\n" * 200_000,
        "1. a" + " " * 150_000 + "b\n2. zalecamy" + " " * 150_000 + "x",
        "strona" + " " * 150_000 + "x\f1. a\f2. b",
        "1. a\n" * 30_000,
        "Adresat: x\n" * 20_000,
    ],
    ids=["to", "titles", "blanks", "foot", "rows", "labels"],
)
def test_a_text_made_to_keep_us_busy_does_not(text: str) -> None:
    with no_longer_than(60):
        for piece in split(list(enumerate(text.split("\f"), 1)))[:300]:
            asked_by(piece, NAMES)


@contextmanager
def no_longer_than(seconds: int) -> Iterator[None]:
    """Break off what would take minutes of the processor: of well-made patterns every one is done in a second."""

    def give_up(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"not done after {seconds} s of the processor")

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def test_the_reason_of_a_recommendation_stands_apart_with_all_its_lines() -> None:
    text = "Rekomendacja 1: Otworzyć punkt.\nUzasadnienie: Kolejki\nrosną.\nRekomendacja 2: Szkolić."
    first, _second = split([(None, text)])
    assert (first.text, first.rationale) == ("Otworzyć punkt.", "Kolejki rosną.")


@pytest.mark.parametrize("label", ["Uzasadnienie:", "Uzasadnienie", "###### Uzasadnienie:"])
def test_a_label_on_a_line_of_its_own_names_what_follows(label: str) -> None:
    text = f"1. Otworzyć punkt.\n\n{label}\n\nKolejki rosną.\nI trwają.\n\nAdresaci\nMSW\n\n2. Szkolić."
    first, second = split([(None, text)])
    assert (first.text, first.rationale, first.asked) == ("Otworzyć punkt.", "Kolejki rosną. I trwają.", "MSW")
    assert second.text == "Szkolić."


def test_a_heading_without_words_below_is_the_recommendation() -> None:
    pieces = split([(None, "## 1. Otworzyć punkt\n## 2. Szkolić\nWszystkich.\n## 3. Drukować")])
    assert [(piece.title, piece.text) for piece in pieces] == [
        ("", "Otworzyć punkt"),
        ("Szkolić", "Wszystkich."),
        ("", "Drukować"),
    ]


def test_a_table_keeps_its_empty_cells_and_columns_of_no_field() -> None:
    text = "| Lp. | Rekomendacja | Adresat | Uwagi |\n| | Otworzyć punkt. | | pilne |\n| 2 | Szkolić. | MSW | |"
    first, second = split([(None, text)])
    assert (first.number, first.text, first.asked, first.rationale) == ("", "Otworzyć punkt.", "", "Uwagi: pilne")
    assert (second.number, second.asked, second.rationale) == ("2", "MSW", "")


LISTS_AND_TABLE = """# Edukacja

1. Otworzyć punkt.
2. Szkolić.

# Praca

1. Skrócić terminy.

Tekst, który do niczego nie należy.

# Zdrowie

| Lp. | Rekomendacja | Adresat |
| 1 | Zatrudnić tłumaczy. | NFZ |
| 2 | Drukować ulotki. | NFZ |

Dziękujemy za uwagę.
"""


def test_what_stands_outside_a_table_is_cut_too_and_headings_above_tables_are_areas() -> None:
    pieces = split([(None, LISTS_AND_TABLE)])
    assert [(piece.number, piece.text, piece.area) for piece in pieces if piece.left_out is None] == [
        ("1", "Otworzyć punkt.", "Edukacja"),
        ("2", "Szkolić.", "Edukacja"),
        ("1", "Skrócić terminy.", "Praca"),
        ("1", "Zatrudnić tłumaczy.", "Zdrowie"),
        ("2", "Drukować ulotki.", "Zdrowie"),
    ]
    left = [piece.text for piece in pieces if piece.left_out is not None]
    assert left == ["Tekst, który do niczego nie należy.", "Dziękujemy za uwagę."]


def test_numbered_headings_above_tables_and_rows_of_one_cell_are_areas_and_no_recommendations() -> None:
    text = (
        "## 1. Edukacja\n\n| Rekomendacja | Adresat |\n| Szkolić. | MSW |\n\n"
        "## 2. Praca\n\n| Lp. | Treść | Adresat |\n| Urzędy | | |\n| 1 | Skrócić terminy. | MSW |"
    )
    pieces = [piece for piece in split([(None, text)]) if piece.left_out is None]
    assert [(piece.text, piece.area) for piece in pieces] == [("Szkolić.", "Edukacja"), ("Skrócić terminy.", "Urzędy")]


def test_each_table_has_its_own_heading() -> None:
    text = (
        "| Lp. | Rekomendacja | Adresat |\n| 1 | Szkolić. | MSW |\n\nDruga część tabeli\n\n| 2 | Drukować. | NFZ |\n\n"
        "| Adresat | Uzasadnienie | Rekomendacja |\n| MEN | Kolejki. | Otworzyć punkt. |\n\n"
        "| Termin | Miejsce | Temat |\n| 5 maja | Kraków | Narada |"
    )
    pieces = split([(None, text)])
    assert [(one.text, one.asked, one.rationale) for one in pieces if one.left_out is None] == [
        ("Szkolić.", "MSW", ""),
        ("Drukować.", "NFZ", ""),
        ("Otworzyć punkt.", "MEN", "Kolejki."),
    ]
    assert "5 maja" in pieces[-1].text
    assert pieces[-1].left_out == LeftOut.BETWEEN


def test_a_cell_over_several_rows_holds_for_all_and_a_wording_over_several_rows_is_one() -> None:
    text = (
        "| Obszar | Rekomendacja | Adresat | Uwagi |\n| Edukacja | Szkolić. | MSW | |\n| ^^ | Drukować. | NFZ | |\n"
        "| ^^ | ^^ | MEN | pilne |"
    )
    first, second = split([(None, text)])
    assert (first.area, first.merged) == ("Edukacja", set())
    assert (second.area, second.merged) == ("Edukacja", {"area", "asked"})
    assert (second.text, second.asked, second.rationale) == ("Drukować.", "NFZ; MEN", "Uwagi: pilne")


def test_footnotes_stay_with_what_they_explain_and_hidden_words_are_left_out() -> None:
    text = (
        "1. Szkolić.\n[^1]: Por. ustawę.\n<!-- brudnopis -->\n[columns]: 1. Szkolić.\n[by columns]: 1. Szkolić.\n"
        "i badać.\n\n2. Drukować.\n\n"
        "| Treść | Adresat |\n| Otworzyć. | MSW |\n[^2]: W Krakowie.\n| Badać. | MSW |"
    )
    pieces = split([(None, text)])
    assert [(one.text, one.notes) for one in pieces if one.left_out is None] == [
        ("Szkolić. i badać.", [("1", "Por. ustawę.")]),
        ("Drukować.", []),
        ("Otworzyć.", [("2", "W Krakowie.")]),
        ("Badać.", []),
    ]
    assert [(one.text, one.left_out) for one in pieces if one.left_out] == [
        ("brudnopis", LeftOut.HIDDEN),
        ("1. Szkolić.", LeftOut.COLUMNS),
        ("1. Szkolić.", LeftOut.BY_COLUMNS),
    ]


def test_marks_that_change_in_the_middle_go_on_counting() -> None:
    text = "1) Szkolić.\n2) Badać.\n3) Drukować.\nRekomendacja 4: Otworzyć punkt.\nRekomendacja 5: Skrócić terminy."
    assert [(piece.number, piece.text) for piece in split([(None, text)])] == [
        ("1", "Szkolić."),
        ("2", "Badać."),
        ("3", "Drukować."),
        ("4", "Otworzyć punkt."),
        ("5", "Skrócić terminy."),
    ]
    inner = "Rekomendacja 1: Otworzyć:\n1) punkt,\n2) szkołę.\nRekomendacja 2: Badać."
    assert [piece.number for piece in split([(None, inner)])] == ["1", "2"]


def test_titles_between_the_items_of_a_pdf_which_has_no_empty_lines_are_neither_wording_nor_addressees() -> None:
    lines = ["Mieszkania", "1. Znieść wymóg zameldowania.", "Szkoły", "2. Zatrudnić asystentów.", "Adresat: MEN"]
    lines += ["Urzędy", "3. Tłumaczyć formularze", "i ulotki", "4. Szkolić urzędników."]

    pieces = [piece for piece in split([(1, "\n".join(lines))]) if piece.left_out is None]

    assert [piece.text for piece in pieces] == [
        "Znieść wymóg zameldowania.",
        "Zatrudnić asystentów.",
        "Tłumaczyć formularze i ulotki",
        "Szkolić urzędników.",
    ]
    assert [piece.asked for piece in pieces] == ["", "MEN", "", ""]
    assert [piece.area for piece in pieces][1:] == ["Szkoły", "Urzędy", "Urzędy"]


def test_items_below_a_filled_label_and_a_table_below_a_list_are_no_addressees_and_no_wording() -> None:
    text = (
        "1. Otworzyć punkt:\nAdresat: MSW\na) w Krakowie\nb) w Łodzi\n2. Szkolić.\nAdresaci:\n- MSW\n- MEN\n\n"
        "| Dzień | Sala |\n| 5 maja | 3 |"
    )
    first, second, left = split([(None, text)])
    assert (first.text, first.asked) == ("Otworzyć punkt:\na) w Krakowie\nb) w Łodzi", "MSW")
    assert (second.text, second.asked) == ("Szkolić.", "- MSW\n- MEN")
    assert left.left_out == LeftOut.BETWEEN
    text = "1. Szkolić.\nAdresat: MSW oraz:\n- MEN\n2. Badać.\nAdresaci:\nMSW\nMEN\n- raz w roku"
    first, second = split([(None, text)])
    assert (first.text, first.asked) == ("Szkolić.", "MSW oraz:\n- MEN")
    assert (second.text, second.asked) == ("Badać.\n- raz w roku", "MSW MEN")
    text = "1. Szkolić. Adresat: MSW\n- raz: w roku\n2. Badać. Adresaci: MSW,\n- MEN\n3. Pytać. Adresat: MSW i\nMEN."
    assert [(piece.text, piece.asked) for piece in split([(None, text)])] == [
        ("Szkolić.\n- raz: w roku", "MSW"),
        ("Badać.", "MSW,\n- MEN"),
        ("Pytać.", "MSW i MEN"),
    ]


@pytest.mark.parametrize(("title", "area"), [("Grupa proponuje", "Edukacja"), ("Druga część", ""), ("Praca", "Praca")])
def test_titles_that_lead_in_or_count_are_no_areas(title: str, area: str) -> None:
    pieces = split([(None, f"## Edukacja\n\n1. Szkolić.\n\n## {title}\n\n2. Badać.")])
    assert [piece.area for piece in pieces if piece.number == "2"] == [area]


def test_a_body_named_in_passing_is_not_asked() -> None:
    (piece,) = split([(None, "1. Zapewnić dostęp do szkół i uczelni, także tym, o których pisze RPO.")])
    assert asked_by(piece, NAMES).mentions == []


def test_a_sentence_says_whom_it_asks() -> None:
    found = asked_by(Piece("Wzywamy MSW-u i Sejm do działania."), NAMES, 2013)
    assert [mention.code for mention in found.mentions] == ["msw", "sejm"]
    assert found.where == Where.SENTENCE
