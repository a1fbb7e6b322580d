"""How good the answers are on the real content: nDCG@10 and recall@50 over the judged questions.

    DJANGO_SETTINGS_MODULE=cms.settings.dev python benchmarks/search_quality.py [--queries]

Needs a site that was prepared (make run or manage.py prepare). The questions are those of real readers; they were
judged by hand: 3 exact, 2 clearly relevant, 1 related. Units that the site does not hold are left out of every score.
"""

from __future__ import annotations

import csv
import math
import os
import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "search" / "data"
LANGUAGES = {"English": "en", "Ukrainian": "uk", "Russian": "ru"}

Judgements = dict[str, int]


def rows(name: str) -> list[dict[str, str]]:
    # The questions hold quotes of their own: a phrase is asked for in quotes.
    with (DATA / name).open(newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def ndcg(found: Sequence[str], judged: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted gain of the first hits, the gain of grade g being 2^g - 1."""

    def gain(grades: Iterable[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))

    best = gain(sorted(judged.values(), reverse=True)[:depth])
    return gain(judged.get(subject, 0) for subject in found[:depth]) / best if best else 0.0


def recall(found: Sequence[str], judged: Mapping[str, int], depth: int = 50) -> float:
    """Share of the clearly relevant (2 and more) among the first hits; of all related ones where none is more."""
    wanted = {subject for subject, grade in judged.items() if grade >= 2} or set(judged)
    return len(wanted & set(found[:depth])) / len(wanted) if wanted else 0.0


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


def answers(text: str, language: str) -> list[str]:
    """The subjects of the first fifty hits."""
    from search.parser import parse  # noqa: PLC0415 - Django is set up first
    from search.query import SearchQuery  # noqa: PLC0415
    from search.views.answers import answer  # noqa: PLC0415

    query = SearchQuery(text, page_size=50, language=language)
    return [key.rpartition(":")[0] for key in answer(query, parse(text, language), ()).results.keys]


def judgements(text: str, units: Mapping[str, str]) -> Judgements:
    """Grade by subject; empty for a question that must find nothing."""
    pairs = (judged.rpartition("=") for judged in text.split(",") if judged != "NONE")
    return {units[unit]: int(grade) for unit, _, grade in pairs if unit in units}


def measure() -> list[dict[str, Any]]:
    """One row a question: its kind, nDCG@10, recall@50 and how many hits it had."""
    units, measured = subjects_of_units(), []
    for row in rows("query_judgements.tsv"):
        found = answers(row["query"], LANGUAGES.get(row["kind"], "pl"))
        judged = judgements(row["judgements"], units)
        if row["judgements"] == "NONE":
            scores = (1.0 - bool(found),) * 2
        elif judged:
            scores = (ndcg(found, judged), recall(found, judged))
        else:
            continue
        measured.append(
            {"query": row["query"], "kind": row["kind"], "ndcg": scores[0], "recall": scores[1], "hits": len(found)}
        )
    return measured


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
    sys.path.insert(0, str(ROOT))
    django.setup()
    measured = measure()
    if "--queries" in sys.argv:
        for row in measured:
            print(f"{row['ndcg']:.3f}  {row['recall']:.3f}  {row['hits']:3d}  {row['query']}")
        print()
    kinds = dict.fromkeys(row["kind"] for row in measured)
    for name in (*kinds, "all"):
        some = [row for row in measured if name in ("all", row["kind"])]
        scores = [statistics.mean(row[score] for row in some) for score in ("ndcg", "recall")]
        empty = sum(not row["hits"] for row in some)
        print(f"{name:16} {len(some):3d}  nDCG@10 {scores[0]:.3f}  recall@50 {scores[1]:.3f}  empty {empty}")


if __name__ == "__main__":
    main()
