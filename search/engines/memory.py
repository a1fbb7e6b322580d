"""The engine of tests and the twin of the embedded one: plain dictionaries, the same BM25, the same answers."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from math import log

from search.engines.base import (
    EXACT,
    FURTHER,
    NOTHING,
    PREFIX_TERMS,
    SCORE_DIGITS,
    TEXTS,
    WEIGHTS,
    Batch,
    Document,
    checked,
    counted,
    days_of,
    order_text,
    stream_of,
)
from search.engines.keys import number_of
from search.engines.narrowing import (
    AnyAddressed,
    AnyOne,
    AnyValue,
    Between,
    Condition,
    Conditions,
    conditions_of,
    counts_of,
    plans_of,
)
from search.query import ALERTS, SearchQuery
from search.results import Hit, Listing, SearchResults
from search.tree import AllOf, AnyOf, AtLeast, Group, Node, Phrase, Prefix, Tree, Word

_FIELDS = (*WEIGHTS, "surface")
_K1, _B = 1.2, 0.75

Scores = dict[str, float]
"""Document key to score; a document that is not in it does not match."""


class MemoryEngine:
    """Keeps everything in this process and forgets it with it. An index always exists; it is born empty."""

    name = "memory"

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._index = _Index()
        self._number = 0
        self._fingerprint = ""

    @property
    def number(self) -> int:
        """See Engine."""
        return self._number

    @property
    def fingerprint(self) -> str:
        """See Engine."""
        return self._fingerprint

    def apply(self, batch: Batch) -> bool:
        """See Engine."""
        documents = [checked(document) for document in batch.upserts]
        with self._lock:
            if not batch.after <= self._number <= batch.number:
                return False
            for key in (*batch.deletes, *(document["key"] for document in documents)):
                self._index.remove(key)
            for document in documents:
                self._index.add(document)
            self._number = batch.number
            return True

    def stream(self) -> Iterator[tuple[str, str]]:
        """See Engine."""
        with self._lock:
            pairs = [(key, document["hash"]) for key, document in self._index.documents.items()]
        yield from pairs

    def rebuild(self, documents: Iterable[Document], number: int, *, fingerprint: str = "") -> int:
        """See Engine."""
        index = _Index()
        for document in documents:
            index.remove(document["key"])
            index.add(checked(document))
        with self._lock:
            self._index, self._number, self._fingerprint = index, number, fingerprint
        return len(index.documents)

    def search(
        self,
        query: SearchQuery,
        tree: Tree,
        facets: Sequence[str] = (),
        masked: Collection[str] = (),
    ) -> SearchResults:
        """See Engine."""
        with self._lock:
            return self._answer(query, tree, facets, masked, slice(query.offset, query.offset + query.page_size))

    def _answer(
        self,
        query: SearchQuery,
        tree: Tree,
        facets: Sequence[str],
        masked: Collection[str],
        page: slice,
    ) -> SearchResults:
        shown = {
            key
            for key, document in self._index.documents.items()
            if query.language in document["shown_in"] and key not in masked
        }
        scores, is_partial = _Matcher(self._index).level(tree, shown)
        documents = self._index.documents
        matching = {key: _fields_of(documents[key]) for key in scores}
        found = list(_passing(matching, conditions_of(query)))
        if query.order == "relevance":
            found.sort(key=lambda key: (-scores[key], order_text("newest", documents[key])))
        else:
            found.sort(key=lambda key: order_text(query.order, documents[key]))
        return SearchResults(
            hits=tuple(Hit(key, scores[key] if query.order == "relevance" else 0.0) for key in found[page]),
            total=len(found),
            is_partial=is_partial,
            number=self._number,
            facets={
                facet: counted(counts, query.values(facet))
                for facet, counts in counts_of(
                    plans_of(query, facets),
                    _Counter(matching, query.today),
                    lambda conditions: len(_passing(matching, conditions)),
                ).items()
            },
        )

    def every(self, query: SearchQuery, tree: Tree, masked: Collection[str] = ()) -> Listing:
        """See Engine."""
        with self._lock:
            found = self._answer(query, tree, (), masked, slice(None))
        return Listing([*map(number_of, found.keys)], found.is_partial, found.number)

    def vocabulary(self) -> Mapping[str, int]:
        """See Engine."""
        with self._lock:
            return {form: len(found) for form, found in self._index.postings["surface"].items() if form != NOTHING}

    def frequencies(self, keys: Collection[str]) -> Mapping[str, int]:
        """See Engine."""
        with self._lock:
            found = {key: {d for part in TEXTS for d in self._index.found(part, key)} for key in keys}
            return {key: len(documents) for key, documents in found.items() if documents}


Fields = Mapping[str, Sequence[str]]


def _fields_of(document: Document) -> Fields:
    """The stored fields that conditions and plans speak of."""
    return (
        {f"facet_{name}": tuple(dict.fromkeys(values)) for name, values in document["facets"].items()}
        | {"addressed": tuple(dict.fromkeys(document["addressed"]))}
        | {name: (day,) for name, day in days_of(document).items()}
    )


def _passing(matching: Mapping[str, Fields], conditions: Conditions) -> list[str]:
    return [key for key, fields in matching.items() if all(_holds(each, fields) for each in conditions)]


def _holds(condition: Condition, fields: Fields) -> bool:
    match condition:
        case AnyValue():
            return any(value in condition.values for value in fields.get(condition.field, ()))
        case Between():
            days = fields.get(condition.field, ())
            return any(condition.low <= day and (not condition.high or day <= condition.high) for day in days)
        case AnyAddressed():
            return any(condition.fits(addressed) for addressed in fields.get("addressed", ()))
        case AnyOne():
            return any(_holds(each, fields) for each in condition.conditions)


class _Counter:
    def __init__(self, matching: Mapping[str, Fields], today: str) -> None:
        self.matching = matching
        self.today = today

    def __call__(self, conditions: Conditions, fields: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        passing = [self.matching[key] for key in _passing(self.matching, conditions)]
        return {field: Counter(v for some in passing for v in self.values(some, field)) for field in fields}

    def values(self, fields: Fields, field: str) -> Iterable[str]:
        if field != "alert":
            return fields.get(field, ())
        return [name for name in ALERTS if any(day <= self.today for day in fields.get(f"alert_{name}", ()))]


class _Index:
    """Postings by field, and what BM25 must know of them."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.postings: dict[str, dict[str, dict[str, list[int]]]] = {field: defaultdict(dict) for field in _FIELDS}
        self.lengths: dict[str, dict[str, int]] = {field: {} for field in _FIELDS}
        self.tokens: Counter[str] = Counter()

    def add(self, document: Document) -> None:
        key = document["key"]
        self.documents[key] = document
        for field in _FIELDS:
            for position, word in self._words(document, field):
                self.postings[field][word].setdefault(key, []).append(position)
            self.lengths[field][key] = length = sum(1 for _ in self._words(document, field))
            self.tokens[field] += length

    def remove(self, key: str) -> None:
        document = self.documents.pop(key, None)
        if document is None:
            return
        for field in _FIELDS:
            self.tokens[field] -= self.lengths[field].pop(key)
            for _, word in self._words(document, field):
                self.postings[field][word].pop(key, None)
                if not self.postings[field][word]:
                    del self.postings[field][word]

    @staticmethod
    def _words(document: Document, field: str) -> Iterator[tuple[int, str]]:
        for position, words in enumerate(stream_of(document, field)):
            for word in words:
                yield position, word

    def found(self, field: str, word: str) -> dict[str, list[int]]:
        return self.postings[field].get(word, {})

    def bm25(self, field: str, word: str) -> Scores:
        found = self.found(field, word)
        if not found:
            return {}
        total = len(self.documents)
        idf = log(1 + (total - len(found) + 0.5) / (len(found) + 0.5))
        average = self.tokens[field] / total
        scores = {}
        for key, positions in found.items():
            frequency = len(positions)
            norm = _K1 * (1 - _B + _B * _stored_length(self.lengths[field][key]) / average)
            scores[key] = idf * (1 + _K1) * frequency / (frequency + norm)
        return scores

    def completions(self, start: str) -> list[str]:
        return sorted(word for word in self.postings["surface"] if word.startswith(start))


