"""The sheet of an institution's items: a file that was filled in becomes rows, and what is wrong with it is said.

A row is known by the reference and the number of the assignment (A1). Columns are found by their headings, in any of
our languages; what the sheet says about an item is for reading, only the columns of the answer are read back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pagekit.acts import Refused
from recommendations.transfer.sheets import LARGEST_FILE, MOST_ROWS, Row, lines_of, named_rows

# So many answers at once; each is tried before anything is promised.
MOST_ANSWERS = 200

# For reading: which item it is, and how it stands.
KEY = ("reference", "assignment")
HEADINGS: dict[str, Promise] = {
    "reference": _("Reference"),
    "assignment": _("Assignment"),
    "institution": _("Institution"),
    "title": _("Title"),
    "wording": _("What is recommended"),
    "state_now": _("State now"),
    "position_now": _("Position now"),
    "last_information": _("Last information"),
    "last_entry": _("Last entry"),
    "due": _("Next answer due"),
    "seen": _("Number of the last entry (leave as it is)"),
    "answer": _("ANSWER"),
    "when": _("ANSWER: date"),
    "text": _("ANSWER: what happened"),
    "missing": _("ANSWER: what is missing"),
    "position": _("ANSWER: position"),
    "competent_body": _("ANSWER: who is competent"),
    "evidence_kind": _("ANSWER: kind of evidence"),
    "evidence_url": _("ANSWER: web address of the evidence"),
    "evidence_citation": _("ANSWER: evidence in words"),
}
ANSWER = tuple(HEADINGS)[tuple(HEADINGS).index("answer") :]


@dataclass(frozen=True)
class RowError:
    """What is wrong with a row: where, and what to do."""

    number: int
    column: str
    sentence: Any

    @property
    def heading(self) -> Promise:
        return HEADINGS[self.column]


def read_rows(file: Any, name: str) -> list[Row]:
    """The rows of an XLSX or CSV file in which something is answered; Refused, naming the row, where it cannot be read.

    At most ``LARGEST_FILE`` bytes, ``MOST_ROWS`` rows and ``MOST_ANSWERS`` answers. The file is read once and not kept.
    """
    if file.size > LARGEST_FILE:
        raise Refused(_("The file is larger than 2 MB. Delete the rows that you do not answer, or send it in parts."))
    missing = _("Row 1: the column “%(column)s” is missing. Download the sheet anew and leave its first row as it is.")
    found = named_rows(_lines(file, name), HEADINGS, needed=(*KEY, "answer"), missing=missing)
    rows = [row for row in found if any(row.values[column] for column in ANSWER)]
    if len(rows) > MOST_ANSWERS:
        raise Refused(
            _("The sheet answers %(number)s items; 200 are the most at once. Send it in parts.") % {"number": len(rows)}
        )
    return rows


def _lines(file: Any, name: str) -> Iterator[list[str]]:
    number = 0
    for number, cells in enumerate(lines_of(file, name), 1):
        if number > MOST_ROWS:
            raise Refused(
                _("The sheet has more than 10,000 rows. Delete those that you do not answer, also the empty ones.")
            )
        yield cells
    if not number:
        raise Refused(_("The sheet is empty. Download it anew and fill in the columns of the answer."))
