from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.conf import settings
from elasticsearch import Elasticsearch

from search.engines import elastic
from search.engines.base import Batch, Document, Engine, EngineUnavailable
from search.engines.elastic import ElasticEngine
from search.engines.elastic_schema import stored
from search.engines.memory import MemoryEngine
from search.query import SearchQuery
from search.results import SearchResults
from search.tree import AnyOf, Group, Phrase, Tree, Word
from tests.search.engines.contract import CORPUS, EngineContract, ask, keys
from tests.search.engines.documents import document, key, named
from tests.search.engines.elastic import another, elastic_engine, prefix_of

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

    @pytest.fixture
    def full(self, server: ElasticEngine) -> Engine:
        # Most tests only read: what stands there is written anew only if it is not what it should be.
        is_untouched = (server.number, server.fingerprint) == (10, "f")
        if not is_untouched or dict(server.stream()) != {each["key"]: each["hash"] for each in CORPUS}:
            server.rebuild(CORPUS, 10, fingerprint="f")
        return server


@pytest.fixture
def engine(server: ElasticEngine) -> ElasticEngine:
    server.rebuild(CORPUS, 10, fingerprint="f")
    return server


def test_a_late_write_of_an_older_batch_changes_nothing(engine: ElasticEngine) -> None:
    slow = engine._current(is_fresh=True)
    assert slow
    engine.apply(Batch([document("a", "muzeum", hash="new")], [key("b")], number=12))

    # What another process had been about to write all the while.
    engine._write(slow, 11, [(key(name), stored(document(name, "teatr", hash="old"))) for name in "ab"], [key("c")])
    engine._write(slow, 11, [], [key("a")])
    engine._refresh(slow)

    assert keys(engine, "teatr") == set()
    assert dict(engine.stream()) == dict.fromkeys(map(key, "defgh"), "1") | {key("a"): "new"}


def test_batches_that_two_processes_apply_at_once_leave_the_newest(engine: ElasticEngine) -> None:
    other = another(settings.ELASTICSEARCH_TEST_URL, prefix_of(engine))

    def apply_all(engine: ElasticEngine) -> None:
        for number in range(11, 21):
            engine.apply(Batch([document("a", hash=str(number)), document(f"n{number}")], number=number))

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(apply_all, each) for each in (engine, other)]:
            done.result()

    stored_now = dict(engine.stream())
    assert stored_now[key("a")] == "20"
    assert {key(f"n{number}") for number in range(11, 21)} <= stored_now.keys()
    assert engine.number in range(18, 21)


def test_the_alias_is_swapped_while_batches_are_written_and_nothing_is_lost(engine: ElasticEngine) -> None:
    writer = another(settings.ELASTICSEARCH_TEST_URL, prefix_of(engine))
    reader = another(settings.ELASTICSEARCH_TEST_URL, prefix_of(engine))
    outbox = {n: document(f"n{n}", "rada") for n in range(11, 31)}
    is_over = threading.Event()
    seen: list[SearchResults] = []

    def read() -> None:
        while not is_over.is_set():
            seen.append(ask(reader, "rada", page_size=100))

    def drain() -> None:
        while (before := writer.number) < 30:
            # Chosen by a number that a swap may make untrue before the batch is written.
            time.sleep(0.01)
            writer.apply(Batch([outbox[before + 1]], number=before + 1, after=before))

    with ThreadPoolExecutor() as pool:
        reading, draining = pool.submit(read), pool.submit(drain)
        for _ in range(3):
            noted = engine.number
            engine.rebuild([*CORPUS, *(outbox[n] for n in range(11, noted + 1))], noted, fingerprint="f")
        draining.result()
        # After the last swap there may be batches of before it to write again.
        drain()
        is_over.set()
        reading.result()

    assert seen
    # Whatever state answered, it held all that its number says.
    for results in seen:
        assert {"a", "b", "d", *(f"n{n}" for n in range(11, results.number + 1))} <= set(results.keys)
    assert keys(engine, "rada", page_size=100) == {"a", "b", "d", *(f"n{n}" for n in outbox)}


def test_one_generation_is_kept_beside_the_current_one(engine: ElasticEngine) -> None:
    for number in (11, 12, 13):
        engine.rebuild(CORPUS, number)

    assert len(indexes(engine)) == 2


def test_a_broken_rebuild_leaves_no_index(engine: ElasticEngine) -> None:
    before = indexes(engine)

    with pytest.raises(ValueError, match="unknown facets"):
        engine.rebuild([document("a", colour="red")], 11)

    assert indexes(engine) == before


def test_a_write_to_a_generation_that_is_gone_does_not_bring_it_back(engine: ElasticEngine) -> None:
    old = engine._current(is_fresh=True)
    assert old
    engine.rebuild(CORPUS, 11)
    engine.rebuild(CORPUS, 12)

    with pytest.raises(EngineUnavailable):
        engine._write(old, 13, [(key("a"), stored(document("a")))])

    assert old.name not in indexes(engine)
    assert keys(engine, "rada") == set("abd")


def test_a_second_process_sees_what_the_first_writes(engine: ElasticEngine) -> None:
    reader = another(settings.ELASTICSEARCH_TEST_URL, prefix_of(engine), fresh_for=60)
    assert keys(reader, "rada") == set("abd")

    engine.apply(Batch(deletes=[key("a")], number=11))
    # The number it knows is older than what it finds: it masks more than it must, never less.
    assert (keys(reader, "rada"), reader.number) == (set("bd"), 10)

    for number in (12, 13):
        engine.rebuild([document("new", "rada")], number)
    assert (keys(reader, "rada"), reader.number) == ({"new"}, 13)


