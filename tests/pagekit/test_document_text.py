"""The text of attached files: read by page, never a step too far, and gone with the file it was read from."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override
from wagtail.models import Collection

from pagekit import services
from pagekit.models import CustomDocument, TextState
from pagekit.services import read_text
from tests.factories.accounts import UserFactory
from tests.factories.files import docx, encrypted, make_document, packed, pdf
from tests.factories.pages import make_recommendation_page

pytestmark = [pytest.mark.django_db, pytest.mark.once]

Commit = Callable[..., Any]


def texts(document: CustomDocument) -> dict[int, str]:
    return dict(document.texts.values_list("number", "text"))


def state_of(content: bytes, name: str = "x.pdf") -> TextState:
    document = make_document(content, name)
    state = read_text(document)
    assert CustomDocument.objects.get(pk=document.pk).text_state == state
    if state != TextState.READ:
        assert not document.texts.exists()
    return state


def test_a_pdf_is_read_page_by_page_in_polish_and_cyrillic_with_cut_words_made_whole() -> None:
    document = make_document(pdf("Zażółć gęślą jaźń dla cudzoziem-\nców", "", "Громада Łodzi"))

    assert read_text(document) == TextState.READ
    assert texts(document) == {1: "Zażółć gęślą jaźń dla cudzoziemców", 3: "Громада Łodzi"}
    assert (document.page_count, document.pages_read) == (3, 3)


@pytest.mark.parametrize("marked", [True, False])
def test_a_docx_is_read_by_the_pages_its_program_broke_it_into(marked: bool) -> None:
    document = make_document(docx("Pierwsza\nstrona", "Druga <&> strona", marked=marked), "x.docx")

    assert read_text(document) == TextState.READ
    assert texts(document) == {1: "Pierwsza\nstrona", 2: "Druga <&> strona"}


def test_a_pdf_that_opens_without_a_password_is_read_though_it_forbids_copying() -> None:
    assert state_of(encrypted(pdf("Jawny"), password="")) == TextState.READ


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "name", "state"),
    [
        (pdf("", "", picture=True), "x.pdf", TextState.SCANNED),
        (encrypted(pdf("Tajne"), password="tajne"), "x.pdf", TextState.ENCRYPTED),
        (pdf("Połowa pliku")[:400], "x.pdf", TextState.BROKEN),
        (b"%PDF-1.7 nic", "x.pdf", TextState.BROKEN),
        (b"", "x.pdf", TextState.BROKEN),
        (b"PK\x03\x04 broken", "x.docx", TextState.BROKEN),
        (packed({"[Content_Types].xml": b""}), "x.docx", TextState.BROKEN),
        (packed({"word/document.xml": b"<w>"}), "x.docx", TextState.BROKEN),
        (docx("Tajne", head=BOMB), "x.docx", TextState.BROKEN),
        (packed({"word/document.xml": b"<w>" + b" " * 70_000_000 + b"</w>"}), "x.docx", TextState.BROKEN),
        (docx(""), "x.docx", TextState.SCANNED),
        (b"nazwa;kwota\n", "x.csv", TextState.OTHER),
    ],
)
def test_a_file_that_gives_no_text_says_why_and_breaks_nothing(content: bytes, name: str, state: TextState) -> None:
    assert state_of(content, name) == state


def test_text_that_no_database_keeps_or_that_turns_what_stands_beside_it_is_made_fit() -> None:
    document = make_document(pdf("a\x00b\u202egnp.exe\ufeff שלום"))

    assert read_text(document) == TextState.READ
    (text,) = texts(document).values()
    assert "a b" in text
    assert "\u202e" not in text
    assert any("\u0590" <= char <= "\u05ff" for char in text)


def test_of_ten_thousand_pages_only_the_first_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_PAGES", 20)
    document = make_document(pdf(*(["strona"] * 10_000)))

    assert read_text(document) == TextState.CUT
    assert (document.page_count, document.pages_read, len(texts(document))) == (10_000, 20, 20)


def test_no_more_characters_are_kept_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_CHARACTERS", 12)
    document = make_document(pdf("jeden dwa", "trzy cztery", "pięć"))

    assert read_text(document) == TextState.CUT
    assert texts(document) == {1: "jeden dwa", 2: "trz"}


def test_a_reader_that_does_not_stop_is_stopped_and_what_it_told_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # An interpreter that tells of one page, begins to tell of a second and sleeps.
    slow = tmp_path / "python"
    slow.write_text(
        f"#!{sys.executable}\nimport sys, time\n"
        'print(\'{"pages": 2}\\n{"number": 1, "text": "pierwsza"}\\n{"numb\', end="", flush=True)\ntime.sleep(600)\n'
    )
    slow.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(slow))
    monkeypatch.setattr(services, "GRACE", 0.5)
    document = make_document(pdf("pierwsza", "druga"))

    assert read_text(document, seconds=1.0) == TextState.CUT
    assert texts(document) == {1: "pierwsza"}


def test_a_file_read_in_haste_is_read_to_its_end_by_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    document = make_document(pdf(*(["strona"] * 3_000)))
    assert read_text(document, seconds=0.0) == TextState.CUT
    before = document.pages_read

    call_command("read_documents", seconds=30.0)

    document.refresh_from_db()
    assert before < document.pages_read == services.MOST_PAGES
    call_command("read_documents", seconds=30.0)
    assert "0 files read" in capsys.readouterr().out


def test_saving_a_document_reads_it_once_it_is_committed(django_capture_on_commit_callbacks: Commit) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        document = make_document(pdf("Uchwała"))
        assert not texts(document)

    assert texts(document) == {1: "Uchwała"}
    with django_capture_on_commit_callbacks() as callbacks:
        document.title = "Nowy tytuł"
        document.save()
    assert callbacks == []
    assert texts(document) == {1: "Uchwała"}


def test_the_text_of_a_replaced_file_is_gone_in_the_act_that_replaces_it_even_under_the_same_name() -> None:
    document = make_document(pdf("Stara treść"))
    read_text(document)
    name = document.file.name
    document.file.storage.delete(name)
    document.file = ContentFile(pdf("Nowa treść"), name=Path(name).name)
    document.save()

    assert document.file.name == name
    assert not texts(document)
    assert CustomDocument.objects.get().text_state == TextState.WAITING
    read_text(document)
    assert texts(document) == {1: "Nowa treść"}


def test_what_was_read_of_a_file_replaced_meanwhile_is_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    document = make_document(pdf("Stara treść"))
    told = services._told_by_reader

    def replaced_while_read(*args: Any) -> Any:
        lines = told(*args)
        other = CustomDocument.objects.get()
        other.file = ContentFile(pdf("Nowa treść"), name="nowa.pdf")
        other.save()
        return lines

    monkeypatch.setattr(services, "_told_by_reader", replaced_while_read)
    read_text(document)

    assert not texts(document)
    assert CustomDocument.objects.get().text_state == TextState.WAITING


def test_a_file_missing_in_the_store_is_reported_and_the_document_stays(capsys: pytest.CaptureFixture[str]) -> None:
    document = make_document(pdf("Uchwała"))
    read_text(document)
    document.file.storage.delete(document.file.name)

    call_command("read_documents")

    assert CustomDocument.objects.get().text_state == TextState.MISSING
    assert document.filename in capsys.readouterr().out
    assert not texts(document)


def test_a_reader_that_cannot_be_started_does_not_undo_the_upload(
    django_capture_on_commit_callbacks: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with django_capture_on_commit_callbacks(execute=True):
        make_document(pdf("Uchwała"))

    assert CustomDocument.objects.get().text_state == TextState.WAITING


def test_the_editor_reads_on_the_form_what_search_knows(client: Client) -> None:
    client.force_login(UserFactory.create(administrator=True))
    scanned = make_document(pdf("", picture=True))
    read_text(scanned)

    html = client.get(reverse("wagtaildocs:edit", args=[scanned.pk])).content.decode()

    with override("pl"):
        assert str(TextState.SCANNED.label) in html


def test_an_upload_through_the_form_is_kept_whatever_the_file(
    client: Client, django_capture_on_commit_callbacks: Commit
) -> None:
    client.force_login(UserFactory.create(administrator=True))
    file = io.BytesIO(encrypted(pdf("Tajne"), password="tajne"))
    file.name = "tajne.pdf"
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            reverse("wagtaildocs:add"),
            {"title": "Tajne", "file": file, "collection": Collection.get_first_root_node().pk, "tags": ""},
        )

    assert answer.status_code == 302
    assert CustomDocument.objects.get().text_state == TextState.ENCRYPTED


def test_the_page_says_that_a_scanned_file_is_not_searchable_and_says_nothing_of_others(client: Client) -> None:
    read, scanned = make_document(pdf("Tekst"), "a.pdf"), make_document(pdf("", picture=True), "b.pdf")
    for document in (read, scanned):
        read_text(document)
    pages = [make_recommendation_page(source_url="", source_document=document) for document in (read, scanned)]

    with override("pl"):
        note = gettext("text not searchable")

    assert [note in client.get(page.url).content.decode() for page in pages] == [False, True]


def test_a_pdf_opens_in_the_browser_for_who_comes_from_a_hit_and_is_a_download_otherwise(client: Client) -> None:
    document = make_document(pdf("Uchwała"))
    word = make_document(docx("Uchwała"), "x.docx")
    for each in (document, word):
        make_recommendation_page(source_document=each)

    shown = client.get(document.page_url(2).partition("#")[0])

    assert document.page_url(2).endswith("?open#page=2")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.headers["Content-Type"] == "application/pdf"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert client.get(document.url).headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"{word.url}?open").headers["Content-Disposition"].startswith("attachment")
