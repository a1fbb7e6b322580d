"""How each index stands: what it holds, what waits, whether it can be brought up to date, and what an administrator
should do."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Min
from django.utils import timezone

from search.documents import FINGERPRINT
from search.engines import get_engines
from search.engines.base import Engine, EngineUnavailable
from search.models import IndexCheck
from search.parser import parse
from search.query import LANGUAGES, SearchQuery
from search.sync import outbox

BEHIND_AFTER = dt.timedelta(minutes=10)
"""A change that waits longer than this was not brought in by its own commit, nor by the timer."""


class State(StrEnum):
    """From bad to good; the first that holds is the state."""

    UNAVAILABLE = "unavailable"
    MISSING = "missing"
    OUTDATED = "outdated"
    BEHIND = "behind"
    DIFFERS = "differs"
    CURRENT = "current"


@dataclass(frozen=True)
class Status:
    """One index at this moment.

    problem        why it is unavailable
    documents      how many a reader of each language can find; empty if it does not answer
    number         of the last batch it holds; `last_number` is the last one given
    waiting        things that changed and are not in it yet; they are masked out of every answer
    waiting_since  the moment of the oldest of them
    """

    engine: str
    state: State
    problem: str
    documents: dict[str, int]
    number: int
    last_number: int
    waiting: int
    waiting_since: dt.datetime | None
    check: IndexCheck | None

    @property
    def is_well(self) -> bool:
        return self.state is State.CURRENT


def statuses() -> list[Status]:
    """The status of every index that has to be kept current."""
    return [status_of(engine) for engine in get_engines()]


def status_of(engine: Engine) -> Status:
    """Never raises EngineUnavailable: that is a status too."""
    problem, number, fingerprint, documents = "", 0, "", {}
    try:
        number, fingerprint = engine.number, engine.fingerprint
        if fingerprint:
            documents = {code: _shown_in(engine, code) for code in LANGUAGES}
    except EngineUnavailable as failure:
        problem = str(failure)
    rows = outbox.pending_rows(number)
    waiting_since = rows.aggregate(first=Min("created_at"))["first"]
    check = IndexCheck.objects.filter(engine=engine.name).first()
    return Status(
        engine=engine.name,
        state=_state(problem, number, fingerprint, waiting_since, check),
        problem=problem,
        documents=documents,
        number=number,
        last_number=outbox.last_number(),
        waiting=rows.values("key").distinct().count(),
        waiting_since=waiting_since,
        check=check,
    )


def _state(
    problem: str, number: int, fingerprint: str, waiting_since: dt.datetime | None, check: IndexCheck | None
) -> State:
    if problem:
        return State.UNAVAILABLE
    if not fingerprint:
        return State.MISSING
    if fingerprint != FINGERPRINT or outbox.is_too_old(number):
        return State.OUTDATED
    if waiting_since and timezone.now() - waiting_since > BEHIND_AFTER:
        return State.BEHIND
    if check and check.differences and not check.is_repaired:
        return State.DIFFERS
    return State.CURRENT


def _shown_in(engine: Engine, language: str) -> int:
    return engine.search(SearchQuery(page_size=1, language=language), parse("")).total
