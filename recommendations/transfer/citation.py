"""How one recommendation is cited and handed over: in words, BibTeX, RIS, CSL-JSON; pure formatting.

A restated wording is ours, so its citation names this record and its version, never a quotation of the issuer
(domain.md, "Where a recommendation comes from").
"""

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from pagekit.models import source_language

# TeX reads these as commands; every other character is written as it is (UTF-8, as biber expects).
TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True)
class Citation:
    """What every format says; empty text where something is not known."""

    reference: str
    version: int
    language: str
    title: str
    issuer: str
    # When the issuer issued it, in words and as a year; when this version was published here.
    issued: str
    issued_year: int | None
    published_on: dt.date
    is_restated: bool
    publisher: str
    address: str
    source: str = ""
    keywords: tuple[str, ...] = ()
    # In a list that was taken out: when, and which question it answered.
    retrieved_on: dt.date | None = None
    question: str = ""

    @property
    def is_translated(self) -> bool:
        return self.language != source_language()

    @property
    def author(self) -> str:
        """Who answers for the words: we for a restated wording, the issuer for a verbatim one."""
        return self.publisher if self.is_restated or not self.issuer else self.issuer

    @property
    def year(self) -> int | None:
        """The year of the words cited: of our version, or of the verbatim original (None: not known)."""
        return self.published_on.year if self.is_restated else self.issued_year

    @property
    def key(self) -> str:
        return f"{self.reference}-{self.language}-v{self.version}"

    @property
    def number(self) -> str:
        return _("%(reference)s, version %(number)s") % {"reference": self.reference, "number": self.version}

    @property
    def note(self) -> str:
        """Where the recommendation comes from, in a sentence or two."""
        issued = ", ".join(filter(None, (self.issuer, self.issued)))
        sentences = []
        if issued:
            sentences.append(_("Recommendation issued by: %(issuer)s.") % {"issuer": issued})
        if self.is_restated:
            sentences.append(_("In our summary, not a quotation."))
        if self.is_translated:
            sentences.append(_("Translated from Polish."))
        if self.source:
            sentences.append(_("Source: %(source)s") % {"source": self.source})
        return " ".join(sentences)


def retrieved(citation: Citation, *, on: dt.date, question: str) -> Citation:
    """The same citation as part of a list taken out on a day in answer to a question (its address)."""
    return replace(citation, retrieved_on=on, question=question)


def one_line(text: str) -> str:
    """The text without line breaks and control characters: neither can open a field of its own in RIS or BibTeX."""
    return re.sub(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text).strip()


def plain(citation: Citation) -> str:
    """The citation in one line, for copying into a footnote."""
    issued = ", ".join(filter(None, (citation.issuer, citation.issued)))
    parts = [citation.title.rstrip("."), citation.number, issued]
    if citation.is_restated:
        parts.append(_("In our summary"))
    if citation.is_translated:
        parts.append(_("Translated from Polish"))
    parts.append(f"{citation.publisher}, {citation.published_on.year}")
    return one_line(". ".join(filter(None, parts))) + f". {citation.address}"


def tex(text: str) -> str:
    return "".join(TEX.get(character, character) for character in one_line(text))


def tex_address(address: str) -> str:
    """An address for the verbatim field ``url``: nothing is escaped there, so braces and blanks are encoded."""
    return one_line(address).replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C").replace(" ", "%20")


def bibtex(citation: Citation) -> str:
    fields = {
        "author": f"{{{tex(citation.author)}}}",
        "title": f"{{{tex(citation.title)}}}",
        "year": str(citation.year or ""),
        "number": tex(citation.reference),
        "version": str(citation.version),
        "publisher": tex(citation.publisher),
        "url": tex_address(citation.address),
        "langid": {"pl": "polish", "en": "english", "uk": "ukrainian", "ru": "russian"}.get(citation.language, ""),
        "keywords": tex(", ".join(citation.keywords)),
        "note": tex(citation.note),
        "urldate": citation.retrieved_on.isoformat() if citation.retrieved_on else "",
        "annote": tex(citation.question),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{citation.key},\n{lines}\n}}\n"


def ris(citation: Citation) -> str:
    """RIS with the line ends its readers expect (CR LF)."""
    rows = [
        ("TY", "ELEC"),
        ("ID", citation.key),
        ("AU", f"{citation.author},"),  # the comma at the end keeps a body from being read as first and last name
        ("TI", citation.title),
        ("PY", str(citation.year or "")),
        ("DA", citation.published_on.strftime("%Y/%m/%d") if citation.is_restated else ""),
        ("PB", citation.publisher),
        ("M1", citation.reference),
        ("ET", str(citation.version)),
        ("LA", citation.language),
        ("UR", citation.address),
        ("N1", citation.note),
        ("Y2", citation.retrieved_on.strftime("%Y/%m/%d") if citation.retrieved_on else ""),
        ("N1", citation.question),
        *(("KW", word) for word in citation.keywords),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {one_line(value)}\r\n" for tag, value in rows if value or tag == "ER")


def csl(citation: Citation) -> list[dict[str, Any]]:
    """CSL-JSON as a list of one item, ready for ``json.dumps``."""
    day = citation.published_on
    item: dict[str, Any] = {
        "id": citation.key,
        "type": "webpage",
        "title": one_line(citation.title),
        "author": [{"literal": one_line(citation.author)}],
        "publisher": one_line(citation.publisher),
        "number": citation.reference,
        "version": str(citation.version),
        "URL": citation.address,
        "language": citation.language,
        "keyword": ", ".join(one_line(word) for word in citation.keywords),
        "note": one_line(citation.note),
    }
    if citation.is_restated:
        item["issued"] = {"date-parts": [[day.year, day.month, day.day]]}
    elif citation.issued_year:
        item["issued"] = {"date-parts": [[citation.issued_year]]}
    if on := citation.retrieved_on:
        item["accessed"] = {"date-parts": [[on.year, on.month, on.day]]}
        item["annote"] = citation.question
    return [{name: value for name, value in item.items() if value}]
