"""How a paper is cut into its recommendations: marks, headings, tables and lead-ins; pure.

The text of a paper comes page by page, headings as "# ...", rows of tables as cells between bars, as
pagekit.reading writes them; what people paste is read the same way. Nothing is thrown away: what is taken for no
recommendation is a piece that says so.
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
INLINE_ASKED = re.compile(r"\s(?:Adresa(?:t|ci|tka)|Do kogo)\s*:\s*(?P<body>[^:]+?)\.?$")
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
BEGINS = re.compile(r"rekomend(?:acj|uj)|zalece|zaleca|postulat|postuluj|wnios(?:ki|ek)|ustaleni", re.IGNORECASE)
# Titles of parts that hold no recommendations, and the words by which a text takes its leave.
ENDS = re.compile(
    r"(?:lista )?uczestni|podpis|załącznik|zasady|warunki|(?:oczekiwane )?efekty|(?:tematyka|obszary)\b|harmonogram"
    r"|program\b|kontakt|bibliografia|przypisy|źródła|aneks|wstęp\b|wprowadzenie|jak pracowaliśmy",
    re.IGNORECASE,
)
LEAVE = re.compile(r"dziękuj|z wyrazami|z poważaniem|podpisan[oy]|podpisy\b", re.IGNORECASE)
AREA = re.compile(
    r"(?:obszar|część|temat|blok|sesja|rozdział)\s+(?:[IVX]+|\d+)\s*[.:–-]\s*(?P<title>\S.*)", re.IGNORECASE
)
TO_WHOM = re.compile(r"(?:^|\s)(?:dla|do|pod adresem|wobec)\s+(?P<body>\S.*?)\s*:?$", re.IGNORECASE)
FOOT = re.compile(r"(?:strona|str\.|s\.)?\s*[-–]?\s*\d{1,3}\s*[-–]?\s*(?:(?:z|/)\s*\d{1,3})?", re.IGNORECASE)
# What programs of old sites put between the words of a page.
NOISE = re.compile(
    r"ostrzeżenie|czytaj (?:dalej|więcej)\W*|napisane przez|powrót|drukuj|email|[•\s]*JUser::_load.*"
    r"|(?:data (?:publikacji|aktualizacji)|osoba publikująca|odsłony)\s*:.*|serwis używa plików cookies.*",
    re.IGNORECASE,
)
COLUMNS = {
    "number": re.compile(r"(?:lp|nr|numer|l\.p)\b", re.IGNORECASE),
    "text": re.compile(r"(?:tre[sś][cć]|rekomendacj|zaleceni|postulat|wniosek)", re.IGNORECASE),
    "asked": re.compile(r"(?:adresa|do kogo|kto\b|wykonawc|instytucj|podmiot|odpowiedzialn)", re.IGNORECASE),
    "area": re.compile(r"(?:obszar|temat|dziedzin)", re.IGNORECASE),
    "rationale": re.compile(r"(?:uzasadn|dlaczego|kontekst)", re.IGNORECASE),
    "deadline": re.compile(r"(?:termin|do kiedy)", re.IGNORECASE),
    "title": re.compile(r"(?:tytu|nazwa)", re.IGNORECASE),
    "locator": re.compile(r"(?:stron|str\b)", re.IGNORECASE),
}
LONGEST_HEADING = 90
LONGEST_FOOT = 40
# Of a title or lead-in so many last characters say whom the list asks.
LONGEST_LEAD = 300
SENTENCE_ENDS = (".", ";", ",", "!", "?")


class LeftOut(StrEnum):
    """Why a piece is taken for no recommendation."""

    BEFORE = "before"
    ELSEWHERE = "elsewhere"
    BETWEEN = "between"
    RUNNING = "running"


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


def split(pages: Iterable[tuple[int | None, str]]) -> list[Piece]:
    """The recommendations of a paper in their order, and between them what was left out."""
    lines, running = without_running_heads([(number, text.splitlines()) for number, text in pages])
    read = with_inner_bullets(list(merged(lines)))
    rows = table_of(read)
    pieces = rows if rows is not None else Cutter(read).pieces()
    if running:
        pieces.append(Piece("\n".join(running), left_out=LeftOut.RUNNING))
    return pieces


def without_running_heads(pages: Sequence[tuple[int | None, list[str]]]) -> tuple[list[Line], list[str]]:
    """The lines without numbers of pages, what most pages begin or end with and the words of sites; and the rest."""
    edges = Counter(
        line for _number, lines in pages for line in {text.strip() for text in [*lines[:3], *lines[-3:]]} if line
    )
    often = {line for line, count in edges.items() if len(pages) > 2 and count > len(pages) / 2}
    kept, dropped = [], []
    for number, lines in pages:
        present = [place for place, text in enumerate(lines) if text.strip()]
        outer = {*present[:3], *present[-3:]}
        for place, text in enumerate(lines):
            bare = text.strip()
            at_end = place in present[:1] or place in present[-1:]
            is_running = bare in often or (len(pages) > 1 and at_end and is_foot(bare))
            if (place in outer and is_running) or NOISE.fullmatch(bare):
                dropped.append(bare)
            else:
                kept.append(Line(text, number))
    return kept, list(dict.fromkeys(dropped))


def is_foot(text: str) -> bool:
    return len(text) < LONGEST_FOOT and FOOT.fullmatch(text) is not None


def merged(lines: Iterable[Line]) -> Iterator[Line]:
    """Each line with what its beginning says it is."""
    for line in lines:
        text = line.text.strip()
        if not text:
            line.style = "blank"
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


def pieces_of_table(rows: Iterable[Sequence[str]]) -> list[Piece] | None:
    """The rows of a spreadsheet as pieces; None where none of them names the columns."""
    filled = ([" ".join(cell.split()) for cell in row] for row in rows)
    return table_of([Line(" | ".join(cells), None, "row", cells=cells) for cells in filled if any(cells)])


def table_of(lines: Sequence[Line]) -> list[Piece] | None:
    """The rows of the paper's table as pieces, where it has one with a column of recommendations."""
    rows = [line for line in lines if line.style == "row"]
    places: dict[str, int] = {}
    head = None
    for row in rows:
        found: dict[str, int] = {}
        for place, cell in enumerate(row.cells):
            for name, pattern in COLUMNS.items():
                if pattern.match(cell) and name not in found and len(cell) < 40:
                    found[name] = place
                    break
        if "text" in found and len(found) > 1:
            places, head = found, row
            break
    if head is None:
        return None
    pieces: list[Piece] = []
    started = False
    for line in lines:
        if line is head:
            started = True
        elif line.style == "row" and started and line.cells != head.cells:
            cells = {name: line.cells[place] for name, place in places.items() if place < len(line.cells)}
            if not cells.get("text"):
                pieces.append(Piece(" | ".join(line.cells), page=line.page, left_out=LeftOut.BETWEEN))
                continue
            said = [cells.get("rationale", "")]
            # What has no field of its own stays under the name of its column.
            for place, cell in enumerate(line.cells):
                if cell and (place not in places.values() or place == places.get("deadline")):
                    said.append(f"{head.cells[place]}: {cell}" if place < len(head.cells) else cell)
            pieces.append(
                Piece(
                    cells["text"],
                    number=cells.get("number", "").strip(".) "),
                    title=cells.get("title", ""),
                    locator=cells.get("locator", ""),
                    rationale="\n".join(filter(None, said)),
                    page=line.page,
                    asked=cells.get("asked", ""),
                    area=cells.get("area", ""),
                )
            )
        elif line.style != "blank":
            reason = LeftOut.BETWEEN if started else LeftOut.BEFORE
            if pieces and pieces[-1].left_out == reason:
                pieces[-1].text += f"\n{line.text.strip()}"
            else:
                pieces.append(Piece(line.text.strip(), page=line.page, left_out=reason))
    return pieces


