"""What stood on a past day: matrix, badge, timeline and lists, from the log alone."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from recommendations.choices import Basis
from recommendations.models import Assignment, FollowUp, Recommendation, RecommendationIndexPage, RecommendationPage
from recommendations.services.past import AskedDay, asked_day
from tests.factories.pages import make_assignment, make_group, make_recommendation, make_site, publish
from tests.factories.scale import multiply
from tests.factories.taxonomy import OrganisationFactory, PlaceFactory, TagFactory, ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
TODAY = dt.date(2026, 11, 21)


def log(row: Assignment, kind: str, refers_on: str | None, *, recorded: str = "2020-06-01", **values: Any) -> FollowUp:
    return FollowUp.objects.create(
        assignment=row,
        kind=kind,
        refers_on=refers_on,
        refers_precision="day" if refers_on else "unknown",
        recorded_at=timezone.make_aware(dt.datetime.fromisoformat(f"{recorded} 12:00")),
        **{"basis": Basis.PUBLISHED_SOURCE} | values,
    )


def report(row: Assignment, implementation: str, refers_on: str | None, text: str = "", **values: Any) -> FollowUp:
    return log(row, "report", refers_on, implementation=implementation, text=text, **values)


def english(client: Client, path: str) -> str:
    with translation.override("en"):
        answer = client.get(f"/en{path}", follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode()).split("<main")[1].split("</main>")[0]


def shown(client: Client, question: str = "", page: RecommendationPage | None = None) -> str:
    answer = client.get(f"{(page or RecommendationPage.objects.get()).url}{question}")
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture
def row() -> Assignment:
    found = make_assignment(addressees=[OrganisationFactory.create(label_pl="Miasto Lublin")])
    report(found, "in_progress", "2016-05-01", "Ogłoszono konkurs.")
    report(found, "stalled", "2018-05-01", "Prace wstrzymano.", recorded="2022-03-03")
    return found


def test_the_page_shows_matrix_badge_and_timeline_as_they_stood(client: Client, row: Assignment) -> None:
    body = shown(client, "?on=2017-01-01")

    assert "Ogłoszono konkurs." in body
    assert "Prace wstrzymano." not in body
    assert body.count("in progress") >= 2
    assert "stalled" not in body


def test_before_anything_happened_nothing_is_known(client: Client, row: Assignment) -> None:
    body = shown(client, "?on=2016-04-30")

    assert "Ogłoszono konkurs." not in body
    assert "no information" in body


def test_as_known_on_that_day_leaves_out_what_was_written_here_later(client: Client, row: Assignment) -> None:
    assert "Prace wstrzymano." in shown(client, "?on=2021-01-01")
    body = shown(client, "?on=2021-01-01&known=1")
    assert "Prace wstrzymano." not in body
    assert "Ogłoszono konkurs." in body


def test_a_past_state_is_marked_leads_back_and_is_no_page_for_search_engines(client: Client, row: Assignment) -> None:
    page = RecommendationPage.objects.get()
    body = shown(client, "?on=2017-01-01")

    assert "1 stycznia 2017" in body
    assert f'<a href="{page.url}">' in body.split('class="notice is-past"')[1].split("</div>")[0]
    assert 'content="noindex, follow"' in body
    assert 'content="noindex' not in shown(client)
    assert "is-past" not in shown(client)


@pytest.mark.parametrize("typed", ["1.05.2017", "01.5.2017", "2017-5-1", " 2017-05-01 ", "1 maja 2017 r."])
def test_a_day_may_be_written_in_either_way(typed: str) -> None:
    found = asked_day({"on": typed}, TODAY)

    assert found.moment is not None
    assert (found.moment.on, found.typed) == (dt.date(2017, 5, 1), "2017-05-01")


@pytest.mark.parametrize("typed", ["2017-02-30", "2999-01-01", "x", "0000-00-00", "2017", "<b>", "9" * 400, "\x00"])
def test_what_is_no_past_day_shows_today_and_is_said(client: Client, row: Assignment, typed: str) -> None:
    found = asked_day({"on": typed}, TODAY)
    assert (found.moment, found.is_wrong) == (None, True)
    assert len(found.typed) <= 20

    answer = client.get(RecommendationPage.objects.get().url, {"on": typed})
    assert "Prace wstrzymano." in answer.content.decode()
    assert "is-error" in answer.content.decode()
    assert b"<b>" not in answer.content


def test_today_and_an_empty_field_are_no_past_state() -> None:
    assert asked_day({"on": TODAY.isoformat()}, TODAY) == AskedDay(None, TODAY.isoformat())
    assert asked_day({"on": "", "known": "1"}, TODAY) == AskedDay(is_as_known=True)


def test_an_undated_entry_belongs_to_the_page_from_the_day_it_was_recorded(client: Client, row: Assignment) -> None:
    log(row, "note", None, text="Bez daty.", recorded="2019-09-09")

    assert "Bez daty." not in shown(client, "?on=2019-09-08")
    assert "Bez daty." in shown(client, "?on=2019-09-09")


def test_a_contradiction_counts_from_the_day_it_was_public(client: Client, row: Assignment) -> None:
    claim = row.follow_ups.get(implementation="in_progress")
    claim.assessments.create(
        finding="contradicts", text="Konkursu nie było.", assessed_on="2017-03-01", public_from="2017-03-15"
    )

    assert "Konkursu nie było." not in shown(client, "?on=2017-03-14")
    body = shown(client, "?on=2017-03-15")
    assert "Konkursu nie było." in body
    assert "disputed" in body


def test_a_contradiction_that_still_waits_is_on_no_past_page(client: Client, row: Assignment) -> None:
    claim = row.follow_ups.get(implementation="in_progress")
    claim.assessments.create(finding="contradicts", text="Kanarek", assessed_on="2017-03-01", public_from="2999-01-01")

    assert "Kanarek" not in shown(client, "?on=2017-06-01")


def test_a_recommendation_not_yet_issued_says_so(client: Client, row: Assignment) -> None:
    path = RecommendationPage.objects.get().url

    assert "had not yet been issued on that day" in english(client, f"{path}?on=2015-05-16".replace("/en", ""))
    assert "had not yet been issued" not in english(client, f"{path}?on=2015-05-17")
    assert "not yet published here on that day" in english(client, f"{path}?on=2015-05-17&known=1")


def test_a_preview_shows_today(row: Assignment) -> None:
    page = RecommendationPage.objects.get()
    answer = page.make_preview_request(extra_request_attrs={"GET": {"on": "2017-01-01"}})

    assert "Prace wstrzymano." in answer.render().content.decode()


# --- Lists


@pytest.fixture
def index(row: Assignment) -> str:
    publish(make_site().add_child(instance=RecommendationIndexPage(title="Rekomendacje", slug="rekomendacje")))
    return "/rekomendacje/"


def listed(client: Client, address: str) -> dict[str, str]:
    """The references on a page of a list, each with what its line says."""
    body = client.get(address).content.decode().split("<main")[1].split("</main>")[0]
    items = body.split('<article class="recommendation-item">')[1:]
    return {item.split('class="ref">')[1].split("<")[0]: item for item in items}


def test_the_list_shows_what_had_been_issued_with_the_state_of_that_day(
    client: Client, index: str, row: Assignment
) -> None:
    later = make_recommendation(title="Późniejsza", starts_on="2019-01-01")
    reference = row.recommendation.reference

    assert listed(client, index).keys() == {reference, later.reference}
    then = listed(client, f"{index}?on=2017-01-01")
    assert then.keys() == {reference}
    assert "in progress" in then[reference]
    assert '?on=2017-01-01">' in then[reference]
    assert "maj 2016" in then[reference]
    assert "ago" not in then[reference]


def test_a_mixed_state_of_a_past_day_is_counted_as_of_that_day(client: Client, index: str) -> None:
    fact = make_recommendation(addressees=[OrganisationFactory.create(), OrganisationFactory.create()])
    report(fact.assignments.all()[0], "in_progress", "2016-05-01")

    then = listed(client, f"{index}?on=2017-01-01")[fact.reference]

    assert "mixed <small>(1\xa0×\xa0no information, 1\xa0×\xa0in progress)</small>" in then


def test_as_known_on_a_day_before_it_was_published_here_the_list_is_empty(client: Client, index: str) -> None:
    assert listed(client, f"{index}?on=2017-01-01&known=1") == {}


def test_one_without_a_date_belongs_to_the_list_from_the_day_it_was_published_here(client: Client, index: str) -> None:
    found = make_recommendation(title="Bez daty", starts_on=None, precision="unknown")
    Recommendation.objects.filter(pk=found.pk).update(published_at="2020-05-05T12:00:00Z")

    assert found.reference not in listed(client, f"{index}?on=2020-05-04")
    assert found.reference in listed(client, f"{index}?on=2020-05-05")


def test_the_day_stays_while_the_list_is_sorted_and_turned(client: Client, index: str, row: Assignment) -> None:
    multiply(row.recommendation, 25)

    body = client.get(f"{index}?on=2017-01-01&known=1&sort=reference").content.decode()
    assert "?sort=oldest&amp;on=2017-01-01&amp;known=1" in body
    assert "sort=information" not in body
    turned = client.get(f"{index}?on=2017-01-01&sort=oldest").content.decode()
    assert "?sort=oldest&amp;on=2017-01-01&amp;page=2" in turned


def test_the_set_of_a_group_and_of_its_forum_stand_as_they_stood(client: Client) -> None:
    group = make_group()
    of_group = make_assignment(parent=group)
    of_forum = make_assignment(parent=group.get_parent().specific, title="Z forum")
    for row in (of_group, of_forum):
        report(row, "in_progress", "2018-01-01")
        Recommendation.objects.filter(pk=row.recommendation_id).update(badge="in_progress")

    for page in (group, group.get_parent()):
        assert all("in progress" in item for item in listed(client, page.url).values())
        then = listed(client, f"{page.url}?on=2016-01-01")
        assert then
        assert all("no information" in item for item in then.values())
        assert "is-past" in client.get(f"{page.url}?on=2016-01-01").content.decode()


def test_lists_by_theme_tag_and_place_stand_as_they_stood(client: Client, row: Assignment) -> None:
    fact = row.recommendation
    place, tag = PlaceFactory.create(), TagFactory.create(slug="jezyk")
    fact.places.add(place)
    fact.tags.add(tag)
    hidden = TagFactory.create(slug="kanarek")

    for address in (f"/tematy/{fact.themes.get().code}/", "/tagi/jezyk/", f"/miejsca/{place.code}/"):
        assert "in progress" in listed(client, f"{address}?on=2017-01-01")[fact.reference]
        assert listed(client, f"{address}?on=2015-05-16") == {}
        assert "is-past" in client.get(f"{address}?on=2015-05-16").content.decode()
    assert client.get(f"/tagi/{hidden.slug}/?on=2017-01-01").status_code == 404


def test_themes_tags_and_places_are_counted_by_what_had_been_issued(client: Client, row: Assignment) -> None:
    fact = row.recommendation
    above, below = fact.themes.get(), ThemeFactory.create(parent=fact.themes.get())
    fact.themes.add(below)
    fact.places.add(PlaceFactory.create())
    fact.tags.add(TagFactory.create())

    for address in ("/tematy/", f"/tematy/{above.code}/", "/tagi/", "/miejsca/"):
        for day, counts in (("2015-05-16", {"0"}), ("2015-05-17", {"1"})):
            body = client.get(f"{address}?on={day}").content.decode()
            # A tag and a place of nothing are not listed.
            assert set(re.findall(r'class="count">(\d+)', body)) == (counts if "/tematy" in address else counts - {"0"})
            assert body.count("is-past") == 1
        assert '?on=2015-05-17">' in body


def test_the_page_of_an_institution_lists_what_it_had_been_asked_and_how_far_it_was(
    client: Client, row: Assignment
) -> None:
    later = make_assignment(title="Późniejsza", starts_on="2019-01-01", addressees=[row.organisation])
    closed = make_assignment(title="Zamknięta", addressees=[row.organisation])
    log(closed, "closure", "2017-06-01", closure="no_longer_applicable")
    log(closed, "position", "2016-06-01", position="noted", recorded="2021-01-01")
    address = f"/instytucje/{row.organisation.code}/"

    then = english(client, f"{address}?on=2017-01-01")
    assert "Asked 2 times, took a position once." in then
    assert "Closed" not in then
    assert later.recommendation.reference not in then
    assert then.index(closed.recommendation.reference) < then.index(row.recommendation.reference)
    assert "in progress" in then
    assert "Overdue now" not in then
    # As known then: nothing had been published here.
    assert "Asked nothing by itself." in english(client, f"{address}?on=2017-01-01&known=1")
    assert "Closed" in english(client, f"{address}?on=2018-01-01")
    assert "is-error" in english(client, f"{address}?on=2999-01-01")
    assert later.recommendation.reference in english(client, address)


def test_the_pages_by_status_list_what_had_it_on_that_day(client: Client, row: Assignment) -> None:
    reference = row.recommendation.reference
    other = make_recommendation(title="Bez wieści").reference

    def has(badge: str, question: str) -> list[str]:
        return sorted(listed(client, f"/stan-realizacji/status/{badge}/{question}"))

    assert has("in_progress", "?on=2017-01-01") == [reference]
    assert has("no_information", "?on=2017-01-01") == [other]
    assert has("no_information", "?on=2016-01-01") == sorted([reference, other])
    assert has("in_progress", "?on=2018-06-01") == []
    assert has("stalled", "?on=2018-06-01") == [reference]
    # As known then, nobody had written it down.
    assert has("stalled", "?on=2021-06-01&known=1") == []
    counted = english(client, "/stan-realizacji/status/?on=2017-01-01")
    assert "in_progress/?on=2017-01-01" in counted
    assert "Of 2 recommendations" in counted
    assert has("in_progress", "?on=2015-05-16") == []


def test_a_past_list_asks_three_times_more_whatever_its_length(
    client: Client, index: str, row: Assignment, django_assert_max_num_queries: Any
) -> None:
    def asked(question: str) -> int:
        with django_assert_max_num_queries(20) as captured:
            client.get(f"{index}{question}")
        return len(captured)

    multiply(row.recommendation, 3)
    asked("")
    few = asked("?on=2017-01-01")
    multiply(row.recommendation, 40)

    assert asked("?on=2017-01-01") == few == asked("") + 3


def test_a_past_page_of_one_recommendation_asks_no_more_than_that_of_today(
    client: Client, row: Assignment, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    path = RecommendationPage.objects.get().url
    client.get(path)
    with django_assert_max_num_queries(20) as today:
        client.get(path)

    with django_assert_num_queries(len(today)):
        client.get(f"{path}?on=2017-01-01")
