"""How a paper is cut into its recommendations: marks, headings, tables and lead-ins; pure.

Nothing is thrown away: what is taken for no recommendation is a piece that says so.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from recommendations.rules.lines import (
    ASIDES,
    LABELS,
    LEADS_ON,
    MARKS,
    LeftOut,
    Line,
    Piece,
    finished,
    merged,
    with_inner_bullets,
    without_running_heads,
)
from recommendations.rules.tables import read_tables

BEGINS = re.compile(r"rekomend(?:acj|uj)|zalece|zaleca|postulat|postuluj|wnios(?:ki|ek)|ustaleni", re.IGNORECASE)
# Titles of parts that hold no recommendations, and the words by which a text takes its leave.
ENDS = re.compile(
    r"(?:lista )?uczestni|podpis|załącznik|zasady|warunki|(?:oczekiwane )?efekty|(?:tematyka|obszary)\b|harmonogram"
    r"|program\b|kontakt|bibliografia|przypisy|źródła|aneks|wstęp\b|wprowadzenie|jak pracowaliśmy",
    re.IGNORECASE,
)
LEAVE = re.compile(
    r"dziękuj|z wyrazami|z poważaniem|(?:serdecznie |łączę |z )?pozdr[ao]wi|podpisan[oy]|podpisy\b", re.IGNORECASE
)
AREA = re.compile(
    r"(?:obszar|część|temat|blok|sesja|rozdział)\s+(?:[IVX]+|\d+)\s*[.:–-]\s*(?P<title>\S.*)", re.IGNORECASE
)
# Titles that lead in or only count, and name no subject.
LEAD_IN = re.compile(
    r"(?:grup|zespo|zespó|forum|panel|uczestni|członk)\w*\s.*(?:propon|uzna|wskaz|ustali|wnosi|apel|oczek|prosi|zwrac)\w*"
    r"|(?:propon|apel|wnosi|oczek|prosi)\w*",
    re.IGNORECASE,
)
PART_ONLY = re.compile(
    r"(?:(?:pierwsz|drug|trzeci|czwart|piąt|szóst|ostatni)\w*\s+(?:część|rozdział|blok|sesja|tura|dzień)"
    r"|(?:część|rozdział|blok|sesja|tura|dzień)\s+(?:[IVX]+|\d+|pierwsz\w+|drug\w+|trzeci\w*|czwart\w+))\W*",
    re.IGNORECASE,
)
TO_WHOM = re.compile(r"(?:^|\s)(?:dla|do|pod adresem|wobec)\s+(?P<body>\S.*?)\s*:?$", re.IGNORECASE)
LONGEST_HEADING = 90
LONGEST_PART = 60
SHORT_LABEL = 40
# Of a title or lead-in so many last characters say whom the list asks.
LONGEST_LEAD = 300
SENTENCE_ENDS = (".", ";", ",", "!", "?")


def split(pages: Iterable[tuple[int | None, str]]) -> list[Piece]:
    """The recommendations of a paper in their order, and between them what was left out."""
    lines, running = without_running_heads([(number, text.splitlines()) for number, text in pages])
    read = with_inner_bullets(list(merged(lines)))
    read_tables(read)
    pieces = Cutter(read).pieces()
    if running:
        pieces.append(Piece("\n".join(running), left_out=LeftOut.RUNNING))
    return pieces


class Cutter:
    """Cuts the lines of a paper; which marks begin a recommendation is decided for the whole paper."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.open: Piece | None = None
        # That of the row of a table that was read last.
        self.row: Piece | None = None
        self.found: list[Piece] = []
        self.heading = self.area = ""
        self.heading_is_shown = False
        self.lead: list[str] = []
        # The field of the open piece to which the next words belong.
        self.into = "text"
        # Whether the label named it in plain words that end there: then a list below says something else.
        self.is_label_filled = False
        self.has_table = any(line.piece for line in lines)
        self.above_tables = self._above_tables()
        self.zones = self._zones()
        self.level = self._level()
        self.levels = {self.level, *self._goes_on_as()} - {""}
        self.asks_before = self._asks_before()

    def _asks_before(self) -> bool:
        """Whether the paper names those whom it asks before what it asks of them: the first label stands so."""
        within = (line.style for line, is_in in zip(self.lines, self.zones, strict=True) if is_in)
        return next((style for style in within if style in {"asked", self.level}), "") == "asked"

    def _is_title(self, place: int) -> bool:
        """Whether a plain line is one: short, no sentence, alone between empty lines or items, or ended by a colon."""
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
        is_apart = before in {"blank", "heading"} or self._is_between_items(place)
        return is_apart and after not in {"text"} and text[:1].isupper()

    def _is_between_items(self, place: int) -> bool:
        """Whether a line stands right between the full end of one and a number: a PDF has no empty lines."""
        if not 0 < place < len(self.lines) - 1 or len(self.lines[place].text) > LONGEST_PART:
            return False
        before, after = self.lines[place - 1], self.lines[place + 1]
        # A longer label may go on in the next line.
        is_label_full = before.style == "asked" and len(before.text) < SHORT_LABEL and not LEADS_ON.search(before.body)
        return after.style in {"decimal", "named"} and (is_label_full or before.text.rstrip().endswith("."))

    def _above_tables(self) -> set[int]:
        """The places of titles right above a table of recommendations or a row of it."""
        found = set()
        below = ""
        for place in range(len(self.lines) - 1, -1, -1):
            line = self.lines[place]
            if line.style == "blank":
                continue
            is_short = len(line.body) < LONGEST_PART and not line.body.endswith(SENTENCE_ENDS)
            if below in {"head", "entry"} and (self._is_title(place) or (line.number and is_short)):
                found.add(place)
            below = line.style
        return found

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
            zones.append(within or place in self.above_tables)
        return zones

    def _level(self) -> str:
        """The style of mark that begins a recommendation; empty where there is none and paragraphs are pieces."""
        marked = [
            line
            for place, (line, within) in enumerate(zip(self.lines, self.zones, strict=True))
            if within and line.style not in PLAIN and place not in self.above_tables
        ]
        counts = Counter(line.style for line in marked)
        for style in ("named", "heading-named", "heading-decimal", "heading-nested", "nested"):
            if counts[style] > 1:
                return style
        order = list(dict.fromkeys(line.style for line in marked))
        while len(order) > 1 and self._are_titles(order[0], marked):
            order.pop(0)
        # Beside a table, a single mark begins no list of recommendations.
        return order[0] if order and not (self.has_table and counts[order[0]] == 1) else ""

    def _goes_on_as(self) -> set[str]:
        """The other mark with which the paper goes on counting: "3)", then "Rekomendacja 4:"."""
        within = [line for line, is_in in zip(self.lines, self.zones, strict=True) if is_in and line.number.isdigit()]
        for styles in ({"named", "decimal"}, {"heading-named", "heading-decimal"}, {"heading-named", "named"}):
            marked = [line for line in within if line.style in styles]
            numbers = [int(line.number) for line in marked]
            if self.level in styles and numbers == list(range(1, len(numbers) + 1)):
                return {line.style for line in marked}
        return set()

    def _are_titles(self, style: str, marked: Sequence[Line]) -> bool:
        """Whether marks of a style are titles of parts: short, no sentence, most with other marks right below."""
        own = [line for line in marked if line.style == style]
        titles = 0
        for place, line in enumerate(marked):
            if line.style == style:
                text = line.body.strip()
                is_short = len(text) < LONGEST_PART and not text.endswith((*SENTENCE_ENDS, ":"))
                titles += is_short and place + 1 < len(marked) and marked[place + 1].style != style
        return titles * 2 > len(own)

    def pieces(self) -> list[Piece]:
        for place, (line, within) in enumerate(zip(self.lines, self.zones, strict=True)):
            if line.style not in ASIDES:
                self.row = line.piece
            if line.piece is not None:
                self._enter(line.piece)
            elif line.style == "head":
                self.open = None
            elif line.style in ASIDES:
                self._put_aside(line)
            elif not within:
                self._leave_out(line, LeftOut.ELSEWHERE if self._has_pieces() else LeftOut.BEFORE)
            elif self._begins_here(line, place):
                self._begin(line, place)
            elif line.style in LABELS:
                self._label(line)
            elif self._is_title(place) or self._is_part(line) or place in self.above_tables:
                self._title(line)
            else:
                self._go_on(line, place)
        self._head("", None)
        return [finished(piece) for piece in self.found]

    def _begins_here(self, line: Line, place: int) -> bool:
        if place in self.above_tables:
            return False
        is_paragraph = line.style == "text" and not self._is_title(place)
        return line.style in self.levels or (not self.level and not self.has_table and is_paragraph)

    def _enter(self, piece: Piece) -> None:
        """A row of a table, below the same titles as any other recommendation."""
        self.open, self.heading_is_shown = None, True
        piece.heading, piece.area = self.heading, piece.area or self.area
        self.found.append(piece)

    def _put_aside(self, line: Line) -> None:
        """A footnote belongs to what stands above it; what is hidden, or warns of columns, is no part of the paper."""
        owner = self.open or self.row
        if line.style != "note":
            self.found.append(Piece(line.body, page=line.page, left_out=LeftOut(line.style)))
        elif owner is not None and owner.left_out is None:
            owner.notes.append((line.number, line.body))
        else:
            self._keep_apart(f"[{line.number}] {line.body}", line.page)

    def _has_pieces(self) -> bool:
        return any(piece.left_out is None for piece in self.found)

    def _is_part(self, line: Line) -> bool:
        marks = [style for style, _pattern in MARKS]
        outer = ("roman", "decimal") if self.level in {"bullet", "letter", "nested"} else ("roman",)
        return line.style.startswith("heading") or (
            line.style in outer and line.style != self.level and self.level in marks and len(line.body) < LONGEST_PART
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
            self.is_label_filled = bool(line.body) and not LEADS_ON.search(line.body)
            glue = "; " if line.style == "asked" else "\n"
            setattr(self.open, self.into, glue.join(filter(None, (getattr(self.open, self.into), line.body))))

    def _title(self, line: Line) -> None:
        text = (line.body or line.text).strip()
        self.open = None
        area = AREA.fullmatch(text)
        is_lead = TO_WHOM.search(text[-LONGEST_LEAD:]) or BEGINS.search(text) or LEAD_IN.fullmatch(text.rstrip(":"))
        if PART_ONLY.fullmatch(text):
            self.area = ""
        elif area or not is_lead:
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
        if text.startswith("|"):
            # A table of other things is no part of the wording above it.
            self.open = None
        if not text:
            self._pause(place)
        elif self.open is None:
            self._leave_out_between(line)
        else:
            if self.into == "asked" and self.is_label_filled and line.style not in PLAIN:
                self.into = "text"
            elif self.into == "asked" and not self.open.asked:
                self.is_label_filled = line.style == "text" and not LEADS_ON.search(text)
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


PLAIN = frozenset({"blank", "text", "heading", "row", "head", "entry", *ASIDES, *LABELS})
