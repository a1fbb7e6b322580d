from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import tantivy

from search.engines import embedded_question
from search.engines.base import Batch, Document, Engine, EngineUnavailable
from search.engines.embedded import POINTER, STATE, EmbeddedEngine
from search.query import FACET_NAMES
from search.results import FacetCount
from tests.search.engines.contract import CORPUS, EngineContract, ask, keys
from tests.search.engines.documents import document, key
from tests.search.engines.writing_worker import write_many

ROOT = Path(__file__).parents[3]


class TestEmbeddedEngine(EngineContract):
    @pytest.fixture
    def engine(self, tmp_path: Path) -> Engine:
        engine = EmbeddedEngine(tmp_path)
        engine.rebuild([], 0)
        return engine


@pytest.fixture
def engine(tmp_path: Path) -> EmbeddedEngine:
    engine = EmbeddedEngine(tmp_path)
    engine.rebuild(CORPUS, 10, fingerprint="f")
    return engine


def generations(directory: Path) -> list[Path]:
    return sorted(path for path in directory.iterdir() if path.is_dir())


def in_another_process(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ}
    )


def test_without_an_index_every_question_says_what_to_do(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path / "not" / "there")

    assert (engine.number, engine.fingerprint) == (0, "")
    with pytest.raises(EngineUnavailable, match="run search_rebuild"):
        ask(engine, "rada")
    with pytest.raises(EngineUnavailable, match="run search_rebuild"):
        list(engine.stream())
    with pytest.raises(EngineUnavailable, match="run search_rebuild"):
        engine.apply(Batch([document("a")], number=1))


@pytest.mark.parametrize("damage", ["state", "index", "version"])
def test_a_damaged_index_is_unavailable_and_a_rebuild_mends_it(
    engine: EmbeddedEngine, tmp_path: Path, damage: str
) -> None:
    (folder,) = generations(tmp_path)
    match damage:
        case "state":
            (folder / STATE).write_text("{")
        case "index":
            (folder / "meta.json").write_text("{")
        case "version":
            (folder / STATE).write_text('{"number": 1, "schema": 0}')
    other = EmbeddedEngine(tmp_path)

    with pytest.raises(EngineUnavailable):
        ask(other, "rada")

    other.rebuild(CORPUS, 11)
    assert keys(other, "rada") == set("abd")


def test_a_second_instance_sees_what_the_first_writes(engine: EmbeddedEngine, tmp_path: Path) -> None:
    reader = EmbeddedEngine(tmp_path)
    assert keys(reader, "rada") == set("abd")

    engine.apply(Batch(deletes=[key("a")], number=11))
    assert (keys(reader, "rada"), reader.number) == (set("bd"), 11)

    engine.rebuild([document("new", "rada")], 12)
    assert (keys(reader, "rada"), reader.number) == ({"new"}, 12)


