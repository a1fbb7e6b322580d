"""The work of another process that writes into an index; it needs no Django, so the process starts without it."""

from pathlib import Path

from search.engines.base import Batch
from search.engines.embedded import EmbeddedEngine
from tests.search.engines.documents import document


def write_many(directory: str, name: str, count: int) -> None:
    """Write documents {name}0 to {name}{count - 1}, each as a batch of its own, into the index of this directory."""
    engine = EmbeddedEngine(Path(directory), patience=60)
    for n in range(count):
        engine.apply(Batch([document(f"{name}{n}", "muzeum")], number=20))
