"""The form of uploaded papers: what readers saw as numbers, headings and tables stays, and nothing dangerous runs."""

import io

import pytest

from pagekit.models import TextState
from pagekit.services import Reading, read_outline
from tests.factories.files import W, docx, packed, pdf, word


def outline(content: bytes, kind: str = "docx") -> Reading:
    return read_outline(io.BytesIO(content), kind)


def test_a_docx_keeps_its_headings_numbers_and_tables_page_by_page() -> None:
    found = outline(
        word(
            ("h1", "Rekomendacje"),
            ("1", "Pierwsza"),
            ("a", "punkt"),
            ("a", "drugi"),
            ("1", "Druga"),
            ("page", ""),
            ("h2", "Dla miast"),
            ("-", "Trzecia"),
            ("bold", "Załączniki"),
            ("p", "Koniec."),
            ("row", "Lp.|Treść"),
            ("row", "W ramce"),
        )
    )
    assert found.texts == {
        1: "# Rekomendacje\n\n1. Pierwsza\na) punkt\nb) drugi\n2. Druga",
        2: "## Dla miast\n\n- Trzecia\n\n###### Załączniki\n\nKoniec.\n\n| Lp. | Treść |\n\nW ramce",
    }


def cell(text: str = "", properties: str = "", within: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{within}<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def table(*rows: tuple[str, ...]) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{chr(10).join(cells)}</w:tr>' for cells in rows)}</w:tbl>"


def test_merged_and_nested_cells_leave_every_word_in_its_column() -> None:
    wide, top, below = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    found = outline(
        word(
            (
                "raw",
                table(
                    (cell("Obszar"), cell("Treść", wide), cell("Adresat")),
                    (cell("Edukacja", top), cell("Szkolić", wide), cell("MSW")),
                    (cell("", below), cell("Badać"), cell("co rok"), cell(within=table((cell("MEN"), cell("NFZ"))))),
                    (cell("Praca", '<w:gridSpan w:val="4"/>'),),
                    (cell("Inne"), cell("Drukować"), cell(), cell()),
                ),
            ),
        )
    )
    assert found.texts[1].split("\n") == [
        "| Obszar | Treść | | Adresat |",
        "| Edukacja | Szkolić | | MSW |",
        "| ^^ | Badać | co rok | MEN NFZ |",
        "",
        "Praca",
        "",
        "| Inne | Drukować | | |",
    ]


def test_cells_of_a_web_page_over_several_columns_or_rows_stand_as_those_of_a_document() -> None:
    page = (
        "<html><body><p>Przed</p><table><thead><tr><th>Obszar<th colspan=2>Treść<th>Adresat</tr></thead><tbody>"
        "<tr><td rowspan='2'>Edukacja<td rowspan=0>Szkolić<td>raz</td><td rowspan=9>MSW</td></tr>"
        "<tr><td>Badać<td>co rok</tr><tr><td colspan=x>Inne<td>Drukować</tr></tbody></table>"
        "<table><tr><td>a</td><td>b</td></tr></table></body></html>"
    )
    assert outline(page.encode(), "html").texts[1].split("\n") == [
        "Przed",
        "",
        "| Obszar | Treść | | Adresat |",
        "| Edukacja | Szkolić | raz | MSW |",
        "| ^^ | Badać | co rok | ^^ |",
        "| Inne | Drukować | | ^^ |",
        "",
        "| a | b |",
    ]


def test_of_changes_boxes_and_hidden_words_readers_get_what_they_saw() -> None:
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = "<w:txbxContent><w:p><w:r><w:t>W ramce</w:t></w:r></w:p></w:txbxContent>"
    found = outline(
        word(
            (
                "raw",
                "<w:p><w:moveFrom><w:r><w:t>Stąd. </w:t></w:r></w:moveFrom><w:r><w:t>Szkolić.</w:t></w:r>"
                "<w:r><w:rPr><w:vanish/></w:rPr><w:t>brudnopis</w:t></w:r></w:p>",
            ),
            ("raw", f"<w:p><w:r><mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
                    "</mc:AlternateContent></w:r></w:p>"),
        )
    )  # fmt: skip
    assert found.texts == {1: "Szkolić.\n<!-- brudnopis -->\n\nW ramce"}


def test_a_footnote_stands_below_its_paragraph_or_row() -> None:
    cited = '<w:r><w:t>Szkolić</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
    notes = (
        f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="2"><w:p><w:r><w:t>Por. ustawę.</w:t></w:r></w:p></w:footnote>'
        "</w:footnotes>"
    )
    content = word(
        ("raw", f"<w:p>{cited}</w:p>"),
        ("raw", f"<w:tbl><w:tr><w:tc><w:p>{cited}</w:p></w:tc>{cell('MSW')}</w:tr></w:tbl>"),
        parts={"word/footnotes.xml": notes},
    )
    assert outline(content).texts == {1: "Szkolić\n[^1]: Por. ustawę.\n\n| Szkolić | MSW |\n[^2]: Por. ustawę."}


def test_a_list_that_begins_anew_is_numbered_anew() -> None:
    again = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>'
    )
    assert outline(word(("1", "a"), ("1", "b"), ("raw", again), ("raw", again))).texts == {1: "1. a\n2. b\n1. x\n2. x"}


