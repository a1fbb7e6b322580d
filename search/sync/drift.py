"""Compares the index with the database: what no event told us about (imports, restored backups, raw updates)."""

from dataclasses import dataclass

from search.documents import all_documents
from search.engines import get_engine
from search.engines.base import Engine
from search.sync import outbox


@dataclass(frozen=True)
class Drift:
    """Keys of documents that the index lacks, that it holds without right, and that it holds in an old state."""

    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        return (*self.missing, *self.extra, *self.stale)

    @property
    def subjects(self) -> set[str]:
        return {key.rpartition(":")[0] for key in self.keys}


def find_drift(engine: Engine | None = None) -> Drift:
    """The differences, apart from what is pending anyway."""
    engine = engine or get_engine()
    stored = dict(engine.stream())
    wanted = {document["key"]: document["hash"] for document in all_documents()}
    waiting = outbox.pending(engine.number)

    def settled(keys: set[str]) -> tuple[str, ...]:
        return tuple(sorted(key for key in keys if key.rpartition(":")[0] not in waiting))

    return Drift(
        missing=settled(wanted.keys() - stored.keys()),
        extra=settled(stored.keys() - wanted.keys()),
        stale=settled({key for key in wanted.keys() & stored.keys() if wanted[key] != stored[key]}),
    )


def repair(drift: Drift) -> int:
    """Queue what differs; the next drain puts it right. Returns how many things were queued."""
    return outbox.requeue(drift.subjects)
