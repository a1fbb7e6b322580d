"""What search costs beside the engine's own raw count, on 10 000 and 100 000 documents, in CPU time.

    python benchmarks/search_core.py [documents ...]        # 1000000 takes a quarter of an hour

A page is the total, the first twenty by relevance, nine facets, each without its own filter, and twenty passages with
their marks. The raw count is the compiled text query with limit 1, asked in turn with the page in the same process;
beside it stands FTS5 of SQLite over the same words, asked for the first twenty by bm25 and nothing else.
"""

from __future__ import annotations

import math
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import django
from django.urls import get_resolver
from simplemma.strategies.dictionaries.stream_dictionary_factory import StreamDictionaryFactory
from tantivy import Occur, Query

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from search.analysis import load_dictionaries, place, readings, restored  # noqa: E402 - the root is put on the path first
from search.analysis.letters import CYRILLIC, fold  # noqa: E402
from search.engines.base import Batch, Document  # noqa: E402
from search.engines.embedded import EmbeddedEngine, _fresh  # noqa: E402
from search.engines.embedded_question import Question  # noqa: E402
from search.engines.keys import pks_of  # noqa: E402
from search.highlight import Reader  # noqa: E402
from search.parser import parse  # noqa: E402
from search.query import FACET_NAMES, SearchQuery  # noqa: E402
from search.spelling import Speller  # noqa: E402
from search.tree import Group, Tree, Word  # noqa: E402
from tests.factories.corpus import FACETS, Corpus  # noqa: E402

SIZES = (10_000, 100_000)
LARGE = 100_000
FTS5 = {100_000: 0.5, 1_000_000: 0.2}
"""What the page may be of it at these sizes."""
DISK = ROOT / "var"
"""Where the index of a site stands: on a disk, which the place for temporary files need not be."""
QUERIES = 200
SHARES = (
    *(0.0056, 0.0081, 0.0093, 0.0125, 0.0125, 0.0156, 0.0156, 0.0187, 0.0224),
    *(0.0312, 0.0386, 0.0474, 0.0592, 0.0623, 0.0654, 0.148, 0.220, 0.283, 0.449),
)
"""How much of what there is the judged questions find on the real site, in steps of 5 in a hundred, as
`search_quality.py` prints it. For such questions FTS5 takes as long as for those with which its bar was set."""
WORKER = "--worker"
ALLOWED_MS = 1.5
"""What a page may cost beyond its share of raw counts: building the answer is work that does not grow."""


class Bars:
    """Prints figures and remembers which missed their bar."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def line(
        self, name: str, value: float, bar: float | None = None, more: str = "", *, at_least: bool = False
    ) -> None:
        """One figure; with a bar it must be no more than it (`at_least`: no less)."""
        sign = ">=" if at_least else "<="
        holds = bar is None or (value >= bar if at_least else value <= bar)
        if not holds:
            self.missed.append(name)
        wanted = "" if bar is None else f"({sign} {bar:g}{'' if holds else ', MISSED'})"
        print(f"  {name:44} {value:9.2f}  {wanted:18} {more}", flush=True)


def resident() -> tuple[float, float]:
    """Megabytes that this process holds: of its own, and of files that it has mapped."""
    held = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    own, files = (int(held[name].removesuffix("kB")) * 1024 / 1e6 for name in ("RssAnon", "RssFile"))
    return own, files


def timed(act: Callable[[], object]) -> float:
    """Milliseconds of CPU."""
    started = time.process_time()
    act()
    return (time.process_time() - started) * 1000


def clocked(act: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of CPU, and by the clock."""
    started = time.perf_counter()
    spent = timed(act)
    return spent, (time.perf_counter() - started) * 1000


def best(act: Callable[[], object]) -> float:
    """Milliseconds of CPU, of the quickest of three."""
    return min(timed(act) for _ in range(3))


