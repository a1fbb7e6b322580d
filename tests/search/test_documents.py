"""What the index holds of each thing: its words, its facets, and in which languages it is a hit."""

import datetime as dt
from typing import Any, Literal

import pytest
from wagtail.models import PageViewRestriction

from forums.models import Forum, ForumName, WorkingGroup
from recommendations.models import Recommendation
from search.documents import all_documents, documents_for, is_indexable, subject_of
from search.engines.base import Document
from search.query import LANGUAGES
from taxonomy.models import OrganisationName, Tag
from tests.factories.pages import make_forum, make_group, make_recommendation, make_recommendation_page, publish
from tests.factories.taxonomy import OrganisationFactory, PlaceFactory, ThemeFactory
from tests.search.conftest import translate

pytestmark = pytest.mark.django_db


def document(thing: Any, language: str = "pl") -> Document:
    found = {each["language"]: each for each in documents_for([subject_of(thing)])}
    return found[language]


def keys(thing: Any, part: Literal["names", "body"] = "names") -> set[str]:
    return {key for position in document(thing)[part] for key in position}


def fact_of(page: Any) -> Any:
    model = {"ForumPage": Forum, "WorkingGroupPage": WorkingGroup, "RecommendationPage": Recommendation}
    return model[type(page).__name__].objects.get(translation_key=page.translation_key)


def test_a_thing_without_translations_is_one_document_shown_in_every_language() -> None:
    fact = make_recommendation()

    (only,) = documents_for([subject_of(fact)])

    assert only["key"] == f"recommendation:{fact.pk}:pl"
    assert only["shown_in"] == LANGUAGES


def test_a_translation_is_shown_in_its_language_instead_of_the_source() -> None:
    page = make_recommendation_page()
    translate(page, "en", title="Polish lessons", text="Provide Polish lessons.")
    fact = fact_of(page)

    assert document(fact, "en")["shown_in"] == ("en",)
    assert document(fact, "pl")["shown_in"] == ("pl", "uk", "ru")
    assert document(fact, "pl")["translation"] == document(fact, "en")["translation"]


def test_what_readers_may_not_see_has_no_document() -> None:
    draft = make_recommendation_page(published=False, title="Szkic")
    hidden = make_recommendation(parent=make_group(title="Ukryta grupa"))
    PageViewRestriction.objects.create(page=hidden.source_page.get_parent(), restriction_type=PageViewRestriction.LOGIN)
    past = make_recommendation(title="Po terminie")
    type(past.source_page).objects.filter(pk=past.source_page.pk).update(
        expire_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    )
    shown = make_recommendation(title="Widoczna")

    found = {each["key"].rpartition(":")[0] for each in all_documents() if each["kind"] == "recommendation"}

    assert found == {subject_of(shown)}
    assert not Recommendation.objects.filter(translation_key=draft.translation_key).exists()
    assert (is_indexable(hidden), is_indexable(past), is_indexable(shown)) == (False, False, True)


def test_a_hidden_source_hides_its_translations() -> None:
    page = make_recommendation_page()
    translate(page, "en", title="Polish lessons")
    type(page).objects.filter(pk=page.pk).update(live=False)

    assert documents_for([subject_of(fact_of(page))]) == []


def test_unknown_subjects_have_no_documents() -> None:
    assert documents_for(["recommendation:999999", "novel:1", "recommendation:", "recommendation:x", ""]) == []


def test_a_body_is_found_by_former_names_and_what_was_merged_into_it() -> None:
    ministry = OrganisationFactory.create(code="msw", label_pl="Ministerstwo", kind="ministry", level="national")
    OrganisationName.objects.create(organisation=ministry, name="MSWiA", years="do 2011", is_former=True)
    old = OrganisationFactory.create(label_pl="Departament Ceł", merged_into=ministry)
    asked = make_recommendation(addressees=[ministry])

    assert {"mswia", "cło"} <= keys(ministry)
    assert "mswia" in keys(asked)
    assert documents_for([subject_of(old)]) == []


