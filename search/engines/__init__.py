"""Which engines there are: the one place of this package that reads settings."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from search.engines.addresses import Address
    from search.engines.base import Engine
    from search.engines.breaker import EngineState, WithStandby

__all__ = ["elastic_faults", "engine_state", "get_engine", "get_engines"]


def get_engine() -> Engine:
    """The engine that answers readers, one for each process.

    With ELASTICSEARCH_URL that is Elasticsearch, with the embedded index in its place while it does not answer; else
    the one that SEARCH_ENGINE names. ImproperlyConfigured if a setting cannot be understood.
    """
    if settings.ELASTICSEARCH_URL:
        return _with_standby(_address(), str(settings.SEARCH_DIR))
    return _engine(settings.SEARCH_ENGINE, str(settings.SEARCH_DIR))


def get_engines(*, is_patient: bool = False) -> tuple[Engine, ...]:
    """All engines that have to be kept current, each by itself.

    For a command, which `is_patient`, a server may take its time; in a request it is left alone while its breaker is
    open.
    """
    if not settings.ELASTICSEARCH_URL:
        return (get_engine(),)
    both = _with_standby(_address(), str(settings.SEARCH_DIR))
    return (both.second, _patient(_address()) if is_patient else both.first)


def engine_state() -> EngineState:
    """Which engine answers readers in this process, and what is wrong if it is not the chosen one."""
    from search.engines.breaker import EngineState, WithStandby

    engine = get_engine()
    return engine.state if isinstance(engine, WithStandby) else EngineState(engine.name)


def elastic_faults() -> list[str]:
    """What is wrong with the settings ELASTICSEARCH_*, one sentence each; nothing if there is no address."""
    from search.engines import addresses

    return addresses.faults(**_elastic_settings()) if settings.ELASTICSEARCH_URL else []


def _elastic_settings() -> dict[str, str]:
    names = ("url", "api_key", "ca_file", "index_prefix", "shards", "replicas")
    return {name: str(getattr(settings, f"ELASTICSEARCH_{name.upper()}")) for name in names}


def _address() -> Address:
    from search.engines import addresses

    if faults := elastic_faults():
        raise ImproperlyConfigured(" ".join(faults))
    return addresses.read(**_elastic_settings())


@cache
def _with_standby(address: Address, directory: str) -> WithStandby:
    from search.engines.breaker import Guarded, WithStandby
    from search.engines.elastic import ElasticEngine

    return WithStandby(Guarded(ElasticEngine(address, is_patient=False)), _engine("embedded", directory))


@cache
def _patient(address: Address) -> Engine:
    from search.engines.elastic import ElasticEngine

    return ElasticEngine(address, patience=10)


@cache
def _engine(name: str, directory: str) -> Engine:
    # Imported only when chosen: an installation loads the engines it uses, not all.
    if name == "memory":
        from search.engines.memory import MemoryEngine

        return MemoryEngine()
    if name == "embedded":
        from search.engines.embedded import EmbeddedEngine

        return EmbeddedEngine(Path(directory))
    raise ImproperlyConfigured(f'SEARCH_ENGINE is "{name}"; it must be "embedded" or "memory".')