def test_facets_of_many_hits_are_counted_in_other_columns_to_the_same_counts(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = list(CORPUS)
    for n, values in enumerate(("pqrstuvw", "vut", "p", "")):
        some: dict[str, Any] = {"theme": tuple(values), "tag": tuple(values[::-1]), "addressee": tuple(values[1:])}
        documents.append(document(str(n), f"rada {n}", year=f"201{n}", **some))
    engine.rebuild(documents, 1)

    def counts() -> list[Mapping[str, tuple[FacetCount, ...]]]:
        asked: list[dict[str, Any]] = [{}, {"tag": "u"}, {"theme": "w", "year": "2010"}]
        return [ask(engine, text, facets=FACET_NAMES, **filters).facets for text in ("", "rada") for filters in asked]

    of_few = counts()
    monkeypatch.setattr(embedded_question, "MANY_HITS", 0)

    assert counts() == of_few
    assert {len(values) for facets in of_few for values in facets.values()} >= {8}


def test_deleted_documents_are_gone_from_the_index_itself(engine: EmbeddedEngine, tmp_path: Path) -> None:
    engine.apply(Batch(deletes=[key("a"), key("b")], number=11))
    (folder,) = generations(tmp_path)

    assert tantivy.Index.open(str(folder)).searcher().num_docs == len(CORPUS) - 2


def test_one_generation_is_kept_beside_the_current_one_and_leftovers_go(engine: EmbeddedEngine, tmp_path: Path) -> None:
    (tmp_path / "left-by-a-kill").mkdir()
    for number in (11, 12, 13):
        engine.rebuild(CORPUS, number)

    folders = generations(tmp_path)
    assert len(folders) == 2
    assert folders[-1].name == (tmp_path / POINTER).read_text()


def test_a_broken_rebuild_leaves_no_folder(engine: EmbeddedEngine, tmp_path: Path) -> None:
    before = generations(tmp_path)

    with pytest.raises(ValueError, match="unknown facets"):
        engine.rebuild([document("a", colour="red")], 11)

    assert generations(tmp_path) == before


def test_a_batch_with_a_wrong_document_is_its_callers_mistake_and_changes_nothing(engine: EmbeddedEngine) -> None:
    batch = Batch([document("new", "tramwaj"), document("wrong", colour="red")], number=11)

    with pytest.raises(ValueError, match="unknown facets"):
        engine.apply(batch)

    assert (engine.number, keys(engine, "tramwaj")) == (10, set())
    assert engine.apply(Batch([document("new", "tramwaj")], number=11))
    assert keys(engine, "tramwaj") == {"new"}


def test_a_busy_index_is_waited_for(engine: EmbeddedEngine, tmp_path: Path) -> None:
    (folder,) = generations(tmp_path)
    foreign = tantivy.Index.open(str(folder)).writer(15_000_000, 1)
    threading.Timer(0.3, foreign.wait_merging_threads).start()

    assert engine.apply(Batch(deletes=[key("a")], number=11))


def test_an_index_that_stays_busy_is_unavailable_and_keeps_its_number(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path, patience=0.1)
    engine.rebuild(CORPUS, 10)
    (folder,) = generations(tmp_path)
    foreign = tantivy.Index.open(str(folder)).writer(15_000_000, 1)

    with pytest.raises(EngineUnavailable, match="another program"):
        engine.apply(Batch(deletes=[key("a")], number=11))

    foreign.wait_merging_threads()
    assert engine.number == 10
    assert engine.apply(Batch(deletes=[key("a")], number=11))


def test_a_batch_that_breaks_half_way_changes_nothing_and_frees_the_index(engine: EmbeddedEngine) -> None:
    broken: Document = {**document("z"), "hash": None}  # type: ignore[typeddict-item]  # broken on purpose

    with pytest.raises((TypeError, EngineUnavailable)):
        engine.apply(Batch([document("y"), broken], [key("a")], 11))

    assert engine.number == 10
    assert dict(engine.stream()).keys() == {each["key"] for each in CORPUS}
    assert engine.apply(Batch(deletes=[key("a")], number=11))


WRITER = """
import sys, time
from pathlib import Path
import tantivy
from search.engines import embedded
from search.engines.base import Batch
from tests.search.engines.documents import document, key
from tests.search.engines.writing_worker import write_many

class Slow:
    # Stands where the index is committed: everything is written, nothing is in force.
    def __init__(self, writer): self.writer = writer
    def __getattr__(self, name): return getattr(self.writer, name)
    def commit(self):
        print("before the commit", flush=True)
        time.sleep(60)

engine = embedded.EmbeddedEngine(Path(sys.argv[1]))
writer = engine._writer
from contextlib import contextmanager
@contextmanager
def slowly(index, heap):
    with writer(index, heap) as opened:
        yield Slow(opened)
engine._writer = slowly
if sys.argv[2] == "apply":
    engine.apply(Batch([document(str(n), "rada") for n in range(2000)], [key("a")], 11))
else:
    engine.rebuild([document(str(n), "rada") for n in range(2000)], 11)
"""


@pytest.mark.parametrize("act", ["apply", "rebuild"])
def test_a_writer_killed_in_the_middle_leaves_the_last_commit_and_no_lock(
    engine: EmbeddedEngine, tmp_path: Path, act: str
) -> None:
    writer = in_another_process(WRITER, str(tmp_path), act)
    assert writer.stdout
    assert writer.stdout.readline() == "before the commit\n"
    assert keys(engine, "rada") == set("abd")

    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()

    after = EmbeddedEngine(tmp_path)
    assert (keys(after, "rada"), after.number) == (set("abd"), 10)
    assert after.apply(Batch([document("new", "rada")], [key("a")], 11))
    assert (keys(after, "rada"), after.number) == ({"b", "d", "new"}, 11)
    after.rebuild(CORPUS, 12)
    assert len(generations(tmp_path)) == 2


def test_a_process_killed_between_commit_and_number_only_repeats_its_batch(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    (folder,) = generations(tmp_path)
    before = (folder / STATE).read_text()
    batch = Batch([document("new", "rada")], [key("a")], 11)
    engine.apply(batch)
    (folder / STATE).write_text(before)

    assert engine.number == 10
    assert engine.apply(batch)
    assert keys(engine, "rada") == {"b", "d", "new"}


def test_writers_of_several_processes_take_turns_while_readers_read(engine: EmbeddedEngine, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(str(tmp_path), name, 10)) for name in "pq"]
    for writer in writers:
        writer.start()
    totals = []
    while any(writer.is_alive() for writer in writers):
        totals.append(ask(engine, "muzeum").total)
        time.sleep(0.01)
    for writer in writers:
        writer.join()

    assert [writer.exitcode for writer in writers] == [0, 0]
    assert totals == sorted(totals)
    assert ask(engine, "muzeum").total == 20


def test_a_rebuild_is_never_seen_half_done(engine: EmbeddedEngine) -> None:
    seen: set[tuple[str, ...]] = set()
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            seen.add(tuple(sorted(ask(engine, "rada").keys)))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(11, 21):
        engine.rebuild([document("new", "rada")] if number % 2 else CORPUS, number)
    is_over.set()
    reader.join()

    assert seen <= {("new",), ("a", "b", "d")}


def test_batches_during_a_rebuild_are_pending_again_after_it(engine: EmbeddedEngine, tmp_path: Path) -> None:
    def meanwhile() -> Iterator[Document]:
        yield from CORPUS
        EmbeddedEngine(tmp_path).apply(Batch([document("new", "rada")], number=11))

    engine.rebuild(meanwhile(), 10)

    assert engine.number == 10
    assert "new" not in keys(engine, "rada")
