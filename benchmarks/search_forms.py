"""Polish word forms: how many of one word meet, and how many of different words do.

    python benchmarks/search_forms.py [--misses] [treebank.conllu ...]

* by hand: tests/search/data/polish_forms.tsv, as it is written and with the question typed without Polish letters
* treebank: the given files, of the Polish PDB treebank of Universal Dependencies those named dev and test. Its licence
  (CC BY-NC-SA) keeps it out of this project; https://github.com/UniversalDependencies/UD_Polish-PDB has it

Of the treebank count the nouns, names, adjectives, verbs and adverbs of three letters and more, in lower case and with
nothing but letters. Two forms are of one word if lemma and part of speech are the same: 17 425 pairs, which is the
number the bars were set with. Against them stand 20 000 pairs that begin with the same four letters and have no lemma
in common. Each pair is asked both ways.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, groupby
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.search_core import Bars  # noqa: E402 - the root is put on the path first
from search.analysis import asked, fold, readings, restored  # noqa: E402

BY_HAND = ROOT / "tests" / "search" / "data" / "polish_forms.tsv"
TREEBANK = "https://github.com/UniversalDependencies/UD_Polish-PDB"
PARTS_OF_SPEECH = frozenset({"NOUN", "PROPN", "ADJ", "VERB", "ADV"})
SHORTEST, SAME_LETTERS = 3, 4
LOOK_ALIKES = 20_000

Pairs = Sequence[tuple[str, str]]


def finds(question: str, text: str) -> bool:
    """Whether a question of one word finds a text of one word, as the parser and a document would have it."""
    return not {*asked(question, "pl"), *restored(question)}.isdisjoint(readings(text, "pl"))


def share(bars: Bars, name: str, pairs: Pairs, bar: float | None = None, *, at_least: bool = False) -> None:
    """How many of a hundred pairs meet; with --misses the others as well, or of look-alikes those that do."""
    met = [finds(*pair) for pair in pairs]
    bars.line(name, 100 * sum(met) / len(met), bar, f"of {len(met)} questions", at_least=at_least)
    if "--misses" in sys.argv:
        wrong = (pair for pair, meets in zip(pairs, met, strict=True) if meets != at_least)
        print("".join(f"    {question} {text}\n" for question, text in wrong), end="")


def both_ways(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Each pair, and each turned round."""
    return [way for pair in pairs for way in (pair, pair[::-1])]


def without_letters(pairs: Pairs) -> Pairs:
    """The same questions as typed on a foreign keyboard."""
    return [(fold(question), text) for question, text in pairs]


def by_hand(bars: Bars) -> None:
    """The list of the tests."""
    with BY_HAND.open(newline="") as lines:
        rows = [(row["kind"], (row["a"], row["b"])) for row in csv.DictReader(lines, delimiter="\t")]
    same = both_ways(pair for kind, pair in rows if kind == "must_match")
    other = both_ways(pair for kind, pair in rows if kind == "must_not_match")
    share(bars, "by hand: forms of one word, %", same, 100, at_least=True)
    share(bars, "by hand: typed without Polish letters, %", without_letters(same), 99, at_least=True)
    share(bars, "by hand: look-alikes, %", other)


def words_of(paths: Iterable[str]) -> set[tuple[str, str, str]]:
    """Lemma, part of speech and form of the words that count, in lower case."""
    words = set()
    for path in paths:
        for line in Path(path).read_text().splitlines():
            number, _, columns = line.partition("\t")
            if number.isdecimal():  # neither a comment nor a part of a contraction
                form, lemma, part = columns.split("\t")[:3]
                if part in PARTS_OF_SPEECH and form.isalpha() and len(form) >= SHORTEST:
                    words.add((lemma.lower(), part, form.lower()))
    return words


def of_one_word(words: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """All pairs of different forms of a lemma."""
    for _word, entries in groupby(sorted(words), key=lambda entry: entry[:2]):
        yield from combinations([form for _lemma, _part, form in entries], 2)


def look_alikes(words: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """All pairs of forms that begin alike and of which no lemma is the same."""
    lemmas: dict[str, set[str]] = {}
    for lemma, _part, form in words:
        lemmas.setdefault(form, set()).add(lemma)
    for _start, forms in groupby(sorted(lemmas), key=lambda form: form[:SAME_LETTERS]):
        yield from (pair for pair in combinations(forms, 2) if lemmas[pair[0]].isdisjoint(lemmas[pair[1]]))


def treebank(paths: Sequence[str], bars: Bars) -> None:
    """Forms of running texts, with all that is strange in them: slips, abbreviations, halves of joined adjectives."""
    words = words_of(paths)
    same = both_ways(of_one_word(words))
    every = list(look_alikes(words))
    other = both_ways(random.Random(7).sample(every, min(LOOK_ALIKES, len(every))))
    share(bars, "treebank: forms of one word, %", same, 98, at_least=True)
    share(bars, "treebank: typed without Polish letters, %", without_letters(same))
    share(bars, "treebank: different words, %", other, 1.3)


def main() -> int:
    """Print every share; 1 if a bar was missed."""
    bars, paths = Bars(), [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    by_hand(bars)
    if paths:
        treebank(paths, bars)
    else:
        print(f"  The treebank was left out: give the paths of its .conllu files, which {TREEBANK} has.")
    return bool(bars.missed)


if __name__ == "__main__":
    sys.exit(main())
