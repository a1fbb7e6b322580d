"""Writes the whole index anew without a gap: the old one answers until the new one is swapped in."""

from search.documents import FINGERPRINT, all_documents
from search.engines import get_engine
from search.engines.base import Engine
from search.sync import outbox
from search.sync.drain import drain


def rebuild(engine: Engine | None = None) -> int:
    """Build a new generation from the database, swap it in and drain what came meanwhile; return its documents."""
    engine = engine or get_engine()
    number = outbox.last_number()
    written = engine.rebuild(all_documents(), number, fingerprint=FINGERPRINT)
    drain(engine)
    return written


def is_current(engine: Engine) -> bool:
    """Whether the index exists, was built by these rules and dictionaries, and a drain can bring it up to date."""
    return engine.fingerprint == FINGERPRINT and not outbox.is_too_old(engine.number)
