"""What the log may hold of a status that somebody else's source gives to an addressee; pure.

A source that is not the institution's own neither declares nor confirms what was done (domain rules, "Who may move
what"): what it may say as a report is written as one, everything else as a note, which moves nothing.
"""

from recommendations.choices import EntryKind, Implementation

UNDONE = frozenset({Implementation.NOT_STARTED, Implementation.STALLED})


def taken_as(status: str, *, is_dated: bool) -> EntryKind | None:
    """The kind of the entry that such a status becomes; None where it says nothing."""
    if status in ("", Implementation.NO_INFORMATION):
        return None
    is_step = status == Implementation.IN_PROGRESS and is_dated
    return EntryKind.REPORT if status in UNDONE or is_step else EntryKind.NOTE
