"""The dashboard of a past day: counts, tables and files as the log says they stood, or as was known then."""

import csv
import datetime as dt
import io
import json
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import translation

from recommendations.models import Assignment, FollowUp, Recommendation
from recommendations.models.figures import Figures, figures_of
from recommendations.models.narrowing import Narrowing
from recommendations.rules import Moment
from tests.factories.pages import make_assignment, make_forum
from tests.factories.scale import multiply
from tests.factories.taxonomy import ThemeFactory
from tests.recommendations.test_past import log, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
ADDRESS = "/stan-realizacji/"


@pytest.fixture
def row() -> Assignment:
    """Issued in May 2015; begun in 2016, and stalled in 2018, which was written here in 2022 only."""
    theme = ThemeFactory.create(code="jezyk", label_pl="Język")
    found = make_assignment(parent=make_forum(title="Forum"), themes=[theme])
    Recommendation.objects.update(published_at="2020-01-01T12:00:00Z")
    log(found, "position", "2015-09-01", position="accepted")
    report(found, "in_progress", "2016-05-01")
    report(found, "stalled", "2018-05-01", recorded="2022-03-03")
    return found


def stood(on: str, *, is_as_known: bool = False, **narrowed: Any) -> Figures:
    return figures_of(Narrowing(moment=Moment(dt.date.fromisoformat(on), is_as_known), **narrowed))


def counted(figures: Figures, name: str) -> dict[str, int]:
    found = next(one for one in figures.charts if one.name == name)
    return {one.code: one.count for series in found.series for one in series.slices if one.count}


def english(client: Client, question: str) -> str:
    with translation.override("en"):
        answer = client.get(f"/en{ADDRESS}{question}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_every_picture_counts_what_the_log_said_by_that_day(row: Assignment) -> None:
    figures = stood("2017-01-01")

    assert counted(figures, "implementation") == {"in_progress": 1}
    assert counted(figures, "position") == {"accepted": 1}
    assert counted(figures, "theme") == counted(figures, "issuer") == {"in_progress": 1}
    assert counted(figures, "timeline") == {"2015": 1, "2016": 1}
    assert (figures.requests, figures.recommendations, figures.organisations) == (1, 1, 1)
    assert counted(stood("2018-05-01"), "implementation") == {"stalled": 1}
    assert counted(stood("2015-08-31"), "position") == {"no_answer": 1}
    assert stood("2015-08-31").without_information == 1


def test_what_was_issued_later_is_not_counted(row: Assignment) -> None:
    assert stood("2015-05-16").requests == 0
    assert stood("2015-05-17").requests == 1


def test_as_known_on_that_day_only_what_was_written_here_by_then_counts(row: Assignment) -> None:
    assert counted(stood("2021-01-01"), "implementation") == {"stalled": 1}
    assert counted(stood("2021-01-01", is_as_known=True), "implementation") == {"in_progress": 1}
    assert stood("2019-12-31", is_as_known=True).requests == 0


def test_an_undated_entry_counts_from_the_day_it_was_recorded_and_before_all_dated_ones(row: Assignment) -> None:
    report(row, "not_started", None, recorded="2015-10-10")

    assert counted(stood("2015-10-09"), "implementation") == {"no_information": 1}
    assert counted(stood("2015-10-10"), "implementation") == {"not_started": 1}
    assert stood("2015-10-10").undated == 1
    assert counted(stood("2017-01-01"), "implementation") == {"in_progress": 1}


def test_a_closed_row_was_open_before_and_is_open_after_it_was_reopened(row: Assignment) -> None:
    log(row, "closure", "2019-02-02", closure="unverifiable")
    log(row, "reopening", "2020-02-02", text="Uchwałę zmieniono.")

    assert [counted(stood(day), "closure") for day in ("2019-02-01", "2019-02-02", "2020-02-02")] == [
        {"open": 1},
        {"unverifiable": 1},
        {"open": 1},
    ]


def test_a_claim_stood_confirmed_from_the_day_on_which_it_was_assessed(row: Assignment) -> None:
    claim = report(row, "implemented", "2019-01-01")
    claim.assessments.create(finding="confirms", text="Jest.", assessed_on="2019-03-03", public_from="2019-03-03")

    assert counted(stood("2019-03-02"), "implementation") == {"declared": 1}
    assert counted(stood("2019-03-03"), "implementation") == {"verified": 1}


def test_what_is_kept_of_a_past_day_is_never_older_than_the_log(row: Assignment) -> None:
    assert counted(stood("2019-06-01"), "implementation") == {"stalled": 1}

    claim = report(row, "implemented", "2019-01-01")
    assert counted(stood("2019-06-01"), "implementation") == {"declared": 1}
    claim.assessments.create(finding="confirms", text="Jest.", assessed_on="2019-03-03", public_from="2019-03-03")
    assert counted(stood("2019-06-01"), "implementation") == {"verified": 1}


def test_the_page_says_the_day_and_every_link_and_form_keeps_it(client: Client, row: Assignment) -> None:
    question = "theme=jezyk&amp;on=2021-01-01&amp;known=1"
    body = english(client, f"?{question.replace('&amp;', '&')}")

    notice = body.split('class="notice is-past"')[1].split("</div>")[0]
    assert "State on 1 January 2021, as it was known on that day." in notice
    assert f'<a href="/en{ADDRESS}?theme=jezyk">' in notice
    assert "1 request:" in body
    assert 'content="noindex, follow"' in body
    for name in ("implementation", "timeline", "wpisy"):
        assert f'{ADDRESS}{name}.csv?{question}"' in body
    # What is followed from now on is not of the past.
    assert f'{ADDRESS}wpisy.atom?theme=jezyk"' in body
    form, day_form = (
        body.split(f'aria-label="{name}"')[1].split("</form>")[0] for name in ("Filter", "State on another day")
    )
    assert '<input type="hidden" name="on" value="2021-01-01">' in form
    assert '<input type="hidden" name="known" value="1">' in form
    assert '<input type="hidden" name="theme" value="jezyk">' in day_form
    assert "state on: 1 January 2021, as known then" in body
    assert "is-past" not in english(client, "?theme=jezyk")


def test_the_tables_as_files_are_of_that_day(client: Client, row: Assignment) -> None:
    answer = client.get(f"{ADDRESS}implementation.csv?on=1.01.2017")
    lines = {line["code"]: line for line in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))}

    assert (lines["in_progress"]["count"], lines["in_progress"]["of"]) == ("1", "1")
    assert lines["stalled"]["count"] == "0"
    assert "stan-implementation-2017-01-01.csv" in answer["Content-Disposition"]


