"""What an address may hold besides clean values: days as people write them, names that nothing here knows; pure."""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Collection, Iterable

_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?|(?:(?:(\d{1,2})\.)?(\d{1,2})\.)?(\d{4})", re.ASCII)
_FOREIGN = re.compile(r"utm_\w+|[a-z]{1,3}clid|mc_[ce]id")
"""What newsletters and networks add to any link: no question, and no mistake of the reader."""


def day_of(text: str, *, is_last: bool) -> str:
    """The ISO date of "2014-05-17", "17.05.2014", "2014-05", "05.2014" or "2014"; "" if it is none of them.

    A month or a year gives its first day, or with `is_last` its last.
    """
    found = _DAY.fullmatch(text)
    if not found:
        return ""
    iso_year, iso_month, iso_day, day, month, year = (int(part) if part else None for part in found.groups())
    year, month, day = (year if iso_year is None else iso_year), (iso_month or month), (iso_day or day)
    if year is None or 0 in (iso_month, iso_day):
        return ""
    try:
        month = month or (12 if is_last else 1)
        return dt.date(year, month, day or (monthrange(year, month)[1] if is_last else 1)).isoformat()
    except ValueError:
        return ""


def unknown_names(names: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """The parameters that are not known and that no newsletter or network added, in their order."""
    return tuple(name for name in names if name not in known and not _FOREIGN.fullmatch(name))
