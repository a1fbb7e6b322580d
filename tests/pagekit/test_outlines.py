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


def test_a_docx_is_broken_into_the_pages_of_its_program() -> None:
    assert outline(docx("Pierwsza", "Druga")).texts == {1: "Pierwsza", 2: "Druga"}
    assert outline(docx("Pierwsza", "Druga", marked=False)).texts == {1: "Pierwsza", 2: "Druga"}


def test_a_pdf_is_read_page_by_page() -> None:
    assert outline(pdf("1. Pierwsza", "2. Druga"), "pdf").texts == {1: "1. Pierwsza", 2: "2. Druga"}


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
