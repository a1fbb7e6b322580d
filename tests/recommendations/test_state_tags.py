import datetime as dt

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from recommendations.choices import Badge, Closure, Implementation
from recommendations.models import Assignment, Evidence, FollowUp
from recommendations.templatetags.recommendation_tags import refers_to
from recommendations.templatetags.state_tags import SIGNS, assignment_state, badge_state


@pytest.mark.parametrize(
    ("day", "precision", "language", "words"),
    [
        ("2019-03-15", "range", "pl", "from 15 marca 2019"),
        ("2019-04-01", "range", "pl", "from kwietnia 2019"),
        ("2019-04-01", "range", "uk", "from квітня 2019"),
        ("2018-01-01", "range", "pl", "from 2018"),
        ("2020-10-01", "about", "pl", "about października 2020"),
        ("2020-10-01", "about", "ru", "about октября 2020"),
        ("2022-02-01", "after", "pl", "after luty 2022"),
    ],
)
def test_the_date_of_an_entry_is_told_no_more_exactly_than_its_source_does(
    day: str, precision: str, language: str, words: str
) -> None:
    entry = FollowUp(refers_on=dt.date.fromisoformat(day), refers_precision=precision)

    with override(language):
        assert refers_to(entry) == words


def test_evidence_is_read_aloud_in_the_language_of_who_named_it() -> None:
    cited = {"evidence": Evidence(kind="report", citation="Relacja partnera"), "language": "pl"}

    with override("en"):
        assert '<span lang="pl">Relacja partnera</span>' in render_to_string("components/evidence.html", cited)
    with override("pl"):
        assert 'lang="' not in render_to_string("components/evidence.html", cited)


def test_every_badge_is_drawn_and_every_closure_has_one() -> None:
    assert set(SIGNS) == set(Badge.values)
    assert {f"closed_{closure}" for closure in Closure.values} <= set(SIGNS)


@pytest.mark.parametrize("badge", Badge.values)
def test_a_state_says_its_word_beside_its_sign(badge: str) -> None:
    html = render_to_string("components/badge.html", {"badge": badge})

    assert str(Badge(badge).label) in html
    assert html.count("<svg") == 1
    assert 'aria-hidden="true"' in html


def test_declared_and_verified_differ_in_sign_and_word_not_in_colour_alone() -> None:
    declared, verified = badge_state(Badge.DECLARED), badge_state(Badge.VERIFIED)

    assert declared.sign != verified.sign
    assert declared.label != verified.label


@pytest.mark.parametrize(
    ("row", "label", "note"),
    [
        ({}, "no information", ""),
        ({"implementation": Implementation.IMPLEMENTED}, "implemented, declared", ""),
        ({"implementation": Implementation.IMPLEMENTED, "is_confirmed": True}, "implemented, verified", ""),
        ({"implementation": Implementation.PARTIALLY_IMPLEMENTED}, "partially implemented", "claimed, not confirmed"),
        ({"implementation": Implementation.PARTIALLY_IMPLEMENTED, "is_confirmed": True}, "partially implemented", ""),
        ({"implementation": Implementation.IMPLEMENTED, "is_disputed": True}, "implemented, declared", "disputed"),
        (
            {"implementation": Implementation.PARTIALLY_IMPLEMENTED, "is_disputed": True},
            "partially implemented",
            "claimed, not confirmed, disputed",
        ),
        (
            {"implementation": Implementation.IN_PROGRESS, "closure": Closure.DECLINED},
            "closed: declined with reasons",
            "",
        ),
    ],
)
def test_a_row_says_who_stands_behind_its_state(row: dict[str, str], label: str, note: str) -> None:
    with override("en"):
        state = assignment_state(Assignment(**row))

    assert (state.label, state.note) == (label, note)


def test_an_unconfirmed_partial_claim_looks_like_work_in_progress() -> None:
    claimed = assignment_state(Assignment(implementation=Implementation.PARTIALLY_IMPLEMENTED))

    assert claimed.sign == badge_state(Badge.IN_PROGRESS).sign
