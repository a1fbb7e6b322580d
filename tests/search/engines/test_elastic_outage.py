"""What readers and writers notice when the server is killed, freezes, or is not there at all: a node of our own."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from cms.node import Node, node
from search.engines.base import Batch, EngineUnavailable
from search.engines.breaker import OPEN_SECONDS, Breaker, Guarded, WithStandby
from search.engines.elastic import ElasticEngine
from search.engines.embedded import EmbeddedEngine
from tests.search.engines.contract import CORPUS, keys
from tests.search.engines.documents import document, key
from tests.search.engines.elastic import another

pytestmark = [pytest.mark.elastic, pytest.mark.xdist_group("outage")]

PREFIX = "outage"


@pytest.fixture(scope="module")
def server() -> Iterator[Node]:
    with node() as running:
        yield running


@pytest.fixture
def engine(server: Node) -> ElasticEngine:
    engine = another(server.url, PREFIX)
    engine.rebuild(CORPUS, 10, fingerprint="f")
    return engine


@pytest.fixture
def standby(tmp_path: Path) -> EmbeddedEngine:
    engine = EmbeddedEngine(tmp_path)
    engine.rebuild(CORPUS, 10, fingerprint="f")
    return engine


def test_a_server_killed_in_the_middle_of_a_drain_keeps_every_acknowledged_batch(
    server: Node, engine: ElasticEngine
) -> None:
    writer = another(server.url, PREFIX, is_patient=False, patience=5)
    batches = {n: Batch([document(f"n{n}x{i}", "rada") for i in range(20)], [], n, n - 1) for n in range(11, 200)}
    acknowledged: list[int] = []
    is_at_work = threading.Event()

    def drain() -> None:
        with suppress(EngineUnavailable):
            for number, batch in batches.items():
                assert writer.apply(batch)
                acknowledged.append(number)
                if number == 15:
                    is_at_work.set()

    thread = threading.Thread(target=drain)
    thread.start()
    assert is_at_work.wait(60)
    server.kill()
    thread.join()
    server.start()
    assert acknowledged[-1] < max(batches)

    after = another(server.url, PREFIX)
    # The batch that was under way may be there whole, in part, or not at all; then its number is not there either.
    assert acknowledged[-1] <= after.number <= acknowledged[-1] + 1
    kept = dict(after.stream())
    assert {key(f"n{n}x{i}") for n in acknowledged for i in range(20)} <= kept.keys()
    last = acknowledged[-1] + 3
    for number in range(after.number + 1, last + 1):
        assert after.apply(batches[number])
    assert set(dict(after.stream())) == {each["key"] for each in CORPUS} | {
        key(f"n{n}x{i}") for n in range(11, last + 1) for i in range(20)
    }


def test_while_the_server_is_frozen_the_embedded_index_answers_and_after_it_the_server_again(
    server: Node, engine: ElasticEngine, standby: EmbeddedEngine
) -> None:
    ahead = 0.0
    impatient = another(server.url, PREFIX, is_patient=False, patience=2)
    breaker = Breaker(lambda: impatient.fingerprint, clock=lambda: time.monotonic() + ahead)
    readers = WithStandby(Guarded(impatient, breaker), standby)
    assert keys(readers, "rada") == set("abd")
    assert readers.state.answering == "elasticsearch"

    server.signal(signal.SIGSTOP)
    try:
        assert keys(readers, "rada") == set("abd")
        assert breaker.is_open
        assert all(keys(readers, "rada") == set("abd") for _ in range(50))
        assert readers.state.answering == "embedded"
        with pytest.raises(EngineUnavailable):
            readers.first.apply(Batch(deletes=[key("a")], number=11))
        standby.apply(Batch(deletes=[key("a")], number=11))
        assert (keys(readers, "rada"), readers.number) == (set("bd"), 11)
    finally:
        server.signal(signal.SIGCONT)

    ahead = OPEN_SECONDS
    until(lambda: not breaker.is_open)
    # It is well, but behind: what it still holds was deleted meanwhile.
    assert (keys(readers, "rada"), readers.number) == (set("bd"), 11)
    readers.first.apply(Batch(deletes=[key("a")], number=11))
    assert readers.state.answering == "elasticsearch"
    assert (keys(readers, "rada"), readers.number) == (set("bd"), 11)


def test_a_server_that_is_gone_at_start_is_not_missed_and_is_used_when_it_comes(
    server: Node, engine: ElasticEngine, standby: EmbeddedEngine
) -> None:
    ahead = 0.0
    server.stop()
    impatient = another(server.url, PREFIX, is_patient=False, patience=2)
    breaker = Breaker(lambda: impatient.fingerprint, clock=lambda: time.monotonic() + ahead)
    readers = WithStandby(Guarded(impatient, breaker), standby)
    try:
        for _ in range(5):
            assert keys(readers, "rada") == set("abd")
        assert readers.state.is_degraded
        assert "cannot be used" in readers.state.reason
    finally:
        server.start()

    ahead = OPEN_SECONDS
    until(lambda: not breaker.is_open)
    assert readers.state.answering == "elasticsearch"
    assert keys(readers, "rada") == set("abd")


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
