"""What stands before an engine that may be slow or gone: it is then left alone for a while, and another one answers."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from search.engines.base import Batch, Document, Engine, EngineUnavailable
from search.query import SearchQuery
from search.results import Listing, SearchResults
from search.tree import Tree

T = TypeVar("T")
logger = logging.getLogger(__name__)

FAILURES = 3
"""So many failures in a row open the breaker."""

SLOW_SECONDS = 2.0
"""So does one call that takes this long, whatever comes of it."""

OPEN_SECONDS = 30.0
"""How long the engine is left alone before it is asked whether it is well again."""


@dataclass(frozen=True)
class EngineState:
    """What an administrator should know of this process: `answering` is the engine that readers get their answers
    from, `failing` the one that should give them and does not ("" if all is well), with the reason."""

    answering: str
    failing: str = ""
    reason: str = ""

    @property
    def is_degraded(self) -> bool:
        """Whether readers are answered by an engine that only stands by."""
        return bool(self.failing)


class LeftAlone(EngineUnavailable):
    """The engine was not asked, because its breaker is open: nothing new, and no reason to write a log."""


class Breaker:
    """Closed, it lets calls through and watches them. Open, it refuses them. After a while it asks in the background
    (`probe`), so that no reader has to wait for an engine that is still gone; a good answer closes it."""

    def __init__(
        self,
        probe: Callable[[], object],
        *,
        clock: Callable[[], float] = time.monotonic,
        background: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        self._probe = probe
        self._clock = clock
        self._background = background or _in_a_thread
        self._lock = threading.Lock()
        self._failures = 0
        self._asks_again_at: float | None = None
        self._is_probing = False
        self.reason = ""

    @property
    def is_open(self) -> bool:
        """Whether calls are refused; begins to ask the engine when its time has come."""
        with self._lock:
            if self._asks_again_at is None:
                return False
            if self._is_probing or self._clock() < self._asks_again_at:
                return True
            self._is_probing = True
        self._background(self._ask)
        return self._asks_again_at is not None

    def call(self, act: Callable[[], T], *, may_be_slow: bool = False, is_proof: bool = False) -> T:
        """Do it, if closed; EngineUnavailable at once if open. What `is_proof` of health ends a row of failures."""
        if self.is_open:
            raise LeftAlone(f"The engine is left alone for a while: {self.reason}")
        started = self._clock()
        try:
            answer = act()
        except EngineUnavailable as problem:
            self._failed(str(problem), self._clock() - started)
            raise
        seconds = self._clock() - started
        if seconds >= SLOW_SECONDS and not may_be_slow:
            self._failed(f"It took {seconds:.1f} seconds.", seconds)
        elif is_proof:
            with self._lock:
                self._failures = 0
        return answer

    def _failed(self, reason: str, seconds: float) -> None:
        with self._lock:
            self._failures += 1
            if self._asks_again_at is None and (self._failures >= FAILURES or seconds >= SLOW_SECONDS):
                logger.error("The search engine is left alone for %d s: %s", OPEN_SECONDS, reason)
                self._asks_again_at = self._clock() + OPEN_SECONDS
                self.reason = reason

    def _ask(self) -> None:
        started = self._clock()
        reason = "It could not be asked."
        try:
            self._probe()
            reason = "" if self._clock() - started < SLOW_SECONDS else "It answers slowly."
        except EngineUnavailable as problem:
            reason = str(problem)
        finally:
            with self._lock:
                self._is_probing = False
                self._failures = 0
                self._asks_again_at = self._clock() + OPEN_SECONDS if reason else None
                self.reason = reason


def _in_a_thread(act: Callable[[], None]) -> None:
    threading.Thread(target=act, name="search engine probe", daemon=True).start()


class Guarded:
    """An engine behind a breaker: the same contract, but EngineUnavailable at once while the breaker is open."""

    def __init__(self, engine: Engine, breaker: Breaker | None = None) -> None:
        self._engine = engine
        self.name = engine.name
        self.breaker = breaker or Breaker(lambda: engine.fingerprint)

    @property
    def number(self) -> int:
        """See Engine."""
        return self.breaker.call(lambda: self._engine.number)

    @property
    def fingerprint(self) -> str:
        """See Engine."""
        return self.breaker.call(lambda: self._engine.fingerprint)

    def answers_within(self, seconds: float) -> bool:
        """Whether it says in this time that it has an index. Who asks need wait no longer for one that says nothing:
        the question goes on in the background, and the breaker hears how it ends."""
        if self.breaker.is_open:
            return False
        found: queue.SimpleQueue[bool] = queue.SimpleQueue()

        def ask() -> None:
            try:
                found.put(bool(self.fingerprint))
            except EngineUnavailable as problem:
                logger.warning("%s does not answer: %s", self.name, problem)
                found.put(False)

        _in_a_thread(ask)
        try:
            return found.get(timeout=seconds)
        except queue.Empty:
            return False

    def search(
        self, query: SearchQuery, tree: Tree, facets: Sequence[str] = (), masked: Collection[str] = ()
    ) -> SearchResults:
        """See Engine."""
        return self.breaker.call(lambda: self._engine.search(query, tree, facets, masked), is_proof=True)

    def every(self, query: SearchQuery, tree: Tree, masked: Collection[str] = ()) -> Listing:
        """See Engine."""
        return self.breaker.call(lambda: self._engine.every(query, tree, masked), may_be_slow=True)

    def vocabulary(self) -> Mapping[str, int]:
        """See Engine."""
        return self.breaker.call(self._engine.vocabulary, may_be_slow=True)

    def frequencies(self, keys: Collection[str]) -> Mapping[str, int]:
        """See Engine."""
        return self.breaker.call(lambda: self._engine.frequencies(keys))

    def apply(self, batch: Batch) -> bool:
        """See Engine."""
        return self.breaker.call(lambda: self._engine.apply(batch), may_be_slow=True)

    def stream(self) -> Iterator[tuple[str, str]]:
        """See Engine."""
        return self._engine.stream()

    def rebuild(self, documents: Iterable[Document], number: int, *, fingerprint: str = "") -> int:
        """See Engine."""
        return self._engine.rebuild(documents, number, fingerprint=fingerprint)


class WithStandby:
    """The engine of readers: `first` answers while it is well, has an index, and is not behind; else `second` does.

    The number is that of the engine that would answer now. The two may change places between the mask and the question:
    each answer bears the number of the engine that gave it, and who made the mask compares (`search.views.answers`).
    Writing through it goes to the first; the second is written by itself (`search.engines.get_engines`).
    """

    def __init__(self, first: Guarded, second: Engine) -> None:
        self.first = first
        self.second = second
        self.name = first.name

    @property
    def state(self) -> EngineState:
        """Which of the two answers now, and why it is not the first."""
        reason = self._reason_against_first()
        return EngineState(self.second.name, self.first.name, reason) if reason else EngineState(self.first.name)

    @property
    def number(self) -> int:
        """See Engine."""
        return self._asked(lambda engine: engine.number)

    @property
    def fingerprint(self) -> str:
        """See Engine."""
        return self._asked(lambda engine: engine.fingerprint)

    def search(
        self, query: SearchQuery, tree: Tree, facets: Sequence[str] = (), masked: Collection[str] = ()
    ) -> SearchResults:
        """See Engine."""
        return self._asked(lambda engine: engine.search(query, tree, facets, masked))

    def every(self, query: SearchQuery, tree: Tree, masked: Collection[str] = ()) -> Listing:
        """See Engine."""
        return self._asked(lambda engine: engine.every(query, tree, masked))

    def vocabulary(self) -> Mapping[str, int]:
        """See Engine."""
        return self._asked(lambda engine: engine.vocabulary())

    def frequencies(self, keys: Collection[str]) -> Mapping[str, int]:
        """See Engine."""
        return self._asked(lambda engine: engine.frequencies(keys))

    def apply(self, batch: Batch) -> bool:
        """See Engine."""
        return self.first.apply(batch)

    def stream(self) -> Iterator[tuple[str, str]]:
        """See Engine."""
        return self.first.stream()

    def rebuild(self, documents: Iterable[Document], number: int, *, fingerprint: str = "") -> int:
        """See Engine."""
        return self.first.rebuild(documents, number, fingerprint=fingerprint)

    def _asked(self, act: Callable[[Engine], T]) -> T:
        if not self._reason_against_first():
            try:
                return act(self.first)
            except EngineUnavailable:
                logger.warning("%s failed; %s answers.", self.first.name, self.second.name, exc_info=True)
        return act(self.second)

    def _reason_against_first(self) -> str:
        if self.first.breaker.is_open:
            return self.first.breaker.reason or "It is left alone for a while."
        try:
            if not self.first.fingerprint:
                return "It has no index."
            # One that was away answers again when it has caught up: until then it would hide more behind its mask.
            return "" if self.first.number >= self._number_of_second() else "It is behind."
        except EngineUnavailable as problem:
            return str(problem)

    def _number_of_second(self) -> int:
        try:
            return self.second.number
        except EngineUnavailable:
            return 0