class Cutter:
    """Cuts the lines of a paper that is no table; which marks begin a recommendation is decided for the whole paper."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.open: Piece | None = None
        self.found: list[Piece] = []
        self.heading = self.area = ""
        self.heading_is_shown = False
        self.lead: list[str] = []
        # The field of the open piece to which the next words belong.
        self.into = "text"
        self.zones = self._zones()
        self.level = self._level()
        self.asks_before = self._asks_before()

    def _asks_before(self) -> bool:
        """Whether the paper names those whom it asks before what it asks of them: the first label stands so."""
        within = (line.style for line, is_in in zip(self.lines, self.zones, strict=True) if is_in)
        return next((style for style in within if style in {"asked", self.level}), "") == "asked"

    def _is_title(self, place: int) -> bool:
        """Whether a plain line is one: short, alone between empty lines or ended by a colon, no sentence."""
        line, text = self.lines[place], self.lines[place].text.strip()
        if line.style == "heading":
            return True
        if line.style != "text" or len(text) > LONGEST_HEADING or text.endswith(SENTENCE_ENDS):
            return False
        before = self.lines[place - 1].style if place else "blank"
        after = self.lines[place + 1].style if place + 1 < len(self.lines) else "blank"
        if text.endswith(":"):
            return before != "text"
        if text.isupper() and len(text) > 3:
            return True
        return before in {"blank", "heading"} and after not in {"text"} and text[:1].isupper()

    def _zones(self) -> list[bool]:
        """For each line, whether it stands where recommendations stand."""
        begins = [
            place
            for place, line in enumerate(self.lines)
            if (self._is_title(place) or line.text.strip().endswith(":"))
            and line.style in {"text", "heading"}
            and BEGINS.search(line.text)
            and any(after.style not in {"blank", "text", "heading"} for after in self.lines[place + 1 : place + 40])
        ]
        within, zones = not begins, []
        for place, line in enumerate(self.lines):
            title = self._is_title(place)
            if place in begins:
                within = True
            elif (title and ENDS.match(line.body)) or (line.style == "text" and LEAVE.match(line.body)):
                within = False
            zones.append(within)
        return zones

    def _level(self) -> str:
        """The style of mark that begins a recommendation; empty where there is none and paragraphs are pieces."""
        marked = [
            line for line, within in zip(self.lines, self.zones, strict=True) if within and line.style not in PLAIN
        ]
        counts = Counter(line.style for line in marked)
        for style in ("named", "heading-named", "heading-decimal", "heading-nested", "nested"):
            if counts[style] > 1:
                return style
        order = list(dict.fromkeys(line.style for line in marked))
        while len(order) > 1 and self._are_titles(order[0], marked):
            order.pop(0)
        return order[0] if order else ""

    def _are_titles(self, style: str, marked: Sequence[Line]) -> bool:
        """Whether marks of a style are titles of parts: short, no sentence, most with other marks right below."""
        own = [line for line in marked if line.style == style]
        titles = 0
        for place, line in enumerate(marked):
            if line.style == style:
                text = line.body.strip()
                is_short = len(text) < 60 and not text.endswith((*SENTENCE_ENDS, ":"))
                titles += is_short and place + 1 < len(marked) and marked[place + 1].style != style
        return titles * 2 > len(own)

    def pieces(self) -> list[Piece]:
        for place, (line, within) in enumerate(zip(self.lines, self.zones, strict=True)):
            if not within:
                self._leave_out(line, LeftOut.ELSEWHERE if self._has_pieces() else LeftOut.BEFORE)
            elif line.style == self.level or (not self.level and line.style == "text" and not self._is_title(place)):
                self._begin(line, place)
            elif line.style in LABELS:
                self._label(line)
            elif self._is_title(place) or self._is_part(line):
                self._title(line)
            else:
                self._go_on(line, place)
        self._head("", None)
        return [finished(piece) for piece in self.found]

    def _has_pieces(self) -> bool:
        return any(piece.left_out is None for piece in self.found)

    def _is_part(self, line: Line) -> bool:
        marks = [style for style, _pattern in MARKS]
        outer = ("roman", "decimal") if self.level in {"bullet", "letter", "nested"} else ("roman",)
        return line.style.startswith("heading") or (
            line.style in outer and line.style != self.level and self.level in marks and len(line.body) < 60
        )

    def _leave_out(self, line: Line, reason: LeftOut) -> None:
        self.open = None
        text = line.text.strip()
        if not text:
            return
        self._head("", line.page)
        self.area = ""
        self._keep_apart(text, line.page, reason)

    def _keep_apart(self, text: str, page: int | None, reason: LeftOut | None = None) -> None:
        reason = reason or (LeftOut.BETWEEN if self._has_pieces() else LeftOut.BEFORE)
        if self.found and self.found[-1].left_out == reason:
            self.found[-1].text += f"\n{text}"
        else:
            self.found.append(Piece(text, page=page, left_out=reason))

    def _begin(self, line: Line, place: int) -> None:
        if not self.level and self.open is not None and place and self.lines[place - 1].style == "text":
            self.open.text += f" {line.text.strip()}"
            return
        self.heading_is_shown, self.into = True, "text"
        is_title = line.style.startswith("heading")
        self.open = Piece(
            "" if is_title else line.body,
            number=line.number,
            title=line.body if is_title else "",
            page=line.page,
            heading=self.heading,
            area=self.area,
        )
        self.found.append(self.open)

    def _label(self, line: Line) -> None:
        if line.style == "area":
            self.area = line.body
            if self.open:
                self.open.area = line.body
        elif line.style == "asked" and (self.open is None or self.asks_before):
            self.open = None
            self._head(line.body, line.page)
        elif self.open is None:
            self._leave_out_between(line)
        else:
            self.into = "asked" if line.style == "asked" else "rationale"
            glue = "; " if line.style == "asked" else "\n"
            setattr(self.open, self.into, glue.join(filter(None, (getattr(self.open, self.into), line.body))))

    def _title(self, line: Line) -> None:
        text = (line.body or line.text).strip()
        self.open = None
        area = AREA.fullmatch(text)
        if area or not (TO_WHOM.search(text[-LONGEST_LEAD:]) or BEGINS.search(text)):
            self.area = (area["title"] if area else text).rstrip(":")
        self._head(line.text.strip().lstrip("# "), line.page)
        self.lead = []

    def _head(self, text: str, page: int | None, *, is_shown: bool = False) -> None:
        """What follows stands below this title; one with nothing below it is shown among what was left out."""
        if self.heading and not self.heading_is_shown:
            self._keep_apart(self.heading, page)
        self.heading, self.heading_is_shown = " ".join(text.split()), is_shown

    def _go_on(self, line: Line, place: int) -> None:
        text = line.text.strip()
        if not text:
            self._pause(place)
        elif self.open is None:
            self._leave_out_between(line)
        else:
            said = getattr(self.open, self.into)
            glue = " " if line.style == "text" else "\n"
            setattr(self.open, self.into, said + ("" if not said or said.endswith("\n") else glue) + text)

    def _pause(self, place: int) -> None:
        """An empty line: in a list, a paragraph of its own is no part of the item above it."""
        if self.open is None or not getattr(self.open, self.into):
            return
        if self.level in {style for style, _pattern in MARKS} and self._ends_here(place):
            self.open = None
        elif self.into == "asked":
            self.into = "text"
        else:
            setattr(self.open, self.into, f"{getattr(self.open, self.into)}\n")

    def _ends_here(self, place: int) -> bool:
        after = next((line for line in self.lines[place + 1 :] if line.style != "blank"), None)
        return after is None or after.style == "text"

    def _leave_out_between(self, line: Line) -> None:
        text = line.text.strip()
        # The sentence that leads to a list may say whom the list asks.
        self.lead = [*self.lead, text][-4:]
        if text.endswith(":"):
            self._head(" ".join(self.lead), line.page, is_shown=True)
        self._keep_apart(text, line.page)


PLAIN = frozenset({"blank", "text", "heading", "row", *LABELS})


def finished(piece: Piece) -> Piece:
    """The piece with what its last words say of whom it asks taken out of its text."""
    for name in ("rationale", "asked"):
        setattr(piece, name, "\n".join(filter(None, map(str.strip, getattr(piece, name).split("\n")))))
    piece.text = "\n".join(filter(None, (" ".join(line.split()) for line in piece.text.split("\n"))))
    if piece.left_out is None and not piece.asked and (inline := INLINE_ASKED.search(piece.text)):
        piece.asked, piece.text = inline["body"], piece.text[: inline.start()].rstrip()
    if not piece.text:
        # The heading itself is the recommendation.
        piece.text, piece.title = piece.title, ""
    return piece
