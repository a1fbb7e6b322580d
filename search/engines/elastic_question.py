"""How Elasticsearch is asked: the tree and the conditions compiled to clauses of its query language.

Pure: clauses are plain dictionaries, since the span objects of the client cannot be nested in others.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from search.engines.base import EXACT, FURTHER, PREFIX_TERMS, WEIGHTS
from search.engines.elastic_schema import STREAMS, stream, token
from search.engines.narrowing import AnyAddressed, AnyOne, AnyValue, Between, Condition, Conditions
from search.tree import AllOf, AnyOf, AtLeast, Group, Node, Phrase, Prefix, Tree, Word

Clause = dict[str, Any]
Completions = Mapping[str, Sequence[str]]
"""The forms of the index that begin with each start; more than PREFIX_TERMS of them: the list may be cut there."""

NONE: Clause = {"match_none": {}}
EVERY: Clause = {"match_all": {}}
# What means something in a regular expression of Lucene.
_SPECIAL = re.compile(r'([.?+*|{}\[\]()"\\#@&<>~^$-])')


def prefixes_of(tree: Tree) -> set[str]:
    """What the completions must be known of before the tree is compiled."""
    return {start for node in (*tree.required, *tree.excluded) for start in _prefixes(node)}


def _prefixes(node: Node) -> Iterator[str]:
    if isinstance(node, Group):
        yield from (each.start for each in node.alternatives if isinstance(each, Prefix))
        return
    for inner in (*node.nodes, *(node.excluded if isinstance(node, AllOf) else ())):
        yield from _prefixes(inner)


def condition(one: Condition) -> Clause:
    """A condition of `search.engines.narrowing` as a filter."""
    match one:
        case AnyValue(field, values):
            return {"terms": {field: list(values)}}
        case Between(field, "", ""):
            return {"exists": {"field": field}}
        case Between(field, low, high):
            return {"range": {field: {name: day for name, day in (("gte", low), ("lte", high)) if day}}}
        case AnyAddressed():
            return {"regexp": {"addressed": {"value": one.pattern(literal), "flags": "NONE"}}}
        case AnyOne(conditions):
            return {"bool": {"should": [condition(each) for each in conditions]}} if conditions else NONE


def every_condition(conditions: Conditions) -> Clause:
    """All of the conditions as one filter."""
    return {"bool": {"filter": [condition(each) for each in conditions]}} if conditions else EVERY


def literal(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


class Compiled:
    """A tree against one state of the index, for one language and mask."""

    def __init__(self, tree: Tree, language: str, masked: Collection[str], completions: Completions) -> None:
        self.tree = tree
        self.completions = completions
        self.barred: list[Clause] = [{"term": {"hidden_in": language}}, *map(self.node, tree.excluded)]
        if masked:
            self.barred.append({"terms": {"key": sorted(masked)}})

    def whole(self) -> Clause:
        """All required nodes match."""
        return {"bool": {"must": [self.node(node) for node in self.tree.required], "must_not": self.barred}}

    def partial(self) -> Clause:
        """Enough of them match."""
        some = {"should": [self.node(node) for node in self.tree.required], "minimum_should_match": self.tree.enough}
        return {"bool": {"must": [{"bool": some}], "must_not": self.barred}}

    def node(self, node: Node) -> Clause:
        match node:
            case Group():
                return _best([self.alternative(each) for each in node.alternatives], FURTHER)
            case AnyOf():
                return {"bool": {"should": [self.node(each) for each in node.nodes]}}
            case AtLeast():
                some = [self.node(each) for each in node.nodes]
                return {"bool": {"should": some, "minimum_should_match": node.least}}
            case AllOf():
                return {
                    "bool": {
                        "must": [self.node(each) for each in node.nodes],
                        "must_not": [self.node(each) for each in node.excluded],
                    }
                }

    def alternative(self, alternative: Word | Phrase | Prefix) -> Clause:
        match alternative:
            case Word(key, weight, is_surface):
                return _word(key, weight, is_surface=is_surface)
            case Phrase():
                return _phrase(alternative)
            case Prefix(start, weight):
                return self.prefix(start, weight)

    def prefix(self, start: str, weight: float) -> Clause:
        forms = self.completions[start]
        if len(forms) > PREFIX_TERMS:
            return _constant({"prefix": {"forms": {"value": start}}}, weight)
        return _best([_word(form, weight, is_surface=True) for form in forms])


def _word(key: str, weight: float = 1.0, *, is_surface: bool = False) -> Clause:
    fields = {"surface": 1.0} if is_surface else WEIGHTS
    terms = [{"term": {field: {"value": token(key), "boost": part * weight}}} for field, part in fields.items()]
    return terms[0] if is_surface else {"bool": {"should": terms}}


def _phrase(phrase: Phrase) -> Clause:
    places = [_constant(_places(field, phrase.words), part) for field, part in WEIGHTS.items()]
    if phrase.surface:
        exact = [(distance, (form,)) for distance, form in phrase.surface]
        places.append(_constant(_places("surface", exact), EXACT))
    words = [_best([_word(key) for key in keys]) for _, keys in phrase.words]
    return {"bool": {"must": [_best(places)], "should": words, "boost": phrase.weight}}


def _places(field: str, words: Sequence[tuple[int, Sequence[str]]]) -> Clause:
    if len(words) == 1:
        return {"terms": {field: [token(key) for key in words[0][1]]}}
    clauses: list[Clause] = []
    expected = words[0][0]
    for distance, keys in words:
        if distance > expected:
            clauses.append({"span_gap": {stream(field, 0): distance - expected}})
        clauses.append({"span_or": {"clauses": [_at(field, key, r) for key in keys for r in range(STREAMS[field])]}})
        expected = distance + 1
    return {"span_near": {"clauses": clauses, "slop": 0, "in_order": True}}


def _at(field: str, key: str, r: int) -> Clause:
    term = {"span_term": {stream(field, r): token(key)}}
    # A span speaks of one field only; the streams share their places, so all may pass for the first.
    return {"span_field_masking": {"query": term, "field": stream(field, 0)}} if r else term


def _constant(clause: Clause, score: float) -> Clause:
    return {"constant_score": {"filter": clause, "boost": score}}


def _best(clauses: Sequence[Clause], further: float = 0.0) -> Clause:
    if not clauses:
        return NONE
    return clauses[0] if len(clauses) == 1 else {"dis_max": {"queries": list(clauses), "tie_breaker": further}}
