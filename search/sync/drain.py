"""Brings the index up to date: numbers what was committed, builds it from the database, one commit a batch."""

import fcntl
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from search.documents import documents_for, keys_of
from search.engines import get_engines
from search.engines.base import Batch, Document, Engine, EngineUnavailable
from search.engines.breaker import Guarded, LeftAlone
from search.models import Outbox
from search.sync import outbox

logger = logging.getLogger(__name__)

Tell = Callable[[int, int], None]
"""Hears how many things are done, and of how many."""

INLINE_SECONDS = 0.2
"""How long a request may go on draining after its commit; the rest waits for search_sync or the next commit."""


def drain(engine: Engine | None = None, *, seconds: float | None = None, tell: Tell | None = None) -> int:
    """Apply what is pending for this engine, or for every engine that is kept; return how many batches. Stops after
    `seconds`, between two batches.

    Another drain at work is waited for as long as `seconds` allows. Raises EngineUnavailable if the index cannot
    be written or is too old to be brought up to date; the rows stay either way, and stay masked. `tell` hears of
    the batches.
    """
    if engine is None:
        return sum(drain(each, seconds=seconds) for each in get_engines(is_patient=seconds is None))
    deadline = None if seconds is None else time.monotonic() + seconds
    applied = 0
    # Rows committed while another drain was finishing would wait for the next act: so look once more after unlocking.
    while Outbox.objects.filter(number=None).exists() or outbox.next_batch(engine.number):
        with _alone(engine, deadline) as is_alone:
            if not is_alone:
                return applied
            applied += _drain_all(engine, deadline, tell)
        if _is_over(deadline):
            break
    return applied


def drain_on_commit() -> None:
    """Drain, bounded, once the act is committed; editing never fails because of the index.

    Rows without a commit to wait for are drained at once.
    """
    if any(waiting[1] is _drain_inline for waiting in connection.run_on_commit):
        return
    transaction.on_commit(_drain_inline)


def _drain_inline() -> None:
    for engine in get_engines():
        try:
            # A server that says nothing must hold nobody up: what it lacks waits in the outbox.
            if engine.answers_within(INLINE_SECONDS) if isinstance(engine, Guarded) else engine.fingerprint:
                drain(engine, seconds=INLINE_SECONDS)
        except LeftAlone:
            continue
        except Exception:
            # Whatever fails here, the act has been committed; the rows stay, and what they name stays masked.
            logger.exception("The search index was not brought up to date; the outbox keeps what is missing.")


def _drain_all(engine: Engine, deadline: float | None, tell: Tell | None) -> int:
    applied = 0
    outbox.give_numbers()
    if outbox.is_too_old(engine.number):
        raise EngineUnavailable("The search index is older than the outbox reaches back; run search_rebuild.")
    while batch := outbox.next_batch(before := engine.number):
        number, subjects = batch
        # Refused if a rebuild has been swapped in since: then the next round begins where that one ends.
        applied += engine.apply(replace(batch_of(subjects, number), after=before))
        if tell:
            tell(applied, applied + max(0, outbox.last_number() - number))
        if _is_over(deadline):
            break
    return applied


def batch_of(subjects: Sequence[str], number: int) -> Batch:
    """What the engine has to do so that it holds these subjects as the database has them now."""
    documents = _built(subjects)
    present = {document["key"] for document in documents}
    gone = [key for subject in subjects for key in keys_of(subject) if key not in present]
    return Batch(upserts=documents, deletes=gone, number=number)


def _built(subjects: Sequence[str]) -> list[Document]:
    try:
        return documents_for(subjects)
    except DatabaseError:
        # The database does not answer: that says nothing about the subjects, so the rows stay for the next drain.
        raise
    except Exception:
        if len(subjects) == 1:
            # One thing that cannot be read must not keep all others out: it goes unfound until somebody looks.
            logger.exception("%s is left out of the search index: its document cannot be built.", subjects[0])
            return []
        return [document for subject in subjects for document in _built([subject])]


def _is_over(deadline: float | None) -> bool:
    return deadline is not None and time.monotonic() >= deadline


@contextmanager
def _alone(engine: Engine, deadline: float | None) -> Iterator[bool]:
    """Hold the lock of this host's drains of this engine; yields False if it could not be had in time."""
    folder = Path(settings.SEARCH_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / f"drain-{engine.name}.lock").open("w")
    except OSError as problem:
        raise EngineUnavailable(f"The folder of the search index cannot be written: {problem}") from problem
    with lock as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if deadline is None else fcntl.LOCK_NB))
                break
            except BlockingIOError:
                if _is_over(deadline):
                    yield False
                    return
                time.sleep(0.01)
        yield True
