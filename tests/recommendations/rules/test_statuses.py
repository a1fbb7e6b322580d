"""What the log may hold of a status that somebody else's source gives."""

import pytest

from recommendations.choices import EntryKind
from recommendations.rules.statuses import taken_as

REPORT, NOTE = EntryKind.REPORT, EntryKind.NOTE


@pytest.mark.parametrize(
    ("status", "is_dated", "kind"),
    [
        ("not_started", False, REPORT),
        ("stalled", False, REPORT),
        ("in_progress", True, REPORT),
        ("in_progress", False, NOTE),
        ("partially_implemented", True, NOTE),
        ("implemented", True, NOTE),
        ("reversed", True, NOTE),
        ("no_information", True, None),
        ("", True, None),
    ],
)
def test_only_what_a_stranger_may_report_is_a_report(status: str, is_dated: bool, kind: EntryKind | None) -> None:
    assert taken_as(status, is_dated=is_dated) == kind
