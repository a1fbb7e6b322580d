"""An engine on the real server, with indexes of its own that go with the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from elasticsearch import Elasticsearch

from search.engines.addresses import Address
from search.engines.elastic import ElasticEngine


@contextmanager
def elastic_engine(url: str, *, shards: int = 1, **options: Any) -> Iterator[ElasticEngine]:
    """An engine without an index; `options` are those of ElasticEngine."""
    prefix = f"test-{uuid4().hex[:12]}"
    try:
        yield another(url, prefix, shards=shards, **options)
    finally:
        client = Elasticsearch(url, request_timeout=30)
        for name in client.indices.get(index=f"{prefix}-*", features="aliases"):
            client.indices.delete(index=name)


def another(url: str, prefix: str, *, shards: int = 1, **options: Any) -> ElasticEngine:
    """One more engine for the same indexes, as another process has it."""
    # A busy machine is not what these tests are about.
    return ElasticEngine(
        Address((url,), prefix=prefix, shards=shards, replicas=0), **{"fresh_for": 0, "patience": 20, **options}
    )


def prefix_of(engine: ElasticEngine) -> str:
    return engine._address.prefix
