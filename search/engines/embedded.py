"""The engine without a server: tantivy in a directory of the local disk, shared by all processes of one host.

The directory holds generations; a pointer file names the one that answers and is replaced atomically. A generation
holds the index and, beside it, the number of the last batch. That file is written after the commit it speaks of:
a process killed between the two leaves a number that is too low, and what is drained twice is only drained twice.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import tantivy
from tantivy import Occur, Query

from search.engines.base import NOTHING, TEXTS, Batch, Document, EngineUnavailable
from search.engines.embedded_question import Question
from search.engines.embedded_schema import SCHEMA_VERSION, known, schema, stored
from search.query import SearchQuery
from search.results import Listing, SearchResults
from search.tree import Tree

T = TypeVar("T")

POINTER, STATE = "current", "state.json"
_ONE_THREAD = 1
_SMALL_HEAP, _LARGE_HEAP = 15_000_000, 256_000_000
_NO_INDEX = "There is no search index in {}; run search_rebuild."


State = dict[str, int | str]
Mark = tuple[str, int, int]
"""By what one writing of a file is known: the generation it speaks of, inode, time."""


@dataclass(frozen=True)
class _Generation:
    name: str
    index: tantivy.Index


class EmbeddedEngine:
    """An index under `directory`. Any number of processes read; writers wait for each other `patience` seconds."""

    name = "embedded"

    def __init__(self, directory: Path, *, patience: float = 10.0) -> None:
        self._directory = directory
        self._pointer = directory / POINTER
        self._patience = patience
        self._schema = schema()
        self._opening = threading.Lock()
        self._open: _Generation | None = None
        self._pointed: tuple[Mark, str] = (("", 0, 0), "")
        self._known: tuple[Mark, State] = (("", 0, 0), {})
        self._latest: tuple[Mark, tantivy.Searcher] | None = None

    # -- the contract ------------------------------------------------------------------------------------------

    @property
    def number(self) -> int:
        """See Engine."""
        return int(self._state().get("number", 0))

    @property
    def fingerprint(self) -> str:
        """See Engine."""
        return str(self._state().get("fingerprint", ""))

    def search(
        self,
        query: SearchQuery,
        tree: Tree,
        facets: Sequence[str] = (),
        masked: Collection[str] = (),
    ) -> SearchResults:
        """See Engine."""
        with _failures():
            generation = self._generation()
            # Read before the index: the number may then be too low for what is found, which only masks more.
            mark, state = self._marked_state_of(generation.name)
            searcher = self._searcher(generation, mark)
            results = Question(self._schema, searcher, query, masked).answer(tree, facets)
            return replace(results, number=int(state["number"]))

    def every(self, query: SearchQuery, tree: Tree, masked: Collection[str] = ()) -> Listing:
        """See Engine."""
        with _failures():
            generation = self._generation()
            mark, state = self._marked_state_of(generation.name)
            searcher = self._searcher(generation, mark)
            listing = Question(self._schema, searcher, query, masked).every(tree)
            return replace(listing, number=int(state["number"]))

    def stream(self) -> Iterator[tuple[str, str]]:
        """See Engine."""
        with _failures():
            searcher = _fresh(self._generation())
            if not searcher.num_docs:
                return
            found = searcher.search(Query.all_query(), searcher.num_docs, count=False)
        for _, address in found.hits:
            with _failures():
                found_document = searcher.doc(address)
            yield found_document["key"][0], found_document["hash"][0]

    def vocabulary(self) -> Mapping[str, int]:
        """See Engine."""
        with _failures():
            terms = _fresh(self._generation()).terms_with_prefix("surface", "", limit=None)
            return {form: count for form, count in terms if form != NOTHING}

    def frequencies(self, keys: Collection[str]) -> Mapping[str, int]:
        """See Engine."""
        with _failures():
            searcher = _fresh(self._generation())
            counts = {}
            for key in keys:
                holding = [Query.term_query(self._schema, part, key, index_option="basic") for part in TEXTS]
                found = searcher.search(Query.boolean_query([(Occur.Should, each) for each in holding]), 1)
                if count := int(found.count):  # type: ignore[attr-defined]  # its type stub forgets this one
                    counts[key] = count
            return counts

    def apply(self, batch: Batch) -> bool:
        """See Engine."""
        with self._locked("write.lock"):
            with _failures():
                generation = self._generation()
                state = self._state()
            if not batch.after <= int(state["number"]) <= batch.number:
                return False
            keys = [*batch.deletes, *(document["key"] for document in batch.upserts)]
            if keys:
                with self._writer(generation.index, _SMALL_HEAP) as writer:
                    with _failures():
                        for key in keys:
                            writer.delete_documents_by_term("key", key)
                    for document in batch.upserts:
                        _add(writer, document)
                    with _failures():
                        writer.commit()
            with _failures():
                self._write_state(generation.name, {**state, "number": batch.number})
            return True

    def rebuild(self, documents: Iterable[Document], number: int, *, fingerprint: str = "") -> int:
        """See Engine."""
        # What the caller's documents raise while they are read is his: only the index's own failures are translated.
        with self._locked("rebuild.lock"):
            name = f"{time.time_ns():020}-{uuid4().hex[:8]}"
            folder = self._directory / name
            try:
                written = self._fill(folder, documents)
                with self._locked("write.lock"), _failures():
                    self._write_state(name, {"number": number, "fingerprint": fingerprint, "schema": SCHEMA_VERSION})
                    before = self._current()
                    _replace(self._pointer, name)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            # The one before stays: a reader of another process may be opening it this moment.
            self._prune({name, before})
            return written

    # -- reading -----------------------------------------------------------------------------------------------

    def _generation(self) -> _Generation:
        name = self._current()
        with self._opening:
            if self._open is None or self._open.name != name:
                try:
                    self._open = self._opened(name)
                except (ValueError, OSError):
                    # Two rebuilds may have gone by since the pointer was read, and have taken this generation away.
                    if (later := self._current()) == name:
                        raise
                    self._open = self._opened(later)
            return self._open

    def _opened(self, name: str) -> _Generation:
        if self._state_of(name).get("schema") != SCHEMA_VERSION:
            raise EngineUnavailable("The search index is of another version; run search_rebuild.")
        return _Generation(name, known(tantivy.Index.open(str(self._directory / name))))

    def _current(self) -> str:
        try:
            mark = _mark_of(self._pointer)
            known = self._pointed  # other threads replace it
            if known[0] != mark:
                known = self._pointed = (mark, self._pointer.read_text().strip())
        except FileNotFoundError:
            return ""
        return known[1]

    def _state(self) -> State:
        with _failures():
            return self._state_of(name) if (name := self._current()) else {}

    def _state_of(self, name: str) -> State:
        return self._marked_state_of(name)[1]

    def _marked_state_of(self, name: str) -> tuple[Mark, State]:
        if not name:
            raise EngineUnavailable(_NO_INDEX.format(self._directory))
        path = _state_file(self._directory, name)
        mark = _mark_of(path, name)
        known = self._known  # other threads replace it
        if known[0] != mark:
            known = self._known = (mark, json.loads(path.read_text()))
        return known

    def _searcher(self, generation: _Generation, mark: Mark) -> tantivy.Searcher:
        # Every commit is followed by a new state: while that is the same, nothing has to be opened anew.
        latest = self._latest
        if latest is None or latest[0] != mark:
            latest = self._latest = (mark, _fresh(generation))
        return latest[1]

    # -- writing -----------------------------------------------------------------------------------------------

    def _fill(self, folder: Path, documents: Iterable[Document]) -> int:
        keys = set()
        with _failures():
            folder.mkdir()
            index = known(tantivy.Index(self._schema, str(folder)))
        with self._writer(index, _LARGE_HEAP) as writer:
            for document in documents:
                if (key := document["key"]) in keys:
                    writer.delete_documents_by_term("key", key)
                keys.add(key)
                _add(writer, document)
            with _failures():
                writer.commit()
        return len(keys)

    @contextmanager
    def _writer(self, index: tantivy.Index, heap: int) -> Iterator[tantivy.IndexWriter]:
        with _failures():
            writer = self._patiently(lambda: index.writer(heap, _ONE_THREAD), _is_lock_busy, "another program")
        try:
            yield writer
        except BaseException:
            with _failures():
                writer.rollback()
            raise
        finally:
            # Ends its threads and gives back its lock; a writer that is merely dropped keeps both for a while.
            with _failures():
                writer.wait_merging_threads()

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with _failures():
            self._directory.mkdir(parents=True, exist_ok=True)
            handle = (self._directory / name).open("w")
        with handle:
            with _failures():
                self._patiently(
                    lambda: fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB),
                    lambda error: isinstance(error, BlockingIOError),
                    "another process",
                )
            yield

    def _patiently(self, attempt: Callable[[], T], is_busy: Callable[[Exception], bool], who: str) -> T:
        deadline = time.monotonic() + self._patience
        while True:
            try:
                return attempt()
            except (ValueError, OSError) as error:
                if not is_busy(error):
                    raise
                if time.monotonic() > deadline:
                    raise EngineUnavailable(f"The search index is being written by {who}; try again later.") from error
            time.sleep(0.02)

    def _write_state(self, name: str, state: dict[str, int | str]) -> None:
        _replace(_state_file(self._directory, name), json.dumps(state))

    def _prune(self, kept: set[str]) -> None:
        # Under rebuild.lock no other generation is being written: what is not kept is old or was left by a kill.
        for folder in self._directory.iterdir():
            if folder.is_dir() and folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)


def _add(writer: tantivy.IndexWriter, document: Document) -> None:
    # Made while the writer's thread takes in the one before. A mistake in it is the caller's, no failure of the index.
    built = stored(document)
    with _failures():
        writer.add_document(built)


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError, KeyError) as error:
        raise EngineUnavailable(f"The search index cannot be used: {error}") from error
    except BaseException as panic:
        # What Rust raises over bytes that no writer wrote is no Exception, and its class cannot be imported.
        if type(panic).__name__ != "PanicException":
            raise
        raise EngineUnavailable(f"The search index is damaged; run search_rebuild. ({panic})") from panic


@lru_cache(maxsize=4)  # every question asks for it
def _state_file(directory: Path, generation: str) -> Path:
    return directory / generation / STATE


def _mark_of(path: Path, generation: str = "") -> Mark:
    """To be taken before the file is read: what is newer than its mark is read once more by the next caller."""
    found = path.stat()
    return generation, found.st_ino, found.st_mtime_ns


def _fresh(generation: _Generation) -> tantivy.Searcher:
    generation.index.reload()
    return generation.index.searcher()


def _is_lock_busy(error: Exception) -> bool:
    return "LockBusy" in str(error)


def _replace(path: Path, text: str) -> None:
    """Write a small file so that a reader, or a machine that loses power, sees the old text or the new one."""
    draft = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    with draft.open("w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(path)
    with suppress(PermissionError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
