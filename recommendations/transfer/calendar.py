"""Deadlines as iCalendar (RFC 5545): whole days, text escaped, lines folded at 75 octets."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

TYPE = "text/calendar"
LINE = 75
"""Octets of a line, its end not counted."""


# A calendar holds at least one component (RFC 5545, 3.6): without any deadline, the time in which they are reckoned.
NO_DEADLINE = (
    "BEGIN:VTIMEZONE",
    "TZID:Europe/Warsaw",
    "BEGIN:STANDARD",
    "DTSTART:19961027T030000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    "DTSTART:19970330T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "END:DAYLIGHT",
    "END:VTIMEZONE",
)


@dataclass(frozen=True)
class Deadline:
    """A whole day by which somebody is asked for something; ``uid`` stays the same while the day moves."""

    uid: str
    on: dt.date
    summary: str
    description: str
    address: str
    changed_at: dt.datetime


def escaped(text: str) -> str:
    """A text value: backslash, semicolon, comma and new line escaped, other control characters left out."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\\n").replace("\r", "\\n").replace("\n", "\\n")
    return "".join(letter for letter in text if letter == "\t" or letter.isprintable() or letter.isspace())


def folded(line: str) -> str:
    """The line in pieces of at most 75 octets, each but the first behind a blank; no letter is cut in two."""
    pieces, piece, room = [], "", LINE
    for letter in line:
        octets = len(letter.encode("utf-8", "replace"))
        if octets > room:
            pieces.append(piece)
            piece, room = " ", LINE - 1
        piece += letter
        room -= octets
    return "\r\n".join([*pieces, piece])


def as_day(day: dt.date) -> str:
    """Eight digits; ``strftime`` writes a year below 1000 with fewer."""
    return day.isoformat().replace("-", "")


def written(deadlines: Iterable[Deadline], *, name: str, product: str) -> str:
    """A calendar of that name; ``product`` says what wrote it."""
    content = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{escaped(product)}//PL",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
    ]
    found = list(deadlines)
    content += () if found else NO_DEADLINE
    for one in found:
        content += [
            "BEGIN:VEVENT",
            f"UID:{escaped(one.uid)}",
            f"DTSTAMP:{one.changed_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{as_day(one.on)}",
            # The end of a whole day is the next one.
            f"DTEND;VALUE=DATE:{as_day(one.on + dt.timedelta(days=1))}",
            f"SUMMARY:{escaped(one.summary)}",
            f"DESCRIPTION:{escaped(one.description)}",
            f"URL:{one.address}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(f"{folded(line)}\r\n" for line in [*content, "END:VCALENDAR"])
