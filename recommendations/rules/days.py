"""Days, months and years as people write them, in the languages of the site; pure."""

import datetime as dt
import re
import unicodedata

from recommendations.choices import FactPrecision

# Each month as a name and as it stands after a day, in Polish, Ukrainian, Russian and English.
_MONTHS = (
    "styczeń stycznia січень січня январь января january",
    "luty lutego лютий лютого февраль февраля february",
    "marzec marca березень березня март марта march",
    "kwiecień kwietnia квітень квітня апрель апреля april",
    "maj maja травень травня май мая may",
    "czerwiec czerwca червень червня июнь июня june",
    "lipiec lipca липень липня июль июля july",
    "sierpień sierpnia серпень серпня август августа august",
    "wrzesień września вересень вересня сентябрь сентября september",
    "październik października жовтень жовтня октябрь октября october",
    "listopad listopada листопад листопада ноябрь ноября november",
    "grudzień grudnia грудень грудня декабрь декабря december",
)


def _bare(text: str) -> str:
    """Without capitals and accents: people leave them out."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))


_NUMBER_OF = {_bare(name): number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_FORMS = (
    re.compile(r"(?:(?:(?P<day>[0-9]{1,2})\.)?(?P<month>[0-9]{1,2})\.)?(?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2}))?)?"),
    re.compile(r"(?:(?P<day>[0-9]{1,2})\s+)?(?P<month>[^\W\d_]+)\s+(?P<year>[0-9]{4})"),
)
# "2026 r.", "2026 р.", "2026 г."
_YEAR_MARK = re.compile(r"(?<=[0-9])\s*[rрг]\.?$")


def written_date(text: str) -> tuple[dt.date, str]:
    """The first day and the precision of a day (21.11.2026, 21 listopada 2026), a month (11.2026, listopad 2026) or a
    year (2026), ISO order too.

    Raises ValueError for anything else.
    """
    bare = _YEAR_MARK.sub("", _bare(text.strip()))
    found = next((match for form in _FORMS if (match := form.fullmatch(bare))), None)
    if found is None:
        raise ValueError(f"{text!r} is neither a day nor a month nor a year")
    year, month, day = found["year"], found["month"], found["day"]
    if month and not month.isdigit():
        month = _NUMBER_OF.get(month, 0)
    # What is not written counts from the first; what is written as 0 is in no calendar.
    first = dt.date(int(year), int(month) if month is not None else 1, int(day) if day is not None else 1)
    return first, FactPrecision.DAY if day else FactPrecision.MONTH if month else FactPrecision.YEAR
