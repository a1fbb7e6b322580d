"""What the admin's list of recommendations costs beside Wagtail's own flat list of the same pages, in one process.

    python benchmarks/admin_listing.py [pages]

Both lists show 25 of so many recommendations; CPU time of one page as a moderator opens it, the two by turns.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import tempfile
import time
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
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from wagtail import hooks  # noqa: E402
from wagtail.admin.viewsets.pages import PageListingViewSet  # noqa: E402

from cms.roles import load_roles  # noqa: E402
from recommendations.models import RecommendationPage  # noqa: E402
from tests.factories.pages import make_recommendation, make_site, moderator, some_group  # noqa: E402
from tests.factories.scale import multiply  # noqa: E402
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory  # noqa: E402

ROUNDS, SLOW, MOST_QUERIES = 20, 2.0, 30
OURS, THEIRS = "/admin/recommendation_pages/", "/admin/plain_list/"
TITLE = "Punkty pomocy dla cudzoziemców"


class PlainListing(PageListingViewSet):
    """Wagtail's own list, as whoever knows nothing of ours would register it."""

    model = RecommendationPage
    list_per_page = 25
    add_to_admin_menu = False


hooks.register("register_admin_viewset", lambda: PlainListing("plain_list"))


def build(pages: int) -> Client:
    call_command("migrate", verbosity=0)
    load_roles(make_site())
    body, theme = OrganisationFactory.create(), ThemeFactory.create()
    one = make_recommendation(parent=some_group(), title=TITLE, addressees=[body], themes=[theme])
    multiply(one, pages - 1)
    for place, page in enumerate(RecommendationPage.objects.order_by("-pk")[:25]):
        page.save_revision(user=moderator(), log_action=place % 2 == 0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(moderator())
    return client


def taken(client: Client, address: str) -> float:
    """Milliseconds of CPU for one page."""
    started = time.process_time()
    response = client.get(address)
    milliseconds = (time.process_time() - started) * 1000
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}")
    return milliseconds


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def main() -> int:
    """Print the ratios; 1 if a bar was missed."""
    settings.SEARCH_DIR = Path(FOLDER.name) / "search"
    client = build(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
    number = RecommendationPage.objects.count()
    theme, body = ThemeFactory._meta.model.objects.get(), OrganisationFactory._meta.model.objects.get()
    # What of ours Wagtail's has no like of stands beside its first page.
    asked = {
        "first page": ("", ""),
        "last page": (f"?p={number // 25}",) * 2,
        "by title": ("?ordering=title",) * 2,
        "by last change": ("?ordering=-latest_revision_created_at",) * 2,
        "search, all found": ("?q=cudzoziemc",) * 2,
        "search, one found": (f"?q={number - 9}",) * 2,
        "search by reference": ("?q=KOPIA-00012", ""),
        "in moderation": ("?state=moderation", ""),
        "by theme": (f"?theme={theme.pk}", ""),
        "by addressee": (f"?addressee={body.pk}", ""),
        "by badge": ("?badge=no_information", ""),
    }
    # Which of two pages the collector looks through all that was built in is luck, and a quarter of a second.
    gc.collect()
    gc.freeze()
    print(f"{number} recommendations, 25 on a page")
    missed = False
    for name, (ours, theirs) in asked.items():
        times: dict[str, list[float]] = {OURS: [], THEIRS: []}
        for turn in range(ROUNDS + 2):  # the first two warm
            for address, query in ((OURS, ours), (THEIRS, theirs)):
                milliseconds = taken(client, address + query)
                if turn > 1:
                    times[address].append(milliseconds)
        at_95 = {address: statistics.quantiles(found, n=20)[-1] for address, found in times.items()}
        ratio, number_asked = at_95[OURS] / at_95[THEIRS], queries(client, OURS + ours)
        print(
            f"  {name:<20} ours / Wagtail's, p95 {ratio:6.2f} (<= {SLOW})   {number_asked} queries (<= {MOST_QUERIES})"
            f"   {at_95[OURS]:.0f} / {at_95[THEIRS]:.0f} ms"
        )
        missed |= ratio > SLOW or number_asked > MOST_QUERIES
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
