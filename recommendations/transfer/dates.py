"""Dates of issue as people write them in papers and sheets, to and from the fields of a page."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from forums.choices import Precision
from forums.models import Period
from pagekit.acts import Refused
from recommendations.rules import written_date

SPAN = re.compile(r"(\d{4})\s*[-–—/]\s*(\d{4})(?:\s*r\.?)?")
BOUND = re.compile(
    r"(?P<bound>ok\.?|około|circa|ca\.?|przed|po|before|after|about)\s*(?P<rest>\d[\d.\s-]*)(?:\s*r\.?)?"
)
BOUNDS = {"przed": Precision.BEFORE, "before": Precision.BEFORE, "po": Precision.AFTER, "after": Precision.AFTER}
BOUND_WORDS = frozenset({Precision.ABOUT, Precision.BEFORE, Precision.AFTER})
NO_DATE = _("This is no date. Write the day (21.11.2026), the month (11.2026) or the year (2026).")


def period_of(text: str) -> dict[str, Any]:
    """A date as people write it: 12.5.2014, 5.2014, 2014, 2009-2011, ok. 2014, po 05.2024; ValueError for others."""
    bare = text.strip()
    if found := SPAN.fullmatch(bare):
        first, last = (written_date(year)[0] for year in found.groups())
        return {"starts_on": first, "ends_on": last.replace(month=12, day=31), "precision": str(Precision.RANGE)}
    if found := BOUND.fullmatch(bare.casefold()):
        bound = BOUNDS.get(found["bound"], Precision.ABOUT)
        return {
            "starts_on": written_date(found["rest"].strip())[0],
            "precision": str(bound),
            "date_words": bare[:120],
        }
    starts, precision = written_date(bare)
    return {"starts_on": starts, "precision": str(precision)}


def period_in_words(period: Period | None) -> str:
    """A date as ``period_of`` reads it, the earliest day of one that lasts; empty where there is none."""
    day = period.starts_on if period else None
    if period is None or day is None:
        return ""
    first = period.date_words if period.precision in BOUND_WORDS else ""
    if period.precision == Precision.RANGE and period.ends_on and period.ends_on.year > day.year:
        return f"{day.year}-{period.ends_on.year}"
    return first or f"{day:%d.%m.%Y}"[{Precision.YEAR: 6, Precision.MONTH: 3}.get(Precision(period.precision), 0) :]


def issued_on(text: str) -> dict[str, Any]:
    """The fields of a page that a date of the whole paper says, none for an empty one; Refused if it is no date."""
    try:
        return period_of(text) if text.strip() else {}
    except ValueError as error:
        raise Refused(NO_DATE) from error
