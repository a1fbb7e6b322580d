"""Ways in: themes, tags, places, institutions, changes; what is hidden counts nowhere."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import PageViewRestriction

from recommendations.models import (
    FollowUp,
    Recommendation,
    RecommendationLink,
    RecommendationPage,
    RecommendationTag,
)
from taxonomy.models import OrganisationName, Tag
from tests.factories.pages import (
    make_assignment,
    make_forum,
    make_recommendation,
    make_recommendation_page,
    publish,
)
from tests.factories.scale import multiply
from tests.factories.taxonomy import OrganisationFactory, PlaceFactory, ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
BUDGET = 20


def everywhere(found: Recommendation) -> list[str]:
    """Every address of this app that shows the recommendation."""
    theme, place = found.themes.get(), found.places.get()
    organisation, tag = found.assignments.get().organisation, found.tags.get()
    return [
        reverse("theme_list"), reverse("theme", args=[theme.code]),
        reverse("tag_list"), reverse("tag", args=[tag.slug]),
        reverse("place_list"), reverse("place", args=[place.code]),
        reverse("organisation_list"), reverse("organisation", args=[organisation.code]),
        reverse("changes"), reverse("status", args=[found.badge]),
    ]  # fmt: skip


def classified(**values: Any) -> Recommendation:
    page = make_recommendation_page(published=False, tags=["asystent"], **values)
    page.places = [PlaceFactory.create()]
    publish(page)
    return Recommendation.objects.get(translation_key=page.translation_key)


def english(client: Client, path: str) -> str:
    with translation.override("en"):
        return client.get(f"/en{path}").content.decode()


def test_every_way_in_shows_a_published_recommendation(client: Client) -> None:
    found = classified(title="Kanarek")

    for path in everywhere(found):
        response = client.get(path)
        assert response.status_code == 200, path
        is_list_of_names = path in {reverse(f"{name}_list") for name in ("theme", "tag", "place", "organisation")}
        assert is_list_of_names or "Kanarek" in response.content.decode(), path


def test_every_list_and_version_says_when_what_it_shows_last_changed(client: Client) -> None:
    found = classified()
    changed_at = dt.datetime(2031, 5, 8, 12, tzinfo=dt.UTC)
    Recommendation.objects.update(last_change_at=changed_at)
    published_on = timezone.localdate(found.wordings.get().published_at)
    cache.clear()

    def box(path: str) -> str:
        return client.get(path).content.decode().split('<section class="publication-box"')[1].split("</section>")[0]

    for path in [*everywhere(found), reverse("standing"), reverse("status_list"), reverse("search")]:
        assert box(path).count('datetime="2031-05-08"') == 1, path
        assert box(path).count(f'datetime="{published_on}"') == 2, path
    assert box(f"/r/{found.reference}/v1").count(f'datetime="{published_on}"') == 3


@pytest.mark.parametrize("how", ["unpublished", "private", "draft"])
def test_no_way_in_shows_or_counts_what_readers_may_not_see(client: Client, how: str) -> None:
    found = classified(title="Kanarek")
    paths = everywhere(found)
    page = RecommendationPage.objects.get()
    if how == "private":
        PageViewRestriction.objects.create(page=page.get_parent(), restriction_type="login")
    elif how == "unpublished":
        page.unpublish()
    else:
        Recommendation.objects.filter(pk=found.pk).update(translation_key="00000000-0000-4000-8000-000000000000")

    for path in paths:
        body = client.get(path).content.decode()
        assert "Kanarek" not in body, path
        assert found.reference not in body, path
        assert 'class="count">1<' not in body, path
    assert client.get(reverse("tag", args=[Tag.objects.get().slug])).status_code == 404
    assert "asystent" not in client.get(reverse("tag_list")).content.decode()


def test_a_tag_that_only_a_draft_has_is_not_found(client: Client) -> None:
    make_recommendation_page(published=False, tags=["tajny"])

    assert client.get(reverse("tag", args=[Tag.objects.get().slug])).status_code == 404


def test_a_theme_counts_what_stands_below_it_once(client: Client) -> None:
    above = ThemeFactory.create(code="edukacja", label_pl="Edukacja")
    below = [ThemeFactory.create(code=f"edukacja-{n}", parent=above) for n in (1, 2)]
    found = make_recommendation(title="Pod dwoma tematami", themes=below)

    body = client.get(reverse("theme_list")).content.decode()
    page = client.get(reverse("theme", args=["edukacja"])).content.decode()

    assert body.count('<span class="count">1</span>') == 3
    assert page.count(f'<p class="ref">{found.reference}</p>') == 1


@pytest.mark.parametrize(
    ("name", "factory"), [("theme", ThemeFactory), ("place", PlaceFactory), ("organisation", OrganisationFactory)]
)
def test_a_merged_row_leads_to_the_one_that_stayed_however_often_it_was_merged(
    client: Client, name: str, factory: Any
) -> None:
    stayed = factory()
    middle = factory(merged_into=stayed)
    first = factory(merged_into=middle)

    response = client.get(reverse(name, args=[first.code]))

    assert (response.status_code, response["Location"]) == (301, reverse(name, args=[stayed.code]))


def test_a_merged_tag_leads_to_the_one_that_stayed(client: Client) -> None:
    classified()
    merged = Tag.objects.create(name="dawny", merged_into=Tag.objects.get())

    response = client.get(reverse("tag", args=[merged.slug]))

    assert (response.status_code, response["Location"]) == (301, reverse("tag", args=["asystent"]))


@pytest.mark.parametrize("name", ["theme", "tag", "place", "organisation"])
def test_an_unknown_word_is_not_found(client: Client, name: str) -> None:
    make_recommendation()

    assert client.get(reverse(name, args=["nieznane"])).status_code == 404


def test_no_page_number_breaks_a_list(client: Client) -> None:
    for path in everywhere(classified()):
        for value in ("0", "-1", "1e9", "99999999999999999999", "x", "", "%00", "١", "1'--", "<b>"):
            response = client.get(f"{path}?page={value}&x[]=1")
            assert response.status_code == 200, (path, value)
            assert "<b>" not in response.content.decode()


def test_the_lists_answer_no_writing_method(client: Client) -> None:
    for path in everywhere(classified()):
        assert client.post(path).status_code == 405


def test_queries_do_not_grow_with_the_number_of_recommendations(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    found = classified()
    multiply(found, 4)
    spread_tag(found)
    few = {}
    for path in everywhere(found):
        client.get(path)
        with django_assert_max_num_queries(BUDGET) as captured:
            client.get(path)
        few[path] = len(captured)

    multiply(found, 55)
    spread_tag(found)

    for path, before in few.items():
        with django_assert_max_num_queries(BUDGET) as captured:
            client.get(path)
        assert len(captured) == before, path


def spread_tag(found: Recommendation) -> None:
    tagged = RecommendationTag.objects.values("content_object")
    RecommendationTag.objects.bulk_create(
        RecommendationTag(content_object=other, tag=found.tags.get())
        for other in Recommendation.objects.exclude(pk__in=tagged)
    )


def test_an_institution_says_in_one_sentence_how_often_it_was_asked_and_answered(client: Client) -> None:
    city = OrganisationFactory.create(code="um-wroclaw")
    forum = make_forum()
    answered = make_assignment(parent=forum, addressees=[city])
    make_recommendation(parent=forum, addressees=[city], title="Druga")
    type(answered).objects.filter(pk=answered.pk).update(position="accepted")

    body = english(client, "/instytucje/um-wroclaw/")

    assert "Asked 2 times, took a position once." in body
    # A picture has its widths in per cent.
    assert "%" not in re.sub(r"<svg.*?</svg>", "", body.split("<main")[1].split("</main>")[0])


def test_what_is_known_without_a_date_is_never_said_to_be_no_information(client: Client) -> None:
    city = OrganisationFactory.create(code="um-wroclaw")
    found = make_assignment(addressees=[city])

    def shown(**state: str) -> str:
        type(found).objects.filter(pk=found.pk).update(**state)
        return english(client, "/instytucje/um-wroclaw/")

    nothing = shown()
    reported = shown(implementation="in_progress")
    declined = shown(implementation="no_information", position="declined")

    assert "no information on the state yet" in nothing
    for body in (reported, declined):
        assert "date of the last information not known" in body
        assert "no information on the state yet" not in body
    # Its own report is an answer; what it never took is a position.
    assert "Asked once, no position known." in reported
    assert "Asked once, took a position once." in declined


def test_a_group_of_institutions_is_never_said_to_owe_an_answer(client: Client) -> None:
    cities = OrganisationFactory.create(code="gminy", collective=True)
    make_recommendation(addressees=[cities])

    body = english(client, "/instytucje/gminy/")

    assert "Asked once; a group of institutions has nobody who could answer for all of it." in body
    assert "0 of 1" not in english(client, "/instytucje/")


def test_a_member_of_a_group_was_not_asked_itself(client: Client) -> None:
    cities = OrganisationFactory.create(code="gminy", collective=True)
    found = make_recommendation(addressees=[cities])
    member = OrganisationFactory.create(code="um-lublin")
    asked = found.assignments.get()
    found.assignments.create(organisation=member, number=2, role="supporting", member_of=asked)

    body = english(client, "/instytucje/um-lublin/")

    assert "Asked nothing by itself. Something is known of it as one of a group that was asked once." in body
    assert "asked as one of:" in body
    assert "um-lublin" not in english(client, "/instytucje/")


def test_what_is_open_stands_before_what_is_closed_and_the_least_advanced_first(client: Client) -> None:
    city, forum = OrganisationFactory.create(code="um-wroclaw"), make_forum()
    states = {"Zamknięta": {"closure": "implemented"}, "W toku": {"implementation": "in_progress"}, "Cisza": {}}
    for title, values in states.items():
        row = make_assignment(parent=forum, addressees=[city], title=title)
        type(row).objects.filter(pk=row.pk).update(**values or {"position": "no_answer"})

    body = client.get(reverse("organisation", args=["um-wroclaw"])).content.decode()

    assert body.index("Cisza") < body.index("W toku") < body.index("Zamknięta")


def test_former_names_stand_with_their_years_apart_from_other_names(client: Client) -> None:
    ministry = OrganisationFactory.create(code="mswia")
    OrganisationName.objects.create(organisation=ministry, name="MSW", years="2011-2015", is_former=True)
    OrganisationName.objects.create(organisation=ministry, name="Resort spraw wewnętrznych")

    body = english(client, "/instytucje/mswia/")

    assert body.index("Before and after") < body.index("MSW") < body.index("2011-2015") < body.index("Also written")


def test_a_place_lists_the_forums_held_in_it_but_no_hidden_one(client: Client) -> None:
    place = PlaceFactory.create(code="wroclaw")
    make_forum(title="Jawne Forum", place=place)
    make_forum(title="Tajne Forum", place=place).unpublish()

    body = client.get(reverse("place", args=["wroclaw"])).content.decode()

    assert "Jawne Forum" in body
    assert "Tajne Forum" not in body


def test_a_place_on_a_past_day_counts_its_institutions_by_what_had_been_issued(client: Client) -> None:
    place = PlaceFactory.create(code="lublin")
    office = OrganisationFactory.create(label_pl="Urząd Lublin", place=place)
    for number in (2015, 2019):
        make_recommendation(
            parent=make_forum(title=f"Forum {number}", slug=f"forum-{number}"),
            title=f"Z roku {number}",
            addressees=[office],
            starts_on=f"{number}-05-01",
        )

    def asked(question: str = "") -> list[int]:
        return [one.asked for one in client.get(f"/miejsca/lublin/{question}").context["organisations"]]

    assert (asked(), asked("?on=2016-01-01"), asked("?on=2014-01-01")) == ([2], [1], [])

    FollowUp.objects.create(
        assignment=office.assignments.order_by("pk")[0],
        kind="position",
        position="accepted",
        basis="published_source",
        refers_on="2016-06-01",
    )
    for address in ("/miejsca/lublin/", "/instytucje/"):
        days = [client.get(f"{address}?on={day}").context["organisations"] for day in ("2016-05-31", "2016-06-01")]
        assert [[one.answered for one in bodies] for bodies in days] == [[0], [1]]


def test_changes_show_the_newest_first_and_point_to_the_entry(client: Client) -> None:
    row = make_assignment(title="Nauka języka")
    entry = FollowUp.objects.create(
        assignment=row, kind="note", text="Wyróżnienie dla miasta.", basis="published_source", refers_on="2015-05-01"
    )

    body = client.get(reverse("changes")).content.decode()

    assert f"#entry-{entry.pk}" in body
    assert body.index("Wyróżnienie dla miasta.") < body.index(f"/r/{row.recommendation.reference}/v1")


def test_an_assessment_whose_day_has_not_come_changes_no_word(client: Client) -> None:
    row = make_assignment()
    claim = FollowUp.objects.create(
        assignment=row, kind="report", implementation="implemented", text="Zrobione.", basis="published_source",
        refers_on="2015-05-01",
    )  # fmt: skip
    claim.assessments.create(finding="contradicts", text="Kanarek", assessed_on="2026-01-01", public_from="2999-01-01")

    assert "Kanarek" not in client.get(reverse("changes")).content.decode()
    assert "Kanarek" not in client.get(RecommendationPage.objects.get().url).content.decode()


def test_names_with_markup_are_shown_as_text(client: Client) -> None:
    nasty = "<script>alert(1)</script>"
    page = make_recommendation_page(
        published=False, title=nasty, text=nasty, themes=[ThemeFactory.create(label_pl=nasty)],
        addressees=[OrganisationFactory.create(label_pl=nasty)], tags=[nasty],
    )  # fmt: skip
    page.places = [PlaceFactory.create(label_pl=nasty)]
    publish(page)

    for path in [*everywhere(Recommendation.objects.get()), page.url]:
        assert nasty not in client.get(path).content.decode(), path


def test_every_status_is_counted_once_and_leads_to_what_has_it(client: Client) -> None:
    make_recommendation(title="Cisza")
    moving = make_recommendation(title="W toku")
    Recommendation.objects.filter(pk=moving.pk).update(badge="in_progress")

    index = client.get("/en/stan-realizacji/status/").content.decode()
    page = client.get("/en/stan-realizacji/status/in_progress/").content.decode()

    assert index.count("1 recommendation<") == 2
    assert "Of 2 recommendations in all." in index
    assert "W toku" in page
    assert "Cisza" not in page
    assert 'href="/en/stan-realizacji/status/verified/"' not in index


def test_a_status_that_is_none_is_not_found_and_one_that_nothing_has_says_so(client: Client) -> None:
    assert client.get("/stan-realizacji/status/zrobione/").status_code == 404
    assert "No recommendation stands here yet." in client.get("/en/stan-realizacji/status/verified/").content.decode()


def test_a_request_repeated_across_editions_has_one_page_the_first_time_first(client: Client) -> None:
    editions = [
        make_recommendation(
            parent=make_forum(title=f"Forum {year}", slug=f"forum-{year}", starts_on=f"{year}-01-01", ends_on=None),
            title=f"Asystenci {year}",
            starts_on=f"{year}-01-01",
        )
        for year in (2013, 2016, 2019)
    ]
    for newer, older in ((editions[1], editions[0]), (editions[2], editions[1])):
        RecommendationLink.objects.create(source=newer, target=older, kind="repeats")
    alone = make_recommendation(title="Sama")
    address = reverse("thread", args=[editions[0].reference])

    page = client.get(address).content.decode()

    assert page.index("Asystenci 2013") < page.index("Asystenci 2016") < page.index("Asystenci 2019")
    assert client.get(reverse("thread", args=[editions[2].reference])).headers["Location"] == address
    assert f'href="{address}"' in client.get(address_of(editions[0])).content.decode()
    assert client.get(reverse("thread", args=[alone.reference])).status_code == 404

    asked_then = f"{reverse('thread', args=[editions[2].reference])}?on=2016-05-01"
    then = client.get(asked_then, follow=True).content.decode().split("<main")[1]
    assert "is-past" in then
    assert "as it stands today" not in then
    assert [f"Asystenci {year}" in then for year in (2013, 2016, 2019)] == [True, True, False]


def test_a_thread_of_which_readers_may_see_one_alone_is_no_page(client: Client) -> None:
    one, other = make_recommendation(title="Jawna"), make_recommendation(title="Kanarek")
    RecommendationLink.objects.create(source=other, target=one, kind="repeats")
    page = RecommendationPage.objects.get(translation_key=other.translation_key)
    PageViewRestriction.objects.create(page=page, restriction_type="login")

    assert client.get(reverse("thread", args=[one.reference])).status_code == 404
    assert client.get(reverse("thread", args=[other.reference])).status_code == 404
    assert "/watek/" not in client.get(address_of(one)).content.decode()


def address_of(found: Recommendation) -> str:
    return str(RecommendationPage.objects.get(translation_key=found.translation_key).url)
