"""Dates as the files write them: 2014, 2014-05, 2014-05-30, and the sources' own words."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from forums.choices import Precision

# What a date says that has no hyphen, one, two.
PRECISIONS = (Precision.YEAR.value, Precision.MONTH.value, Precision.DAY.value)
MACHINE = re.compile(r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d))?)?$")
# How recommendations.tsv words a date; the groups of the earliest day, then those of the latest.
WORDS = (
    re.compile(r"(?P<day>\d\d)-(?P<last_day>\d\d)\.(?P<month>\d\d)\.(?P<year>\d{4})$"),
    re.compile(r"(?P<year>\d{4})[/-](?P<last_year>\d{4})$"),
    re.compile(r"((ok\.|po|przed) )?((?P<day>\d\d)\.)?((?P<month>\d\d)\.)?(?P<year>\d{4})( \(.*\))?$"),
)


@dataclass(frozen=True)
class Span:
    """A period as pages keep it; ``ends_on`` only where a second date is known (forums.models.Period)."""

    starts_on: dt.date | None
    ends_on: dt.date | None
    precision: str
    date_words: str = ""

    def fields(self) -> dict[str, object]:
        return {
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "precision": self.precision,
            "date_words": self.date_words,
        }


def first_day(text: str) -> dt.date | None:
    """The first day that ``text`` covers; None for an empty text, ValueError for anything else."""
    return day_of(text, last=False)


def last_day(text: str) -> dt.date | None:
    return day_of(text, last=True)


def day_of(text: str, *, last: bool) -> dt.date | None:
    if not text:
        return None
    found = MACHINE.match(text)
    if not found:
        raise ValueError(f"{text!r} is no date.")
    year = int(found["year"])
    month = int(found["month"] or (12 if last else 1))
    try:
        day = int(found["day"] or (calendar.monthrange(year, month)[1] if last else 1))
        return dt.date(year, month, day)
    except ValueError as error:
        raise ValueError(f"{text!r} is not in the calendar.") from error


def refuse_other_precision(text: str, precision: str) -> None:
    """ValueError where a date says more or less than a day, a month or a year that it is said to be."""
    written = PRECISIONS[text.count("-")]
    if text and precision in PRECISIONS and precision != written:
        raise ValueError(f"{text!r} is a {written} and no {precision}.")


def span(starts: str, ends: str, precision: str, words: str = "") -> Span:
    """A span out of cells; ValueError names what does not fit together."""
    if precision not in Precision.values:
        raise ValueError(f"{precision!r} is no precision; write one of {', '.join(Precision.values)}.")
    starts_on, ends_on = first_day(starts), last_day(ends)
    refuse_other_precision(starts, precision)
    if (starts_on is None) != (precision == Precision.UNKNOWN):
        raise ValueError(
            "A date needs a precision other than unknown, and a precision other than unknown needs a date."
        )
    if ends_on and starts_on and ends_on < starts_on:
        raise ValueError(f"{ends} lies before {starts}.")
    return Span(starts_on, None if ends_on == starts_on else ends_on, precision, words)


def span_of_words(words: str, starts: str, precision: str) -> Span:
    """A span whose latest day is read out of the source's words; the earliest must agree with ``starts``."""
    found = next(filter(None, (form.match(words) for form in WORDS)), None)
    if found is None:
        if starts:
            raise ValueError(f"{words!r} holds no date, but {starts} is given.")
        return span("", "", precision, words)
    parts = found.groupdict()
    read = "-".join(filter(None, (parts["year"], parts.get("month"), parts.get("day"))))
    if read != starts:
        raise ValueError(f"{words!r} begins with {read}, not with {starts or 'nothing'}.")
    ends = ""
    if parts.get("last_day"):
        ends = f"{parts['year']}-{parts['month']}-{parts['last_day']}"
    elif parts.get("last_year"):
        ends = parts["last_year"]
    return span(starts, ends, precision, words)
