"""Writes the whole index anew without a gap: the old one answers until the new one is swapped in."""

from collections.abc import Iterable, Iterator

from search.documents import FINGERPRINT, MODELS, all_documents
from search.engines import get_engine
from search.engines.base import Document, Engine, EngineUnavailable
from search.engines.keys import subject_in
from search.parser import parse
from search.query import SearchQuery
from search.sync import outbox
from search.sync.drain import Tell, drain


def rebuild(engine: Engine | None = None, tell: Tell | None = None) -> int:
    """Build a new generation from the database, swap it in and drain what came meanwhile; return its documents."""
    engine = engine or get_engine()
    number = outbox.last_number()
    written = engine.rebuild(told(all_documents(), tell), number, fingerprint=FINGERPRINT)
    drain(engine)
    return written


def told(documents: Iterable[Document], tell: Tell | None) -> Iterable[Document]:
    """The documents; as they go by, `tell` hears of their things."""
    return documents if tell is None else _told(documents, tell)


def _told(documents: Iterable[Document], tell: Tell) -> Iterator[Document]:
    total = sum(model._default_manager.count() for model in MODELS.values())
    done, subject = 0, ""
    for document in documents:
        if (this := subject_in(document["key"])) != subject:
            done, subject = done + 1, this
            tell(done, total)
        yield document
    # What readers may not see has no document: it is done all the same.
    tell(total, total)


def is_current(engine: Engine) -> bool:
    """Whether the index answers, was built by these rules and dictionaries, and a drain can bring it up to date."""
    try:
        if engine.fingerprint != FINGERPRINT or outbox.is_too_old(engine.number):
            return False
        # What it says of itself may be sound while the rest is damaged.
        engine.search(SearchQuery(page_size=1), parse(""))
    except EngineUnavailable:
        return False
    return True
