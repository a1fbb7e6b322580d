"""Documents: refused by content when they come in, hidden with what they belong to when they go out."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.test import Client

from pagekit.documents import check_content
from pagekit.models import CustomDocument
from recommendations.models import Evidence, FollowUp
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_assignment, make_recommendation_page


class Archive:
    """Packed when a test asks for it: a large one takes a second."""

    def __init__(self, *names: str, size: int = 1) -> None:
        self.names, self.size = names, size

    def __bytes__(self) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in self.names:
                packed.writestr(name, b"\0" * self.size)
        return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"%PDF-1.7 ..."),
        ("a.rtf", b"{\\rtf1 ..."),
        ("a.docx", Archive("[Content_Types].xml", "word/document.xml")),
        ("a.XLSX", Archive("[Content_Types].xml", "xl/workbook.xml")),
        ("a.csv", "nazwa;gród\n".encode("cp1250")),
        ("a.txt", "zażółć".encode("utf-16")),
    ],
)
def test_documents_that_are_what_they_say_come_in(name: str, content: bytes | Archive) -> None:
    check_content(io.BytesIO(bytes(content)), name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"<html><script>alert(1)</script>"),
        ("a.pdf", b"MZ\x90\x00"),
        ("a.txt", b"  <!DOCTYPE html><script>"),
        ("a.csv", b"\xef\xbb\xbf<svg onload=alert(1)>"),
        ("a.txt", b"MZ\x90\x00\x03"),
        ("a.txt", b"text\x00more"),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.txt", b"\xef\xbb\xbf \n"),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.docx", Archive("[Content_Types].xml", "xl/workbook.xml")),
        ("a.docx", Archive("[Content_Types].xml", "word/document.xml", size=150 * 1024 * 1024)),
        ("a.xlsx", Archive("[Content_Types].xml", *(f"xl/{n}" for n in range(5_001)))),
        ("a.odt", Archive("mimetype")),
        ("a.svg", b"<svg/>"),
        ("a.exe", b"MZ"),
        ("a", b""),
    ],
)
def test_documents_that_are_something_else_are_refused_by_name(name: str, content: bytes | Archive) -> None:
    with pytest.raises(ValidationError, match=name):
        check_content(io.BytesIO(bytes(content)), name)


@pytest.mark.parametrize("name", ["strona.html", "mapa.svg", "bez-nazwy"])
def test_a_kind_that_is_not_accepted_is_told_so_with_those_that_are(name: str) -> None:
    with pytest.raises(ValidationError, match=rf"Files like “{name}” are not accepted.* ods, odt, pdf"):
        check_content(io.BytesIO(b"<svg/>"), name)


def document(content: bytes = b"%PDF-1.7 tajne") -> CustomDocument:
    return CustomDocument.objects.create(title="Uchwała", file=ContentFile(content, name="uchwala.pdf"))


@pytest.mark.django_db
def test_an_uploaded_document_is_checked_by_the_model_whatever_the_form() -> None:
    with pytest.raises(ValidationError, match=r"x\.pdf"):
        CustomDocument(title="x", file=ContentFile(b"MZ", name="x.pdf")).full_clean()


@pytest.mark.django_db
def test_a_drafts_document_is_not_there_for_strangers_and_is_an_attachment_once_public(client: Client) -> None:
    hidden, shown = document(), document()
    make_recommendation_page(published=False, source_document=hidden, title="Szkic")
    make_recommendation_page(source_document=shown)

    assert client.get(hidden.url).status_code == 404
    answer = client.get(shown.url)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    client.force_login(UserFactory.create(administrator=True))
    assert client.get(hidden.url).status_code == 200


@pytest.mark.django_db
def test_restricted_evidence_is_kept_back_and_open_evidence_is_not(client: Client) -> None:
    assignment = make_assignment()
    entry = FollowUp.objects.create(
        assignment=assignment, kind="note", basis="published_source", refers_precision="unknown", text="x"
    )
    closed, open_ = document(), document()
    Evidence.objects.create(
        follow_up=entry, kind="letter", document=closed, is_restricted=True, restriction_reason="dane osób"
    )
    Evidence.objects.create(follow_up=entry, kind="letter", document=open_)

    assert client.get(closed.url).status_code == 404
    assert client.get(open_.url).status_code == 200
