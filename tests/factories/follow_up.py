"""Entries of the log, written past the services: for what reads them, not for what records them."""

import datetime as dt
from typing import Any

from recommendations.models import Assignment, FollowUp


def make_entry(assignment: Assignment, **values: Any) -> FollowUp:
    """A note from a published source of May 2024, or what is said otherwise; the caches are left alone."""
    values = {
        "kind": "note",
        "basis": "published_source",
        "refers_on": dt.date(2024, 5, 12),
        "text": "Rada podjęła uchwałę.",
    } | values
    return FollowUp.objects.create(assignment=assignment, **values)
