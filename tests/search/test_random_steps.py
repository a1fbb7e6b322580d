"""Whatever is done to the site in whatever order, readers find nothing that is hidden, and the index ends up true."""

import pytest

from search.engines.base import Engine
from search.sync.drain import drain
from tests.search.random_steps import Leak, Reader, Untrue, Walk, check, check_end, without_the_drain, without_the_mask

STEPS = 30


def walk_on(walk: Walk, reader: Reader, steps: int = STEPS) -> None:
    """Acts with a look after each; now and then what waits is drained, now and then not all of it."""
    for _step in range(steps):
        walk.step()
        check(walk, reader)
        if walk.chance.random() < 0.3:
            drain(seconds=walk.chance.choice((0, None)))
            check(walk, reader)


@pytest.mark.parametrize("seed", [1, 2])
def test_no_act_in_any_order_shows_what_is_hidden_and_the_index_ends_up_true(index: Engine, seed: int) -> None:
    walk, reader = Walk(seed), Reader(seed)
    drain(index)
    assert all(reader.finds(word) for word in walk.titles())

    walk_on(walk, reader)

    check_end(walk, reader)


def test_a_build_without_the_mask_is_caught(index: Engine) -> None:
    walk, reader = Walk(1), Reader(1)
    drain(index)

    with without_the_mask(), pytest.raises(Leak):
        walk_on(walk, reader)


def test_a_build_without_the_drain_is_caught(index: Engine) -> None:
    walk, reader = Walk(1), Reader(1)
    drain(index)

    # It shows nothing that is hidden, but it does not show what is public either.
    with without_the_drain():
        walk_on(walk, reader, steps=15)
        with pytest.raises(Untrue):
            check_end(walk, reader)
