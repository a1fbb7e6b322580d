"""Similar recommendations on the page of one: never itself, never its translations, never what is hidden."""

import re
from copy import deepcopy
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from recommendations.models import IntakeRow, Recommendation
from search.engines.base import Engine
from search.sync.drain import drain
from search.sync.rebuild import rebuild
from search.templatetags.related_tags import recommendations_like_rows
from search.views.near import near_drafts
from tests.factories.pages import make_group, make_recommendation, make_recommendation_page
from tests.factories.scale import multiply
from tests.factories.taxonomy import ThemeFactory
from tests.search.conftest import translate


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> None:
    cache.clear()


pytestmark = pytest.mark.usefixtures("school_once")


@pytest.fixture(scope="module")
def school_once(stage_index: Engine) -> Recommendation:
    group = make_group()
    education, health = ThemeFactory.create(label_pl="Edukacja"), ThemeFactory.create(label_pl="Zdrowie")
    texts = (
        ("Asystenci w szkołach", "Zatrudnić w szkołach asystentów międzykulturowych dla dzieci.", education),
        ("Asystent międzykulturowy", "Finansować asystentów międzykulturowych w przedszkolach.", education),
        ("Asystenci w szpitalach", "Zatrudnić asystentów w szpitalach.", health),
        ("Lekarz", "Zapewnić opiekę stomatologa w ośrodku.", health),
    )
    facts = [make_recommendation(parent=group, title=t, text=x, themes=[theme]) for t, x, theme in texts]
    drain(stage_index)
    return facts[0]


@pytest.fixture
def school(index: Engine, school_once: Recommendation) -> Recommendation:
    return deepcopy(school_once)


def near(client: Client, fact: Recommendation, language: str = "pl") -> list[str]:
    page = type(fact.source_page).objects.get(translation_key=fact.translation_key, locale__language_code=language)
    response = client.get(page.url)
    assert response.status_code == 200
    _before, _heading, section = response.content.decode().partition('aria-labelledby="near"')
    return [unescape(title) for title in re.findall(r"<a [^>]*>([^<]*)</a>", section.partition("</section>")[0])]


def test_what_shares_the_telling_words_is_near_and_a_common_theme_brings_it_nearer(
    school: Recommendation, client: Client
) -> None:
    found = near(client, school)

    assert found[0] == "Asystent międzykulturowy"
    assert "Asystenci w szpitalach" in found
    assert "Lekarz" not in found
    assert "Asystenci w szkołach" not in found


def test_neither_itself_nor_a_translation_is_near_in_any_language(
    school: Recommendation, client: Client, index: Engine
) -> None:
    translate(school.source_page, "en", title="Assistants in schools", text="Employ assistants in schools.")
    other = Recommendation.objects.get(number=school.number + 1)
    translate(other.source_page, "en", title="Assistants in nurseries", text="Pay assistants in schools and nurseries.")
    drain(index)

    assert near(client, school, "en")[0] == "Assistants in nurseries"
    assert "Assistants in schools" not in near(client, school, "en")
    assert "Assistants in schools" not in near(client, school)


@pytest.mark.parametrize("drained", [False, True])
def test_nothing_hidden_is_near(school: Recommendation, client: Client, index: Engine, drained: bool) -> None:
    make_recommendation_page(title="Asystent międzykulturowy: szkic", published=False)
    assert "Asystent międzykulturowy" in near(client, school)

    hidden = Recommendation.objects.get(number=school.number + 1)
    PageViewRestriction.objects.create(page=hidden.source_page, restriction_type="login")
    if drained:
        drain(index)

    found = near(client, school)
    assert not [title for title in found if title.startswith("Asystent międzykulturowy")]
    assert "Asystenci w szpitalach" in found


def test_without_an_index_the_page_stands_without_the_section(
    school: Recommendation, client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.SEARCH_DIR = tmp_path / "gone"

    assert near(client, school) == []


def test_the_page_asks_the_database_no_more_often_for_many_recommendations(
    school: Recommendation, client: Client, index: Engine
) -> None:
    def queries() -> int:
        near(client, school)
        with CaptureQueriesContext(connection) as captured:
            client.get(school.source_page.url)
        return len(captured)

    few = queries()
    multiply(Recommendation.objects.get(number=school.number + 1), 40)
    rebuild(index)

    assert few <= 20
    assert queries() == few


def test_a_draft_that_no_index_knows_finds_what_was_asked_before_and_not_itself(school: Recommendation) -> None:
    draft = make_recommendation_page(
        title="Asystenci", text="Zatrudnić asystentów międzykulturowych w szkołach.", published=False
    )
    page = school.source_page

    assert "Asystenci w szkołach" in [one.title for one in near_drafts([draft], "pl")[0]]
    assert "Asystenci w szkołach" not in [one.title for one in near_drafts([page], "pl")[0]]
    draft.text, draft.title = "Kwazar.", "Kwazar"
    assert near_drafts([draft], "pl")[0] == []


def test_rows_of_an_intake_find_what_was_asked_before_in_as_many_queries_as_one(school: Recommendation) -> None:
    text = "Zatrudnić asystentów międzykulturowych w szkołach."
    rows = [IntakeRow(pk=number, title="Asystenci", text=text) for number in range(1, 6)]
    dropped = IntakeRow(pk=9, text=text, is_dropped=True)
    recommendations_like_rows(rows[:1])
    with CaptureQueriesContext(connection) as one:
        recommendations_like_rows(rows[:1])
    with CaptureQueriesContext(connection) as many:
        found = recommendations_like_rows([*rows, dropped])

    assert {pk: "Asystenci w szkołach" in [one.title for one in alike] for pk, alike in found.items()} == dict.fromkeys(
        range(1, 6), True
    )
    assert len(many) == len(one)
