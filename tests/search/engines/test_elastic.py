from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings

from search.engines.base import Engine
from search.engines.elastic import ElasticEngine
from tests.search.engines.contract import EngineContract
from tests.search.engines.elastic import elastic_engine

pytestmark = pytest.mark.elastic


@pytest.fixture(scope="module")
def server() -> Iterator[ElasticEngine]:
    """One engine for the module: a rebuild is all that a test needs to begin anew."""
    with elastic_engine(settings.ELASTICSEARCH_TEST_URL) as engine:
        yield engine


class TestElasticEngine(EngineContract):
    @pytest.fixture
    def engine(self, server: ElasticEngine) -> Engine:
        server.rebuild([], 0)
        return server
