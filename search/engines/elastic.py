"""The engine on a server: Elasticsearch, asked through elasticsearch.dsl; the only module that imports its client.

An alias names the generation that answers. A generation is one index whose mapping carries, as `_meta`, the number of
the last batch, so one look at the alias tells both. It is written last, after a refresh of every copy: a process
killed in between leaves one that is too low, and what is drained twice is only drained twice.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError, helpers
from elasticsearch.dsl import A, Index, Search

from search.engines.addresses import Address
from search.engines.base import (
    NOTHING,
    PREFIX_TERMS,
    TEXTS,
    Batch,
    Document,
    EngineUnavailable,
)
from search.engines.elastic_page import (
    Ask,
    Body,
    Found,
    Page,
    by_rounded_score,
    counted_each,
    rows_of,
    total_of,
)
from search.engines.elastic_question import EVERY, Compiled, Completions, prefixes_of
from search.engines.elastic_schema import SCHEMA_VERSION, index_settings, mapping, stored, token
from search.query import SearchQuery
from search.results import Listing, SearchResults
from search.tree import Tree

_NO_INDEX = "There is no search index {} in Elasticsearch; run search_rebuild."
_CHUNK, _PAGE, _SLICE = 500, 10_000, 20_000
_KEPT_VOCABULARY = 60.0
# Ours give up before these ten seconds; they are for a search that the server would go on with for nobody.
_ALWAYS: Body = {"track_total_hits": True, "timeout": "10s", "stored_fields": "_none_"}


@dataclass(frozen=True)
class _Generation:
    """One index: its name, and what it says of itself."""

    name: str
    number: int
    fingerprint: str
    shards: int
    schema: int

    @property
    def meta(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "fingerprint": self.fingerprint,
            "shards": self.shards,
            "schema": self.schema,
        }

    @property
    def door(self) -> str:
        """The alias to write through: it goes with its index, so no write can bring a deleted index back."""
        return f"{self.name}-write"


class ElasticEngine:
    """An index on a server. Searches wait `patience` seconds for it; writing waits longer if `is_patient`.

    What another process writes is seen within `fresh_for` seconds: until then the older number masks more than it must.
    """

    name = "elasticsearch"

    def __init__(
        self, address: Address, *, patience: float = 2.0, is_patient: bool = True, fresh_for: float = 0.2
    ) -> None:
        self._address = address
        self._fresh_for = fresh_for
        connection: dict[str, Any] = {"api_key": address.api_key or None}
        if address.ca_file:
            connection["ca_certs"] = address.ca_file
        client = Elasticsearch(list(address.hosts), **connection)
        # Searching never tries again: what stands before this engine decides. Writing may: versions make it harmless.
        self._client = client.options(request_timeout=patience, max_retries=0)
        self._writer = self._client
        self._slow = client.options(request_timeout=60, max_retries=0)
        if is_patient:
            self._writer = client.options(request_timeout=10, max_retries=3, retry_on_timeout=True)
        self._known: tuple[float, _Generation | None] | None = None
        self._words: tuple[float, str, Mapping[str, int]] | None = None
        self._lock = threading.Lock()

    # -- the contract ------------------------------------------------------------------------------------------

    @property
    def number(self) -> int:
        """See Engine."""
        generation = self._current()
        return generation.number if generation else 0

    @property
    def fingerprint(self) -> str:
        """See Engine. That of another schema counts as none: such an index has to be rebuilt."""
        generation = self._current()
        return generation.fingerprint if generation and generation.schema == SCHEMA_VERSION else ""

    def search(
        self,
        query: SearchQuery,
        tree: Tree,
        facets: Sequence[str] = (),
        masked: Collection[str] = (),
    ) -> SearchResults:
        """See Engine."""
        with _failures():
            return self._again_if_gone(lambda generation: self._answer(generation, query, tree, facets, masked))

    def every(self, query: SearchQuery, tree: Tree, masked: Collection[str] = ()) -> Listing:
        """See Engine."""
        with _failures():
            return self._again_if_gone(lambda generation: self._every(generation, query, tree, masked))

    def vocabulary(self) -> Mapping[str, int]:
        """See Engine."""
        with _failures():
            generation = self._usable()
            kept = self._words
            if kept and kept[1] == generation.name and time.monotonic() - kept[0] < _KEPT_VOCABULARY:
                return kept[2]
            words = self._vocabulary(generation)
            self._words = (time.monotonic(), generation.name, words)
            return words

    def frequencies(self, keys: Collection[str]) -> Mapping[str, int]:
        """See Engine."""
        asked = sorted(set(keys))
        with _failures():
            found: dict[str, int] = {}
            for start in range(0, len(asked), _CHUNK):
                part = asked[start : start + _CHUNK]
                holding = [{"bool": {"should": [{"term": {t: token(key)}} for t in TEXTS]}} for key in part]
                counts = counted_each(self._asker(self._usable()), EVERY, holding)
                found |= {key: count for key, count in zip(part, counts, strict=True) if count}
            return found

    def stream(self) -> Iterator[tuple[str, str]]:
        """See Engine."""
        with _failures():
            generation = self._usable()
            view = self._slow.open_point_in_time(index=generation.name, keep_alive="2m")["id"]
        try:
            last: list[Any] | None = None
            while True:
                with _failures():
                    search: Search[Any] = Search(using=self._slow).extra(
                        size=_PAGE,
                        pit={"id": view, "keep_alive": "2m"},
                        sort=["_shard_doc"],
                        stored_fields="_none_",
                        docvalue_fields=["key", "hash"],
                        track_total_hits=False,
                    )
                    found = _asked(search.extra(search_after=last) if last else search)
                if not (rows := rows_of(found)):
                    return
                for row in rows:
                    yield row["fields"]["key"][0], row["fields"]["hash"][0]
                last = rows[-1]["sort"]
                view = found["pit_id"]
        finally:
            # Left open it would only hold disk space for two minutes.
            with suppress(TransportError, ApiError):
                self._client.close_point_in_time(id=view)

    def apply(self, batch: Batch) -> bool:
        """See Engine. Not one commit here: what is written before the number is masked until the number follows."""
        upserts = [(document["key"], stored(document)) for document in batch.upserts]
        with _failures():
            generation = self._usable(is_fresh=True)
            if not batch.after <= generation.number <= batch.number:
                return False
            if upserts or batch.deletes:
                self._write(generation, batch.number, upserts, batch.deletes)
                self._refresh(generation)
            self._say(replace(generation, number=batch.number))
            return True

    def rebuild(self, documents: Iterable[Document], number: int, *, fingerprint: str = "") -> int:
        """See Engine."""
        name = f"{self._address.prefix}-{time.time_ns():020}-{uuid4().hex[:8]}"
        new = _Generation(name, number, fingerprint, self._address.shards, SCHEMA_VERSION)
        try:
            with _failures():
                self._create(new)
            keys: set[str] = set()
            # Only the failures of the server are translated; what reading the documents raises is the caller's.
            with _failures():
                self._write(new, number, self._read(documents, keys))
                self._merge(new)
                self._refresh(new)
                before = self._swap(new)
        except BaseException:
            with suppress(TransportError, ApiError):
                Index(name, using=self._writer).delete(ignore_unavailable=True)
            raise
        self._prune(before)
        return len(keys)

    # -- which index -------------------------------------------------------------------------------------------

    def _current(self, *, is_fresh: bool = False) -> _Generation | None:
        """The generation that answers; None if there is no index. An older number than the true one only masks more."""
        known = self._known
        if known and not is_fresh and time.monotonic() - known[0] < self._fresh_for:
            return known[1]
        asked_at = time.monotonic()
        with _failures():
            generation = self._read_alias()
        with self._lock:
            # A slower look that began before must not bring back what was true then.
            if not self._known or asked_at >= self._known[0]:
                self._known = (asked_at, generation)
        return generation

    def _read_alias(self) -> _Generation | None:
        try:
            found = self._client.indices.get_mapping(index=self._address.prefix, filter_path="*.mappings._meta")
        except NotFoundError:
            return None
        if len(found) != 1:
            raise EngineUnavailable(
                f"The alias {self._address.prefix} does not name one index of ours but {', '.join(found) or 'another'}."
            )
        ((name, described),) = found.items()
        return _Generation(name=name, **described["mappings"]["_meta"])

    def _usable(self, *, is_fresh: bool = False) -> _Generation:
        generation = self._current(is_fresh=is_fresh)
        if generation is None:
            raise EngineUnavailable(_NO_INDEX.format(self._address.prefix))
        if generation.schema != SCHEMA_VERSION:
            raise EngineUnavailable("The search index in Elasticsearch is of another version; run search_rebuild.")
        return generation

    def _again_if_gone(self, act: Any) -> Any:
        try:
            return act(self._usable())
        except NotFoundError:
            # Two rebuilds have gone by since the alias was read, and have taken this generation away.
            return act(self._usable(is_fresh=True))

    def _say(self, generation: _Generation) -> None:
        """Write the number (and the rest) into the mapping."""
        self._writer.indices.put_mapping(index=generation.name, meta=generation.meta)
        with self._lock:
            self._known = (time.monotonic(), generation)

    # -- searching ---------------------------------------------------------------------------------------------

    def _asker(self, generation: _Generation) -> Ask:
        """Asks this index."""
        search: Search[Any] = Search(using=self._client, index=generation.name)
        # Above one shard each would weigh words by its own documents; a shard that is lost must not lose hits silently.
        kind = "dfs_query_then_fetch" if generation.shards > 1 else "query_then_fetch"
        search = search.params(search_type=kind, allow_partial_search_results=False)
        return lambda body: _asked(search.extra(**_ALWAYS | body))

    def _answer(
        self,
        generation: _Generation,
        query: SearchQuery,
        tree: Tree,
        facets: Sequence[str],
        masked: Collection[str],
    ) -> SearchResults:
        compiled = Compiled(tree, query.language, masked, self._completions(generation, tree))
        page, ask = Page(query, facets, tree), self._asker(generation)
        base = compiled.whole()
        found = ask(page.body(base))
        is_partial = False
        if page.may_be_partial and not page.all_of(found):
            some = compiled.partial()
            partial = ask(page.body(some))
            if page.all_of(partial):
                found, base, is_partial = partial, some, True
        return SearchResults(
            hits=page.hits(found, base, ask),
            total=total_of(found),
            is_partial=is_partial,
            number=generation.number,
            facets=page.counts(found, base, ask),
        )

    def _every(self, generation: _Generation, query: SearchQuery, tree: Tree, masked: Collection[str]) -> Listing:
        """All hits, by one view of the index: pages of the server end at its window."""
        first = self._answer(generation, replace(query, page=1, page_size=1), tree, (), masked)
        compiled = Compiled(tree, query.language, masked, self._completions(generation, tree))
        page = Page(query, (), tree)
        body: Body = {"query": compiled.partial() if first.is_partial else compiled.whole(), "sort": page.sort}
        body |= {**page.narrowing, "size": _PAGE, "track_total_hits": False, "stored_fields": "_none_"}
        search: Search[Any] = Search(using=self._slow)
        if generation.shards > 1:
            search = search.params(search_type="dfs_query_then_fetch")
        view = self._slow.open_point_in_time(index=generation.name, keep_alive="2m")["id"]
        rows: list[Any] = []
        try:
            while True:
                after = {"search_after": rows[-1]["sort"]} if rows else {}
                found = _asked(search.extra(**body, **after, pit={"id": view, "keep_alive": "2m"}))
                rows += rows_of(found)
                view = found["pit_id"]
                if len(rows_of(found)) < _PAGE:
                    break
        finally:
            # Left open it would only hold disk space for two minutes.
            with suppress(TransportError, ApiError):
                self._client.close_point_in_time(id=view)
        ordered = by_rounded_score(rows) if page.order == "relevance" else rows
        return Listing(page.numbers(ordered), first.is_partial, first.number)

    def _completions(self, generation: _Generation, tree: Tree) -> Completions:
        found = {}
        for start in sorted(prefixes_of(tree)):
            answer = self._client.terms_enum(
                index=generation.name, field="forms", string=start, size=PREFIX_TERMS + 1, timeout="1s"
            )
            if answer["_shards"]["failed"]:
                raise EngineUnavailable("Elasticsearch could not complete a prefix on every shard.")
            # A list cut by time is as good as one cut by length: all are matched alike.
            found[start] = answer["terms"] if answer["complete"] else [start] * (PREFIX_TERMS + 1)
        return found

    def _vocabulary(self, generation: _Generation) -> dict[str, int]:
        search: Search[Any] = Search(using=self._slow, index=generation.name)
        search = search.params(allow_partial_search_results=False).extra(size=0)
        search.aggs.metric("forms", "cardinality", field="forms", precision_threshold=40_000)
        slices = _asked(search)["aggregations"]["forms"]["value"] // _SLICE + 1
        words: dict[str, int] = {}
        for part in range(slices):
            # In slices, for a server gives 65 536 buckets at most; a slice is seldom half as large again as another.
            include = {"partition": part, "num_partitions": slices}
            search.aggs["forms"] = A("terms", field="forms", size=_SLICE * 3, include=include)
            buckets = _asked(search)["aggregations"]["forms"]["buckets"]
            words |= {bucket["key"]: bucket["doc_count"] for bucket in buckets}
        words.pop(NOTHING, None)
        return words

    # -- writing -----------------------------------------------------------------------------------------------

    def _create(self, new: _Generation) -> None:
        index = Index(new.name, using=self._writer)
        index.settings(**index_settings(new.shards, self._address.replicas))
        index.aliases(**{new.door: {}})
        self._writer.indices.create(index=new.name, **{**index.to_dict(), "mappings": mapping() | {"_meta": new.meta}})

    @staticmethod
    def _read(documents: Iterable[Document], keys: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        for document in documents:
            keys.add(document["key"])
            yield document["key"], stored(document)

    def _write(
        self,
        generation: _Generation,
        number: int,
        upserts: Iterable[tuple[str, dict[str, Any]]],
        deletes: Sequence[str] = (),
    ) -> None:
        """Write in any order and as often as needed: the number is the version, and an older one changes nothing."""

        def actions() -> Iterator[dict[str, Any]]:
            version = {"_index": generation.door, "version": number, "version_type": "external_gte"}
            for key in deletes:
                yield {"_op_type": "delete", "_id": key, **version}
            for key, fields in upserts:
                yield {"_op_type": "index", "_id": key, "_source": fields, **version}

        answers = helpers.streaming_bulk(
            self._writer, actions(), chunk_size=_CHUNK, raise_on_error=False, max_retries=2, require_alias=True
        )
        for is_done, answer in answers:
            if not is_done:
                _judge(answer)

    def _merge(self, new: _Generation) -> None:
        """Leave one segment where bulk writing left twenty: each answer of the new index asks each of them."""
        # A favour: a server that refuses it, or is not done within a minute, answers rightly all the same.
        with suppress(TransportError, ApiError):
            self._slow.indices.forcemerge(index=new.name, max_num_segments=1)

    def _refresh(self, generation: _Generation) -> None:
        shards = self._writer.indices.refresh(index=generation.name)["_shards"]
        if shards["failed"]:
            raise EngineUnavailable("Elasticsearch could not show what was written on every shard.")

    def _swap(self, new: _Generation) -> str:
        """Let the alias name the new generation, in one act; the name of the one before, or ""."""
        alias = self._address.prefix
        for attempt in range(3):
            before = self._current(is_fresh=True)
            actions: list[dict[str, Any]] = [{"add": {"index": new.name, "alias": alias}}]
            if before:
                actions.append({"remove": {"index": before.name, "alias": alias, "must_exist": True}})
            try:
                self._writer.indices.update_aliases(actions=actions)
            except NotFoundError:
                # Another rebuild has swapped meanwhile: the alias must not name two.
                if attempt == 2:
                    raise
            else:
                break
        with self._lock:
            self._known = (time.monotonic(), new)
        return before.name if before else ""

    def _prune(self, before: str) -> None:
        """Delete what is older than the generation before: a newer one may be another rebuild at work."""
        ours = re.compile(rf"{re.escape(self._address.prefix)}-\d{{20}}-[0-9a-f]{{8}}")
        with suppress(TransportError, ApiError):
            for name in self._writer.indices.get(index=f"{self._address.prefix}-*", features="aliases"):
                if ours.fullmatch(name) and before and name < before:
                    Index(name, using=self._writer).delete(ignore_unavailable=True)


def _asked(search: Search[Any]) -> Found:
    # The bare answer: to wrap its hundreds of buckets costs more than to count them.
    found: Found = search.execute(ignore_cache=True).to_dict()
    if found["timed_out"] or found["_shards"]["failed"]:
        raise EngineUnavailable("Elasticsearch gave a part of the answer only.")
    return found


def _judge(answer: Mapping[str, Any]) -> None:
    """What a refused line of a bulk means: nothing (done before, or by a newer batch), or a failure."""
    ((act, line),) = answer.items()
    status = line.get("status")
    if status == 409 or (act == "delete" and status == 404 and "error" not in line):
        return
    reason = line.get("error")
    if status == 400:
        raise ValueError(f"Elasticsearch does not take document {line.get('_id')}: {reason}")
    raise EngineUnavailable(f"Elasticsearch did not take what was to be written: {reason}")


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except (TransportError, ApiError, helpers.BulkIndexError) as error:
        raise EngineUnavailable(f"Elasticsearch cannot be used: {error}") from error
