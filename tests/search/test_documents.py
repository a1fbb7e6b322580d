"""What the index holds of each thing: its words, its facets, and in which languages it is a hit."""

import datetime as dt
from typing import Any, Literal

import pytest
from django.db import transaction
from wagtail.models import PageViewRestriction

from forums.models import Forum, ForumName, WorkingGroup
from recommendations.choices import Badge, Basis, Closure, EntryKind, Finding, Implementation, LinkKind, Position
from recommendations.models import Assessment, FollowUp, Recommendation, RecommendationLink
from recommendations.services.log import lock, write_caches
from search.documents import all_documents, documents_for, is_indexable, subject_of
from search.engines.base import Document
from search.query import LANGUAGES
from taxonomy.models import OrganisationName, Tag
from tests.factories.pages import make_forum, make_group, make_recommendation, make_recommendation_page, publish
from tests.factories.taxonomy import OrganisationFactory, PlaceFactory, ThemeFactory
from tests.search.conftest import translate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]


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


def test_a_recommendation_of_which_nothing_is_known_is_unknown_and_no_information() -> None:
    fact = make_recommendation(title="Tytuł", text="Treść.")

    assert fact.badge == Badge.NO_INFORMATION
    assert {"nieznany", "unknown"} <= keys(fact)
    assert not {"informacja", "information", "інформація"} & keys(fact)

    Recommendation.objects.filter(pk=fact.pk).update(badge=Badge.STALLED)

    assert "stalled" in keys(fact)


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
        "source": ("working_group",),
        "position": ("no_answer",),
        "closure": ("open",),
        "language": ("pl",),
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


# -- Where it stands


def with_log(**values: Any) -> Recommendation:
    """Asked of two bodies, by stable codes."""
    bodies = [OrganisationFactory.create(code="urzad"), OrganisationFactory.create(code="szkola")]
    return make_recommendation(addressees=bodies, **values)


def report(fact: Recommendation, implementation: str, refers_on: dt.date, *, own: bool = False) -> FollowUp:
    row = fact.assignments.get(number=1)
    spoken = (
        {"basis": Basis.OWN_STATEMENT, "declared_by": row.organisation} if own else {"basis": Basis.PUBLISHED_SOURCE}
    )
    entry = FollowUp.objects.create(
        assignment=row, kind=EntryKind.REPORT, implementation=implementation, refers_on=refers_on, **spoken
    )
    with transaction.atomic():
        write_caches(lock(row))
    return entry


def test_a_recommendation_tells_each_addressee_with_its_own_states() -> None:
    fact = with_log()
    report(fact, Implementation.IMPLEMENTED, dt.date(2024, 3, 1))
    fact.assignments.filter(number=2).update(position=Position.DECLINED, closure=Closure.DECLINED)

    found = document(fact)

    assert found["addressed"] == ("urzad|no_answer|declared|open", "szkola|declined|closed_declined|declined")
    assert set(found["facets"]["position"]) == {"no_answer", "declined"}
    assert set(found["facets"]["closure"]) == {"open", "declined"}
    assert found["facets"]["implementation"] == ("mixed",)
    assert found["facets"]["source"] == (fact.source_kind,)


def test_who_is_no_longer_asked_stands_in_no_facet() -> None:
    fact = with_log()
    fact.assignments.filter(number=2).update(is_withdrawn=True, position=Position.DECLINED)

    assert document(fact)["addressed"] == ("urzad|no_answer|no_information|open",)
    assert document(fact)["facets"]["addressee"] == ("urzad",)


def test_information_ages_by_the_calendar_and_never_by_words() -> None:
    fact = with_log()
    report(fact, Implementation.IN_PROGRESS, dt.date(2024, 2, 29))

    found = document(fact)

    assert found["alerts"] == {"ageing": "2025-02-28", "stale": "2026-03-01"}
    assert not {"stale", "overdue", "ageing"} & {key for position in found["names"] for key in position}


def test_an_answer_is_overdue_from_the_day_after_it_was_due() -> None:
    fact = with_log(starts_on="2020-01-01")
    fact.assignments.filter(number=2).update(notified_at=dt.datetime(2026, 1, 10, 12, tzinfo=dt.UTC))

    assert document(fact)["alerts"] == {"overdue": "2026-04-11"}


def test_a_contradiction_disputes_from_the_day_it_is_public_even_if_that_lies_ahead() -> None:
    fact = with_log()
    entry = report(fact, Implementation.IMPLEMENTED, dt.date(2026, 11, 1))
    Assessment.objects.create(
        follow_up=entry,
        finding=Finding.CONTRADICTS,
        text="Nie ma go.",
        assessed_on=dt.date(2026, 11, 10),
        public_from=dt.date(2999, 11, 24),
    )

    assert document(fact)["alerts"]["disputed"] == "2999-11-24"


def repeated() -> tuple[Recommendation, Recommendation]:
    first, second = with_log(starts_on="2014-01-01"), make_recommendation(starts_on="2018-05-01")
    RecommendationLink.objects.create(source=second, target=first, kind=LinkKind.REPEATS)
    return first, second


def test_what_was_asked_again_and_never_answered_says_so_on_both_sides() -> None:
    first, second = repeated()
    make_recommendation(title="Raz")

    assert [document(fact)["alerts"].get("unanswered") for fact in (first, second)] == ["2018-05-01"] * 2
    assert sum("unanswered" in each["alerts"] for each in all_documents()) == 2


def test_an_answer_to_one_of_the_requests_answers_all() -> None:
    first, second = repeated()
    report(first, Implementation.IN_PROGRESS, dt.date(2020, 1, 1))
    assert "unanswered" in document(second)["alerts"]

    report(first, Implementation.IN_PROGRESS, dt.date(2021, 1, 1), own=True)
    assert "unanswered" not in document(second)["alerts"]


def test_a_hidden_request_repeats_nothing() -> None:
    first, second = repeated()
    type(second.source_page).objects.filter(pk=second.source_page.pk).update(live=False)

    assert "unanswered" not in document(first)["alerts"]


@pytest.mark.parametrize(
    ("values", "last"),
    [
        ({"starts_on": "2015-05-17", "precision": "day"}, "2015-05-17"),
        ({"starts_on": "2016-02-01", "precision": "month"}, "2016-02-29"),
        ({"starts_on": "2015-01-01", "precision": "year"}, "2015-12-31"),
        ({"starts_on": "2015-01-01", "ends_on": "2016-03-02", "precision": "range"}, "2016-03-02"),
        ({"starts_on": "2009-01-01", "ends_on": "2011-01-01", "precision": "range"}, "2011-12-31"),
        ({"starts_on": "2014-01-01", "precision": "about"}, "2014-12-31"),
        ({"starts_on": "2014-05-01", "precision": "about"}, "2014-05-31"),
        ({"starts_on": "2015-01-01", "precision": "after"}, ""),
        ({"starts_on": None, "precision": "unknown"}, ""),
    ],
)
def test_the_last_day_of_a_period_is_what_the_source_says_of_it(values: dict[str, Any], last: str) -> None:
    assert document(make_recommendation(**values))["last_date"] == last


def test_a_thing_is_readable_in_the_languages_of_its_pages() -> None:
    page = make_recommendation_page()
    translate(page, "uk", title="Уроки")
    body = OrganisationFactory.create(label_en="Office")

    assert [set(document(fact_of(page), language)["facets"]["language"]) for language in ("pl", "uk")] == [
        {"pl", "uk"}
    ] * 2
    assert set(document(body)["facets"]["language"]) >= {"pl", "en"}


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
