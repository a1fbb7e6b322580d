"""A group's paper, pasted or uploaded, as the rows of an intake: read, cut, and compared with the vocabularies."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from forums.models import ForumPage, WorkingGroupPage
from pagekit.acts import Refused
from pagekit.documents import check_content
from pagekit.models import CustomDocument, TextState, source_language
from pagekit.services import read_outline
from recommendations.choices import Guess
from recommendations.models import Intake, IntakeRow, id_of_piece
from recommendations.rules.asked import Where, asked_by
from recommendations.rules.lines import LeftOut, Piece
from recommendations.rules.names import Mention, Name, Names
from recommendations.rules.papers import split
from recommendations.rules.proposals import folded
from recommendations.services.intake import MOST_ROWS as MOST_PIECES
from recommendations.services.intake import require_intake_right, start_intake, title_of
from recommendations.transfer.dates import issued_on
from recommendations.transfer.sheet_files import ENTITIES, decoded, has_entities
from recommendations.transfer.sheets import SHEETS
from taxonomy.models import Organisation, Theme

MOST_CHARACTERS = 400_000
READ_AS = {".pdf": "pdf", ".docx": "docx", ".htm": "html", ".html": "html"}
HTML_STARTS = (b"<!doctype html", b"<html", b"<?xml", b"<!--")
# By the state of a file's text: why nothing could be taken from it, and what to do.
UNREAD = {
    TextState.SCANNED: _("The file holds pictures of pages and no text. Upload one with recognised text (OCR)."),
    TextState.ENCRYPTED: _("The file asks for a password. Save it without one and upload it again."),
    TextState.BROKEN: _("The file is damaged or no document of its kind. Open it, save it anew and upload it again."),
    TextState.CUT: _("The file is too long to be read at once. Upload the part that holds the recommendations."),
}
NOT_WHAT_IT_SAYS = _(
    "The file is not what its ending says. Upload the original as DOCX, PDF, HTML, TXT, XLSX, ODS or CSV, or paste its "
    "text."
)
WHERE = {
    Where.LABEL: Guess.LABEL,
    Where.BRACKETS: Guess.BRACKETS,
    Where.DASH: Guess.DASH,
    Where.SENTENCE: Guess.SENTENCE,
    Where.HEADING: Guess.HEADING,
}
LEFT_OUT = {
    LeftOut.BEFORE: Guess.BEFORE,
    LeftOut.ELSEWHERE: Guess.ELSEWHERE,
    LeftOut.BETWEEN: Guess.BETWEEN,
    LeftOut.RUNNING: Guess.RUNNING,
    LeftOut.HIDDEN: Guess.HIDDEN,
    LeftOut.COLUMNS: Guess.COLUMNS,
    LeftOut.BY_COLUMNS: Guess.BY_COLUMNS,
}
HEAD_OF_PAGE, LONGEST_ADDRESS = 64 * 1024, 1000
# What browsers and programs of sites write into a saved page, the surest first.
STOOD_AT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"<!--\s*saved from url=\(\d+\)(?P<url>https?://\S+)",
        r"<link\b[^>]*\brel=[\"']?canonical\b[^>]*\bhref=[\"'](?P<url>https?://[^\"'\s]+)",
        r"<link\b[^>]*\bhref=[\"'](?P<url>https?://[^\"'\s]+)[\"'][^>]*\brel=[\"']?canonical\b",
        r"<meta\b[^>]*\bproperty=[\"']og:url[\"'][^>]*\bcontent=[\"'](?P<url>https?://[^\"'\s]+)",
        r"<base\b[^>]*\bhref=[\"'](?P<url>https?://[^\"'\s]+)",
    )
)
QUOTED = re.compile(r"^(?:> ?)+", re.MULTILINE)
Pages = list[tuple[int | None, str]]


def take_in(page: Any, *, by: Any, text: str = "", file: Any = None, **values: Any) -> Intake:
    """A new intake for the issuer ``page`` from a pasted text or an uploaded file; Refused where nothing can be read.

    The file becomes the document of the intake: nobody but editors may take it while no public page refers to it.
    A saved web page is read and not kept, because a browser would run it.
    """
    if bool(text.strip()) == (file is not None):
        raise Refused(_("Nothing was taken in: paste the text or choose a file, one of the two."))
    issuer = page.specific
    require_intake_right(by, issuer)
    issued_on(values.get("issued", ""))
    words = Vocabularies(issuer)
    pages = pasted(text) if file is None else read_paper(file)
    stripped = [] if file is None or is_kept(file) else pages[1:]
    pieces = split(pages[: len(pages) - len(stripped)])
    pieces += [Piece(said, left_out=LeftOut.RUNNING) for _number, said in stripped if said]
    # One more than may be, so that the service refuses it.
    rows = [words.row_of(piece) for piece in pieces[: MOST_PIECES + 1]]
    with transaction.atomic():
        if file is not None and not is_kept(file):
            values["old_address"] = old_address(file)
            values["source_url"] = values.get("source_url") or values["old_address"]
        intake = start_intake(issuer, by=by, rows=rows, **values)
        if file is not None and is_kept(file):
            file.seek(0)
            intake.document = kept_file(file, title=intake.title, by=by)
            intake.save(update_fields=["document"])
    return intake


def kept_file(file: Any, *, title: str, by: Any) -> CustomDocument:
    """The file among the documents, where nobody but editors may take it while no public page refers to it."""
    document = CustomDocument(title=title[:255], file=file, uploaded_by_user=by)
    try:
        document.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    document.save()
    return document


def is_sheet(file: Any) -> bool:
    return file is not None and PurePosixPath((file.name or "").lower()).suffix in SHEETS


def pasted(text: str) -> Pages:
    if len(text) > MOST_CHARACTERS:
        raise Refused(_("Nothing was taken in: the text is longer than 400,000 characters. Paste it in parts."))
    # What a mail cites.
    said = QUOTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))
    parts = said.split("\f")
    return [(number if len(parts) > 1 else None, part) for number, part in enumerate(parts, 1)]


def is_kept(file: Any) -> bool:
    return READ_AS.get(PurePosixPath(file.name.lower()).suffix) != "html"


def old_address(file: Any) -> str:
    """The address at which a saved web page stood, as it says itself; empty where it does not."""
    file.seek(0)
    head = file.read(HEAD_OF_PAGE).decode("latin-1")
    found = next((match["url"] for pattern in STOOD_AT if (match := pattern.search(head))), "")
    return unescape(found) if len(found) <= LONGEST_ADDRESS else ""


def read_paper(file: Any) -> Pages:
    """The text of an uploaded file page by page; Refused, saying what to do, where there is none."""
    ending = PurePosixPath((file.name or "").lower()).suffix
    if ending not in {*READ_AS, ".txt"}:
        raise Refused(
            _(
                "Papers are read from DOCX, PDF, HTML, TXT, XLSX, ODS and CSV. Save it as one of these, or paste its "
                "text."
            )
        )
    if file.size > settings.WAGTAILDOCS_MAX_UPLOAD_SIZE:
        raise Refused(_("The file is larger than 20 MB. Upload the part that holds the recommendations."))
    if is_kept(file):
        try:
            check_content(file, file.name)
        except ValidationError as error:
            raise Refused(error.messages[0] if error.code == "too_large" else NOT_WHAT_IT_SAYS) from error
    else:
        file.seek(0)
        if not file.read(512).removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(HTML_STARTS):
            raise Refused(_("The file is no web page, though its name says so. Paste its text instead."))
    file.seek(0)
    if ending == ".txt":
        return pasted(decoded(file.read()))
    found = read_outline(file, READ_AS[ending])
    if found.state == TextState.BROKEN and is_kept(file) and has_entities(file):
        raise Refused(ENTITIES)
    if found.state != TextState.READ:
        raise Refused(UNREAD.get(found.state, UNREAD[TextState.BROKEN]))
    if not is_kept(file):
        # What its menus and messages say is a page of its own, the second.
        return [(None, found.texts.get(number, "")) for number in (1, 2)]
    is_paged = len(found.texts) > 1
    return [(number if is_paged else None, text) for number, text in sorted(found.texts.items())]


@dataclass(frozen=True)
class Known:
    """The rows of a vocabulary by code, and all their names."""

    labels: dict[str, str]
    names: Names


def all_bodies() -> list[Organisation]:
    """Every organisation with its other names and what it was merged into; two queries."""
    return list(Organisation.objects.select_related("merged_into").prefetch_related("names"))


def known_bodies(bodies: Iterable[Organisation]) -> Known:
    """All names of ``all_bodies``; those of a merged one are names of what it became."""
    labels, names = {}, []
    for body in bodies:
        now = body.merged_into or body
        labels[now.code] = now.label_pl
        # What stands in brackets explains the name.
        names += [Name(label.partition(" (")[0], now.code) for label in body.labels]
        names += [Name(other.name, now.code, other.years) for other in body.names.all()]
    return Known(labels, Names(names))


def known_themes() -> Known:
    themes = list(Theme.objects.current())
    names = [Name(text, theme.code) for theme in themes for text in (theme.label_pl, *theme.synonyms.splitlines())]
    return Known({theme.code: theme.label_pl for theme in themes}, Names(names))


class Vocabularies:
    """What may be guessed for the pieces of one issuer's paper."""

    def __init__(self, issuer: ForumPage | WorkingGroupPage) -> None:
        self.bodies, self.themes = known_bodies(all_bodies()), known_themes()
        self.year = next((year for page in above(issuer) for year in page.years), None)
        self.areas = (
            [(block.value["title"], block.value["themes"]) for block in issuer.areas]
            if isinstance(issuer, WorkingGroupPage)
            else []
        )

    def row_of(self, piece: Piece) -> IntakeRow:
        row = IntakeRow(
            number=piece.number[:20],
            title=piece.title[:255],
            text=piece.text,
            rationale=piece.rationale,
            locator=piece.locator[:60] or (f"s. {piece.page}" if piece.page else ""),
            heading=piece.heading or piece.area,
            external_id=id_of_piece(piece.number, piece.text),
        )
        if piece.left_out is not None:
            row.is_dropped = True
            row.guess("is_dropped", LEFT_OUT[piece.left_out], is_dropped=False)
            return row
        self.guess_addressees(row, piece)
        self.guess_themes(row, piece)
        if piece.notes:
            row.rationale = "\n".join(filter(None, (piece.rationale, *map(footnote, piece.notes))))
            row.guess("rationale", Guess.NOTE, rationale=piece.rationale)
        if not row.title:
            row.title = title_of(row.text)
            row.guess("title", Guess.TITLE, title="")
        return row

    def guess_addressees(self, row: IntakeRow, piece: Piece) -> None:
        found = asked_by(piece, self.bodies.names, self.year)
        lines = [line_of(self.bodies.labels[one.code], one.words) for one in found.mentions]
        # What names nobody known is kept as the paper has it, for the editor to decide.
        lines += found.unknown
        if found.where is None or not lines:
            return
        was = {"addressees": "\n".join(filter(None, [piece.asked]))}
        if found.text != piece.text:
            was["text"] = piece.text
        row.text, row.addressees = found.text, "\n".join(lines)
        why = Guess.MERGED if "asked" in piece.merged else WHERE[found.where]
        row.guess("addressees", why, note=self.doubts(found.mentions), **was)

    def doubts(self, mentions: Iterable[Mention]) -> str:
        """The names that bodies bore in other years than that of the paper."""
        return ", ".join(f"{one.words} ({self.year}?)" for one in mentions if not one.in_its_years)

    def guess_themes(self, row: IntakeRow, piece: Piece) -> None:
        if not piece.area:
            return
        codes = [code for title, themes in self.areas if is_alike(title, piece.area) for code in themes]
        codes = codes or [one.code for one in self.themes.names.mentions(piece.area)]
        labels = [self.themes.labels[code] for code in dict.fromkeys(codes) if code in self.themes.labels]
        if labels:
            row.themes = "\n".join(labels)
            row.guess("themes", Guess.MERGED if "area" in piece.merged else Guess.AREA, themes="")


def line_of(label: str, words: str) -> str:
    """A body as a line of the cell of addressees: its name, and the paper's words where they differ."""
    return label if folded(label) == folded(words) else f"{label} | {words}"


def footnote(note: tuple[str, str]) -> str:
    """A note as the rationale says it, in the language of sources."""
    with override(source_language()):
        return str(_("Footnote %(number)s: %(text)s") % {"number": note[0], "text": note[1]})


def above(page: Any) -> Iterable[Any]:
    """The page, then the groups and forums above it, nearest first."""
    yield page
    for ancestor in page.get_ancestors().specific().reverse():
        if isinstance(ancestor, (ForumPage, WorkingGroupPage)):
            yield ancestor


def is_alike(one: str, other: str) -> bool:
    """Whether a heading of the paper is an area of the group: one begins with the other, whatever the case."""
    first, second = (" ".join(text.casefold().split()).strip(" .:") for text in (one, other))
    return bool(first and second) and (first.startswith(second) or second.startswith(first))
