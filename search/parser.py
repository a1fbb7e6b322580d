"""What the text of a question means, as a tree (`search.tree`); an engine compiles it, nobody analyses again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from search.analysis import Placed, asked, en, is_stop_word, key_of, normal, place, restored
from search.analysis.numbers import number_of
from search.analysis.pl import is_known
from search.expansion import NO_LISTS, Lists, Match, Other
from search.query import MAX_TEXT
from search.tree import AllOf, AnyOf, Group, Node, Phrase, Prefix, Tree, Word

MAX_TERMS = 12
MAX_DEPTH = 10
RESTORED_WEIGHT = 0.8
PARTS_WEIGHT = 0.8
LISTED = 2
"""Words of a phrase of the lists up to which it counts in full: the scores of its words add up, however common."""
LONGEST_EDITION = 2
"""Digits of a number that counts forums or groups; longer ones are years, articles of law and the like."""
SHORTEST_PREFIX = 2


_NO_LIST: tuple[Mapping[str, float], ...] = ({},)


@dataclass(frozen=True)
class _Term:
    """A leaf or bracket as it was read, before stop words are weighed against their neighbours.

    form    a plain word as it is typed, in lower case; "" for anything else
    parts   for each word of it what lists may know that by, with weights; one of a plain word, more of words that are
            joined ("non-governmental"), one empty of anything else
    """

    node: Node
    is_optional: bool = False
    is_excluded: bool = False
    form: str = ""
    parts: tuple[Mapping[str, float], ...] = _NO_LIST

    @property
    def keys(self) -> Mapping[str, float]:
        """Those of a plain word."""
        return self.parts[0] if len(self.parts) == 1 else {}


_QUOTES = str.maketrans(dict.fromkeys("\u201e“”\u00ab\u00bb", '"'))
_LEXEME = re.compile(r'"(?P<phrase>[^"]*)"?|(?P<open>\()|(?P<close>\))|(?P<word>[^\s"()]+)|\s+')


def parse(text: str, language: str = "pl", lists: Lists = NO_LISTS, mended: Mapping[str, str] | None = None) -> Tree:
    """Read a question: words, "phrase", -minus, OR, prefix*, brackets. Never raises.

    OR joins its two neighbours before anything else does ("a b OR c" asks for a, and for b or c). Brackets and quotes
    that do not match are mended silently. Beyond 200 characters or twelve terms the rest is ignored. Stop words are
    dropped where other words stand beside them, never from a phrase.

    lists   what plain words find besides themselves; phrases, prefixes and what is excluded are taken as typed
    mended  a plain word in lower case to what is read in its place: slips of the pen (`search.spelling`)
    """
    return parse_with_words(text, language, lists, mended)[0]


def parse_with_words(
    text: str, language: str = "pl", lists: Lists = NO_LISTS, mended: Mapping[str, str] | None = None
) -> tuple[Tree, tuple[str, ...]]:
    """As `parse`, and the words that are asked for as they are typed, in lower case: no part of a phrase or reference,
    not excluded, no stop word."""
    reader = _reader(text, language)
    reader.lists, reader.mended = lists.for_readers_of(language), mended or {}
    return Tree(*reader.sequence()), tuple(dict.fromkeys(reader.words))


def is_cut(text: str, language: str = "pl") -> bool:
    """Whether the question has more terms than are read."""
    reader = _reader(text, language)
    reader.sequence()
    return reader.is_cut


def unread_stars(text: str, language: str = "pl") -> tuple[str, ...]:
    """The words whose asterisk completes nothing, as they are typed; they are read without it.

    It completes what stands before it, but not in a phrase: one word of which at least two letters are typed, or a
    reference.
    """
    if "*" not in text:
        return ()
    reader = _reader(text, language)
    reader.sequence()
    return tuple(dict.fromkeys(reader.unread_stars))


def _reader(text: object, language: str) -> _Reader:
    typed = text[:MAX_TEXT].translate(_QUOTES) if isinstance(text, str) else ""
    if not typed.isprintable():
        typed = "".join(char if char.isprintable() else " " for char in typed)
    return _Reader(typed, language)


class _Reader:
    """One pass over the lexemes of a question; holds where it is and how many terms it may still take."""

    def __init__(self, text: str, language: str) -> None:
        self.lexemes = [match for match in _LEXEME.finditer(normal(text)) if not match[0].isspace()]
        self.language = language
        self.lists = NO_LISTS
        self.mended: Mapping[str, str] = {}
        self.words: list[str] = []
        self.unread_stars: list[str] = []
        self.at = 0
        self.left = MAX_TERMS
        self.is_cut = False

    def sequence(self, depth: int = 0) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
        """Terms up to the end or the closing bracket of this depth: the required and the excluded."""
        terms: list[list[_Term]] = []
        joins = False
        while self.at < len(self.lexemes):
            lexeme = self.lexemes[self.at]
            self.at += 1
            if lexeme["close"]:
                if depth:
                    break
                continue
            if lexeme["word"] == "OR":
                joins = bool(terms)
                continue
            read = self._terms(lexeme, depth)
            if not read:
                continue
            if joins:
                terms[-1].append(_as_one(read))
            elif lexeme["open"] or len(read) == 1 or read[0].is_excluded:
                terms.append([_as_one(read)])
            else:
                terms.extend([term] for term in read)
            joins = False
        return _weighed([_either(alternatives) for alternatives in self._expanded(terms)])

    def _terms(self, lexeme: re.Match[str], depth: int) -> list[_Term]:
        if lexeme["open"]:
            return self._bracket(depth)
        if lexeme["phrase"] is not None:
            return self._taken([_Term(node) for node in self._phrase(lexeme["phrase"])])
        word = lexeme["word"]
        if not word.startswith("-"):
            return self._taken(self._word(word))
        # A minus belongs to what follows it without a blank: a word, a phrase or a bracket.
        known = len(self.words)
        if rest := word.lstrip("-"):
            inner = self._taken(self._word(rest))
        elif self.at < len(self.lexemes) and self.lexemes[self.at].start() == lexeme.end():
            following = self.lexemes[self.at]
            self.at += 1
            inner = [] if following["close"] else self._terms(following, depth)
        else:
            return []
        del self.words[known:]
        return [_Term(_as_one(inner).node, is_excluded=True)] if inner else []

    def _bracket(self, depth: int) -> list[_Term]:
        if depth == MAX_DEPTH:
            return []
        required, excluded = self.sequence(depth + 1)
        if len(required) == 1 and not excluded:
            return [_Term(required[0])]
        return [_Term(AllOf(required, excluded))] if required or excluded else []

    def _taken(self, terms: list[_Term]) -> list[_Term]:
        kept = terms[: self.left]
        self.left -= len(kept)
        self.is_cut |= len(kept) < len(terms)
        return kept

    def _word(self, text: str) -> list[_Term]:
        starts = text.rstrip("*") if text.endswith("*") else ""
        placed = place(starts or text, self.language)
        if starts and len(placed) == 1 and len(start := key_of(placed[0].token.form)) >= SHORTEST_PREFIX:
            return [_Term(Group((Prefix(start),)))]
        runs = list(_runs(placed, normal(text)))
        if starts and len(runs) == 1 and placed[0].token.whole:
            # A reference of which the end is open ("WS-2014-R0*") stands whole in a text's exact forms.
            return [_Term(Group((Prefix(placed[0].surface[0]),)))]
        if runs and "*" in text:
            self.unread_stars.append(text)
        return [self._run(run) for run in runs]

    def _run(self, run: Sequence[Placed]) -> _Term:
        if len(run) == 1:
            form = run[0].token.form
            is_optional = is_stop_word(form) and not run[0].token.ending
            if not is_optional:
                self.words.append(form.lower())
            # What was meant counts in full: nothing holds the word as it was typed, so nothing need come before it.
            mended = self.mended.get(form.lower(), "")
            meant = place(mended, self.language) if mended else ()
            words = list(self._alternatives((meant or run)[0]))
            return _Term(Group(tuple(words)), is_optional=is_optional, form=form.lower(), parts=(_keys(words),))
        phrase = Phrase(tuple(self._places(run)), tuple(_exact(run)), PARTS_WEIGHT)
        if run[0].token.whole:
            return _Term(Group((Word(run[0].keys[0]), phrase)))
        return _Term(Group((phrase,)), parts=tuple(_keys(self._alternatives(placed)) for placed in run))

    def _phrase(self, text: str) -> Iterator[Node]:
        if "*" in text:
            self.unread_stars.append(text)
        if placed := place(text, self.language):
            yield Group((Phrase(tuple(self._places(placed)), tuple(_exact(placed))),))

    def _expanded(self, terms: list[list[_Term]]) -> list[list[_Term]]:
        """The terms with what the lists know of them; words that are a phrase of a list become one term."""
        terms = _with_ranges(terms)
        parts = [each[0].parts if len(each) == 1 and not each[0].is_excluded else _NO_LIST for each in terms]
        words = [keys for some in parts for keys in some]
        # At which word each term begins, and the last one ends.
        begins = [0, *accumulate(map(len, parts))]
        keys = [some[0] if len(some) == 1 else {} for some in parts]
        # What is excluded says nothing of what is looked for, nor does what was said before: "nurse -doctor" and "nurse
        # nurse" ask for nurses as "nurse" does.
        firm = len({each[0].node for each in terms if not (each[0].is_optional or each[0].is_excluded)})
        found: list[list[_Term]] = []
        at = 0
        while at < len(terms):
            first = begins[at]
            match = self.lists.match(words, first) if words[first] else None
            # Where what the lists know ends inside of joined words, it is no more than a part of what was asked for.
            end = begins.index(first + match.length) if match and first + match.length in begins else at
            if match and end > at + 1:
                together = [self._also(term) for each in terms[at:end] for term in each]
                if end - at >= firm:
                    match = self.lists.match(words, first, match.length, is_wide=True) or match
                found.append([_Term(_as_phrase_of_list(together, match))])
                at = end
            else:
                known = match if firm > 1 and end > at else None
                found.append([_numbered(self._also(term, known, is_wide=firm == 1), keys, at) for term in terms[at]])
                at += 1
        return found

    def _also(self, term: _Term, known: Match | None = None, *, is_wide: bool = False) -> _Term:
        """The term with what the lists bring for it alone, which may be `known` already."""
        if term.is_excluded or term.is_optional or not isinstance(term.node, Group):
            return term
        match term.node.alternatives:
            case (Prefix(start),):
                near = tuple(_others(self.lists.starting(start)))
                return replace(term, node=Group((Prefix(start, near=near),)))
        if not all(term.parts):
            return term
        found = known or self.lists.match(term.parts, 0, len(term.parts), is_wide=is_wide)
        if not found:
            return term
        own = {word.key for word in term.node.alternatives if isinstance(word, Word)}
        others = tuple(word for word in _others(found.others) if not (isinstance(word, Word) and word.key in own))
        return replace(term, node=Group((*term.node.alternatives, *others)))

    def _places(self, run: Sequence[Placed]) -> Iterator[tuple[int, tuple[str, ...]]]:
        for distance, placed in enumerate(run):
            yield distance, tuple(dict.fromkeys(word.key for word in self._alternatives(placed) if not word.is_surface))

    def _alternatives(self, placed: Placed) -> Iterator[Word]:
        form = placed.token.form
        keys = tuple(dict.fromkeys((*placed.keys[1 if placed.token.whole else 0 :], *asked(form, self.language))))
        yield from (Word(key) for key in keys)
        yield from (Word(key, RESTORED_WEIGHT) for key in restored(form) if key not in keys)
        if number_of(form) is None and not is_known(form):
            if self.language != "en" and form.isascii() and form.isalpha():
                # Read as English too, on whatever page it is typed: "refugees" has no Polish form.
                yield from (Word(key, RESTORED_WEIGHT) for key in en.readings(form) if key not in keys)
            # A name that no dictionary has, typed without its letters, is still found as it is written.
            yield Word(key_of(form), RESTORED_WEIGHT, is_surface=True)


def _keys(words: Iterable[Word]) -> dict[str, float]:
    return {word.key: word.weight for word in words if not word.is_surface}


def _runs(placed: Sequence[Placed], text: str) -> Iterator[list[Placed]]:
    # A reference is one thing; two words with a slash between them ("Kraków/Lublin") are two.
    run: list[Placed] = []
    for word in placed:
        if run and (not word.token.joined or (text[word.token.start - 1] == "/" and not run[0].token.whole)):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _exact(run: Sequence[Placed]) -> Iterator[tuple[int, str]]:
    for distance, placed in enumerate(run):
        yield distance, placed.surface[-1 if placed.token.whole else 0]


_AFTER = {
    "po": 1,
    "after": 1,
    "після": 1,
    "после": 1,
    "od": 0,
    "since": 0,
    "from": 0,
    "від": 0,
    "з": 0,
    "с": 0,
    "от": 0,
}
_BEFORE = {"przed": 1, "before": 1, "перед": 1, "до": 0, "do": 0, "until": 0}
_YEAR = re.compile(r"(19|20)\d\d")
MOST_YEARS = 30


def _with_ranges(terms: list[list[_Term]]) -> list[list[_Term]]:
    """With "after 2022", "od 2015" or "przed 2016" read as any of the years meant, of thirty."""
    found = list(terms)
    for at, (word, year) in enumerate(pairwise(terms)):
        preposition, number = word[0].form, year[0].form
        if len(word) == len(year) == 1 and _YEAR.fullmatch(number) and not year[0].is_excluded:
            if preposition in _AFTER:
                first = int(number) + _AFTER[preposition]
                years = range(first, first + MOST_YEARS)
            elif preposition in _BEFORE:
                last = int(number) - _BEFORE[preposition]
                years = range(last, last - MOST_YEARS, -1)
            else:
                continue
            found[at] = [replace(word[0], is_optional=True, parts=_NO_LIST)]
            found[at + 1] = [_Term(Group(tuple(Word(str(each)) for each in years)))]
    return found


def _numbered(term: _Term, keys: Sequence[Mapping[str, float]], at: int) -> _Term:
    """A number beside a word ("2 forum", "grupa 3") prefers documents where the two stand together."""
    number = next((key for key in term.keys if key.isdecimal() and len(key) <= LONGEST_EDITION), "")
    beside = [keys[n] for n in (at - 1, at + 1) if 0 <= n < len(keys)]
    words = [tuple(some) for some in beside if some and not any(key.isdecimal() for key in some)]
    if not number or not words:
        return term
    together = [
        Phrase(((0, first), (distance, then)))
        for word in words
        for first, distance, then in (((number,), 1, word), (word, 1, (number,)), (word, 2, (number,)))
    ]
    return replace(term, node=AnyOf((term.node, Group(tuple(together)))))


def _others(every: Sequence[Other]) -> Iterator[Word | Phrase]:
    for places, weight in every:
        if len(places) == 1:
            yield from (Word(key, weight) for key in places[0])
        else:
            yield Phrase(tuple(enumerate(places)), (), weight * min(1.0, LISTED / len(places)))


def _as_phrase_of_list(terms: Sequence[_Term], match: Match) -> Node:
    """The words themselves, all of them, or one of the others that the list gives for the phrase they are."""
    nodes = tuple(term.node for term in terms if not term.is_optional) or tuple(term.node for term in terms)
    own: Node = nodes[0] if len(nodes) == 1 else AllOf(nodes)
    others = tuple(_others(match.others))
    return AnyOf((own, Group(others))) if others else own


def _as_one(terms: Sequence[_Term]) -> _Term:
    if len(terms) == 1:
        return terms[0]
    return _Term(AllOf(tuple(term.node for term in terms)))


def _either(alternatives: Sequence[_Term]) -> _Term:
    if len(alternatives) == 1:
        return alternatives[0]
    nodes = (AllOf((), (term.node,)) if term.is_excluded else term.node for term in alternatives)
    return _Term(AnyOf(tuple(nodes)))


def _weighed(terms: Sequence[_Term]) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    required = [term for term in terms if not term.is_excluded]
    firm = [term.node for term in required if not term.is_optional]
    excluded = tuple(term.node for term in terms if term.is_excluded)
    return tuple(firm or [term.node for term in required]), excluded