def quantiles(times: list[float]) -> tuple[float, float]:
    """The median and the 95th in a hundred."""
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def raw_count(engine: EmbeddedEngine, query: SearchQuery) -> tuple[float, int]:
    """How long the text query takes with limit 1, and how many documents it finds."""
    searcher = _fresh(engine._generation())
    question = Question(engine._schema, searcher, query, ())
    nodes = [(Occur.Must, question.node(node)) for node in parse(query.text).required]
    compiled = Query.boolean_query(nodes)
    started = time.process_time()
    found = searcher.search(compiled, 1)
    return (time.process_time() - started) * 1000, int(found.count)  # type: ignore[attr-defined]  # its type stub forgets this one


def pages(engine: EmbeddedEngine, corpus: Corpus, bars: Bars, count: int) -> None:
    """The page against the raw count, with nine facets, with all, with a mask, and far behind. The bars are those of
    LARGE and more: below it what a page costs besides is most of it."""
    median, slow, marks = (4, 5, 1.5) if count >= LARGE else (None, None, None)
    asked = corpus.questions(QUERIES)
    texts = [" ".join(corpus.text(random.Random(n), 90)) for n in range(20)]
    trees = {query: parse(query.text) for query in asked}
    acts: dict[str, Callable[[SearchQuery], object]] = {
        "page": lambda query: engine.search(query, parse(query.text), FACETS),
        # As on a page, the question is read once.
        "marks": lambda query: marked(texts, trees[query]),
        "all": lambda query: engine.search(query, parse(query.text), FACET_NAMES),
        "masked": lambda query: engine.search(query, parse(query.text), FACETS, masked),
    }
    masked = [f"recommendation:{n}:pl" for n in range(1000)]
    times: dict[str, list[float]] = {}
    hits: list[int] = []
    for _round in range(2):  # the first one warms both sides
        times, hits = {name: [] for name in (*acts, "raw")}, []
        for query in asked:
            raw, number = raw_count(engine, query)
            times["raw"].append(raw)
            hits.append(number)
            for name, act in acts.items():
                times[name].append(timed(partial(act, query)))
    whole = [page + marks for page, marks in zip(times["page"], times["marks"], strict=True)]
    (raw, slow_raw), (page, slow_page) = quantiles(times["raw"]), quantiles(whole)
    found = f"{statistics.mean(hits):.0f} hits a query, median {statistics.median(hits):.0f}"
    bars.line(
        "page less 1.5 ms / raw count, p50", (page - ALLOWED_MS) / raw, median, f"{page:.2f} and {raw:.2f} ms; {found}"
    )
    bars.line("page less 1.5 ms / raw count, p95", (slow_page - ALLOWED_MS) / slow_raw, slow)
    bars.line("page with twenty marks / without, p50", page / quantiles(times["page"])[0], marks)
    bars.line(f"{len(FACET_NAMES)} facets / nine, p50", quantiles(times["all"])[0] / quantiles(times["page"])[0])
    bars.line("a thousand masked / none, p50", quantiles(times["masked"])[0] / quantiles(times["page"])[0])
    many = SearchQuery(corpus.forms[0], page_size=20)
    far = replace(many, page=500)
    first, last = (statistics.median(timed(partial(acts["page"], query)) for _ in range(9)) for query in (many, far))
    bars.line("page 500 / page 1", last / first, 10)


def as_judged(engine: EmbeddedEngine, corpus: Corpus, count: int) -> list[SearchQuery]:
    """Questions that find as large a share of the documents as people's do: for each of SHARES the ten nearest."""
    pool = {query: raw_count(engine, query)[1] / count for query in corpus.questions(2000, seed=4, filters=0)}
    found = []
    for share in SHARES:
        for nearest in sorted(pool, key=lambda query: abs(pool[query] - share))[:10]:
            del pool[nearest]
            found.append(nearest)
    return found


def fts5(engine: EmbeddedEngine, corpus: Corpus, bars: Bars, count: int, folder: Path) -> None:
    """The page with all that is on it against the first twenty of SQLite's own index, which holds the same keys in a
    file, as a site would have it."""
    database = sqlite3.connect(folder / "fts5.sqlite3")
    database.execute("CREATE VIRTUAL TABLE words USING fts5(text, content='')")
    rows = ((_keys_of(document),) for document in corpus.documents(count))
    database.executemany("INSERT INTO words (text) VALUES (?)", rows)
    database.execute("INSERT INTO words (words) VALUES ('optimize')")
    database.commit()
    beside(database, engine, corpus, bars, as_judged(engine, corpus, count), FTS5.get(count))
    print("  the same, asked for words as they come, most of them rare")
    beside(database, engine, corpus, bars, corpus.questions(QUERIES, filters=0), None)
    database.close()


