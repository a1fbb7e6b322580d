"""What the columns of a spreadsheet say, told by their headings; pure.

Codes of our own export are known exactly, other headings by how they begin, in Polish, English, Ukrainian or Russian.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence

from anyascii import anyascii

from recommendations.choices import MANY_NAMES, Cell

# The columns of our own lists (docs/export.md); of codes and words for one thing the codes are read.
OURS = {
    "reference": Cell.REFERENCE, "language": Cell.LANGUAGE, "version": Cell.VERSION, "title": Cell.TITLE,
    "wording": Cell.TEXT, "wording_kind": Cell.WORDING_KIND, "issuer": Cell.ISSUER, "forum": Cell.FORUM,
    "issued_earliest": Cell.EARLIEST, "issued_latest": Cell.LATEST, "issued_precision": Cell.PRECISION,
    "issued_words": Cell.DATE_WORDS, "source_kind": Cell.SOURCE_KIND, "source_title": Cell.SOURCE_TITLE,
    "source_address": Cell.SOURCE_URL, "source_locator": Cell.LOCATOR, "levels": Cell.LEVELS,
    "theme_codes": Cell.THEMES, "affected_groups": Cell.AFFECTED_GROUPS, "places": Cell.PLACES, "tags": Cell.TAGS,
    "rationale": Cell.RATIONALE, "identifiers": Cell.IDENTIFIER, "repeats": Cell.REPEATS, "narrows": Cell.NARROWS,
    "splits": Cell.SPLITS, "merges": Cell.MERGES, "supersedes": Cell.SUPERSEDES,
    "addressee_codes": Cell.ADDRESSEES, "addressee_roles": Cell.ROLES, "implementations": Cell.STATUSES,
}  # fmt: skip
# Columns of our own that the site works out, or that say in words what another says in codes.
COMPUTED = frozenset(
    "address version_address version_published_on issuer_kind themes state state_words last_information_on addressees"
    " positions confirmations closures evidence_count retrieved_on question".split()
)
# How other headings begin, without marks of letters; the first that fits counts.
BEGINNINGS: tuple[tuple[Cell, str], ...] = (
    (Cell.NUMBER, r"(?:lp|l p|nr|numer|no|number|nomer)\b(?! strony)"),
    (Cell.REFERENCE, r"(?:sygnatura|referenc|staly identyfikator|permanent reference)"),
    (Cell.IDENTIFIER, r"(?:id|nid|identyfikator|identifier|alias|kod|code|dawny adres|old address)\b"),
    (Cell.SOURCE_URL, r"(?:adres zrodla|link|url|adres www|zrodlo url|source address|odnosnik)"),
    (Cell.SOURCE_KIND, r"(?:rodzaj zrodla|typ zrodla|kind of source)"),
    (Cell.ADDRESSEES, r"(?:adresa|do kogo|kto$|kto (?:powinien|ma) |wykonawc|instytucj|podmiot|odpowiedzialn|addresse"
                      r"|who should act)"),
    (Cell.ROLES, r"(?:rola|role)\b"),
    (Cell.ISSUER, r"(?:grupa(?: robocza)?$|wydawca|zespol|nazwa grupy|working group|issuer|robocha grupa|rabochaya)"),
    (Cell.FORUM, r"(?:forum|edycja)"),
    (Cell.AFFECTED_GROUPS, r"(?:kogo dotyczy|grupa docelowa|grupy docelowe|odbiorc|affected|whom it concerns)"),
    (Cell.THEMES, r"(?:obszar|temat|dziedzin|theme|area|topic|tema|oblast)"),
    (Cell.TAGS, r"(?:tag|slowa kluczowe|keywords|klyuchov)"),
    (Cell.LEVELS, r"(?:szczebel|poziom|level|riven|uroven)"),
    (Cell.PLACES, r"(?:miejsc|miasto|miejscowosc|gmina|place|city|misto|gorod)"),
    (Cell.NOTE, r"(?:termin|do kiedy|deadline|uwagi|komentarz|notes?\b)"),
    (Cell.STATUS_ON, r"(?:data (?:statusu|stanu)|(?:stan|status) na|date of (?:the )?status|status (?:date|on))"),
    (Cell.STATUSES, r"(?:status|stan\b|stan realizacji|realizacja|wdrozeni|implementation|state\b)"),
    (Cell.PRECISION, r"(?:dokladnosc|precision)"),
    (Cell.DATE, r"(?:data|rok|date|year|rik|god)\b"),
    (Cell.REPEATS, r"(?:powtarza|powtorzeni|repeats)"),
    (Cell.NARROWS, r"(?:nadrzedn|zawez|uszczegol|narrows|parent)"),
    (Cell.SUPERSEDES, r"(?:zastepuje|supersedes|replaces)"),
    (Cell.SPLITS, r"(?:dzieli|splits)"),
    (Cell.MERGES, r"(?:laczy|merges)"),
    (Cell.RATIONALE, r"(?:uzasadn|dlaczego|kontekst|opis problemu|rationale|reason|justif|obgruntuv|obosnov)"),
    (Cell.LOCATOR, r"(?:stron|str\b|nr strony|numer strony|paragraf|page)"),
    (Cell.SOURCE_TITLE, r"(?:zrodl|dokument|source|dzherel|istochnik)"),
    (Cell.TITLE, r"(?:tytul|nazwa|title|short title|nazv|zagolov|zaholov)"),
    (Cell.TEXT, r"(?:tresc|rekomend|recommend|zalece|postulat|wniosek|brzmieni|wording|text|tekst)"),
)  # fmt: skip
PATTERNS = tuple((cell, re.compile(pattern)) for cell, pattern in BEGINNINGS)
SEPARATORS = (";", "|", ",", "/")
# A slash between names, not that of "cudzoziemców/ek".
SLASH = re.compile(r"\s+/\s*|/\s+|/(?!-?[a-ząćęłńóśźż]{1,4}(?!\w))")
BETWEEN_NAMES = re.compile(r"\S\s+/\s+\S|[^\W\d_]/(?=[A-ZĄĆĘŁŃÓŚŹŻ])")
# A heading is short; rows before it may name the paper.
LONGEST_HEADING = 60
HEAD_AMONG = 30


def plain(heading: str) -> str:
    """The heading in small Latin letters with single blanks between its words."""
    return " ".join(re.sub(r"[^a-z0-9_]+", " ", anyascii(heading).lower()).split())


def cell_of(heading: str) -> Cell | None:
    """What a column of this heading says, as far as that can be told."""
    name = plain(heading)
    if name in OURS:
        return OURS[name]
    if not name or name in COMPUTED or len(heading) > LONGEST_HEADING:
        return None
    return next((cell for cell, pattern in PATTERNS if pattern.match(name)), None)


def cells_of(headings: Sequence[str]) -> dict[int, Cell]:
    """By place, what each column says; of two for one thing the first, but for what may be spread over several."""
    found: dict[int, Cell] = {}
    for place, heading in enumerate(headings):
        cell = cell_of(heading)
        if cell and (cell == Cell.NOTE or cell not in found.values() or numbered(heading)):
            found[place] = cell
    return found


def numbered(heading: str) -> bool:
    """Whether the column is one of several of a kind: "Adresat 2"."""
    return bool(re.search(r"\D\d{1,2}$", heading.strip()))


def head_among(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows holds the headings: the one of which most is known, else the first that is not empty."""
    known = [len(cells_of(row)) for row in rows[:HEAD_AMONG]]
    best = max(known, default=0)
    if best > 1:
        return known.index(best)
    return next((place for place, row in enumerate(rows) if any(cell.strip() for cell in row)), 0)