def test_a_docx_is_broken_into_the_pages_of_its_program() -> None:
    assert outline(docx("Pierwsza", "Druga")).texts == {1: "Pierwsza", 2: "Druga"}
    assert outline(docx("Pierwsza", "Druga", marked=False)).texts == {1: "Pierwsza", 2: "Druga"}


def test_a_pdf_is_read_page_by_page() -> None:
    assert outline(pdf("1. Pierwsza", "2. Druga"), "pdf").texts == {1: "1. Pierwsza", 2: "2. Druga"}


def test_columns_that_were_written_line_by_line_are_read_one_after_the_other() -> None:
    columns = "1. Otworzyć\t3. Skrócić\npunkt.\tterminy.\n2. Szkolić\t4. Badać\nurzędników."
    page = f"Rekomendacje grupy\n\n{columns}\n\n\n\n\nstr. 7"
    found = outline(pdf(page, "1. Szkolić.\n2. Badać"), "pdf")
    *lines, mark = found.texts[1].split("\n")
    left, right = ["1. Otworzyć", "punkt.", "2. Szkolić", "urzędników."], ["3. Skrócić", "terminy.", "4. Badać"]
    assert lines == ["Rekomendacje grupy", *left, *right, "str. 7"]
    assert mark == "[by columns]: Rekomendacje grupy"
    assert "columns]" not in found.texts[2]


def test_a_page_whose_columns_may_be_a_table_stays_as_it_was_written_and_says_so() -> None:
    found = outline(pdf("1. Otworzyć\tMSWiA\npunkt.\tUdSC\n2. Szkolić\tMEN\n3. Badać\tGUS"), "pdf")
    assert found.texts[1].startswith("1. Otworzyć MSWiA\npunkt. UdSC")
    assert found.texts[1].endswith("\n[columns]: 1. Otworzyć MSWiA")


def test_of_a_web_page_only_its_text_stays() -> None:
    page = (
        "<html><head><title>x</title><meta charset='cp1250'><script>zło()</script></head><body><nav><a>Menu</a></nav>"
        "<h2>Wnioski</h2><ol><li><p>Otworzyć  punkt</p></li><li>Szkolić<ul><li>lekarzy</li></ul></li></ol>"
        "<table><tr><th>Lp.</th><th>Treść</th></tr><tr><td>1</td><td>Żądać</td></tr></table>"
        "<form><input>Szukaj</form></body></html>"
    )
    assert outline(page.encode("cp1250"), "html").texts == {
        1: "## Wnioski\n\n1. Otworzyć punkt\n2. Szkolić\n◦ lekarzy\n\n| Lp. | Treść |\n| 1 | Żądać |",
        2: "Menu\nSzukaj",
    }


def test_what_an_old_site_put_round_a_text_is_kept_apart() -> None:
    page = (
        '<body class="menu"><div id="system-message-container"><div>Błąd: <br>brak wtyczki</div></div>'
        '<ul class="menu nav"><li>Start<ul><li>Fora</li></ul></li></ul><div class="item-page"><h2>Wnioski</h2>'
        '<dl class="article-info"><dd class="createdby">Napisane przez </dd></dl><p>Otworzyć punkt.</p>'
        '<p class="readmore"><a>Czytaj dalej</a></p></div></body>'
    )
    assert outline(page.encode(), "html").texts == {
        1: "## Wnioski\n\nOtworzyć punkt.",
        2: "Błąd:\nbrak wtyczki\nStart\nFora\nNapisane przez\nCzytaj dalej",
    }


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 nothing",
        packed({"[Content_Types].xml": b"<Types/>"}),
        packed({"word/document.xml": b"<w:document"}),
        packed({"word/document.xml": f'<w:document xmlns:w="{W}"/>'.encode()}),
        packed(
            {"word/document.xml": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'},
        ),
        docx("x", head='<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'),
    ],
)
def test_a_file_made_to_do_harm_gives_no_text(content: bytes) -> None:
    found = outline(content)
    assert (found.state, found.texts) == (TextState.BROKEN, {})
