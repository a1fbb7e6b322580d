"""The engine of readers and the one that stands by change places: what is hidden stays so, and somebody answers."""

from __future__ import annotations

from typing import Any

import pytest

from search.documents import all_documents
from search.engines.base import Engine, EngineUnavailable
from search.engines.breaker import Breaker, Guarded, WithStandby
from search.engines.memory import MemoryEngine
from search.parser import parse
from search.query import SearchQuery
from search.sync import outbox
from search.views.answers import Asking
from tests.factories.pages import make_recommendation

pytestmark = pytest.mark.django_db


class Visitor(MemoryEngine):
    """An engine that comes and goes."""

    name = "visitor"
    is_here = True

    @property
    def fingerprint(self) -> str:
        if not self.is_here:
            raise EngineUnavailable("gone")
        return super().fingerprint


def both(visitor: Visitor, standby: MemoryEngine) -> WithStandby:
    breaker = Breaker(lambda: visitor.fingerprint, clock=lambda: 0.0)
    return WithStandby(Guarded(visitor, breaker), standby)


def rebuilt(engine: Any, number: int) -> Any:
    engine.rebuild(list(all_documents()), number, fingerprint="f")
    return engine


def total(asking: Asking) -> int:
    return asking.search(SearchQuery(), parse("wieloryb")).total


def test_the_one_that_stands_by_goes_on_answering_after_the_other_came_and_went(index: Engine) -> None:
    make_recommendation(title="Ochrona wieloryba")
    number = outbox.give_numbers()
    visitor, standby = rebuilt(Visitor(), number + 1), rebuilt(MemoryEngine(), number)
    outbox.requeue(["forum:999999"])
    outbox.give_numbers()
    engine, visitor.is_here = both(visitor, standby), False
    asking = Asking(engine)
    assert total(asking) == 1

    visitor.is_here = True
    assert engine.number == number + 1
    visitor.is_here = False

    assert total(asking) == 1


def test_what_was_hidden_since_the_one_that_stands_by_was_written_is_not_found_by_it(index: Engine) -> None:
    fact = make_recommendation(title="Ochrona wieloryba")
    standby = rebuilt(MemoryEngine(), outbox.give_numbers())
    fact.source_page.unpublish()
    visitor = rebuilt(Visitor(), outbox.give_numbers())
    asking = Asking(both(visitor, standby))
    assert total(asking) == 0

    visitor.is_here = False

    assert total(asking) == 0
