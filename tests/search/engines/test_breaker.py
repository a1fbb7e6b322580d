from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from search.engines.base import Batch, EngineUnavailable
from search.engines.breaker import OPEN_SECONDS, SLOW_SECONDS, Breaker, Guarded, WithStandby
from search.engines.memory import MemoryEngine
from tests.search.engines.contract import CORPUS, ask, keys
from tests.search.engines.documents import document


class Patient(MemoryEngine):
    """An engine that can fall ill: broken it raises, slow it takes its time by the clock of the test."""

    name = "patient"

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.is_broken = False
        self.seconds = 0.0
        self.asked = 0

    @property
    def fingerprint(self) -> str:
        self._suffer()
        return super().fingerprint

    def search(self, *args: Any, **rest: Any) -> Any:
        self._suffer()
        self.asked += 1
        return super().search(*args, **rest)

    def _suffer(self) -> None:
        self.clock.now += self.seconds
        if self.is_broken:
            raise EngineUnavailable("broken")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def at_once(act: Callable[[], None]) -> None:
    act()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def patient(clock: Clock) -> Patient:
    engine = Patient(clock)
    engine.rebuild([*CORPUS, document("first", "rada")], 10, fingerprint="f")
    return engine


@pytest.fixture
def standby() -> MemoryEngine:
    engine = MemoryEngine()
    engine.rebuild([*CORPUS, document("second", "rada")], 10, fingerprint="f")
    return engine


@pytest.fixture
def engine(patient: Patient, standby: MemoryEngine, clock: Clock) -> WithStandby:
    breaker = Breaker(lambda: patient.fingerprint, clock=clock, background=at_once)
    return WithStandby(Guarded(patient, breaker), standby)


def who(engine: WithStandby) -> set[str]:
    return keys(engine, "rada") & {"first", "second"}


def test_while_all_is_well_the_first_engine_answers(engine: WithStandby) -> None:
    assert who(engine) == {"first"}
    assert not engine.state.is_degraded


def test_a_failure_is_answered_by_the_second_engine_at_once(engine: WithStandby, patient: Patient) -> None:
    patient.is_broken = True

    assert who(engine) == {"second"}


def test_after_three_failures_the_first_engine_is_left_alone(
    engine: WithStandby, patient: Patient, clock: Clock
) -> None:
    patient.is_broken = True
    for _ in range(3):
        assert who(engine) == {"second"}
    patient.is_broken = False

    assert who(engine) == {"second"}
    assert (engine.state.answering, engine.state.failing, engine.state.reason) == ("memory", "patient", "broken")

    clock.now += OPEN_SECONDS
    assert who(engine) == {"first"}
    assert not engine.state.is_degraded


def test_one_slow_answer_is_enough(engine: WithStandby, patient: Patient) -> None:
    patient.seconds = SLOW_SECONDS

    who(engine)
    asked = patient.asked

    assert who(engine) == {"second"}
    assert patient.asked == asked


def test_an_engine_that_is_still_ill_is_left_alone_for_as_long_again(
    engine: WithStandby, patient: Patient, clock: Clock
) -> None:
    patient.seconds = SLOW_SECONDS
    who(engine)
    clock.now += OPEN_SECONDS
    assert who(engine) == {"second"}

    patient.seconds = 0
    clock.now += OPEN_SECONDS - 1
    assert who(engine) == {"second"}
    clock.now += 1
    assert who(engine) == {"first"}


def test_no_reader_waits_for_the_question_whether_it_is_well_again(
    patient: Patient, standby: MemoryEngine, clock: Clock
) -> None:
    waiting: list[Callable[[], None]] = []
    breaker = Breaker(lambda: patient.fingerprint, clock=clock, background=waiting.append)
    engine = WithStandby(Guarded(patient, breaker), standby)
    patient.seconds = SLOW_SECONDS
    who(engine)
    patient.seconds = 0
    clock.now += OPEN_SECONDS

    assert who(engine) == who(engine) == {"second"}
    (probe,) = waiting
    probe()
    assert who(engine) == {"first"}


def test_failures_that_alternate_with_answers_about_the_number_still_open_the_breaker(
    engine: WithStandby, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **rest: Any) -> Any:
        patient.asked += 1
        raise EngineUnavailable("a shard is missing")

    monkeypatch.setattr(patient, "search", refuse)
    for _ in range(5):
        assert engine.number == 10
        assert who(engine) == {"second"}

    assert patient.asked == 3


def test_an_engine_without_an_index_or_behind_the_other_does_not_answer(
    engine: WithStandby, patient: Patient, standby: MemoryEngine
) -> None:
    standby.apply(Batch(number=11))
    assert (who(engine), engine.number) == ({"second"}, 11)
    assert engine.state.is_degraded

    patient.apply(Batch(number=11))
    assert who(engine) == {"first"}

    patient.rebuild(CORPUS, 11, fingerprint="")
    assert who(engine) == {"second"}
    assert engine.state.reason == "It has no index."


def test_an_answer_bears_the_number_of_the_engine_that_gave_it(engine: WithStandby, patient: Patient) -> None:
    patient.apply(Batch(number=12))
    assert (engine.number, ask(engine, "rada").number) == (12, 12)

    patient.is_broken = True

    assert ask(engine, "rada").number == 10
    assert who(engine) == {"second"}


def test_if_both_fail_that_is_said(engine: WithStandby, patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **rest: Any) -> Any:
        raise EngineUnavailable("gone as well")

    patient.is_broken = True
    monkeypatch.setattr(engine.second, "search", refuse)
    with pytest.raises(EngineUnavailable, match="gone as well"):
        ask(engine, "rada")


def test_writing_is_refused_at_once_while_the_breaker_is_open(engine: WithStandby, patient: Patient) -> None:
    patient.seconds = SLOW_SECONDS
    who(engine)

    with pytest.raises(EngineUnavailable, match="left alone"):
        engine.first.apply(Batch(number=11))
    assert patient.number == 10
