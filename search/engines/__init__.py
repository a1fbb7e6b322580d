"""Which engine answers: the one place of this package that reads settings."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from search.engines.base import Engine

__all__ = ["get_engine"]


def get_engine() -> Engine:
    """The engine that SEARCH_ENGINE names, one for each process; ImproperlyConfigured if the name is unknown."""
    return _engine(settings.SEARCH_ENGINE, str(settings.SEARCH_DIR))


@cache
def _engine(name: str, directory: str) -> Engine:
    # Imported only when chosen: an installation loads one engine, not all.
    if name == "memory":
        from search.engines.memory import MemoryEngine

        return MemoryEngine()
    if name == "embedded":
        from search.engines.embedded import EmbeddedEngine

        return EmbeddedEngine(Path(directory))
    raise ImproperlyConfigured(f'SEARCH_ENGINE is "{name}"; it must be "embedded" or "memory".')
