"""Names of a hit: found by something that it does not show elsewhere, it says by what."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forums.choices import BodyRole
from forums.models import ForumBody, ForumName
from recommendations.models import RecommendationLevel
from search.documents.assembly import plain
from search.documents.called import Called
from search.engines.base import Engine
from search.models import WordGroup, WordsVersion
from search.sync.drain import drain
from search.views.trial import try_words
from taxonomy.models import OrganisationName
from tests.factories.pages import make_forum, make_group, make_recommendation
from tests.factories.taxonomy import OrganisationFactory, PlaceFactory, ThemeFactory
from tests.search.asking import CANARY, ask, item, marked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground", "stage_index")]


def told(found: Any) -> list[tuple[str, list[str]]]:
    return [(name.of, marked(name.text)) for name in found.named]


@pytest.mark.parametrize(
    ("address", "typed", "of", "words"),
    [
        ("/search/", "szkolnictwa", "theme", ["Szkolnictwo"]),
        ("/search/", "oświaty", "theme", ["Oświata"]),
        ("/search/", CANARY, "theme", ["Oświata"]),
        ("/en/search/", "schooling", "theme", ["Schooling"]),
        ("/search/", "hydrant", "tag", ["hydranty"]),
        ("/en/search/", "voivodeship", "level", ["voivodeship"]),
        ("/search/", "gdańskiego", "city", ["Gdańsk"]),
        ("/search/", '"MSW"', "addressee", ["MSW"]),
        ("/search/", "starostwo", "addressee", ["starostwo"]),
        ("/search/", "kuratora", "addressee", ["Kurator"]),
        ("/search/", "zjazdu", "issuer", ["Zjazd"]),
        ("/search/", "maj 2015", "year", ["maj", "2015"]),
        ("/search/", "MO-99", "reference", ["MO-99"]),
        ("/en/search/", "working group", "source", ["working", "group"]),
    ],
)
def test_a_recommendation_found_by_a_name_says_which_and_of_what(
    index: Engine, client: Client, address: str, typed: str, of: str, words: list[str]
) -> None:
    forum = make_forum(title="Forum w mieście", place=PlaceFactory.create(label_pl="Gdańsk", adjectives="gdański"))
    ForumName.objects.create(page=forum, name="Zjazd")
    above = ThemeFactory.create(label_pl="Oświata", synonyms="wieloryby")
    ministry = OrganisationFactory.create(label_pl="Ministerstwo")
    OrganisationName.objects.create(organisation=ministry, name="MSW")
    fact = make_recommendation(
        parent=make_group(parent=forum),
        themes=[ThemeFactory.create(label_pl="Szkolnictwo", label_en="Schooling", parent=above)],
        tags=["hydranty"],
        identifiers=["MO-99"],
        addressees=[
            ministry,
            *(OrganisationFactory.create(label_pl=f"Urząd {number}") for number in range(3)),
            OrganisationFactory.create(label_pl="Kurator"),
        ],
    )
    fact.assignments.filter(organisation=ministry).update(words="starostwo")
    RecommendationLevel.objects.create(recommendation=fact, level="regional")
    drain()

    (found,) = [one for one in client.get(address, {"q": typed}).context["items"] if one.fact == fact]

    assert told(found) == [(of, words)]


def test_what_the_face_or_a_passage_answers_is_not_named_again(index: Engine, client: Client) -> None:
    make_recommendation(
        title="Hydranty",
        rationale="<p>Brak wody.</p>",
        tags=["hydranty", "woda", "wieloryby"],
        source_url="https://a.pl/",
    )
    drain()

    found = item(client, f"hydrant woda {CANARY}")

    assert [passage.name for passage in found.passages] == ["rationale"]
    assert told(found) == [("tag", ["wieloryby"])]


def test_the_name_in_the_language_of_the_reader_is_shown_where_several_answer(index: Engine, client: Client) -> None:
    make_recommendation(themes=[ThemeFactory.create(label_pl="Dom", label_en="House", label_uk="Дім")])
    drain()

    (found,) = client.get("/en/search/", {"q": "house", "kind": "recommendation"}).context["items"]

    assert [str(name.text) for name in found.named] == ["<mark>House</mark>"]


def test_a_reference_is_marked_where_it_stands(index: Engine, client: Client) -> None:
    fact = make_recommendation()
    drain()

    start = fact.reference[:-2]

    assert f"<mark>{fact.reference}</mark></p>" in ask(client, f"{start}*").content.decode()


def test_a_forum_says_by_which_name_it_is_found(index: Engine, client: Client) -> None:
    forum = make_forum(title="Forum", place=PlaceFactory.create(label_pl="Gdańsk", adjectives="gdański"))
    foundation = OrganisationFactory.create(label_pl="Fundacja Hydrant")
    ForumName.objects.create(page=forum, name="Zjazd")
    ForumBody.objects.create(page=forum, organisation=foundation, role=BodyRole.ORGANISER)
    make_group(title="Wieloryby w mieście", parent=forum)
    drain()

    assert told(item(client, "zjazdu", "forum")) == [("name", ["Zjazd"])]
    assert told(item(client, "hydranty", "forum")) == [("body", ["Hydrant"])]
    assert told(item(client, "gdańska", "forum")) == [("city", ["Gdańsk"])]
    assert told(item(client, CANARY, "forum")) == [("group", ["Wieloryby"])]


def test_an_institution_and_a_theme_say_by_which_name_they_are_found(index: Engine, client: Client) -> None:
    above = OrganisationFactory.create(label_pl="Ministerstwo Wielorybów")
    office = OrganisationFactory.create(label_pl="Urząd", parent=above)
    OrganisationFactory.create(label_pl="Departament Ceł", merged_into=office)
    ThemeFactory.create(label_pl="Nauka", synonyms="korepetycje")
    drain()

    assert [told(one) for one in ask(client, CANARY).context["items"] if one.fact == office] == [
        [("body", ["Wielorybów"])]
    ]
    assert told(item(client, "cło", "organisation")) == [("name", ["Ceł"])]
    assert told(item(client, "korepetycja", "theme")) == [("name", ["korepetycje"])]


def test_an_issuer_that_readers_may_not_see_is_never_named(index: Engine) -> None:
    forum = make_forum(title="Wieloryby")
    ForumName.objects.create(page=forum, name="Zjazd wielorybów")
    fact = make_recommendation(parent=make_group(title="Grupa", parent=forum))
    type(forum).objects.filter(pk=forum.pk).update(live=False)

    called = Called([fact], [fact.issuer])
    named = [name.text for thing in (fact, fact.issuer) for name in called.of(thing)]

    assert "Grupa" in named
    assert not [text for text in named if "ielory" in text]


def test_the_names_of_many_hits_cost_no_more_queries_than_those_of_one(index: Engine, client: Client) -> None:
    theme = ThemeFactory.create(label_pl="Wieloryby")
    counts = []
    for number in (1, 5):
        for _each in range(number):
            make_recommendation(themes=[theme])
        drain()
        ask(client, CANARY)  # what the process keeps is read
        with CaptureQueriesContext(connection) as captured:
            assert len(ask(client, CANARY, kind="recommendation").context["items"]) >= number
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.fixture
def groups_that_work() -> None:
    WordGroup.objects.create(
        kind="synonym", words_pl="zespół\ngrupa robocza", words_en="working group", words_uk="робоча група"
    )


@pytest.mark.usefixtures("groups_that_work")
def test_terms_of_which_any_will_do_are_answered_by_one_name(index: Engine, client: Client) -> None:
    theme = ThemeFactory.create(label_pl="Grupy robocze", label_uk="Робочі групи")
    make_recommendation(parent=make_forum(title="Forum"), themes=[theme])
    drain()

    (found,) = client.get("/uk/search/", {"q": "робоча група", "kind": "recommendation"}).context["items"]

    assert told(found) == [("theme", ["Робочі", "групи"])]


def test_what_is_read_as_a_name_is_said_in_its_own_language(index: Engine, client: Client) -> None:
    make_recommendation(parent=make_forum(title="Forum"), source_kind="working_group")
    drain()

    hits = client.get("/en/search/", {"q": "working group", "kind": "recommendation"}).context["items"]

    assert {(plain(name.text), name.language) for one in hits for name in one.named} == {("working group", "en")}
    assert not client.get("/en/search/", {"q": "work"}).context["items"]


def test_a_year_is_said_in_the_language_of_the_reader(index: Engine, client: Client) -> None:
    make_forum(title="Forum", starts_on=dt.date(2015, 5, 14), precision="year")
    drain()

    hits = client.get("/en/search/", {"q": "2015", "kind": "forum"}).context["items"]

    assert {name.language for one in hits for name in one.named} == {"en"}


def test_a_trial_asks_once_which_words_there_are(index: Engine) -> None:
    themes = [ThemeFactory.create(label_pl="Kot"), ThemeFactory.create()]
    for _each in range(3):
        make_recommendation(themes=themes)
    drain()

    with CaptureQueriesContext(connection) as captured:
        (_kot, whales) = try_words(WordGroup(kind="synonym", words_pl="kot\nwieloryb"))

    assert whales.added
    assert len([query for query in captured if WordsVersion._meta.db_table in query["sql"]]) == 1


def test_the_kind_of_a_group_is_marked_where_it_stands(index: Engine, client: Client) -> None:
    make_group(title="Szkoły")
    drain()

    hits = client.get("/en/search/", {"q": "working group", "kind": "group"}).context["items"]
    (found,) = [one for one in hits if "Szkoły" in one.title]

    assert [word.lower() for word in marked(found.kind_words)] == ["working", "group"]
    assert told(found) == []


def test_no_phrase_is_marked_across_two_names_of_an_institution(index: Engine, client: Client) -> None:
    office = OrganisationFactory.create(label_pl="Urząd nowej rady")
    for name in ("Stara rada", "Dawna rada nowa", "Nowa rada"):
        OrganisationName.objects.create(organisation=office, name=name)
    drain()

    found = item(client, '"rada nowa"', "organisation")

    assert marked(found.excerpt) == ["rada nowa"]
    assert "Stara rada" in found.excerpt
