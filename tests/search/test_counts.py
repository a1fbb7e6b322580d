"""Every count beside a filter is what a click on it gives, whatever has been chosen before."""

import datetime as dt
import random
from typing import Any

import pytest
from django.test import RequestFactory

from forums.models import Forum
from recommendations.models import Assignment, Recommendation
from search.engines import get_engine
from search.engines.base import Engine
from search.engines.narrowing import PARTS
from search.sync.drain import drain
from search.sync.rebuild import rebuild
from search.views.page import Asked, context_of
from taxonomy.models import AffectedGroup, Organisation
from tests.factories.pages import make_forum, make_group, make_recommendation
from tests.factories.scale import multiply
from tests.factories.taxonomy import AffectedGroupFactory, OrganisationFactory, PlaceFactory, ThemeFactory

pytestmark = pytest.mark.usefixtures("bodies_once")

COUNT = 40


@pytest.fixture(scope="module")
def bodies_once(stage_index: Engine) -> list[str]:
    """The codes of those whom the recommendations address."""
    codes = [body.code for body in generate(COUNT)]
    drain(stage_index)
    return codes


def generate(count: int) -> list[Organisation]:
    """Published recommendations that differ in everything a facet knows, each in its own mixture; whom they address."""
    themes = [ThemeFactory.create(), ThemeFactory.create()]
    themes += [ThemeFactory.create(parent=themes[0]), ThemeFactory.create(parent=themes[1])]
    bodies = [OrganisationFactory.create(place=PlaceFactory.create()) for _n in range(4)]
    forum = make_forum(place=PlaceFactory.create())
    multiply(make_recommendation(parent=make_group(parent=forum), addressees=bodies[:2]), count - 1)
    issuers: list[dict[str, Any]] = [{"forum": None}, {"forum": Forum.objects.get(), "working_group": None}]
    for n, fact in enumerate(Recommendation.objects.order_by("pk")):
        year = 2012 + n % 5
        values: dict[str, Any] = {
            "starts_on": dt.date(year, 3, 1) if n % 7 else None,
            "ends_on": dt.date(year + 1, 3, 1) if n % 7 and n % 6 == 0 else None,
            "precision": "range" if n % 7 else "unknown",
            "badge": ("no_information", "in_progress", "mixed")[n % 3],
        }
        Recommendation.objects.filter(pk=fact.pk).update(**values | issuers[n % 2])
        page = fact.source_page
        type(page).objects.filter(pk=page.pk).update(text=f"Zapewnić {('dzieciom', 'rodzinom')[n // 2 % 2]} naukę.")
        fact.themes.set([themes[n % 4]])
        fact.places.set([bodies[n % 4].place] if n % 5 == 0 else [])
        fact.tags.set([("praca", "dom", "szkoła")[n % 3]] if n % 4 else [])
        for level in ("local", "national")[: n % 3]:
            fact.levels.create(level=level)
        last = fact.assignments.last()
        assert last is not None
        Assignment.objects.filter(pk=last.pk).update(organisation=bodies[1 + n % 3])
        for place, row in enumerate(fact.assignments.all()):
            Assignment.objects.filter(pk=row.pk).update(
                position=("no_answer", "declined")[(n + place) % 2],
                implementation=("no_information", "stalled", "in_progress")[(n + place) % 3],
                closure=("", "", "declined")[(n * 2 + place) % 3],
                last_information_on=(None, dt.date(2020, 1, 1), dt.date(2999, 1, 1))[n % 3],
            )
        if n % 4 == 0:
            fact.affected_groups.add(AffectedGroup.objects.first() or AffectedGroupFactory.create())
    return bodies


def context_at(question: str) -> dict[str, Any]:
    """What the page of this query string prints."""
    return context_of(Asked.read(RequestFactory().get(f"/search/?{question}")))


def values_of(page: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(panel.name, value) for panel in page["panels"] for value in panel.values]


def test_every_count_is_what_a_click_on_it_gives(bodies_once: list[str], index: Engine) -> None:
    one, other, *_ = bodies_once
    walked = 0

    for start in (
        "",
        "q=dzieciom",
        "level=local&q=nauka",
        "year=2013&tag=praca",
        f"addressee={one}",
        f"addressee={one}&position=declined",
        f"addressee={one}&addressee={other}&implementation=stalled&q=nauka",
        "implementation=mixed&closure=open&since=2014",
        "position=no_answer&alert=stale&until=2016-02",
    ):
        page = context_at(start)
        assert page["total"], start
        query = page["answered"]
        for panel in page["panels"]:
            # The largest and the smallest: more of them show the same.
            for value in {value.value: value for value in (*panel.values[:1], *panel.values[-1:])}.values():
                # As the facet's only choice: that is what the number beside it promises.
                base = page["query"] if panel.name == "kind" else query
                alone = base.without(panel.name).toggled(panel.name, value.value)
                assert context_at(alone.encoded())["total"] == value.count, (start, panel.name, value)
                assert value.question == base.toggled(panel.name, value.value).encoded()
                walked += 1

    assert walked > 120


@pytest.mark.parametrize("name", ["embedded", "memory"])
def test_after_any_clicks_every_count_is_what_the_next_click_gives(index: Engine, settings: Any, name: str) -> None:
    settings.SEARCH_ENGINE = name
    if name == "memory":
        rebuild(get_engine())
    chance = random.Random(7)

    for _walk in range(6):
        page = context_at(chance.choice(["", "q=nauka", "q=dzieciom&since=2013"]))
        for _click in range(5):
            # The statuses and whom they are asked of, more often than the rest.
            panels = [panel for panel in page["panels"] for _ in range(4 if panel.name in PARTS else 1)]
            panel = chance.choice(panels)
            value = chance.choice(panel.values)
            base = page["query"] if panel.name == "kind" else page["answered"]
            alone = context_at(base.without(panel.name).toggled(panel.name, value.value).encoded())
            assert alone["total"] == value.count, (base, panel.name, value)
            page = context_at(value.question)


def test_single_valued_facets_add_up_to_the_total(index: Engine) -> None:
    page = context_at("")

    for facet in ("issuer", "implementation"):
        assert sum(value.count for name, value in values_of(page) if name == facet) == COUNT
