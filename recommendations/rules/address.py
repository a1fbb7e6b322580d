"""What an address may hold besides clean values: days as people write them, names that nothing here knows; pure."""

import re
from calendar import monthrange
from collections.abc import Collection, Iterable

from recommendations.choices import FactPrecision
from recommendations.rules.days import written_date

_FOREIGN = re.compile(r"utm_\w+|[a-z]{1,3}clid|mc_[ce]id")
"""What newsletters and networks add to any link: no question, and no mistake of the reader."""


def day_of(text: str, *, is_last: bool) -> str:
    """The ISO date of a day, a month or a year that ``written_date`` reads; "" if it is none of them.

    A month or a year gives its first day, or with `is_last` its last.
    """
    try:
        day, precision = written_date(text)
    except ValueError:
        return ""
    if is_last and precision == FactPrecision.YEAR:
        day = day.replace(month=12)
    if is_last and precision != FactPrecision.DAY:
        day = day.replace(day=monthrange(day.year, day.month)[1])
    return day.isoformat()


def unknown_names(names: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """The parameters that are not known and that no newsletter or network added, in their order."""
    return tuple(name for name in names if name not in known and not _FOREIGN.fullmatch(name))
