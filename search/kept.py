"""What a process reads from the vocabularies once, and keeps until any of them changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar

from search.models import WordsVersion

T = TypeVar("T")

_versions: ContextVar[list[int] | None] = ContextVar("_versions", default=None)


@contextmanager
def one_version() -> Iterator[None]:
    """Within it, the number of the vocabularies is asked for once: one page is made of what they were at one moment."""
    token = _versions.set([])
    try:
        yield
    finally:
        _versions.reset(token)


def _version() -> int:
    asked = _versions.get()
    if asked is None:
        return WordsVersion.now()
    if not asked:
        asked.append(WordsVersion.now())
    return asked[0]


class Kept(Generic[T]):
    """What ``read`` gives; one small select where nothing changed since this process read it.

    The number is asked for before the rows are read, so what is kept is never older than its number says.
    """

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._kept: tuple[int, T] | None = None

    def __call__(self) -> T:
        version = _version()
        kept = self._kept
        if kept is None or kept[0] != version:
            with self._lock:
                kept = self._kept
                if kept is None or kept[0] != version:
                    self._kept = kept = (version, self._read())
        return kept[1]
