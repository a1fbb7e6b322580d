"""The engine without a server: tantivy in a directory of the local disk, shared by all processes of one host.

The directory holds generations; a pointer file names the one that answers and is replaced atomically. A generation
holds the index and, beside it, the number of the last batch. That file is written after the commit it speaks of:
a process killed between the two leaves a number that is too low, and what is drained twice is only drained twice.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import tantivy
from tantivy import Occur, Query

from search.engines.base import (
    EXACT,
    PREFIX_TERMS,
    SCORE_DIGITS,
    WEIGHTS,
    Batch,
    Document,
    EngineUnavailable,
    Positions,
    checked,
    counted,
    order_text,
)
from search.parser import AllOf, AnyOf, Group, Node, Phrase, Prefix, Tree, Word
from search.query import FACET_NAMES, SearchQuery
from search.results import FacetCount, Hit, SearchResults

T = TypeVar("T")

SCHEMA_VERSION = 1
POINTER, STATE = "current", "state.json"
_ORDERS = ("newest", "oldest", "title")
# tantivy sends ten buckets unless told; more distinct values than this no facet of ours will ever have.
_MOST_VALUES = 50_000
_ONE_THREAD = 1
_SMALL_HEAP, _LARGE_HEAP = 15_000_000, 128_000_000
_SPECIAL = re.compile(r"([.*+?()\[\]{}|^$\\])")
_NO_INDEX = "There is no search index in {}; run search_rebuild."


@dataclass(frozen=True)
class _Generation:
    name: str
    index: tantivy.Index


class EmbeddedEngine:
    """An index under `directory`. Any number of processes read; writers take turns and wait at most `patience` seconds."""

    name = "embedded"

    def __init__(self, directory: Path, *, patience: float = 10.0) -> None:
        self._directory = directory
        self._patience = patience
        self._schema = _schema()
        self._opening = threading.Lock()
        self._open: _Generation | None = None

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
            return _Question(self._schema, self._searcher(), query, masked).answer(tree, facets)

    def stream(self) -> Iterator[tuple[str, str]]:
        """See Engine."""
        with _failures():
            searcher = self._searcher()
            if not searcher.num_docs:
                return
            found = searcher.search(Query.all_query(), searcher.num_docs, count=False)
        for _, address in found.hits:
            with _failures():
                stored = searcher.doc(address)
            yield stored["key"][0], stored["hash"][0]

    def apply(self, batch: Batch) -> bool:
        """See Engine."""
        documents = [checked(document) for document in batch.upserts]
        with _failures(), self._locked("write.lock"):
            generation = self._generation()
            state = self._state()
            if batch.number < state["number"]:
                return False
            keys = [*batch.deletes, *(document["key"] for document in documents)]
            if keys:
                with self._writer(generation.index, _SMALL_HEAP) as writer:
                    for key in keys:
                        writer.delete_documents_by_term("key", key)
                    for document in documents:
                        writer.add_document(_stored(document))
                    writer.commit()
            self._write_state(generation.name, {**state, "number": batch.number})
            return True

    def rebuild(self, documents: Iterable[Document], number: int, *, fingerprint: str = "") -> int:
        """See Engine."""
        with _failures(), self._locked("rebuild.lock"):
            name = f"{time.time_ns():020}-{uuid4().hex[:8]}"
            folder = self._directory / name
            folder.mkdir(parents=True)
            try:
                written = self._fill(folder, documents)
                self._write_state(name, {"number": number, "fingerprint": fingerprint, "schema": SCHEMA_VERSION})
                with self._locked("write.lock"):
                    before = self._current()
                    _replace(self._directory / POINTER, name)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            # The one before stays: a reader of another process may be opening it this moment.
            self._prune({name, before})
            return written

    # -- reading -----------------------------------------------------------------------------------------------

    def _searcher(self) -> tantivy.Searcher:
        index = self._generation().index
        index.reload()
        return index.searcher()

    def _generation(self) -> _Generation:
        name = self._current()
        with self._opening:
            if self._open is None or self._open.name != name:
                if self._state_of(name).get("schema") != SCHEMA_VERSION:
                    raise EngineUnavailable("The search index is of another version; run search_rebuild.")
                self._open = _Generation(name, tantivy.Index.open(str(self._directory / name)))
            return self._open

    def _current(self) -> str:
        try:
            return (self._directory / POINTER).read_text().strip()
        except FileNotFoundError:
            return ""

    def _state(self) -> dict[str, int | str]:
        with _failures():
            return self._state_of(name) if (name := self._current()) else {}

    def _state_of(self, name: str) -> dict[str, int | str]:
        if not name:
            raise EngineUnavailable(_NO_INDEX.format(self._directory))
        state: dict[str, int | str] = json.loads((self._directory / name / STATE).read_text())
        return state

    # -- writing -----------------------------------------------------------------------------------------------

    def _fill(self, folder: Path, documents: Iterable[Document]) -> int:
        keys = set()
        index = tantivy.Index(self._schema, str(folder))
        with self._writer(index, _LARGE_HEAP) as writer:
            for document in documents:
                if (key := document["key"]) in keys:
                    writer.delete_documents_by_term("key", key)
                keys.add(key)
                writer.add_document(_stored(checked(document)))
            writer.commit()
        return len(keys)

    @contextmanager
    def _writer(self, index: tantivy.Index, heap: int) -> Iterator[tantivy.IndexWriter]:
        writer = self._patiently(lambda: index.writer(heap, _ONE_THREAD), _is_lock_busy, "another program")
        try:
            yield writer
        except BaseException:
            writer.rollback()
            raise
        finally:
            # Ends its threads and gives back its lock; a writer that is merely dropped keeps both for a while.
            writer.wait_merging_threads()

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        self._directory.mkdir(parents=True, exist_ok=True)
        with (self._directory / name).open("w") as handle:
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
        _replace(self._directory / name / STATE, json.dumps(state))

    def _prune(self, kept: set[str]) -> None:
        # Under rebuild.lock no other generation is being written: what is not kept is old or was left by a kill.
        for folder in self._directory.iterdir():
            if folder.is_dir() and folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError, KeyError) as error:
        raise EngineUnavailable(f"The search index cannot be used: {error}") from error


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


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # Text keys only: deleting by an integer term of an unsigned field deletes nothing, silently.
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("hash", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("shown_in", tokenizer_name="raw", index_option="basic")
    for field in (*WEIGHTS, "surface"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="position")
    for facet in FACET_NAMES:
        builder.add_text_field(f"facet_{facet}", fast=True, tokenizer_name="raw", index_option="basic")
    for order in _ORDERS:
        builder.add_text_field(f"by_{order}", stored=order == "newest", fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _stored(document: Document) -> tantivy.Document:
    stored = tantivy.Document()
    stored.add_text("key", document["key"])
    stored.add_text("hash", document["hash"])
    for language in document["shown_in"]:
        stored.add_text("shown_in", language)
    for field in (*WEIGHTS, "surface"):
        stored.add_pre_tokenized_text(field, _tokens(document[field]))  # type: ignore[literal-required]
    for facet, values in document["facets"].items():
        for value in dict.fromkeys(values):
            stored.add_text(f"facet_{facet}", value)
    for order in _ORDERS:
        stored.add_text(f"by_{order}", order_text(order, document))
    return stored


def _tokens(positions: Positions) -> tantivy.PreTokenizedString:
    words = [tantivy.Token(word, place, 0, 0) for place, keys in enumerate(positions) for word in keys]
    return tantivy.PreTokenizedString("", words)


class _Question:
    """One search against one state of the index."""

    def __init__(
        self, schema: tantivy.Schema, searcher: tantivy.Searcher, query: SearchQuery, masked: Collection[str]
    ) -> None:
        self.schema = schema
        self.searcher = searcher
        self.query = query
        self.masked = masked

    def answer(self, tree: Tree, facets: Sequence[str]) -> SearchResults:
        base, is_partial = self.level(tree)
        # Without a required word every score is 0: no need to read all hits only to break the tie.
        total, hits = self.page(self.filtered(base), self.query.order if tree.required else self.unranked_order)
        return SearchResults(hits=hits, total=total, is_partial=is_partial, facets=self.facets(base, facets))

    # -- which level, which documents --------------------------------------------------------------------------

    def level(self, tree: Tree) -> tuple[Query, bool]:
        """The query of the first level that is not empty, without filters, and whether it is the partial one."""
        nodes = [self.node(node) for node in tree.required]
        every = self.shown(tree, [(Occur.Must, node) for node in nodes])
        if tree.enough == len(nodes) or self.exists(every):
            return every, False
        some = Query.boolean_query([(Occur.Should, node) for node in nodes], minimum_number_should_match=tree.enough)
        partial = self.shown(tree, [(Occur.Must, some)])
        return (partial, True) if self.exists(partial) else (every, False)

    def exists(self, query: Query) -> bool:
        return bool(self.searcher.search(query, 1, count=False).hits)

    def shown(self, tree: Tree, clauses: list[tuple[Occur, Query]]) -> Query:
        clauses = [*clauses, (Occur.Must, _unscored(self.term("shown_in", self.query.language)))]
        clauses += [(Occur.MustNot, self.node(node)) for node in tree.excluded]
        if self.masked:
            clauses.append((Occur.MustNot, Query.term_set_query(self.schema, "key", list(self.masked))))
        return Query.boolean_query(clauses)

    def filtered(self, base: Query, besides: str = "") -> Query:
        chosen = [(facet, values) for facet, values in self.query.filters if facet != besides]
        if not chosen:
            return base
        clauses = [(Occur.Must, self.chosen(facet, values)) for facet, values in chosen]
        return Query.boolean_query([(Occur.Must, base), *clauses])

    def chosen(self, facet: str, values: Sequence[str]) -> Query:
        if facet not in FACET_NAMES:
            return Query.empty_query()
        return _unscored(Query.term_set_query(self.schema, f"facet_{facet}", list(values)))

    # -- a page ------------------------------------------------------------------------------------------------

    @property
    def unranked_order(self) -> str:
        return "newest" if self.query.order == "relevance" else self.query.order

    def page(self, query: Query, order: str) -> tuple[int, tuple[Hit, ...]]:
        if order == "relevance":
            return self.most_relevant(query)
        found = self.searcher.search(
            query,
            self.query.page_size,
            order_by_field=f"by_{order}",
            offset=self.query.offset,
            order=tantivy.Order.Asc,
        )
        return found.count, tuple(Hit(self.searcher.doc(address)["key"][0]) for _, address in found.hits)

    def most_relevant(self, query: Query) -> tuple[int, tuple[Hit, ...]]:
        """The page by score. tantivy breaks ties by place in the index, so all that tie with the last hit are read."""
        first, end = self.query.offset, self.query.offset + self.query.page_size
        limit = end + 1
        while True:
            found = self.searcher.search(query, limit)
            scored = [(round(score, SCORE_DIGITS), address) for score, address in found.hits]
            if len(scored) < limit or scored[-1][0] < scored[end - 1][0]:
                break
            limit *= 4
        if first >= len(scored):
            return found.count, ()
        highest, lowest = scored[first][0], scored[min(end, len(scored)) - 1][0]
        above = sum(1 for score, _ in scored if score > highest)
        near = []
        for score, address in scored:
            if lowest <= score <= highest:
                stored = self.searcher.doc(address)
                near.append((-score, stored["by_newest"][0], stored["key"][0]))
        near.sort()
        return found.count, tuple(Hit(key, -score) for score, _, key in near[first - above : end - above])

    # -- facets ------------------------------------------------------------------------------------------------

    def facets(self, base: Query, facets: Sequence[str]) -> dict[str, tuple[FacetCount, ...]]:
        """Each facet without its own filter: one aggregation for all that do not filter, one for each that does."""
        filtering = {facet for facet, _ in self.query.filters}
        counts = self.counts(self.filtered(base), [facet for facet in facets if facet not in filtering])
        for facet in facets:
            if facet in filtering:
                counts |= self.counts(self.filtered(base, besides=facet), [facet])
        return {facet: counted(counts[facet], self.query.values(facet)) for facet in facets}

    def counts(self, query: Query, facets: Sequence[str]) -> dict[str, dict[str, int]]:
        if not facets:
            return {}
        terms = {facet: {"terms": {"field": f"facet_{facet}", "size": _MOST_VALUES}} for facet in facets}
        answer = self.searcher.aggregate(query, terms)
        return {facet: {b["key"]: b["doc_count"] for b in answer[facet]["buckets"]} for facet in facets}

    # -- the tree ----------------------------------------------------------------------------------------------

    def node(self, node: Node) -> Query:
        match node:
            case Group():
                return _best([self.alternative(alternative) for alternative in node.alternatives])
            case AnyOf():
                return Query.boolean_query([(Occur.Should, self.node(each)) for each in node.nodes])
            case AllOf():
                clauses = [(Occur.Must, self.node(each)) for each in node.nodes] or [
                    (Occur.Must, _unscored(Query.all_query()))
                ]
                return Query.boolean_query([*clauses, *((Occur.MustNot, self.node(each)) for each in node.excluded)])

    def alternative(self, alternative: Word | Phrase | Prefix) -> Query:
        match alternative:
            case Word(key, weight, is_surface):
                return self.word(key, weight, is_surface=is_surface)
            case Phrase():
                return self.phrase(alternative)
            case Prefix(start, weight):
                return self.prefix(start, weight)

    def term(self, field: str, value: str) -> Query:
        return Query.term_query(self.schema, field, value, index_option="freq")

    def word(self, key: str, weight: float = 1.0, *, is_surface: bool = False) -> Query:
        if is_surface:
            return Query.boost_query(self.term("surface", key), weight)
        parts = [Query.boost_query(self.term(field, key), part * weight) for field, part in WEIGHTS.items()]
        return Query.boolean_query([(Occur.Should, part) for part in parts])

    def phrase(self, phrase: Phrase) -> Query:
        places = [Query.const_score_query(self.places(field, phrase.words), part) for field, part in WEIGHTS.items()]
        if phrase.surface:
            exact = self.places("surface", [(distance, (form,)) for distance, form in phrase.surface])
            places.append(Query.const_score_query(exact, EXACT))
        words = [_best([self.word(key) for key in keys]) for _, keys in phrase.words]
        both = Query.boolean_query([(Occur.Must, _best(places)), *((Occur.Should, word) for word in words)])
        return Query.boost_query(both, phrase.weight)

    def places(self, field: str, words: Sequence[tuple[int, Sequence[str]]]) -> Query:
        if len(words) == 1:
            return Query.term_set_query(self.schema, field, list(words[0][1]))
        if all(len(keys) == 1 for _, keys in words):
            return Query.phrase_query(self.schema, field, [(distance, keys[0]) for distance, keys in words])
        either = [(distance, "|".join(map(_literal, keys))) for distance, keys in words]
        return Query.regex_phrase_query(self.schema, field, either)

    def prefix(self, start: str, weight: float) -> Query:
        terms = self.searcher.terms_with_prefix("surface", start, limit=PREFIX_TERMS + 1)
        if not terms:
            return Query.empty_query()
        if len(terms) > PREFIX_TERMS:
            every = Query.regex_query(self.schema, "surface", f"{_literal(start)}.*")
            return Query.const_score_query(every, weight)
        return _best([self.word(term, weight, is_surface=True) for term, _ in terms])


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _best(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(list(queries))


def _literal(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
