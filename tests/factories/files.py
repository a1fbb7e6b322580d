"""Files made by hand, byte by byte: text by page, pictures of pages, and files that were made to do harm."""

import csv
import io
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from pypdf import PdfReader, PdfWriter

from pagekit.models import CustomDocument

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(*pages: str, picture: bool = False) -> bytes:
    """A PDF with a page for each text, one line each line; with `picture` each page holds an image and no text.

    What follows a tab stands in a second column.
    """
    alphabet = sorted({char for page in pages for char in page if char not in "\n\t"})
    codes = {char: number for number, char in enumerate(alphabet, 1)}
    fonts = _font(alphabet)
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", *fonts]
    image = len(objects) + 1
    objects.append(
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
        b"\nstream\n\x00\nendstream"
    )
    kids = []
    for page in pages:
        content = b"q 100 0 0 100 0 0 cm /Im Do Q" if picture else _content(page, codes)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        resources = b"<< /Font << /F 3 0 R >> /XObject << /Im %d 0 R >> >>" % image
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources %s /Contents %d 0 R >>"
            % (resources, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    return _assembled(objects)


def _font(alphabet: Sequence[str]) -> list[bytes]:
    """A font of two-byte codes that only its table of characters explains."""
    if not alphabet:
        return [b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    rows = "\n".join(f"<{n:04x}> <{char.encode('utf-16-be').hex()}>" for n, char in enumerate(alphabet, 1))
    table = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(alphabet)} beginbfchar\n{rows}\nendbfchar endcmap end end"
    ).encode()
    packed = zlib.compress(table)
    return [
        b"<< /Type /Font /Subtype /Type0 /BaseFont /T /Encoding /Identity-H /DescendantFonts [4 0 R]"
        b" /ToUnicode 5 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /T /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity)"
        b" /Supplement 0 >> /DW 600 >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
    ]


def _content(page: str, codes: dict[str, int]) -> bytes:
    written = []
    for line in page.split("\n"):
        left, _tab, right = line.partition("\t")
        left, right = ("".join(f"{codes[char]:04x}" for char in part) for part in (left, right))
        beside = f" 270 0 Td <{right}> Tj -270 0 Td" if right else ""
        shown = f"<{left}> Tj" if left else ""
        written.append(f"{shown}{beside} T*")
    return f"BT /F 12 Tf 14 TL 50 800 Td {' '.join(written)} ET".encode()


def _assembled(objects: Sequence[bytes]) -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def encrypted(content: bytes, *, password: str) -> bytes:
    """The same PDF behind a password; an empty one opens by itself and only forbids copying."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(password, owner_password="nobody knows", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx(*pages: str, head: str = "", marked: bool = True) -> bytes:
    """A DOCX with a paragraph for each line and a break between pages; `marked` as Word marks that break again."""
    between = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    paragraphs = []
    for number, page in enumerate(pages):
        lead = "<w:lastRenderedPageBreak/>" if marked and number else ""
        paragraphs.append(
            "".join(f"<w:p><w:r>{lead}<w:t>{escape(line)}</w:t></w:r></w:p>" for line in page.split("\n"))
        )
    body = between.join(paragraphs)
    text = f'<?xml version="1.0" encoding="UTF-8"?>{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": text.encode()})


NUMBERING = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl></w:abstractNum>'
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val=""/></w:lvl>'
    '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
    "</w:lvlOverride></w:num>"
)


def word(*paragraphs: tuple[str, str], parts: dict[str, str] | None = None) -> bytes:
    """A DOCX as an office program writes it: the numbers of lists are no part of their text.

    Each paragraph is (kind, text); kinds are h1, h2, p, bold, 1 (numbered), a (numbered below), - (bullet), page (a
    break, no text), row (cells between bars, a table of one row) and raw (XML). ``parts`` are more parts of the file.
    """
    kinds = {
        "h1": '<w:pPr><w:pStyle w:val="Nagwek1"/></w:pPr>',
        "h2": '<w:pPr><w:pStyle w:val="Nagwek2"/></w:pPr>',
        "1": '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>',
        "a": '<w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr>',
        "-": '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr></w:pPr>',
    }
    written = []
    for kind, text in paragraphs:
        run = f"<w:r>{'<w:rPr><w:b/></w:rPr>' if kind == 'bold' else ''}<w:t>{escape(text)}</w:t></w:r>"
        if kind == "page":
            written.append('<w:p><w:r><w:br w:type="page"/></w:r></w:p>')
        elif kind == "row":
            cells = "".join(f"<w:tc><w:p><w:r><w:t>{escape(cell)}</w:t></w:r></w:p></w:tc>" for cell in text.split("|"))
            written.append(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>")
        else:
            written.append(text if kind == "raw" else f"<w:p>{kinds.get(kind, '')}{run}</w:p>")
    names = "".join(
        f'<w:style w:styleId="Nagwek{depth}"><w:name w:val="heading {depth}"/></w:style>' for depth in (1, 2)
    )
    written_parts = {
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{"".join(written)}</w:body></w:document>',
        "word/numbering.xml": f'<w:numbering xmlns:w="{W}">{NUMBERING}</w:numbering>',
        "word/styles.xml": f'<w:styles xmlns:w="{W}">{names}</w:styles>',
    } | (parts or {})
    return packed({"[Content_Types].xml": b"<Types/>"} | {name: text.encode() for name, text in written_parts.items()})


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def sheet_file(sheet: list[list[str]], form: str = "csv", encoding: str = "utf-8") -> SimpleUploadedFile:
    """An uploaded spreadsheet of these cells, XLSX or CSV."""
    if form == "csv":
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";").writerows(sheet)
        return SimpleUploadedFile("arkusz.csv", text.getvalue().encode(encoding))
    book = Workbook()
    for row in sheet:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("arkusz.xlsx", out.getvalue())


def make_document(content: bytes, name: str = "uchwala.pdf", **values: Any) -> CustomDocument:
    """An uploaded file whose text has not been read yet (`pagekit.services.read_text` reads it)."""
    return CustomDocument.objects.create(**{"title": "Uchwała", "file": ContentFile(content, name=name)} | values)
