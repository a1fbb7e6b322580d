"""With ELASTICSEARCH_URL two indexes are kept: each is drained by itself, and an act never waits for either."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from elasticsearch import Elasticsearch

from search import checks
from search.documents import subject_of
from search.engines import engine_state, get_engine, get_engines
from search.engines.base import Engine
from search.engines.breaker import SLOW_SECONDS
from search.models import Outbox
from search.parser import parse
from search.query import SearchQuery
from search.sync import outbox
from search.sync.drain import drain
from search.sync.rebuild import rebuild
from search.views.answers import answer
from taxonomy.models import Organisation
from tests.factories.taxonomy import OrganisationFactory


@pytest.fixture
def prefix(settings: Any, tmp_path: Path) -> str:
    settings.SEARCH_DIR = tmp_path / "search"
    settings.ELASTICSEARCH_INDEX_PREFIX = f"test-{uuid4().hex[:12]}"
    settings.ELASTICSEARCH_REPLICAS = "0"
    return str(settings.ELASTICSEARCH_INDEX_PREFIX)


@pytest.fixture
def nowhere(db: None, settings: Any, prefix: str) -> Iterator[None]:
    """An address at which nothing listens."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        yield


@pytest.fixture
def silence(db: None, settings: Any, prefix: str) -> Iterator[None]:
    """An address at which everything is accepted and nothing answered."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{silent.getsockname()[1]}"
        yield


@pytest.fixture
def both(db: None, settings: Any, prefix: str) -> Iterator[tuple[Engine, ...]]:
    """The embedded index and one on the real server, both written."""
    settings.ELASTICSEARCH_URL = settings.ELASTICSEARCH_TEST_URL
    engines = get_engines(is_patient=True)
    for engine in engines:
        rebuild(engine)
    yield engines
    client = Elasticsearch(settings.ELASTICSEARCH_TEST_URL, request_timeout=30)
    for name in client.indices.get(index=f"{prefix}-*"):
        client.indices.delete(index=name)


def found(text: str) -> tuple[str, ...]:
    query = SearchQuery(text)
    answered = answer(query, parse(text), ("kind",))
    assert not answered.is_from_database
    return answered.results.keys


def keys(engine: Engine) -> set[str]:
    return {key for key, _ in engine.stream()}


@pytest.mark.elastic
def test_an_act_reaches_both_indexes_after_its_commit(
    both: tuple[Engine, ...], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        organisation = OrganisationFactory.create(label_pl="Urząd Kanarkowy")

    (key,) = found("kanarkowy")
    assert key == f"{subject_of(organisation)}:pl"
    assert [keys(engine) for engine in both] == [{key}, {key}]
    assert engine_state().answering == "elasticsearch"


@pytest.mark.elastic
def test_each_engine_waits_for_what_it_lacks_itself(
    both: tuple[Engine, ...], settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    embedded, server = both
    there = settings.ELASTICSEARCH_URL
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with django_capture_on_commit_callbacks(execute=True):
            organisation = OrganisationFactory.create(label_pl="Urząd Kanarkowy")
        key = f"{subject_of(organisation)}:pl"
        assert found("kanarkowy") == (key,)
        assert engine_state().failing == "elasticsearch"

        settings.ELASTICSEARCH_URL = there
        assert outbox.pending(embedded.number) == set()
        assert outbox.pending(server.number) == {subject_of(organisation)}
        assert keys(server) == set()
        # It is there, but behind: the other one goes on answering.
        assert found("kanarkowy") == (key,)

        drain(server)
        assert keys(server) == {key}
        assert found("kanarkowy") == (key,)


@pytest.mark.elastic
def test_the_commands_keep_both(both: tuple[Engine, ...], capsys: pytest.CaptureFixture[str]) -> None:
    organisation = OrganisationFactory.create()
    call_command("search_sync")
    Organisation.objects.filter(pk=organisation.pk).update(label_pl="Urząd Papuzi")

    with pytest.raises(CommandError, match="search_check --repair"):
        call_command("search_check")
    assert capsys.readouterr().out.count("stale: 1") == 2

    call_command("search_check", "--repair")
    call_command("search_check")
    assert found("papuzi") == (f"{subject_of(organisation)}:pl",)

    call_command("search_rebuild")
    assert [keys(engine) for engine in both] == [{f"{subject_of(organisation)}:pl"}] * 2


def test_an_act_does_not_need_a_server_that_is_gone(nowhere: None, django_capture_on_commit_callbacks: Any) -> None:
    rebuild(get_engines()[0])
    with django_capture_on_commit_callbacks(execute=True):
        organisation = OrganisationFactory.create(label_pl="Urząd Kanarkowy")

    assert found("kanarkowy") == (f"{subject_of(organisation)}:pl",)
    state = engine_state()
    assert (state.answering, state.failing, state.is_degraded) == ("embedded", "elasticsearch", True)


def test_an_act_does_not_wait_for_a_server_that_says_nothing(
    silence: None, django_capture_on_commit_callbacks: Any
) -> None:
    embedded = get_engines()[0]
    rebuild(embedded)
    started = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        organisation = OrganisationFactory.create(label_pl="Urząd Kanarkowy")

    assert time.monotonic() - started < SLOW_SECONDS / 2
    assert f"{subject_of(organisation)}:pl" in keys(embedded)


def test_a_site_starts_without_its_server_but_a_rebuild_by_hand_says_so(
    nowhere: None, capsys: pytest.CaptureFixture[str]
) -> None:
    organisation = OrganisationFactory.create(label_pl="Urząd Kanarkowy")

    call_command("search_rebuild", start_up=True)

    assert "elasticsearch: " in capsys.readouterr().err
    assert found("kanarkowy") == (f"{subject_of(organisation)}:pl",)
    # What a rebuild would have told the one that is away.
    assert subject_of(organisation) in outbox.pending(0)
    with pytest.raises(CommandError, match="elasticsearch: "):
        call_command("search_rebuild")


def test_rows_are_kept_for_the_engine_that_is_away(nowhere: None, monkeypatch: pytest.MonkeyPatch) -> None:
    rebuild(get_engines()[0])
    OrganisationFactory.create()
    Outbox.objects.update(created_at="2001-01-01T00:00Z")

    with pytest.raises(CommandError, match="elasticsearch: "):
        call_command("search_sync")

    assert Outbox.objects.exists()


def test_settings_that_cannot_be_used_are_named_before_anybody_asks(nowhere: None, settings: Any) -> None:
    settings.ELASTICSEARCH_SHARDS = "many"

    (error,) = checks.elasticsearch_can_be_asked(None)
    assert (error.id, "ELASTICSEARCH_SHARDS" in error.msg) == ("search.E004", True)
    with pytest.raises(ImproperlyConfigured, match="ELASTICSEARCH_SHARDS"):
        get_engine()