def beside(
    database: sqlite3.Connection,
    engine: EmbeddedEngine,
    corpus: Corpus,
    bars: Bars,
    asked: list[SearchQuery],
    bar: float | None,
) -> None:
    """Both asked the same, in turn, each the best of three: what else the machine does is no part of either."""
    texts = [" ".join(corpus.text(random.Random(n), 90)) for n in range(20)]
    rows: list[dict[str, float]] = []
    for query in asked:
        words = " AND ".join(f"({' OR '.join(sorted(keys))})" for keys in _keys_asked(query))
        first = partial(database.execute, "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 20", [words])
        raw, hits = raw_count(engine, query)
        tree = parse(query.text)
        row = {
            "fts5": best(lambda: first().fetchall()),  # noqa: B023 - called at once
            "question": best(partial(parse, query.text)),
            "hits": best(partial(engine.search, query, tree)),
            "engine": best(partial(engine.search, query, tree, FACETS)),
            "marks": best(partial(marked, texts, tree)),
        }
        page = row["question"] + row["engine"] + row["marks"]
        bare = page - row["engine"] + row["hits"]
        rows.append(row | {"raw": raw, "count": hits, "page": page, "without facets": bare})

    def median(name: str) -> float:
        return statistics.median(row[name] for row in rows)

    page, other = median("page"), median("fts5")
    found = f"{page:.2f} and {other:.2f} ms; hits, median {median('count'):.0f}"
    bars.line("page / first twenty of FTS5, p50", page / other, bar, found)
    shares = ", ".join(f"{name} {median(name) / other:.2f}" for name in ("question", "hits", "marks", "raw"))
    bars.line("the same without a single facet", median("without facets") / other, None, f"of FTS5: {shares}")
    for least, most in pairwise((0, 1000, 5000, math.inf)):
        if some := [row for row in rows if least <= row["count"] < most]:
            page, other = (statistics.median(row[name] for row in some) for name in ("page", "fts5"))
            told = f"{page:.2f} and {other:.2f} ms; {len(some)} questions"
            bars.line(f"with {least} hits and more", page / other, None, told)
    bars.line("all questions together", sum(row["page"] for row in rows) / sum(row["fts5"] for row in rows))


def _keys_of(document: Document) -> str:
    return " ".join(key for part in ("title", "lead", "body") for keys in document[part] for key in keys)


def _keys_asked(query: SearchQuery) -> Iterator[set[str]]:
    for node in parse(query.text).required:
        if isinstance(node, Group):
            yield {f'"{word.key}"' for word in node.alternatives if isinstance(word, Word) and not word.is_surface}


def marked(texts: list[str], tree: Tree) -> list[str]:
    """The passages of a page of hits."""
    reader = Reader(tree)
    return [reader.look(text, "pl").excerpt().text for text in texts]


def updates(engine: EmbeddedEngine, corpus: Corpus, bars: Bars) -> float:
    """One document a commit against a hundred, in turn; milliseconds of CPU of the one.

    The bar is one of the clock: a commit waits for the disk, and batches are there to wait less. In CPU time, or with
    the index in memory, what a document costs itself is more of the whole, and the ratio about half.
    """
    some = list(corpus.documents(100, first=50))
    batches = [Batch(some, number=2), *(Batch([document], number=2) for document in some[:3])]
    times = [[clocked(partial(engine.apply, batch)) for batch in batches] for _round in range(9)]
    many, one = [many for many, *_ in times], [one for _, *ones in times for one in ones]
    for name, column, bar in (("by the clock", 1, 30), ("in CPU", 0, None)):
        alone, among = (statistics.median(pair[column] for pair in pairs) for pairs in (one, many))
        told = f"{alone:.1f} and {among / 100:.2f} ms"
        bars.line(f"an update alone / of 100, {name}", alone / among * 100, bar, told, at_least=True)
    return statistics.median(spent for spent, _ in one)


