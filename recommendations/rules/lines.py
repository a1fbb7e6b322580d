"""The lines of a paper: what the beginning of each makes it, and what stands on every page; pure.

The text comes page by page, headings as "# ...", rows of tables as cells between bars, as pagekit.outlines writes
them; what people paste is read the same way.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

HEADING = re.compile(r"(?P<depth>#{1,6})\s+(?P<title>\S.*)")
LABELS = {
    "asked": re.compile(
        r"(?:adresa(?:t|tka|ci|tki|t\(?ci\)?|t/ci)|do kogo|kto|wykonawc[ay]|odpowiedzialn[yai]\w*|instytucj[ae]"
        r"|podmioty?)(?: rekomendacji)?\s*[:：]\s*(?P<body>.*)",
        re.IGNORECASE,
    ),
    "rationale": re.compile(r"(?:uzasadnieni[ae]|dlaczego|kontekst|opis problemu)\s*:\s*(?P<body>.*)", re.IGNORECASE),
    "deadline": re.compile(r"(?P<body>(?:termin(?: realizacji)?|do kiedy)\s*:.*)", re.IGNORECASE),
    "area": re.compile(r"(?:obszar(?: tematyczny)?|temat|dziedzina)\s*:\s*(?P<body>.*)", re.IGNORECASE),
}
NAMED = re.compile(
    r"(?:(?:rekomendacj[aei]|rek|zalecenie|zal|postulat|wniosek|punkt|pkt|ad|R)\b\.?|§|R(?=\d))\s*(?:nr\.?\s*)?"
    r"(?P<number>\d{1,3}[a-z]?)(?:\s*[.:)–-]*\s+(?P<body>\S.*)|\s*[.:)]?)",
    re.IGNORECASE,
)
MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("nested", re.compile(r"(?P<number>\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)[.)]?\s+(?P<body>\S.*)")),
    ("decimal", re.compile(r"\(?(?P<number>\d{1,3})[.)/]\)?\s+(?P<body>\S.*)")),
    ("letter", re.compile(r"\(?(?P<number>[a-z])[)/]\s+(?P<body>\S.*)")),
    ("roman", re.compile(r"(?P<number>[IVXL]{1,6})[.)]\s+(?P<body>\S.*)")),
    ("bullet", re.compile(r"(?P<number>)[-–—•·*▪●\uf0b7]\s*(?P<body>[^\W\d_].*)")),
    ("inner bullet", re.compile(r"(?P<number>)[○◦▫‣]\s*(?P<body>[^\W\d_].*)")),
)
# What an outline says besides the text: a footnote, words that readers of the file do not see, a page in columns.
ASIDES = {
    "note": re.compile(r"\[\^(?P<number>\d{1,4})\]:\s*(?P<body>.*)"),
    "hidden": re.compile(r"<!--(?P<number>)\s*(?P<body>.*?)\s*-->"),
    "columns": re.compile(r"\[columns\]:(?P<number>)\s*(?P<body>.*)"),
    "by_columns": re.compile(r"\[by columns\]:(?P<number>)\s*(?P<body>.*)"),
}
# A cell of a table that is one with the cell above it.
COVERED = "^^"
FOOT = re.compile(r"(?:strona|str\.|s\.)?\s*[-–]?\s*\d{1,3}\s*[-–]?\s*(?:(?:z|/)\s*\d{1,3})?", re.IGNORECASE)
# What programs of old sites put between the words of a page.
NOISE = re.compile(
    r"ostrzeżenie|czytaj (?:dalej|więcej)\W*|napisane przez|powrót|drukuj|email|[•\s]*JUser::_load.*"
    r"|(?:data (?:publikacji|aktualizacji)|osoba publikująca|odsłony)\s*:.*|serwis używa plików cookies.*",
    re.IGNORECASE,
)
INLINE_ASKED = re.compile(r"\s(?:Adresa(?:t|ci|tka)|Do kogo)\s*:\s*(?P<body>[^:\n]+:?)(?=\n|$)")
LISTED = re.compile(r"\n(?:[-–—•·*▪●○◦▫‣]|\(?\w{1,3}[.)/])\s")
# How words end that go on in a list below them.
LEADS_ON = re.compile(r"(?:[:,]|(?:^|\s)(?:oraz|i|a także|w tym|m\.\s?in\.|między innymi|tj\.))\s*$", re.IGNORECASE)
LONGEST_FOOT = 40


class LeftOut(StrEnum):
    """Why a piece is taken for no recommendation."""

    BEFORE = "before"
    ELSEWHERE = "elsewhere"
    BETWEEN = "between"
    RUNNING = "running"
    HIDDEN = "hidden"
    COLUMNS = "columns"
    BY_COLUMNS = "by_columns"


@dataclass
class Piece:
    """One recommendation of a paper, or (``left_out``) what stands between them, as it was found."""

    text: str
    number: str = ""
    title: str = ""
    rationale: str = ""
    page: int | None = None
    locator: str = ""
    asked: str = ""
    # The lead-in or heading above, which may say whom all below it asks.
    heading: str = ""
    area: str = ""
    left_out: LeftOut | None = None
    # The number and the text of each footnote.
    notes: list[tuple[str, str]] = field(default_factory=list)
    # The fields that a cell says for several rows at once.
    merged: set[str] = field(default_factory=set)


@dataclass
class Line:
    """A line of a paper: what it says, on which page, and what its beginning makes it."""

    text: str
    page: int | None
    style: str = "text"
    number: str = ""
    body: str = ""
    depth: int = 0
    cells: list[str] = field(default_factory=list)
    # What a row of a table of recommendations says.
    piece: Piece | None = None


def without_running_heads(pages: Sequence[tuple[int | None, list[str]]]) -> tuple[list[Line], list[str]]:
    """The lines without numbers of pages, what most pages begin or end with and the words of sites; and the rest."""
    edges = Counter(
        line for _number, lines in pages for line in {text.strip() for text in [*lines[:3], *lines[-3:]]} if line
    )
    often = {line for line, count in edges.items() if len(pages) > 2 and count > len(pages) / 2}
    kept, dropped = [], []
    for number, lines in pages:
        present = [place for place, text in enumerate(lines) if text.strip() and not is_aside(text.strip())]
        outer = {*present[:3], *present[-3:]}
        # The first line of a single page is no foot, and may be its first number.
        ends = {*present[:1], *present[-1:]} if len(pages) > 1 else {*present[1:][-1:]}
        for place, text in enumerate(lines):
            bare = text.strip()
            is_running = bare in often or (place in ends and is_foot(bare))
            if (place in outer and is_running) or NOISE.fullmatch(bare):
                dropped.append(bare)
            else:
                kept.append(Line(text, number))
    return kept, list(dict.fromkeys(dropped))


def is_aside(text: str) -> bool:
    return text[0] in "[<" and any(pattern.fullmatch(text) for pattern in ASIDES.values())


def is_foot(text: str) -> bool:
    return len(text) < LONGEST_FOOT and FOOT.fullmatch(text) is not None


def merged(lines: Iterable[Line]) -> Iterator[Line]:
    """Each line with what its beginning says it is."""
    for line in lines:
        text = line.text.strip()
        if not text:
            line.style = "blank"
        elif is_aside(text):
            mark_aside(line, text)
        elif (heading := HEADING.fullmatch(text)) and not label_of(line, heading["title"].strip()):
            line.style, line.depth, line.body = "heading", len(heading["depth"]), heading["title"].strip()
            for style, pattern in (("named", NAMED), *MARKS[:2]):
                if (mark := pattern.fullmatch(line.body)) is not None:
                    line.number, line.body, line.style = mark["number"], mark["body"] or "", f"heading-{style}"
                    break
        elif not heading and (" | " in f"{text} " or text.count("\t") > 1):
            line.style = "row"
            line.cells = cells_of(text)
        elif not heading:
            mark_line(line, text)
        yield line


def cells_of(text: str) -> list[str]:
    """The cells of a row, between bars (with or without the outer ones) or tabs; empty ones count."""
    if "|" not in text:
        return [cell.strip() for cell in text.split("\t")]
    if text.startswith("|") and text.endswith("|") and len(text) > 1:
        text = text[1:-1]
    return [cell.strip() for cell in text.split("|")]


def with_inner_bullets(lines: list[Line]) -> list[Line]:
    """The lines, bullets that stand further in than the others marked as such."""
    bullets = [(len(line.text) - len(line.text.lstrip()), line) for line in lines if line.style == "bullet"]
    outermost = min((indent for indent, _line in bullets), default=0)
    for indent, line in bullets:
        if indent > outermost + 1:
            line.style = "inner bullet"
    return lines


def mark_aside(line: Line, text: str) -> None:
    """Mark a line that stands beside the text of the paper as what it is."""
    for name, pattern in ASIDES.items():
        if found := pattern.fullmatch(text):
            line.style, line.number, line.body = name, found["number"], found["body"]


def label_of(line: Line, text: str) -> bool:
    """Whether the line is a label ("Adresat: ...", or "Uzasadnienie" alone), and if so, that it is marked as one."""
    for name, pattern in LABELS.items():
        if found := pattern.fullmatch(text) or (len(text) < LONGEST_FOOT and pattern.fullmatch(f"{text}:")):
            line.style, line.body = name, found["body"].strip()
            return True
    return False


def mark_line(line: Line, text: str) -> None:
    line.body = text
    if label_of(line, text):
        return
    if named := NAMED.fullmatch(text):
        line.style, line.number, line.body = "named", named["number"], named["body"] or ""
        return
    for style, pattern in MARKS:
        if found := pattern.fullmatch(text):
            line.style, line.number, line.body = style, found["number"], found["body"]
            return


def finished(piece: Piece) -> Piece:
    """The piece with what its last words say of whom it asks taken out of its text."""
    for name in ("rationale", "asked"):
        setattr(piece, name, "\n".join(filter(None, map(str.strip, getattr(piece, name).split("\n")))))
    piece.text = "\n".join(filter(None, (" ".join(line.split()) for line in piece.text.split("\n"))))
    if piece.left_out is None and not piece.asked:
        piece.text, piece.asked = parted(piece.text)
    if not piece.text:
        # The heading itself is the recommendation.
        piece.text, piece.title = piece.title, ""
    return piece


def parted(text: str) -> tuple[str, str]:
    """A wording, and whom its last words ask: "... Adresat: X"; a list below is wording, unless they lead to it."""
    labels = list(INLINE_ASKED.finditer(text))
    if not labels:
        return text, ""
    found = labels[-1]
    asked, below = found["body"], text[found.end() :]
    if below and (LEADS_ON.search(asked) or not LISTED.match(below)):
        if ":" in below:
            return text, ""
        asked, below = asked + below, ""
    return text[: found.start()].rstrip() + below, asked.rstrip(". ")