def test_labels_of_all_languages_synonyms_and_adjectives_find_a_recommendation() -> None:
    above = ThemeFactory.create(label_pl="Edukacja", synonyms="oświata\nszkolnictwo")
    theme = ThemeFactory.create(label_pl="Nauka języka", label_uk="Вивчення мови", parent=above)
    city = PlaceFactory.create(label_pl="Wrocław", adjectives="wrocławski\nwrocławska")
    page = make_recommendation_page(published=False, themes=[theme], tags=["asystent"], identifiers=["MO-99"])
    page.places = [city]
    fact = fact_of(publish(page))
    Tag.objects.create(name="pomocnik", merged_into=Tag.objects.get(name="asystent"))
    ThemeFactory.create(label_pl="Lekcje", synonyms="korepetycje", merged_into=theme)

    assert {"oświata", "szkolnictwo", "мова", "wrocławski", "asystent", "pomocnik", "mo-99", "2015", "maj"} <= keys(
        fact
    )


def test_a_forum_is_found_by_its_number_and_by_the_titles_of_its_visible_groups() -> None:
    forum = make_forum(title="Forum w Lublinie", number=2)
    ForumName.objects.create(page=forum, name="Kongres lubelski", kind="alias")
    make_group(parent=forum, title="Zdrowie rodzin")
    make_group(parent=forum, title="Tajemnica", published=False)

    assert {"2", "kongres"} <= keys(fact_of(forum))
    assert "zdrowie" in keys(fact_of(forum), "body")
    assert "tajemnica" not in keys(fact_of(forum), "body")


def test_an_issuer_that_readers_may_not_see_lends_its_name_to_nothing() -> None:
    forum = make_forum(title="Kanarek forum")
    fact = make_recommendation(parent=make_group(parent=forum))
    assert "kanarek" in keys(fact)

    type(forum).objects.filter(pk=forum.pk).update(live=False)

    assert "kanarek" not in keys(fact)
    assert "kanarek" not in keys(fact.working_group)


def test_facets_hold_stable_values() -> None:
    above = ThemeFactory.create(code="edukacja")
    theme = ThemeFactory.create(code="jezyk", parent=above)
    city = PlaceFactory.create(code="lublin")
    asked, withdrawn = OrganisationFactory.create(code="mops"), OrganisationFactory.create(code="pup")
    forum = make_forum(place=city)
    group = make_group(parent=forum)
    page = make_recommendation_page(
        parent=group,
        addressees=[asked, withdrawn],
        themes=[theme],
        tags=["Praca"],
        is_local=True,
        starts_on="2009-01-01",
        ends_on="2011-12-31",
        precision="range",
    )
    fact = fact_of(page)
    fact.assignments.filter(organisation=withdrawn).update(is_withdrawn=True)

    assert document(fact)["facets"] == {
        "kind": ("recommendation",),
        "issuer": (f"f{fact.working_group.forum_id}",),
        "group": (f"g{fact.working_group_id}",),
        "year": ("2009", "2010", "2011"),
        "city": ("lublin",),
        "theme": ("jezyk", "edukacja"),
        "tag": ("praca",),
        "addressee": ("mops",),
        "level": ("local",),
        "implementation": ("no_information",),
    }


@pytest.mark.parametrize(
    ("precision", "starts_on"), [("unknown", None), ("after", "2022-02-01"), ("before", "2020-10-12")]
)
def test_a_date_known_as_a_bound_or_not_at_all_counts_as_no_date(precision: str, starts_on: str | None) -> None:
    fact = make_recommendation(precision=precision, starts_on=starts_on)

    assert document(fact)["facets"]["year"] == ("nd",)
    assert document(fact)["sort_date"] == (starts_on or "")


def test_its_own_places_stand_before_the_issuers() -> None:
    page = make_recommendation_page(published=False, parent=make_forum(place=PlaceFactory.create(code="lublin")))
    page.places = [PlaceFactory.create(code="lodz")]

    assert document(fact_of(publish(page)))["facets"]["city"] == ("lodz",)


def test_the_hash_changes_with_the_document_and_only_then() -> None:
    organisation = OrganisationFactory.create(label_pl="Urząd")
    before = document(organisation)["hash"]
    assert document(organisation)["hash"] == before

    OrganisationName.objects.create(organisation=organisation, name="Magistrat")

    assert document(organisation)["hash"] != before


def test_building_many_documents_costs_no_more_queries_than_building_one(django_assert_max_num_queries: Any) -> None:
    first = make_recommendation()
    facts = [
        first,
        *(make_recommendation(parent=first.source_page.get_parent().specific, title=f"Nr {n}") for n in range(4)),
    ]

    for some in (facts[:1], facts):
        with django_assert_max_num_queries(30):
            documents_for([subject_of(fact) for fact in some])