def export(engine: EmbeddedEngine, corpus: Corpus, bars: Bars, count: int) -> None:
    """All keys in the order of dates and of a word that nearly all hold, as an export reads them, and with their
    hashes, as the check for drift does."""
    every, ranked = SearchQuery(sort="newest"), SearchQuery(corpus.forms[0])
    taken = statistics.median(timed(lambda: engine.every(every, parse(""))) for _ in range(5))
    bars.line("keys of an export, ms for 100 000", taken / count * 100_000, 60)
    hits = engine.every(every, parse("")).hits
    taken = statistics.median(timed(lambda: pks_of("recommendation", hits)) for _ in range(5))
    bars.line("their primary keys", taken / count * 100_000)
    found = len(engine.every(ranked, parse(ranked.text)).hits)
    taken = statistics.median(timed(lambda: engine.every(ranked, parse(ranked.text))) for _ in range(5))
    bars.line("the same by relevance", taken / found * 100_000, None, f"{found} keys")
    taken = timed(lambda: sum(1 for _ in engine.stream()))
    bars.line("all keys and hashes, ms for 100 000", taken / count * 100_000)


def spelling(engine: EmbeddedEngine, corpus: Corpus, bars: Bars) -> None:
    """The nearest words of slips in the index's own vocabulary."""
    words = engine.vocabulary()
    speller = Speller(words)
    chance = random.Random(7)
    slips = [form[:2] + form[3:] for form in chance.sample(corpus.forms, 200) if len(form) > 6]
    taken = timed(lambda: [speller.near(slip) for slip in slips]) / len(slips)
    bars.line("a slip, ms for 30 000 words", taken / len(words) * 30_000, 2, f"{taken:.2f} ms in {len(words)} words")
    unknown_forms("a slip in an unknown form, same", words, chance, bars)


def cyrillic(bars: Bars) -> None:
    """The same in 30 000 Ukrainian and Russian forms: runs of neighbours of the dictionary, so that words have most of
    their forms and many begin alike, which is the slowest there can be."""
    load_dictionaries()
    for language, name in (("uk", "Ukrainian"), ("ru", "Russian")):
        known = [fold(form) for form in StreamDictionaryFactory().get_dictionary(language)]
        known = [form for form in known if form.isalpha() and all(letter in CYRILLIC for letter in form)]
        step = len(known) // 3_000
        words = {form: 1 for at in range(0, len(known), step) for form in known[at : at + 10]}
        unknown_forms(f"a slip in an unknown {name} form, same", words, random.Random(7), bars)


def unknown_forms(name: str, words: Mapping[str, int], chance: random.Random, bars: Bars) -> None:
    """Of forms that do not stand in the index themselves each slip is asked of the dictionary as well."""
    missing = [form for form in chance.sample(sorted(words), 1000) if len(form) > 8 and form.isalpha()][:200]
    poorer = Speller({form: count for form, count in words.items() if form not in set(missing)})
    slips = [form[:-4] + form[-3] + form[-4] + form[-2:] for form in missing]
    taken = timed(lambda: [poorer.near(slip) for slip in slips]) / len(slips)
    bars.line(name, taken / len(words) * 30_000, 2, f"{taken:.2f} ms in {len(words)} words")


def analysis(corpus: Corpus, bars: Bars) -> None:
    """Words read again, letters restored."""
    text = " ".join(corpus.text(random.Random(3), 4000))
    place(text, "pl")
    bars.line("words read again, thousands a second", 4 / timed(lambda: place(text, "pl")) * 1000)
    forms = [form for form in corpus.forms[:3000] if not form.isascii()]
    typed = list(dict.fromkeys(form.translate(str.maketrans("ąćęłńóśźż", "acelnoszz")) for form in forms))
    bars.line("letters restored, ms a word", timed(lambda: [restored(word) for word in typed]) / len(typed), 1)


