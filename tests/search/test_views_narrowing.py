"""The search page: facets whose counts hold, ranges of days, offers, and addresses that are the whole state."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.urls import reverse

from recommendations.models import Recommendation
from search.engines.base import Engine
from search.sync.drain import drain
from taxonomy.models import OrganisationName, Tag
from tests.factories.pages import make_group, make_recommendation, some_group
from tests.search.conftest import translate
from tests.search.pages import address_of, ask, titles, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground", "stage_index")]


def test_no_question_shows_all_recommendations_the_newest_first(index: Engine, client: Client) -> None:
    group = some_group()
    for title, day in (("Stara", "2013-01-01"), ("Nowa", "2022-01-01"), ("Bez daty", None)):
        make_recommendation(parent=group, title=title, starts_on=day, precision="day" if day else "unknown")
    drain(index)

    response = ask(client)

    assert titles(response) == ["Nowa", "Stara", "Bez daty"]
    assert response.context["total"] == 3
    kinds = {
        value.value: value for panel in response.context["panels"] for value in panel.shown if panel.name == "kind"
    }
    assert not any(value.is_selected for value in kinds.values())
    assert ask(client, address_of(kinds["group"])).context["total"] == kinds["group"].count == 1


def test_a_selected_filter_can_be_taken_away_one_by_one_and_stays_even_with_no_hit(
    one: Recommendation, client: Client
) -> None:
    response = ask(client, "/search/?q=przewodnik&level=eu&year=1999")

    assert response.context["total"] == 0
    assert {chip["label"] for chip in response.context["selected"]} == {"European Union", "1999"}
    assert [(n, v.value, v.count) for n, v in values_of(response) if v.is_selected] == [
        ("level", "eu", 0),
        ("year", "1999", 0),
    ]
    html = response.content.decode()
    assert "/search/?q=przewodnik&amp;level=eu" in html
    assert "/search/?q=przewodnik&amp;year=1999" in html
    assert "Without filters there is 1 result" in html


def test_the_address_is_the_state(one: Recommendation, client: Client) -> None:
    response = ask(client, "/search/?q=przewodnik&sort=oldest&theme=nieznany")
    html = response.content.decode()

    assert '<input type="hidden" name="theme" value="nieznany">' in html
    assert '<option value="oldest" selected>' in html
    for chip in response.context["selected"]:
        kept = parse_qs(urlsplit(f"/?{chip['query'].encoded()}").query)
        assert kept == {"q": ["przewodnik"], "sort": ["oldest"]}


def test_facet_values_are_labelled_in_the_language_of_the_page(one: Recommendation, client: Client) -> None:
    theme = one.themes.get()
    theme.label_en, theme.label_uk = "Language", "Мова"
    theme.save()
    one.tags.add("praca")
    tag = Tag.objects.get()
    tag.label_en = "work"
    tag.save()
    drain()

    labels = {value.label for _, value in values_of(ask(client, "/en/search/?kind=recommendation"))}
    assert {"Language", "work", "IV Forum", "Pierwszy kontakt", "Miasto Wrocław"} <= labels
    assert "Мова" in {value.label for _, value in values_of(ask(client, "/uk/search/"))}


def test_other_pages_link_to_a_search_by_the_things_they_show(one: Recommendation) -> None:
    context = Context({"theme": one.themes.get(), "group": one.working_group})
    link = "{% load facet_tags %}{% search_address theme=theme group=group kind='recommendation' %}"

    address = Template(link).render(context).replace("&amp;", "&")

    path, _, query = address.partition("?")
    assert path == reverse("search")
    assert parse_qs(query) == {
        "theme": [one.themes.get().code],
        "group": [f"g{one.working_group_id}"],
        "kind": ["recommendation"],
    }
    with pytest.raises(TemplateSyntaxError, match="No such facet"):
        Template("{% load facet_tags %}{% search_address colour='red' %}").render(Context())


def test_a_range_of_days_narrows_counts_and_can_be_taken_away(index: Engine, client: Client) -> None:
    group = make_group()
    for title, day in (("Stara", "2013-05-01"), ("Nowa", "2022-01-01"), ("Bez daty", None)):
        make_recommendation(parent=group, title=title, starts_on=day, precision="day" if day else "unknown")
    drain(index)

    response = ask(client, "/search/?kind=recommendation&since=2013&until=2013-05")

    assert titles(response) == ["Stara"]
    assert [(v.value, v.count) for name, v in values_of(response) if name == "year"] == [("2013", 1)]
    chip = response.context["selected"][-1]
    assert chip["label"] == "2013-01-01 to 2013-05-31"
    assert chip["query"].encoded() == "kind=recommendation"
    html = response.content.decode()
    assert re.search(r'name="since"\s+value="2013-01-01"', html)
    assert '<input type="hidden" name="since" value="2013-01-01">' in html


def test_words_that_name_a_filter_offer_it_with_what_a_click_gives(one: Recommendation, client: Client) -> None:
    OrganisationName.objects.create(organisation=one.assignments.get().organisation, name="UMWR")
    drain()

    response = ask(client, "/search/?q=przewodnik umwr 2015")

    offered = {each["offer"].label: each["offer"] for each in response.context["offers"]}
    assert offered.keys() == {"2015", "Miasto Wrocław"}
    for offer in offered.values():
        assert ask(client, f"/search/?{offer.question}").context["total"] == offer.count == 1
    assert "filter by" in response.content.decode()
    assert ask(client, "/search/?q=przewodnik").context["offers"] == []


@pytest.mark.parametrize("language", ["pl", "en", "uk", "ru"])
def test_counts_are_right_in_each_language_and_each_recommendation_is_one_hit(
    index: Engine, client: Client, language: str
) -> None:
    first = make_recommendation(title="Kursy języka")
    make_recommendation(title="Kursy pracy")
    translate(first.source_page, "en", title="Courses", text="Courses.")
    translate(first.source_page, "uk", title="Курси", text="Курси.")
    drain(index)

    prefix = "" if language == "pl" else f"/{language}"
    response = ask(client, f"{prefix}/search/?kind=recommendation")

    own = {"en": "Courses", "uk": "Курси"}.get(language, "Kursy języka")
    assert set(titles(response)) == {own, "Kursy pracy"}
    counts = {value.value: value for name, value in values_of(response) if name == "language"}
    assert {value: each.count for value, each in counts.items()} == {"pl": 2, "en": 1, "uk": 1}
    for each in counts.values():
        assert ask(client, f"{prefix}/search/?{each.question}").context["total"] == each.count
    fallbacks = {"pl": 0, "en": 1, "uk": 1, "ru": 2}[language]
    assert response.content.decode().count('class="language"') == fallbacks