def is_table(rows: Sequence[Sequence[str]]) -> bool:
    """Whether these first rows of a sheet name columns of recommendations, and a row stands below."""
    if not rows:
        return False
    head = head_among(rows)
    known = {*cells_of(rows[head]).values()}
    is_known = len(known) > 1 and bool(known & {Cell.TEXT, Cell.REFERENCE, Cell.IDENTIFIER})
    return is_known and any(map(any, rows[head + 1 :]))


def separator_of(columns: Iterable[Iterable[str]]) -> str:
    """What stands between the names of one cell; a comma, which names hold as well, is never guessed."""
    filled = [[text for text in cells if text.strip()] for cells in columns]
    for mark in (";", "|"):
        if any(mark in text for texts in filled for text in texts):
            return mark
    # Of the other columns each cell may hold one name only.
    slashed = (sum(BETWEEN_NAMES.search(text) is not None for text in texts) * 2 > len(texts) for texts in filled)
    return "/" if any(slashed) else ";"


def parts_of(text: str, separator: str) -> list[str]:
    """The names of one cell, empty ones too where they stand between others; a line end always parts them."""
    parts = [part.strip() for line in text.splitlines() for part in split_at(separator, line)]
    return parts if any(parts) else []


def split_at(separator: str, line: str) -> list[str]:
    if separator == "/":
        return SLASH.split(line)
    return line.split(separator) if separator else [line]


def headings_mark(headings: Sequence[str]) -> str:
    """What the sheets of one source have in common: the set of their headings, whatever the order."""
    return hashlib.sha256("\n".join(sorted({plain(one) for one in headings} - {""})).encode()).hexdigest()


def is_many(cell: str) -> bool:
    return cell in MANY_NAMES
