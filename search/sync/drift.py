"""Compares the index with the database: what no event told us about (imports, restored backups, raw updates)."""

from dataclasses import dataclass

from django.utils import timezone

from search.documents import all_documents
from search.engines import get_engine
from search.engines.base import Engine
from search.engines.keys import subject_in
from search.models import IndexCheck
from search.sync import outbox
from search.sync.drain import Tell
from search.sync.rebuild import told


@dataclass(frozen=True)
class Drift:
    """Keys of documents that the index lacks, that it holds without right, and that it holds in an old state.

    `documents` is how many it holds in all.
    """

    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    documents: int = 0

    @property
    def keys(self) -> tuple[str, ...]:
        return (*self.missing, *self.extra, *self.stale)

    @property
    def subjects(self) -> set[str]:
        return set(map(subject_in, self.keys))


def find_drift(engine: Engine | None = None, tell: Tell | None = None) -> Drift:
    """The differences, apart from what is pending anyway. `tell` hears how many things were compared, of how many."""
    engine = engine or get_engine()
    stored = dict(engine.stream())
    wanted = {document["key"]: document["hash"] for document in told(all_documents(), tell)}
    waiting = outbox.pending(engine.number)

    def settled(keys: set[str]) -> tuple[str, ...]:
        return tuple(sorted(key for key in keys if subject_in(key) not in waiting))

    return Drift(
        missing=settled(wanted.keys() - stored.keys()),
        extra=settled(stored.keys() - wanted.keys()),
        stale=settled({key for key in wanted.keys() & stored.keys() if wanted[key] != stored[key]}),
        documents=len(stored),
    )


def record(drift: Drift, engine: Engine, *, is_repaired: bool = False) -> IndexCheck:
    """Keep what a check found, for the status page."""
    check, _ = IndexCheck.objects.update_or_create(
        engine=engine.name,
        defaults={
            "checked_at": timezone.now(),
            "documents": drift.documents,
            "missing": len(drift.missing),
            "extra": len(drift.extra),
            "stale": len(drift.stale),
            "is_repaired": is_repaired,
        },
    )
    return check


def repair(drift: Drift) -> int:
    """Queue what differs; the next drain puts it right. Returns how many things were queued."""
    return outbox.requeue(drift.subjects)
