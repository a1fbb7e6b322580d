"""The dashboard: whole numbers with what they are taken from, by any filter; pictures, tables and files agree."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client
from django.utils import timezone, translation
from wagtail.models import PageViewRestriction

from recommendations.models import Assignment, FollowUp, RecommendationPage
from recommendations.models.figures import Chart, Figures, figures_of
from recommendations.models.narrowing import Narrowing, read_narrowing
from recommendations.views.standing import CHARTS
from taxonomy.models import Organisation
from tests.factories.pages import make_assignment, make_forum, make_group, make_recommendation
from tests.factories.scale import multiply
from tests.factories.taxonomy import MandateFactory, OrganisationFactory, ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
ADDRESS = "/stan-realizacji/"


def put(row: Assignment, **values: Any) -> Assignment:
    Assignment.objects.filter(pk=row.pk).update(**values)
    return row


def chart(figures: Figures, name: str) -> Chart:
    return next(one for one in figures.charts if one.name == name)


def counted(figures: Figures, name: str, series: int = 0) -> dict[str, int]:
    return {one.code: one.count for one in chart(figures, name).series[series].slices if one.count}


def english(client: Client, path: str = ADDRESS) -> str:
    with translation.override("en"):
        answer = client.get(f"/en{path}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def table(client: Client, name: str, question: str = "") -> list[dict[str, str]]:
    answer = client.get(f"{ADDRESS}{name}.csv{question}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_a_claim_counts_as_the_badge_counts_it_and_declared_is_never_verified() -> None:
    forum = make_forum()
    states: tuple[dict[str, Any], ...] = (
        {"implementation": "partially_implemented"},
        {"implementation": "partially_implemented", "is_confirmed": True},
        {"implementation": "implemented"},
        {"implementation": "implemented", "is_confirmed": True, "closure": "implemented"},
        {},
    )
    for number, state in enumerate(states):
        put(make_assignment(parent=forum, title=f"R {number}"), **state or {"position": "noted"})

    figures = figures_of(Narrowing())

    assert counted(figures, "implementation") == {
        "no_information": 1, "in_progress": 1, "partially_implemented": 1, "declared": 1, "verified": 1,
    }  # fmt: skip
    assert counted(figures, "closure") == {"open": 4, "implemented": 1}
    assert counted(figures, "position") == {"no_answer": 4, "noted": 1}
    assert (figures.requests, figures.recommendations, figures.without_information) == (5, 5, 1)
    assert (figures.answered, figures.single) == (1, 5)


def test_a_group_of_institutions_is_asked_but_owes_no_answer() -> None:
    make_recommendation(addressees=[OrganisationFactory.create(collective=True), OrganisationFactory.create()])

    figures = figures_of(Narrowing())

    assert (figures.requests, figures.single) == (2, 1)
    assert sum(counted(figures, "position").values()) == 1


def test_rows_taken_back_and_members_of_a_class_are_no_requests() -> None:
    row = make_assignment()
    for number, values in ((2, {"is_withdrawn": True}), (3, {"member_of": row})):
        row.recommendation.assignments.create(
            organisation=OrganisationFactory.create(), number=number, role="supporting", **values
        )

    assert figures_of(Narrowing()).requests == 1


def test_under_a_theme_a_request_counts_once_however_many_themes_below_it_has() -> None:
    above, other = ThemeFactory.create(label_pl="Edukacja"), ThemeFactory.create(label_pl="Zdrowie")
    below = [ThemeFactory.create(parent=above) for _n in range(2)]
    make_recommendation(themes=[*below, other])

    themes = chart(figures_of(Narrowing()), "theme").series

    assert [(one.label, one.total, one.without_information) for one in themes] == [
        ("Edukacja", 1, 1),
        ("Zdrowie", 1, 1),
    ]


def test_a_group_counts_under_its_forum() -> None:
    group = make_group(parent=make_forum(title="Forum"))
    make_recommendation(parent=group)
    make_recommendation(parent=group.get_parent().specific, title="Druga")

    issuers = chart(figures_of(Narrowing()), "issuer").series

    assert [(one.label, one.total) for one in issuers] == [("Forum", 2)]


def test_the_timeline_counts_what_changes_a_status_by_the_year_to_which_it_refers() -> None:
    row = make_assignment()
    for kind, refers_on, values in (
        ("report", "2016-05-01", {"implementation": "in_progress"}),
        ("report", "2018-05-01", {"implementation": "stalled"}),
        ("position", None, {"position": "noted", "refers_precision": "unknown"}),
        ("note", "2017-05-01", {}),
    ):
        FollowUp.objects.create(
            assignment=row, kind=kind, refers_on=refers_on, basis="published_source", text="Krok.", **values
        )

    figures = figures_of(Narrowing())

    assert [(one.label, one.count) for one in chart(figures, "timeline").series[0].slices] == [
        ("2016", 1), ("2017", 0), ("2018", 1),
    ]  # fmt: skip
    assert figures.undated == 1


def test_an_entry_of_a_year_that_nobody_means_opens_no_two_thousand_columns() -> None:
    row = make_assignment()
    for day in ("0022-11-15", "2026-01-01"):
        FollowUp.objects.create(
            assignment=row, kind="report", refers_on=day, basis="published_source", implementation="in_progress"
        )

    slices = chart(figures_of(Narrowing()), "timeline").series[0].slices

    assert (slices[0].label, slices[0].count, slices[1].label, slices[-1].label) == ("22", 1, "1989", "2026")


@pytest.fixture
def two() -> tuple[Assignment, Assignment]:
    """Two requests that differ in theme, issuer, addressee and year."""
    themes = [ThemeFactory.create(code=code) for code in ("jezyk", "praca")]
    rows = [
        put(
            make_assignment(
                parent=make_forum(title=f"Forum {number}", slug=f"forum-{number}"),
                title=f"Rekomendacja {number}",
                themes=[theme],
                starts_on=f"201{number}-01-01",
                addressees=[OrganisationFactory.create(code=f"miasto-{number}")],
            ),
            implementation=state,
        )
        for number, theme, state in ((3, themes[0], "in_progress"), (5, themes[1], "stalled"))
    ]
    return rows[0], rows[1]


def test_every_picture_table_and_file_obeys_the_filter(client: Client, two: tuple[Assignment, Assignment]) -> None:
    first, second = two
    questions = ("theme=jezyk", "addressee=miasto-3", "year=2013", f"issuer=f{first.recommendation.forum_id}")
    for question in (*questions, "&".join(questions)):
        body = english(client, f"{ADDRESS}?{question}")
        assert "1 request:" in body, question
        assert 'content="noindex, follow"' in body
        rows = {row["code"]: row for row in table(client, "implementation", f"?{question}")}
        assert (rows["in_progress"]["count"], rows["in_progress"]["of"]) == ("1", "1")
        assert rows["stalled"]["count"] == "0"
    assert "2 requests:" in english(client)
    assert "0 requests:" in english(client, f"{ADDRESS}?theme=jezyk&year=2015")
    assert f"issuer=f{second.recommendation.forum_id}" not in questions


def test_every_picture_says_its_filter_and_has_a_title_a_description_and_a_table(
    client: Client, two: tuple[Assignment, Assignment]
) -> None:
    FollowUp.objects.create(
        assignment=two[0], kind="report", implementation="in_progress", refers_on="2016-01-01", basis="published_source"
    )
    body = english(client, f"{ADDRESS}?year=2013")

    assert body.lower().count("year of issue: 2013") >= len(CHARTS)
    assert body.count('<svg class="picture"') == body.count("<desc ") == 6
    for name in CHARTS:
        assert f"{name}.csv?year=2013" in body
        assert table(client, name)
    assert body.count("<table") == len(CHARTS)
    assert 'value="year=2013"' not in body, "the search box is no place for the address"


def test_no_number_is_a_share_in_per_cent(client: Client, two: tuple[Assignment, Assignment]) -> None:
    body = english(client).split("<main")[1].split("</main>")[0]
    outside_pictures = "".join(part.split("</svg>")[-1] for part in body.split("<svg"))

    assert "%" not in outside_pictures
    assert "No information: 0 of 2." in body
    assert "without information: 0" in body


@pytest.mark.parametrize("name", ["theme", "issuer", "addressee", "year"])
def test_what_the_address_holds_wrongly_is_said_and_never_ignored(client: Client, name: str) -> None:
    make_recommendation()

    for value in ("nie-ma", "f999999", "f", "g1x", "'", "\x00", "9" * 400, "<b>", "٣", "0000"):
        answer = client.get(ADDRESS, {name: value})
        assert answer.status_code == 200, value
        assert b"is-error" in answer.content, value
        assert b"<b>" not in answer.content
        assert client.get(f"{ADDRESS}theme.csv", {name: value}).status_code == 400, value
        assert client.get(f"{ADDRESS}wpisy.csv", {name: value}).status_code == 400, value


@pytest.mark.parametrize("how", ["unpublished", "private"])
def test_what_is_hidden_is_counted_and_offered_nowhere(client: Client, how: str) -> None:
    theme = ThemeFactory.create(label_pl="Jawny")
    row = make_assignment(
        parent=make_forum(title="Kanarek forum"),
        themes=[theme],
        addressees=[OrganisationFactory.create(code="kanarek")],
    )
    FollowUp.objects.create(
        assignment=row, kind="note", text="Kanarek", basis="published_source", refers_on="2016-01-01"
    )
    page = RecommendationPage.objects.get()
    client.get(ADDRESS)
    call_command("count_figures")
    if how == "private":
        PageViewRestriction.objects.create(page=page.get_parent(), restriction_type="login")
    else:
        page.unpublish()

    body = client.get(ADDRESS).content.decode()

    assert "anarek" not in body
    assert figures_of(Narrowing()).requests == 0
    for name in CHARTS:
        assert "anarek" not in str(table(client, name))
    assert client.get(f"{ADDRESS}?reference={row.recommendation.reference}").status_code == 200
    assert read_narrowing({"reference": row.recommendation.reference}).wrong == ("reference",)


def test_the_same_is_counted_where_more_is_hidden_than_a_query_names(
    two: tuple[Assignment, Assignment], monkeypatch: pytest.MonkeyPatch
) -> None:
    RecommendationPage.objects.get(title="Rekomendacja 3").unpublish()
    named = figures_of(Narrowing())
    caches["counts"].clear()
    monkeypatch.setattr("recommendations.models.narrowing.MOST_HIDDEN", 0)

    assert figures_of(Narrowing()) == named
    assert (named.requests, counted(named, "implementation")) == (1, {"stalled": 1})


def test_the_queries_do_not_grow_and_stay_within_the_budget(client: Client, django_assert_max_num_queries: Any) -> None:
    found = make_recommendation(themes=[ThemeFactory.create(code="jezyk")])
    organisation = found.assignments.get().organisation
    question = f"?theme=jezyk&year=2015&addressee={organisation.code}&issuer=g{found.working_group_id}"
    client.force_login(MandateFactory.create().user)
    client.get(ADDRESS)

    def asked(address: str) -> int:
        # Nothing is counted yet.
        caches["counts"].clear()
        with django_assert_max_num_queries(20) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    few = [asked(ADDRESS), asked(ADDRESS + question)]
    multiply(found, 30)

    assert [asked(ADDRESS), asked(ADDRESS + question)] == few


def test_what_is_counted_once_is_not_counted_again_until_something_changes(
    client: Client, two: tuple[Assignment, Assignment], django_assert_max_num_queries: Any
) -> None:
    def asked() -> int:
        with django_assert_max_num_queries(20) as captured:
            client.get(ADDRESS)
        return len(captured)

    caches["counts"].clear()
    cold = asked()

    assert asked() <= cold - 5

    Assignment.objects.filter(pk=two[0].pk).update(implementation="reversed")
    call_command("count_figures")
    assert asked() <= cold - 5, "the clock has counted it"


def test_while_it_is_counted_anew_readers_see_the_last_counts_with_their_moment(
    two: tuple[Assignment, Assignment], client: Client
) -> None:
    narrow = f"{ADDRESS}?theme=jezyk"
    for address in (ADDRESS, narrow):
        english(client, address)
    call_command("count_figures")
    put(two[0], implementation="no_information", closure="unverifiable")

    for address, rows in ((ADDRESS, 2), (narrow, 1)):
        page = english(client, address)
        assert "something has changed since" in page
        assert f"Without information on implementation: 0 of {rows}" in page
    assert [row["count"] for row in table(client, "closure") if row["code"] == "open"] == ["1"], "a file is of now"

    call_command("count_figures")
    for address in (ADDRESS, narrow):
        assert "something has changed since" not in english(client, address)

    put(two[0], implementation="stalled")
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2)):
        assert "something has changed since" not in english(client), "no clock runs, so nobody is shown an old count"


def test_a_kept_count_is_never_older_than_what_it_counts(two: tuple[Assignment, Assignment]) -> None:
    first, second = two
    assert counted(figures_of(Narrowing()), "implementation") == {"in_progress": 1, "stalled": 1}

    put(first, implementation="reversed")
    assert counted(figures_of(Narrowing()), "implementation") == {"reversed": 1, "stalled": 1}
    put(first, position="declined")
    put(second, closure="unverifiable")
    assert counted(figures_of(Narrowing()), "position") == {"no_answer": 1, "declined": 1}
    assert counted(figures_of(Narrowing()), "closure") == {"open": 1, "unverifiable": 1}
    # Two rows that change places: as many of each as before.
    put(first, implementation="stalled")
    put(second, implementation="reversed")
    narrow = read_narrowing({"theme": "jezyk"})
    assert counted(figures_of(narrow), "implementation") == {"stalled": 1}
    FollowUp.objects.create(
        assignment=first, kind="report", implementation="stalled", refers_on="2016-01-01", basis="published_source"
    )
    assert counted(figures_of(Narrowing()), "timeline") == {"2016": 1}
    first.recommendation.themes.set(second.recommendation.themes.all())
    assert [one.label for one in chart(figures_of(Narrowing()), "theme").series] == ["Temat praca"]
    Organisation.objects.filter(pk=first.organisation_id).update(is_collective=True, kind="class")
    assert figures_of(Narrowing()).single == 1
    RecommendationPage.objects.get(title="Rekomendacja 3").unpublish()
    assert (figures_of(Narrowing()).requests, counted(figures_of(Narrowing()), "implementation")) == (
        1,
        {"reversed": 1},
    )


def test_an_unknown_picture_is_not_found(client: Client) -> None:
    assert client.get(f"{ADDRESS}nie-ma.csv").status_code == 404