def test_the_events_as_a_file_are_those_that_belong_to_that_day(client: Client, row: Assignment) -> None:
    claim = FollowUp.objects.get(implementation="in_progress")
    for finding, day in (("returned", "2016-06-01"), ("contradicts", "2017-02-01")):
        claim.assessments.create(finding=finding, text="?", assessed_on="2016-06-01", public_from=day)

    def events(question: str) -> list[str]:
        answer: Any = client.get(f"{ADDRESS}wpisy.json?{question}")
        found = json.loads(b"".join(answer.streaming_content))["events"]
        return [one["finding"] or one["implementation"] or one["position"] for one in found]

    assert events("on=2017-01-01") == ["accepted", "in_progress", "returned"]
    assert events("on=2019-01-01") == ["accepted", "in_progress", "returned", "contradicts", "stalled"]
    assert events("on=2021-01-01&known=1") == ["accepted", "in_progress", "returned", "contradicts"]


def test_what_is_no_past_day_is_said_and_never_counted(client: Client, row: Assignment) -> None:
    body = english(client, "?on=2999-01-01")

    assert body.count("is-error") == 1
    assert "the state of today is shown" in body
    for name in ("implementation", "wpisy"):
        assert client.get(f"{ADDRESS}{name}.csv?on=2999-01-01").status_code == 400


def test_a_past_day_asks_no_more_of_the_database_whatever_the_length_of_the_log(
    client: Client, row: Assignment, django_assert_max_num_queries: Any
) -> None:
    def asked(question: str) -> int:
        caches["counts"].clear()
        with django_assert_max_num_queries(20) as captured:
            assert client.get(f"{ADDRESS}{question}").status_code == 200
        return len(captured)

    asked("")
    few = asked("?on=2017-01-01&theme=jezyk")
    multiply(row.recommendation, 30)

    # One question more than of today: what has left since.
    assert asked("?on=2017-01-01&theme=jezyk") == few <= asked("?theme=jezyk") + 1
