"""The questions that the project was given, on its real content."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from pytest_django import DjangoDbBlocker

from forums.models import Forum, ForumPage, WorkingGroup, WorkingGroupPage
from recommendations.models import Recommendation
from search.analysis import analyse
from search.documents import all_documents, subject_of
from search.documents.called import Called
from search.engines import get_engine
from search.engines.base import Document
from search.sync.drift import find_drift
from search.sync.rebuild import rebuild
from search.views.help import RULES, Example
from search.views.hits import Item
from search.views.page import Asked, context_of
from taxonomy.models import Organisation, Theme

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("content")]


@pytest.fixture(scope="module", autouse=True)
def _content_index(
    content_db: None, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(settings, "SEARCH_DIR", tmp_path_factory.mktemp("search"))
        rebuild(get_engine())
        yield


def hits(text: str) -> list[Item]:
    found: list[Item] = context_of(Asked.read(RequestFactory().get("/search/", {"q": text})))["items"]
    return found


def names(items: list[Item]) -> list[str]:
    """The id of the data files for a recommendation, the code for a forum or group, "" for an institution."""
    return [_name(item) for item in items]


def _name(item: Item) -> str:
    if item.kind == "recommendation":
        return str(item.fact.aliases.values_list("alias", flat=True).first())
    return str(item.fact.page.slug) if item.kind in ("forum", "group") else ""


def test_words_without_polish_letters_find_what_was_meant() -> None:
    assert names(hits("edukacja dzieci uchodzcow"))[0] in {"AI-02", "RPO-08", "TFLF-02", "TFLF-07"}


def test_another_form_of_a_word_is_found_and_marked() -> None:
    assert any("<mark>cudzoziemców</mark>" in f"{item.title} {item.excerpt}" for item in hits("cudzoziemcom"))


def test_a_phrase_puts_the_group_of_that_name_first() -> None:
    assert names(hits('"zadania samorządu"'))[0] == "flpm-2013-krk-zadania"


def test_a_minus_leaves_a_city_out() -> None:
    found = names(hits("rada imigrantów -Gdańsk"))

    assert "POZ-02" in found
    assert "GDA-01" not in found
    assert "GDA-01" in names(hits("rada imigrantów"))


def test_the_city_and_the_office_in_question_come_first() -> None:
    found = names(hits("lodz urzad"))

    assert found.index("MO-04") < found.index("MO-09")


@pytest.mark.parametrize("text", ["MO-01", "mo-01", "LII/964/16", "RPO-2022-R03"])
def test_identifiers_references_and_case_numbers_are_found_as_they_stand(text: str) -> None:
    assert hits(text)


@pytest.mark.parametrize("text", ["IV Forum", "4 forum", "czwarte forum"])
def test_an_edition_is_found_however_its_number_is_written(text: str) -> None:
    assert "flpm-2015-wro" in names(hits(text))[:2]


@pytest.mark.parametrize("example", [each for rule in RULES for each in rule.examples], ids=lambda each: each.text)
def test_the_examples_of_the_help_find_what_they_promise(example: Example) -> None:
    context = context_of(Asked.read(RequestFactory().get("/search/", {"q": example.text})))
    found = names([*context["items"], *context["near_items"]][:20])

    assert set(example.finds) <= set(found)
    assert set(example.never).isdisjoint(found)


def test_the_help_links_to_every_example_and_the_search_page_to_the_help(client: Client) -> None:
    page = client.get("/search/help/").content.decode()

    assert "/search/help/" in client.get("/search/").content.decode()
    assert page.count("<q>") == sum(len(rule.examples) for rule in RULES)


def test_every_recommendation_forum_and_group_has_a_document() -> None:
    stored = {key.rpartition(":")[0] for key, _ in get_engine().stream()}
    kinds = [subject.partition(":")[0] for subject in stored]

    assert kinds.count("recommendation") == Recommendation.objects.visible_to().count() == 126
    assert kinds.count("forum") == ForumPage.objects.visible_to().sources().count()
    assert kinds.count("group") == WorkingGroupPage.objects.visible_to().sources().count()
    assert find_drift().keys == ()


def test_the_facets_of_all_recommendations_add_up(client: Client) -> None:
    panels = {panel.name: panel for panel in client.get("/search/").context["panels"]}
    totals = {
        name: sum(value.count for value in (*panels[name].shown, *panels[name].folded))
        for name in ("issuer", "implementation")
    }

    assert totals == {"issuer": 126, "implementation": 126}


@pytest.mark.parametrize("address", ["/search/", "/search/?q=dzieci", "/en/search/?q=migrants&level=local"])
def test_the_page_keeps_its_budget_of_queries(client: Client, address: str, django_assert_max_num_queries: Any) -> None:
    client.get(address)
    with django_assert_max_num_queries(20):
        client.get(address)


def test_the_help_names_what_must_be_found_as_hits_do(client: Client) -> None:
    page = client.get("/search/help/").content.decode()

    assert "WS-06" not in page
    assert "MO-04<" not in page
    assert ">WS-2014-R06</a>" in page
    assert "flpm-2014-lub<" not in page


def test_every_name_that_finds_a_thing_can_be_shown_and_no_other() -> None:
    things: dict[str, Any] = {}
    for model in (Recommendation, Forum, WorkingGroup):
        things |= {subject_of(fact): fact for fact in model.objects.visible_to()}
    for rows in (Organisation.objects.current(), Theme.objects.current()):
        things |= {subject_of(row): row for row in rows}
    called = Called(
        [fact for fact in things.values() if isinstance(fact, Recommendation)],
        [fact for fact in things.values() if isinstance(fact, Forum | WorkingGroup)],
    )
    documents: dict[str, list[Document]] = {}
    for document in all_documents():
        documents.setdefault(document["key"].rpartition(":")[0], []).append(document)

    assert documents.keys() == things.keys()
    for subject, thing in things.items():
        found = {key for one in documents[subject] for position in one["names"] for key in position}
        held = {
            key for one in documents[subject] for part in (one["body"], one["names"]) for keys in part for key in keys
        }
        named = {key for name in called.of(thing) for key in keys_of_text(name.text, name.read_as)}
        assert found - named <= {key for text, language in face(thing) for key in keys_of_text(text, language)}, subject
        assert named <= held, subject


def face(thing: Any) -> list[tuple[str, str]]:
    """What a hit shows of itself anyway, in every language."""
    if isinstance(thing, Recommendation):
        return [(thing.reference, "pl"), (thing.source_title, "pl")]
    if isinstance(thing, Organisation | Theme):
        return [(thing.label_pl, "pl")]
    pages = thing.page_model().objects.visible_to().filter(translation_key=thing.translation_key)
    return [(page.title, page.locale.language_code) for page in pages]


def keys_of_text(text: str, language: str) -> set[str]:
    return {key for position in analyse(text, language).positions for key in position}
