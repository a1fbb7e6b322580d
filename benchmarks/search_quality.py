"""How good the answers are: two sets judged by hand, a figure a class.

    python benchmarks/search_quality.py [--queries] [--held] [--site-only | --own-only]

* concepts: tests/search/data/quality_*.tsv, one document a paraphrase, graded by concept before the code was tuned;
  the questions marked held are left out unless --held is given
* judged: tests/search/data/query_judgements.tsv over the real content; a unit that the site does not hold is left out

The real content is read from the database of DATABASE_URL if a site was prepared there (manage.py prepare), else it is
prepared in a temporary folder first, which takes a minute or two.
"""

from __future__ import annotations

import csv
import math
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "search" / "data"
LANGUAGES = {
    "English": "en",
    "Ukrainian": "uk",
    "Russian": "ru",
    "foreign en": "en",
    "foreign uk": "uk",
    "foreign ru": "ru",
}
DEPTH = 50

Judgements = dict[str, int]
Ask = Callable[[str, str], list[str]]
"""The subjects of the first fifty hits of a text asked in an interface language."""


def rows(name: str) -> list[dict[str, str]]:
    # The questions hold quotes of their own: a phrase is asked for in quotes.
    with (DATA / name).open(newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


# -- scores ----------------------------------------------------------------------------------------------------


def ndcg(found: Sequence[str], judged: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted gain of the first hits, the gain of grade g being 2^g - 1."""

    def gain(grades: Iterable[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))

    best = gain(sorted(judged.values(), reverse=True)[:depth])
    return gain(judged.get(subject, 0) for subject in found[:depth]) / best if best else 0.0


def wanted(judged: Mapping[str, int]) -> set[str]:
    """The exact and the clearly relevant; all related ones where none is more."""
    return {subject for subject, grade in judged.items() if grade >= 2} or set(judged)


def recall(found: Sequence[str], judged: Mapping[str, int], depth: int) -> float:
    """Share of the wanted among the first hits; more than `depth` cannot be asked for."""
    return len(wanted(judged) & set(found[:depth])) / min(depth, len(wanted(judged)))


def reciprocal_rank(found: Sequence[str], judged: Mapping[str, int]) -> float:
    """One over the place of the first wanted hit; 0 if there is none."""
    return next((1 / place for place, subject in enumerate(found, start=1) if subject in wanted(judged)), 0.0)


@dataclass(frozen=True)
class Measured:
    """One question with its scores; one that must find nothing scores 1 if it does."""

    query: str
    kind: str
    hits: int
    scores: Mapping[str, float]

    @classmethod
    def of(cls, query: str, kind: str, found: Sequence[str], judged: Mapping[str, int]) -> Measured:
        if not judged:
            return cls(
                query, kind, len(found), dict.fromkeys(("ndcg10", "recall50", "recall20", "mrr"), 1.0 - bool(found))
            )
        return cls(
            query,
            kind,
            len(found),
            {
                "ndcg10": ndcg(found, judged),
                "recall50": recall(found, judged, 50),
                "recall20": recall(found, judged, 20),
                "mrr": reciprocal_rank(found, judged),
            },
        )


def report(title: str, measured: Sequence[Measured], scores: Sequence[str], *, each: bool) -> None:
    """A table: a line a class, and one for all; before it, if asked, a line a question."""
    print(f"\n{title}")
    if each:
        for one in measured:
            print(
                "  ".join(f"{one.scores[name]:.3f}" for name in scores), f" {one.hits:3d}  {one.kind:12}  {one.query}"
            )
    print(f"{'class':16} {'n':>3}  " + "  ".join(f"{name:>8}" for name in scores) + "  empty")
    for kind in (*dict.fromkeys(one.kind for one in measured), "all"):
        some = [one for one in measured if kind in ("all", one.kind)]
        means = (statistics.mean(one.scores[name] for one in some) for name in scores)
        empty = sum(not one.hits for one in some)
        print(f"{kind:16} {len(some):3d}  " + "  ".join(f"{mean:8.3f}" for mean in means) + f"  {empty:5d}")


# -- concepts --------------------------------------------------------------------------------------------------


def paraphrases() -> Iterator[tuple[str, dict[str, str]]]:
    """Each document of the own set under the name that the index knows it by."""
    for number, row in enumerate(rows("quality_documents.tsv"), start=1):
        yield f"recommendation:{number}", row


def concept_documents() -> Iterator[Any]:
    from search.documents.assembly import assemble  # noqa: PLC0415 - Django is set up first
    from search.documents.words import joined  # noqa: PLC0415
    from search.query import LANGUAGES as SHOWN  # noqa: PLC0415

    for subject, row in paraphrases():
        yield assemble(
            subject=subject,
            translation=row["document"],
            language="pl",
            languages=SHOWN,
            title=row["title"],
            body=[row["text"]],
            names=joined([]),
            facets={},
        )


def concept_judgements(grades: str) -> Judgements:
    """Grade by subject: "concept=3" is every document of the concept; "concept.2=1" is one, and wins over it."""
    graded = {name: int(grade) for name, _, grade in (part.partition("=") for part in grades.split(","))}
    judged: Judgements = {}
    for subject, row in paraphrases():
        concept = row["document"].partition(".")[0]
        if grade := graded.get(row["document"], graded.get(concept)):
            judged[subject] = grade
    return judged


def measure_concepts(ask: Ask, *, with_held: bool) -> list[Measured]:
    """The questions of the own set; those held back only where asked for."""
    return [
        Measured.of(
            row["query"],
            row["kind"],
            ask(row["query"], LANGUAGES.get(row["kind"], "pl")),
            concept_judgements(row["grades"]),
        )
        for row in rows("quality_queries.tsv")
        if with_held or not row["held"]
    ]


def ask_concepts(folder: Path) -> Ask:
    """Questions to an index of the concepts alone."""
    from search.engines.embedded import EmbeddedEngine  # noqa: PLC0415 - Django is set up first
    from search.expansion import Lists  # noqa: PLC0415
    from search.query import SearchQuery  # noqa: PLC0415
    from search.spelling import Speller  # noqa: PLC0415
    from search.views.reading import beyond, understand  # noqa: PLC0415
    from search.word_groups import shipped_groups  # noqa: PLC0415

    engine = EmbeddedEngine(folder)
    engine.rebuild(concept_documents(), 1)
    lists, speller = Lists(shipped_groups()), Speller(engine.vocabulary(), Lists(shipped_groups()).words)

    def ask(text: str, language: str) -> list[str]:
        def count(tree: Any) -> int:
            return engine.search(SearchQuery(page_size=1, language=language), tree).total

        query = SearchQuery(text, page_size=DEPTH, language=language)
        reading = understand(query, lists, lambda: speller, count)
        found = engine.search(query, reading.tree).keys
        further = beyond(reading.tree, count) if 0 < len(found) < DEPTH and not reading.is_loose else None
        keys = dict.fromkeys((*found, *(engine.search(query, further).keys if further else ())))
        return [key.rpartition(":")[0] for key in keys][:DEPTH]

    return ask


# -- the real content ------------------------------------------------------------------------------------------


def prepare_site(folder: Path) -> None:
    """The real content in a database and an index of their own."""
    from django.conf import settings  # noqa: PLC0415 - Django is set up first
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    settings.VAR_DIR, settings.MEDIA_ROOT, settings.SEARCH_DIR = folder, folder / "media", folder / "search"
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = str(folder / "db.sqlite3")
    with (folder / "prepare.log").open("w") as log:
        call_command("prepare", stdout=log)


def has_site() -> bool:
    from django.db import DatabaseError  # noqa: PLC0415 - Django is set up first

    from recommendations.models import RecommendationAlias  # noqa: PLC0415
    from search.engines import get_engine  # noqa: PLC0415

    try:
        return RecommendationAlias.objects.exists() and bool(get_engine().fingerprint)
    except DatabaseError:
        return False


def subjects_of_units() -> dict[str, str]:
    """The subject ("recommendation:12") of each judged unit that the site holds."""
    from forums.models import Forum, ForumPage, WorkingGroup, WorkingGroupPage  # noqa: PLC0415 - Django is set up first
    from recommendations.models import RecommendationAlias  # noqa: PLC0415
    from taxonomy.models import Organisation  # noqa: PLC0415

    units = {alias.alias: f"recommendation:{alias.recommendation_id}" for alias in RecommendationAlias.objects.all()}
    by_code = {organisation.code: f"organisation:{organisation.pk}" for organisation in Organisation.objects.all()}
    kinds: tuple[tuple[str, Any, Any], ...] = (
        ("forum", Forum, ForumPage),
        ("group", WorkingGroup, WorkingGroupPage),
    )
    for kind, fact, page in kinds:
        slugs = dict(page.objects.sources().values_list("translation_key", "slug"))
        by_code |= {slugs[one.translation_key]: f"{kind}:{one.pk}" for one in fact.objects.all()}
    units |= {row["unit"]: by_code[row["code"]] for row in rows("judged_units.tsv") if row["code"] in by_code}
    return units


def ask_site(text: str, language: str) -> list[str]:
    """A question to the site."""
    from search.query import SearchQuery  # noqa: PLC0415 - Django is set up first
    from search.views.answers import answer  # noqa: PLC0415
    from search.views.reading import nearly, read  # noqa: PLC0415

    query = SearchQuery(text, page_size=DEPTH, language=language)
    reading = read(query)
    found = answer(query, reading.tree, ())
    return [hit.key.rpartition(":")[0] for hit in (*found.results.hits, *nearly(query, reading, found.results))]


def measure_site(ask: Ask) -> list[Measured]:
    """The judged questions; one of whose units the site holds none is left out."""
    units, measured = subjects_of_units(), []
    for row in rows("query_judgements.tsv"):
        pairs = (pair.rpartition("=") for pair in row["judgements"].split(",") if pair != "NONE")
        judged = {units[unit]: int(grade) for unit, _, grade in pairs if unit in units}
        if judged or row["judgements"] == "NONE":
            found = ask(row["query"], LANGUAGES.get(row["kind"], "pl"))
            measured.append(Measured.of(row["query"], row["kind"], found, judged))
    return measured


def shares_found() -> list[float]:
    """Which share of all that can be found each judged question finds, without those that find nothing."""
    from search.query import SearchQuery  # noqa: PLC0415 - Django is set up first
    from search.views.answers import answer  # noqa: PLC0415
    from search.views.reading import read  # noqa: PLC0415

    def found(text: str, kind: str) -> int:
        query = SearchQuery(text, page_size=1, language=LANGUAGES.get(kind, "pl"))
        return answer(query, read(query).tree, ()).results.total

    totals = [found(row["query"], row["kind"]) for row in rows("query_judgements.tsv")]
    return [total / found("", "") for total in totals if total]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
    sys.path.insert(0, str(ROOT))
    django.setup()
    each = "--queries" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        if "--site-only" not in sys.argv:
            measured = measure_concepts(ask_concepts(Path(folder) / "concepts"), with_held="--held" in sys.argv)
            report("Own set of concepts", measured, ("ndcg10", "recall50"), each=each)
        if "--own-only" not in sys.argv:
            if not has_site():
                print("\nPreparing the real content ...", flush=True)
                prepare_site(Path(folder))
            report("Judged questions", measure_site(ask_site), ("mrr", "ndcg10", "recall20", "recall50"), each=each)
            steps = statistics.quantiles(shares_found(), n=20)
            print("share of all that each finds, from 5 to 95 in a hundred:", *(f"{step:.4f}" for step in steps))


if __name__ == "__main__":
    main()