def memory(directory: str, corpus: Corpus, bars: Bars, count: int) -> None:
    """What a worker of its own adds to the site: four languages, the index when it has answered, the words for slips.

    Files that are mapped (the index, Morfeusz) stand in memory once for all workers: they are reported beside.
    """
    asked = "\n".join(query.to_json() for query in corpus.questions(QUERIES))
    command = [sys.executable, __file__, WORKER, directory]
    first, *told = subprocess.run(command, input=asked, capture_output=True, text=True, check=True).stdout.split()
    (site, _), *steps = zip(*[map(float, told)] * 2, strict=True)
    names = {"four languages": 100, "the index": 40, "words for slips": None}
    for (name, bar), (own, files) in zip(names.items(), steps, strict=True):
        bars.line(f"a worker: {name}, MB", own, bar if count <= 100_000 else None, f"and {files:.0f} MB of files")
    own, files = (sum(each) for each in zip(*steps, strict=True))
    more = f"and {files:.0f} MB of files; the site {site:.0f} MB"
    bars.line("a worker: all of search, MB", own, 150 if count <= 100_000 else None, more)
    bars.line("a worker: first Polish word, ms", float(first), 100)


def worker(directory: str) -> None:
    """What `memory` asks of a process that has done nothing before: milliseconds, then megabytes of each step."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
    django.setup()
    assert get_resolver().url_patterns
    steps = [(0.0, 0.0), resident()]
    first = timed(lambda: readings("cudzoziemców", "pl"))
    for language, word in (("en", "migrants"), ("uk", "біженців"), ("ru", "беженцев")):
        readings(word, language)
    steps.append(resident())
    engine = EmbeddedEngine(Path(directory))
    for line in sys.stdin:
        query = SearchQuery.from_json(line)
        engine.search(query, parse(query.text), FACETS)
    steps.append(resident())
    speller = Speller(engine.vocabulary())
    steps.append(resident())
    assert speller.near("mieszkalnicwto")
    added = [b - a for before, after in pairwise(steps) for a, b in zip(before, after, strict=True)]
    print(f"{first:.0f}", *(f"{size:.1f}" for size in added))


def counted(documents: Iterator[object], spent: list[float]) -> Iterator[object]:
    """The documents, with the time it takes to make them kept apart."""
    while True:
        started = time.process_time()
        document = next(documents, None)
        spent.append(time.process_time() - started)
        if document is None:
            return
        yield document


def main() -> int:
    """Print every row; 1 if a bar was missed."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    bars = Bars()
    print("Words")
    corpus_before_words = Corpus()
    analysis(corpus_before_words, bars)
    cyrillic(bars)
    corpus, rates, alone = corpus_before_words, [], []
    DISK.mkdir(exist_ok=True)
    for count in sizes:
        print(f"{count} documents")
        with tempfile.TemporaryDirectory(dir=DISK) as directory:
            engine = EmbeddedEngine(Path(directory))
            spent: list[float] = []
            building = timed(lambda: engine.rebuild(counted(corpus.documents(count), spent), 1)) / 1000 - sum(spent)  # type: ignore[arg-type]  # noqa: B023 - called at once
            rates.append(count / building)
            size = sum(file.stat().st_size for file in Path(directory).rglob("*") if file.is_file())
            bars.line(
                "rebuilt, documents a second", rates[-1], None, f"{size / count * 100_000 / 1e6:.0f} MB for 100 000"
            )
            memory(directory, corpus, bars, count)
            pages(engine, corpus, bars, count)
            alone.append(updates(engine, corpus, bars))
            export(engine, corpus, bars, count)
            spelling(engine, corpus, bars)
            fts5(engine, corpus, bars, count, Path(directory))
    if len(sizes) > 1:
        print(f"{sizes[1]} documents beside {sizes[0]}")
        bars.line("rebuilt, documents a second", rates[1] / rates[0], 0.8, at_least=True)
        bars.line("one update", alone[1] / alone[0], 1.3)
    if bars.missed:
        print(f"Missed: {'; '.join(bars.missed)}")
    return bool(bars.missed)


if __name__ == "__main__":
    if sys.argv[1:2] == [WORKER]:
        worker(sys.argv[2])
    else:
        sys.exit(main())