def _lengths() -> Iterator[int]:
    # Lucene and tantivy keep a length in one byte: exact up to 40, then with three significant bits.
    yield from range(24)
    for i in range(232):
        yield 24 + (i if i < 8 else ((i & 7) | 8) << ((i >> 3) - 1))


_STORED_LENGTHS = list(_lengths())


def _stored_length(length: int) -> int:
    return _STORED_LENGTHS[bisect_right(_STORED_LENGTHS, length) - 1]


class _Matcher:
    """Walks a tree over an index; every method answers with the scores of what matches."""

    def __init__(self, index: _Index) -> None:
        self.index = index

    def level(self, tree: Tree, shown: set[str]) -> tuple[Scores, bool]:
        """The scores on the first level that is not empty, and whether that is the partial one."""
        without = {key for node in tree.excluded for key in self.node(node)}
        candidates = shown - without
        if not tree.required:
            return dict.fromkeys(candidates, 0.0), False
        matched = [self.node(node) for node in tree.required]
        for enough in sorted({len(matched), tree.enough}, reverse=True):
            hits = Counter(key for scores in matched for key in scores)
            if found := {key for key, count in hits.items() if count >= enough and key in candidates}:
                scores = {key: round(sum(s.get(key, 0.0) for s in matched), SCORE_DIGITS) for key in found}
                return scores, enough < len(matched)
        return {}, False

    def node(self, node: Node) -> Scores:
        match node:
            case Group():
                return _best_and_further([self.alternative(alternative) for alternative in node.alternatives])
            case AnyOf():
                return _sum(self.node(each) for each in node.nodes)
            case AtLeast():
                matched = [self.node(each) for each in node.nodes]
                hits = Counter(key for scores in matched for key in scores)
                return {key: score for key, score in _sum(matched).items() if hits[key] >= node.least}
            case AllOf():
                return self.all_of(node)

    def all_of(self, node: AllOf) -> Scores:
        matched = [self.node(each) for each in node.nodes]
        keys = set(self.index.documents).intersection(*matched).difference(*(self.node(each) for each in node.excluded))
        return {key: score for key, score in _sum([dict.fromkeys(keys, 0.0), *matched]).items() if key in keys}

    def alternative(self, alternative: Word | Phrase | Prefix) -> Scores:
        match alternative:
            case Word():
                return self.word(alternative.key, alternative.weight, is_surface=alternative.is_surface)
            case Phrase():
                return self.phrase(alternative)
            case Prefix():
                return self.prefix(alternative)

    def word(self, key: str, weight: float = 1.0, *, is_surface: bool = False) -> Scores:
        fields = {"surface": 1.0} if is_surface else WEIGHTS
        return _sum(_times(self.index.bm25(field, key), part * weight) for field, part in fields.items())

    def phrase(self, phrase: Phrase) -> Scores:
        surface = tuple((distance, (form,)) for distance, form in phrase.surface)
        found = _best(
            [
                *(dict.fromkeys(self.places(field, phrase.words), part) for field, part in WEIGHTS.items()),
                dict.fromkeys(self.places("surface", surface), EXACT) if surface else {},
            ]
        )
        words = [_best(self.word(key) for key in keys) for _, keys in phrase.words]
        return {key: phrase.weight * (score + sum(w.get(key, 0.0) for w in words)) for key, score in found.items()}

    def places(self, field: str, words: Sequence[tuple[int, Sequence[str]]]) -> set[str]:
        starts: dict[str, set[int]] | None = None
        for distance, keys in words:
            here: dict[str, set[int]] = defaultdict(set)
            for word in keys:
                for key, positions in self.index.found(field, word).items():
                    here[key].update(position - distance for position in positions)
            starts = (
                here if starts is None else {k: both for k, at in starts.items() if (both := at & here.get(k, set()))}
            )
        return set(starts or ())

    def prefix(self, prefix: Prefix) -> Scores:
        words = self.index.completions(prefix.start)
        if len(words) > PREFIX_TERMS:
            return {key: prefix.weight for word in words for key in self.index.found("surface", word)}
        return _best(_times(self.index.bm25("surface", word), prefix.weight) for word in words)


def _times(scores: Scores, weight: float) -> Scores:
    return {key: score * weight for key, score in scores.items()}


def _best(every: Iterable[Scores]) -> Scores:
    return _merged(every, max)


def _best_and_further(every: Sequence[Scores]) -> Scores:
    best = _best(every)
    return {key: (1 - FURTHER) * best[key] + FURTHER * score for key, score in _sum(every).items()}


def _sum(every: Iterable[Scores]) -> Scores:
    return _merged(every, lambda one, other: one + other)


def _merged(every: Iterable[Scores], merge: Callable[[float, float], float]) -> Scores:
    merged: Scores = {}
    for scores in every:
        for key, score in scores.items():
            merged[key] = merge(merged[key], score) if key in merged else score
    return merged
