"""A small run of benchmarks/search_parity.py: the two engines of a site find, count and order alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from search.engines.embedded import EmbeddedEngine
from tests.factories.corpus import Corpus
from tests.search.engines.elastic import elastic_engine
from tests.search.engines.parity import LEAST_OVERLAP, compared, documents, update

pytestmark = pytest.mark.elastic

DOCUMENTS, QUESTIONS, PHRASES = 500, 40, 20


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus()


@pytest.mark.parametrize("shards", [1, 3])
def test_two_engines_find_count_and_order_alike(corpus: Corpus, shards: int, tmp_path: Path) -> None:
    embedded = EmbeddedEngine(tmp_path)
    questions = [*corpus.questions(QUESTIONS), *corpus.phrases(PHRASES, DOCUMENTS)]
    with elastic_engine(settings.ELASTICSEARCH_TEST_URL, shards=shards) as server:
        for engine in (embedded, server):
            engine.rebuild(documents(corpus, DOCUMENTS), 1)
        fresh = compared(embedded, server, questions)
        update((embedded, server), corpus, DOCUMENTS, updates=100, batches=5)
        updated = compared(embedded, server, questions)

    assert fresh.is_equal
    assert fresh.ordered > QUESTIONS / 4
    assert fresh.orders == fresh.ordered
    assert updated.is_equal
    assert updated.overlap >= LEAST_OVERLAP
