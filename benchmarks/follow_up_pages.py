"""What the pages of the follow-up cost beside the site's method page, in the same process, on a large base.

    python benchmarks/follow_up_pages.py [requests]

The real content is loaded and multiplied until there are as many requests (rows of addressees), each with an entry in
the log, 5 000 of them addressed to one institution. What a process keeps for a while is forgotten before each page; how
they compare while it is kept stands beside, and what the first page after a change costs: before the clock has counted
anew (readers see the counts of a moment ago), after it has, where no clock runs, and of a filter nobody asked for yet.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import django

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
FOLDER = tempfile.TemporaryDirectory()
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
os.environ["DATABASE_URL"] = f"sqlite:///{FOLDER.name}/db.sqlite3"
django.setup()

from django.conf import settings  # noqa: E402 - Django is set up first, here and below
from django.core.cache import cache, caches  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count, F, OuterRef, Value  # noqa: E402
from django.db.models.functions import Coalesce, NullIf  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from recommendations.choices import Basis, EntryKind, FactPrecision, Implementation, Position  # noqa: E402
from recommendations.models import Assignment, FollowUp  # noqa: E402
from recommendations.services.proof import prove  # noqa: E402
from taxonomy.models import Theme  # noqa: E402
from tests.content.database import load_everything  # noqa: E402
from tests.factories.pages import make_recommendation, some_group  # noqa: E402
from tests.factories.scale import multiply  # noqa: E402
from tests.factories.taxonomy import MandateFactory, OrganisationFactory  # noqa: E402

HELD, ADDRESSEES, ROUNDS = 5_000, 5, 40
SLOW, PAST, MOST_QUERIES = 4.0, 2.0, 20
METHOD, LIST, FIGURES = "/metoda/", "/rekomendacje/", "/stan-realizacji/"


def build(requests: int) -> Client:
    """The base, and a browser in which the contact of the large institution is signed in."""
    call_command("migrate", verbosity=0)
    load_everything()
    office = OrganisationFactory.create(code="wielki-urzad")
    others = [OrganisationFactory.create() for _n in range(ADDRESSEES)]
    group, theme = some_group(), [Theme.objects.order_by("pk")[0]]
    held = make_recommendation(parent=group, title="Do urzędu", addressees=[office], themes=theme)
    multiply(held, HELD - 1)
    many = make_recommendation(parent=group, title="Do wielu", addressees=others, themes=theme)
    for start in range(0, (requests - HELD) // ADDRESSEES, 5_000):
        multiply(many, min(5_000, (requests - HELD) // ADDRESSEES - start))
    answer()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(MandateFactory.create(organisation=office).user)
    return client


def answer() -> None:
    """One entry for each request that has none: a position or a report, from 2016 to 2025."""
    rows = Assignment.objects.filter(follow_ups=None).values_list("pk", "organisation_id")
    steps = (Implementation.IN_PROGRESS, Implementation.NOT_STARTED, Implementation.STALLED)
    entries = []
    for number, (pk, organisation) in enumerate(rows.iterator()):
        is_report = number % 3 != 0
        entries.append(
            FollowUp(
                assignment_id=pk,
                kind=EntryKind.REPORT if is_report else EntryKind.POSITION,
                implementation=steps[number % len(steps)] if is_report else "",
                position="" if is_report else Position.ACCEPTED,
                declared_by_id=organisation,
                basis=Basis.OWN_STATEMENT,
                text="Trwają prace.",
                refers_on=dt.date(2016 + number % 10, 1 + number % 12, 1),
                refers_precision=FactPrecision.DAY,
            )
        )
    FollowUp.objects.bulk_create(entries, batch_size=1_000)
    # The caches as the log would have written them, one row at a time.
    newest = FollowUp.objects.filter(assignment=OuterRef("pk")).order_by("-pk")
    Assignment.objects.filter(last_information_on=None).exclude(follow_ups=None).update(
        implementation=Coalesce(NullIf(newest.values("implementation")[:1], Value("")), Value("no_information")),
        position=Coalesce(NullIf(newest.values("position")[:1], Value("")), Value("no_answer")),
        last_information_on=newest.values("refers_on")[:1],
        last_answered_at=newest.values("recorded_at")[:1],
    )


def taken(client: Client, address: str, *, is_cold: bool = True) -> float:
    """Milliseconds of CPU for one page; cold: with nothing kept from earlier ones."""
    if is_cold:
        cache.clear()
    started = time.process_time()
    response = client.get(address)
    milliseconds = (time.process_time() - started) * 1000
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}")
    return milliseconds


def after_a_change(client: Client, address: str, *, clock: str = "before") -> float:
    """The same right after something that is counted has changed, as a reader had seen it; ``clock``: whether it counts
    ``before`` the change alone, ``after`` it, too, or ``never``."""
    client.get(address)
    if clock == "never":
        caches["counts"].clear()
    else:
        call_command("count_figures")
    Assignment.objects.filter(pk=Assignment.objects.order_by("pk").values("pk")[:1]).update(number=F("number"))
    if clock == "after":
        call_command("count_figures")
    return taken(client, address)


def never_asked(client: Client, address: str) -> float:
    """The same of a filter that nobody has asked for since anything changed; the page of all is counted."""
    caches["counts"].clear()
    call_command("count_figures")
    return taken(client, address)


def queries(client: Client, address: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def main() -> int:
    """Print the ratios; 1 if a bar was missed."""
    settings.SEARCH_DIR = Path(FOLDER.name) / "search"
    client = build(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    drawn: list[int] = []
    started = time.process_time()
    found = prove(on_progress=lambda done, total: drawn.append(done))
    seconds = time.process_time() - started
    print(f"{found.rows} requests, {found.entries} entries")
    print(f"  every status reckoned anew from the log in {seconds:.0f} s, {len(drawn)} marks of progress")
    addresses = {
        "my institution": "/moja-instytucja/?show=all",
        "page of figures": FIGURES,
        "the same by theme": f"{FIGURES}?theme={Theme.objects.order_by('pk')[0].code}",
    }
    missed = False
    times: dict[str, list[float]] = {}
    past = {"list": LIST, "page of figures": FIGURES}
    pages = {**addresses, "method": METHOD, "list": LIST}
    pages |= {f"past {name}": f"{address}?on=2020-06-01" for name, address in past.items()}
    for turn in range(ROUNDS + 2):  # the first two warm
        for name, address in pages.items():
            milliseconds = taken(client, address)
            if turn > 1:
                times.setdefault(name, []).append(milliseconds)
    at_95 = {name: statistics.quantiles(found, n=20)[-1] for name, found in times.items()}
    for name, address in addresses.items():
        ratio, asked = at_95[name] / at_95["method"], queries(client, address)
        print(f"  {name + ' / method page, p95':<36}{ratio:6.2f} (<= {SLOW})   {asked} queries (<= {MOST_QUERIES})")
        missed |= ratio > SLOW or asked > MOST_QUERIES
    for name in past:
        ratio = statistics.median(times[f"past {name}"]) / statistics.median(times[name])
        print(f"  {name + ', past / today, p50':<36}{ratio:6.2f} (<= {PAST})")
        missed |= ratio > PAST
    kept = {
        name: [taken(client, address, is_cold=False) for _turn in range(ROUNDS + 1)][1:]
        for name, address in {**addresses, "method": METHOD}.items()
    }
    at_95 = {name: statistics.quantiles(found, n=20)[-1] for name, found in kept.items()}
    for name in addresses:
        print(f"  {name + ', kept / method page, p95':<36}{at_95[name] / at_95['method']:6.2f}")
    turns = range(ROUNDS // 4)
    method = statistics.median(after_a_change(client, METHOD) for _turn in turns)
    few = Theme.objects.annotate(count=Count("recommendations")).filter(count__gt=0).order_by("count")[0]
    first: dict[str, Callable[[], float]] = {
        f"{name}, just changed": partial(after_a_change, client, address) for name, address in addresses.items()
    }
    first["page of figures, counted again"] = partial(after_a_change, client, FIGURES, clock="after")
    first[f"by a theme of {few.count}, new"] = partial(never_asked, client, f"{FIGURES}?theme={few.code}")
    unheld: dict[str, Callable[[], float]] = {
        "by a theme of nearly all, new": partial(never_asked, client, addresses["the same by theme"]),
        "page of figures, no clock": partial(after_a_change, client, FIGURES, clock="never"),
    }
    for name, measure in (first | unheld).items():
        ratio = statistics.median(measure() for _turn in turns) / method
        print(f"  {name + ' / method, p50':<52}{ratio:6.2f}{f' (<= {SLOW})' if name in first else ''}")
        missed |= name in first and ratio > SLOW
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