def test_without_an_index_every_question_says_what_to_do() -> None:
    with elastic_engine(settings.ELASTICSEARCH_TEST_URL) as engine:
        assert (engine.number, engine.fingerprint) == (0, "")
        for act in everything(engine):
            with pytest.raises(EngineUnavailable, match="run search_rebuild"):
                act()


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        engine = another(f"http://127.0.0.1:{nobody.getsockname()[1]}", "forum", is_patient=False)
        acts = [*everything(engine), lambda: engine.number, lambda: engine.rebuild(CORPUS, 1)]
        for act in acts:
            with pytest.raises(EngineUnavailable, match="cannot be used"):
                act()


def test_an_index_of_another_schema_is_not_asked_and_a_rebuild_mends_it(engine: ElasticEngine) -> None:
    current = engine._current(is_fresh=True)
    assert current
    engine._say(replace(current, schema=0))

    assert engine.fingerprint == ""
    with pytest.raises(EngineUnavailable, match="another version"):
        ask(engine, "rada")

    engine.rebuild(CORPUS, 11, fingerprint="f")
    assert keys(engine, "rada") == set("abd")


def test_words_that_a_tokeniser_would_cut_or_lose_stay_whole(engine: ElasticEngine) -> None:
    odd = ("a b", "\U0001d400" * 200, "x" * 255, "")
    given: Document = {**document("odd"), "body": tuple((word,) for word in odd)}
    engine.rebuild([given, document("other", "a b x")], 11)

    for word in odd:
        tree = Tree((Group((Word(word),)),))
        assert named(engine.search(SearchQuery("?"), tree).keys) == ("odd",)
    phrase = Phrase(tuple((place, (word,)) for place, word in enumerate(odd)))
    assert named(engine.search(SearchQuery("?"), Tree((Group((phrase,)),))).keys) == ("odd",)


def test_a_phrase_keeps_the_distances_it_is_given(engine: ElasticEngine) -> None:
    engine.rebuild([document("near", "rada gminy"), document("far", "rada każdej gminy")], 11)
    phrase = Phrase(((0, ("rada",)), (2, ("gmina",))))

    assert named(engine.search(SearchQuery("?"), Tree((Group((phrase,)),))).keys) == ("far",)


def test_a_document_with_more_keys_a_word_than_there_are_streams_is_refused(engine: ElasticEngine) -> None:
    given: Document = {**document("odd"), "body": (tuple(f"k{n}" for n in range(13)),)}

    with pytest.raises(ValueError, match="13 keys"):
        engine.apply(Batch([given], number=11))


def test_everything_longer_than_a_request_is_read_in_several(
    engine: ElasticEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    vocabulary = another(settings.ELASTICSEARCH_TEST_URL, prefix_of(engine)).vocabulary()
    for name in ("_PAGE", "_SLICE", "_CHUNK"):
        monkeypatch.setattr(elastic, name, 3)

    assert sorted(engine.stream()) == [(key(name), "1") for name in "abcdefgh"]
    assert another(settings.ELASTICSEARCH_TEST_URL, prefix_of(engine)).vocabulary() == vocabulary
    assert len(vocabulary) > 20
    asked = ["rada", "gmina", "szkoła", "dziecko", "nikt"]
    assert engine.frequencies(asked) == {"rada": 3, "gmina": 2, "szkoła": 3, "dziecko": 2}


def test_ties_by_rounding_across_the_end_of_a_page_are_in_order(engine: ElasticEngine) -> None:
    # The older a document, the better its score, but by less than scores are rounded to: the newest come first.
    documents = [document(f"{n:03}", f"rada k{n}", date=f"{1900 + n}") for n in range(60)]
    engine.rebuild(documents, 11)
    slightly = tuple(Group((Word(f"k{n}", (60 - n) * 1e-6), Word("rada", 2.0))) for n in range(60))
    tree = Tree((AnyOf(slightly),))

    pages = [engine.search(SearchQuery("?", page=page, page_size=7), tree).keys for page in range(1, 10)]

    assert sum(pages, ()) == tuple(key(f"{n:03}") for n in reversed(range(60)))


def test_an_index_of_several_shards_scores_counts_and_streams_as_one() -> None:
    twin = MemoryEngine()
    with elastic_engine(settings.ELASTICSEARCH_TEST_URL, shards=3) as engine:
        for each in (twin, engine):
            each.rebuild([*CORPUS, *(document(f"n{n}", f"szkoła szkx{n}") for n in range(30))], 1)
            each.apply(Batch(deletes=[key("n0")], number=2))
            each.rebuild([*CORPUS, *(document(f"n{n}", f"szkoła szkx{n}") for n in range(30))], 3)

        assert dict(engine.stream()) == dict(twin.stream())
        assert engine.vocabulary() == twin.vocabulary()
        for text in ("szkoła", "szkx1*", "szk*", '"dzieci w szkole"', "rada gminy lekarz"):
            mine, its = (ask(each, text, facets=("year",), page_size=50) for each in (engine, twin))
            assert (mine.keys, mine.total, mine.is_partial, mine.facets) == (
                its.keys,
                its.total,
                its.is_partial,
                its.facets,
            )


def indexes(engine: ElasticEngine) -> list[str]:
    client = Elasticsearch(settings.ELASTICSEARCH_TEST_URL, request_timeout=30)
    return sorted(client.indices.get(index=f"{prefix_of(engine)}-*"))


def everything(engine: ElasticEngine) -> list[Callable[[], object]]:
    return [
        lambda: ask(engine, "rada"),
        lambda: list(engine.stream()),
        lambda: engine.apply(Batch([document("a")], number=1)),
        lambda: engine.vocabulary(),
        lambda: engine.frequencies(["rada"]),
    ]
