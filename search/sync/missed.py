"""Which questions found nothing: noted in a file beside the index, counted into the database by search_sync.

Noting is one short line at the end of a file, so that a reader never waits for the database. Kept are the words alone,
by day: nobody who asked, no address, no time of day, and no question that looks like data about a person.
"""

import datetime as dt
import fcntl
import logging
import os
import re
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Sum
from django.utils import timezone

from search.models import MissedQuestion
from search.query import LANGUAGES

logger = logging.getLogger(__name__)

SHOWN_FROM = 3
"""A question asked less often is shown to nobody: rare ones may be about one person."""

SHOWN = 50
KEPT = dt.timedelta(days=90)
SELDOM_KEPT = dt.timedelta(days=14)
"""How long a question stays that was not asked often enough to be shown."""

MOST_A_DAY = 500
"""Different questions counted for one day; those that come later are dropped."""

MOST_BYTES = 200_000
MOST_WORDS, MOST_LETTERS = 8, 80
REPEATED_SECONDS = 60.0
"""The same words within this time count once: who reloads or crawls does not make them more wanted."""

FILE = "missed-questions.tsv"
_WORD = re.compile(r"[^\W_]+(?:[./'-][^\W_]+)*")
# E-mail and web addresses, and digits in a row as in telephone, PESEL, passport, account numbers and exact dates.
_PERSONAL = re.compile(r"@|://|www\.|\d{7}")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s()./+_-]+(?=\d)")

_noted: OrderedDict[tuple[str, str], float] = OrderedDict()
_REMEMBERED = 500


@dataclass(frozen=True)
class Missed:
    """A question that was asked often enough: how often in all, and on which day last."""

    text: str
    language: str
    total: int
    last_on: dt.date


def normalised(text: str) -> str:
    """The words of a question in lower case; "" if it must not be kept."""
    words = _WORD.findall(text.casefold())
    kept = " ".join(words)
    if len(words) > MOST_WORDS or len(kept) > MOST_LETTERS or _PERSONAL.search(_BETWEEN_DIGITS.sub("", text)):
        return ""
    return kept


def note(text: str, language: str) -> None:
    """Write it down, if it may be kept and there is room; whatever fails is logged and harms nobody."""
    kept = normalised(text)
    if not kept or _was_just_noted(kept, language):
        return
    line = f"{timezone.localdate().isoformat()}\t{language}\t{kept}\n".encode()
    try:
        handle = os.open(_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.fstat(handle).st_size < MOST_BYTES:
                os.write(handle, line)
        finally:
            os.close(handle)
    except OSError as problem:
        logger.warning("A question that found nothing could not be noted: %s", problem)


def count_noted() -> int:
    """Bring what was noted into the database and forget what is old; return how many lines were counted.

    A folder that cannot be read or written is logged: search itself has worse to say about it.
    """
    try:
        return _count_noted()
    except OSError as problem:
        logger.warning("Questions that found nothing could not be counted: %s", problem)
        return 0


def _count_noted() -> int:
    folder = _file().parent
    if not folder.exists():
        return 0
    with (folder / "missed-questions.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        aside = _file().with_suffix(".counting")
        # One left by a kill is counted first; counting some lines twice is better than losing them.
        if not aside.exists():
            try:
                _file().rename(aside)
            except FileNotFoundError:
                _forget_old()
                return 0
        noted = Counter(_lines(aside.read_bytes().decode(errors="replace")))
        with transaction.atomic():
            for day in {day for day, _language, _text in noted}:
                _count(day, {key[1:]: times for key, times in noted.items() if key[0] == day})
        aside.unlink()
    _forget_old()
    return noted.total()


def most_missed() -> list[Missed]:
    """The questions that found nothing most often, those asked at least SHOWN_FROM times."""
    rows = (
        MissedQuestion.objects.values("text", "language")
        .annotate(total=Sum("count"), last_on=Max("day"))
        .filter(total__gte=SHOWN_FROM)
        .order_by("-total", "text", "language")[:SHOWN]
    )
    return [Missed(**row) for row in rows]


def _was_just_noted(text: str, language: str) -> bool:
    now = time.monotonic()
    last = _noted.pop((text, language), None)
    _noted[text, language] = now
    while len(_noted) > _REMEMBERED:
        _noted.popitem(last=False)
    return last is not None and now - last < REPEATED_SECONDS


def _file() -> Path:
    return Path(settings.SEARCH_DIR) / FILE


def _lines(text: str) -> Iterator[tuple[dt.date, str, str]]:
    today = timezone.localdate()
    for line in text.splitlines():
        parts = line.split("\t")
        try:
            day = dt.date.fromisoformat(parts[0])
        except ValueError:
            continue
        if len(parts) == 3 and today - KEPT < day <= today and parts[1] in LANGUAGES and normalised(parts[2]):
            yield day, parts[1], normalised(parts[2])


def _count(day: dt.date, asked: dict[tuple[str, str], int]) -> None:
    of_day = MissedQuestion.objects.filter(day=day)
    known = set(of_day.values_list("language", "text"))
    room = max(0, MOST_A_DAY - len(known))
    new = [key for key in asked if key not in known][:room]
    MissedQuestion.objects.bulk_create(
        [MissedQuestion(day=day, language=language, text=text) for language, text in new], ignore_conflicts=True
    )
    for language, text in known.intersection(asked) | set(new):
        of_day.filter(language=language, text=text).update(count=F("count") + asked[language, text])


def _forget_old() -> None:
    today = timezone.localdate()
    MissedQuestion.objects.filter(day__lt=today - KEPT).delete()
    seldom = (
        MissedQuestion.objects.values("text", "language")
        .annotate(total=Sum("count"), last_on=Max("day"))
        .filter(total__lt=SHOWN_FROM, last_on__lt=today - SELDOM_KEPT)
    )
    for row in seldom:
        MissedQuestion.objects.filter(text=row["text"], language=row["language"]).delete()
