"""Batches and rebuilds: what they change, and what an old or broken one leaves as it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from search.engines.base import Batch, Document, Engine
from search.results import SearchResults
from tests.search.engines.contract.asking import CORPUS, Asking, ask, keys
from tests.search.engines.documents import document, key


class Writing(Asking):
    def test_a_batch_adds_replaces_and_deletes_at_once(self, full: Engine) -> None:
        applied = full.apply(
            Batch(
                [document("a", "Muzeum", hash="2"), document("z", "Muzeum")],
                [key("b"), key("none"), "nothing:of:ours"],
                11,
            )
        )

        assert applied
        assert full.number == 11
        assert keys(full, "muzeum") == {"a", "z"}
        assert keys(full, "rada") == {"d"}
        assert dict(full.stream()) == dict.fromkeys(map(key, "cdefghz"), "1") | {key("a"): "2"}

    def test_the_answer_says_which_state_gave_it(self, full: Engine) -> None:
        assert ask(full, "rada").number == 10

        full.apply(Batch(number=12))
        assert ask(full, "rada").number == 12

        full.rebuild(CORPUS, 11)
        assert ask(full, "rada").number == 11

    def test_an_older_batch_changes_nothing(self, full: Engine) -> None:
        assert not full.apply(Batch(deletes=[key("a")], number=9))

        assert full.number == 10
        assert "a" in keys(full, "")

    def test_a_batch_that_follows_a_state_which_is_not_there_changes_nothing(self, full: Engine) -> None:
        assert not full.apply(Batch(deletes=[key("a")], number=15, after=14))
        assert (full.number, "a" in keys(full, "")) == (10, True)

        assert full.apply(Batch(deletes=[key("a")], number=15, after=10))
        assert (full.number, "a" in keys(full, "")) == (15, False)

    def test_the_same_number_is_applied_again(self, full: Engine) -> None:
        assert full.apply(Batch(deletes=[key("a")], number=10))

        assert "a" not in keys(full, "")

    def test_an_empty_batch_moves_the_number(self, full: Engine) -> None:
        full.apply(Batch(number=12))

        assert full.number == 12

    def test_a_rebuild_replaces_everything_and_keeps_what_it_was_told(self, full: Engine) -> None:
        written = full.rebuild([document("new", "Muzeum"), document("new", "Teatr")], 3, fingerprint="g")

        assert (written, full.number, full.fingerprint) == (1, 3, "g")
        assert [each for each, _ in full.stream()] == [key("new")]
        assert keys(full, "muzeum") == set()
        assert keys(full, "teatr") == {"new"}

    def test_a_rebuild_that_breaks_leaves_the_old_index_answering(self, full: Engine) -> None:
        def broken() -> Iterator[Document]:
            yield document("new")
            raise RuntimeError("the database went away")

        with pytest.raises(RuntimeError, match="went away"):
            full.rebuild(broken(), 99)

        assert full.number == 10
        assert keys(full, "rada") == set("abd")

    def test_an_empty_index_answers_with_nothing(self, engine: Engine) -> None:
        engine.rebuild([], 0)

        assert ask(engine, "rada", facets=("year",)) == SearchResults(facets={"year": ()})
        assert list(engine.stream()) == []
