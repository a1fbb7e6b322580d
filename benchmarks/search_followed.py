"""What a weekly digest costs for each thing that is followed, on 100 000 documents, in CPU time.

    python benchmarks/search_followed.py [documents]

A thousand saved searches, a third of words, a third of filters, a third of both, are asked what they find among the
recommendations about which there is news: one, and as many as a busy week has. Beside it stands what it would cost to
ask each of them for all it finds.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import django

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
FOLDER = tempfile.TemporaryDirectory()
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
os.environ["DATABASE_URL"] = f"sqlite:///{FOLDER.name}/db.sqlite3"
django.setup()

from django.conf import settings  # noqa: E402 - Django is set up first, here and below
from django.core.management import call_command  # noqa: E402
from django.http import QueryDict  # noqa: E402

from search.documents import FINGERPRINT  # noqa: E402
from search.engines import get_engine  # noqa: E402
from search.models import SavedSearch  # noqa: E402
from search.views.answers import one_mask  # noqa: E402
from search.views.followed import found_by  # noqa: E402
from search.views.page import Asked  # noqa: E402
from search.views.touched import Touched  # noqa: E402
from tests.content.database import load_everything  # noqa: E402
from tests.factories.corpus import Corpus  # noqa: E402

SEARCHES, BUSY, WHOLE, ROUNDS = 1000, 300, 50, 5
"""Saved searches; recommendations of a busy week; searches that are asked for all they find; the best of so many."""

MOST = 250
"""Milliseconds that a thousand may take about one recommendation."""


def saved_searches(corpus: Corpus) -> list[SavedSearch]:
    """So many different ones, as they are kept: in turn words, filters, both."""
    questions = [query for query in corpus.questions(SEARCHES * 4) if query.filters]
    kinds = (
        [replace(query, filters=()) for query in questions],
        [query.with_text("") for query in questions],
        questions,
    )
    each = [dict.fromkeys(query.encoded() for query in some) for some in kinds]
    asked = dict.fromkeys(question for together in zip(*each, strict=False) for question in together)
    return [SavedSearch(pk=pk, question=question) for pk, question in enumerate(list(asked)[:SEARCHES], start=1)]


def ask(searches: list[SavedSearch], pks: range, corpus: Corpus) -> Touched:
    """As a digest does, which has the documents of the news from the database."""
    touched = Touched(pks, lambda pks: [document for pk in pks for document in corpus.documents(1, first=pk)])
    with one_mask():
        for saved in searches:
            found_by(saved, touched)
    return touched


def best(act: Callable[[], object]) -> float:
    """Milliseconds of CPU, the first time left out."""
    act()
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        act()
        times.append((time.process_time() - started) * 1000)
    return min(times)


def reading(searches: list[SavedSearch]) -> None:
    with one_mask():
        for saved in searches:
            Asked.of(QueryDict(saved.question), "pl")


def main() -> int:
    """Print the figures; 1 if a bar was missed or an answer is another than that of the pages."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    settings.SEARCH_DIR = Path(FOLDER.name) / "search"
    call_command("migrate", verbosity=0)
    load_everything()
    corpus = Corpus()
    get_engine().rebuild(corpus.documents(count), 1, fingerprint=FINGERPRINT)
    searches = saved_searches(corpus)
    one, busy = range(count // 2, count // 2 + 1), range(0, BUSY)
    some = searches[:: SEARCHES // WHOLE]

    started = time.process_time()
    ask(searches, one, corpus)
    first = (time.process_time() - started) * 1000
    told = best(lambda: ask(searches, one, corpus))
    told_much = best(lambda: ask(searches, busy, corpus))
    asked = best(lambda: reading(searches))
    whole = best(lambda: [found_by(saved) for saved in some]) / len(some) * SEARCHES

    touched = ask(some, busy, corpus)
    wrong = [saved.question for saved in some if found_by(saved) & touched.pks != found_by(saved, touched)]
    print(f"{count} documents, {len(searches)} saved searches, milliseconds for all of them")
    print(f"  about one recommendation              {told:8.0f}   <= {MOST}; {first:.0f} in a new process")
    print(f"  about {BUSY} recommendations             {told_much:8.0f}")
    print(f"  each only read, as a page reads it    {asked:8.0f}")
    print(f"  each asked for all it finds           {whole:8.0f}   {whole / told:.0f} times as much")
    if wrong:
        print(f"Not what the pages find: {'; '.join(wrong)}")
    return bool(wrong) or told > MOST


if __name__ == "__main__":
    sys.exit(main())
