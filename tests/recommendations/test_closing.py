"""Closing a row or the whole, reopening, and the supporting rows of members of a class."""

import datetime as dt

import pytest
import time_machine

from pagekit.acts import Refused
from recommendations.choices import (
    Closure,
    Finding,
    Implementation,
    Position,
)
from recommendations.services import assessing, rows
from recommendations.services import follow_up as services
from tests.factories.taxonomy import OrganisationFactory
from tests.recommendations.builders import (
    NOW,
    PAGE,
    asked,
    claim,
    moderator,
    official,
    own,
    row_of,
    source,
    state,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]


def test_closing_and_reopening_are_a_moderators_acts() -> None:
    row = row_of()
    closed = services.close(row, closure=Closure.UNVERIFIABLE, reason="Źródło zniknęło.", recorded_by=moderator())
    assert state(row)[3] == Closure.UNVERIFIABLE

    with pytest.raises(Refused, match="closed and takes no report"):
        services.record_report(row, implementation=Implementation.STALLED, **own(official(row)))
    assessing.assess(closed, finding=Finding.CONTRADICTS, text="Jest.", recorded_by=moderator(), evidence=[PAGE])
    with time_machine.travel(NOW + dt.timedelta(days=14)):
        services.reopen(row, reason="Źródło odnaleziono.", recorded_by=moderator())
    assert state(row)[3] == ""


@pytest.mark.law("answers-kept")
def test_every_answer_is_kept_even_after_the_item_was_closed() -> None:
    row = row_of()
    services.close(row, closure=Closure.UNVERIFIABLE, reason="Źródło zniknęło.", recorded_by=moderator())
    services.record_position(row, position=Position.ACCEPTED, **own(official(row)))

    assert state(row)[0] == Position.ACCEPTED
    assert state(row)[3] == Closure.UNVERIFIABLE


@pytest.mark.law("not-ours-accepted")
def test_closing_as_not_competent_opens_the_row_of_the_body_that_is() -> None:
    recommendation = asked()
    row, body = row_of(recommendation), OrganisationFactory.create()
    services.record_position(row, position=Position.NOT_COMPETENT, competent_body=body, **own(official(row)))
    services.close(row, closure=Closure.NOT_COMPETENT, reason="To sprawa powiatu.", recorded_by=moderator())

    opened = recommendation.assignments.get(organisation=body)
    assert (opened.role, opened.named_by, opened.number, opened.closure) == ("essential", row, 2, "")
    recommendation.refresh_from_db()
    assert recommendation.badge == "no_information"


def test_a_body_that_is_asked_already_is_not_asked_twice_and_one_taken_off_is_asked_again() -> None:
    body = OrganisationFactory.create()
    recommendation = asked(OrganisationFactory.create(), body)
    recommendation.assignments.filter(organisation=body).update(is_withdrawn=True)
    row = row_of(recommendation)
    services.record_position(row, position=Position.NOT_COMPETENT, competent_body=body, **own(official(row)))
    services.close(row, closure=Closure.NOT_COMPETENT, reason="To sprawa powiatu.", recorded_by=moderator())

    assert recommendation.assignments.count() == 2
    assert recommendation.assignments.get(organisation=body).is_withdrawn is False


@pytest.mark.law("close-whole")
def test_closing_the_whole_is_one_act_for_every_open_row() -> None:
    recommendation = asked(OrganisationFactory.create(), OrganisationFactory.create())
    entries = services.close_whole(
        recommendation, closure=Closure.NO_LONGER_APPLICABLE, reason="Ustawę uchylono.", recorded_by=moderator()
    )

    assert len(entries) == 2
    assert len({entry.act for entry in entries}) == 1
    recommendation.refresh_from_db()
    assert recommendation.badge == "closed_no_longer_applicable"
    with pytest.raises(Refused, match="Nothing is open"):
        services.close_whole(recommendation, closure=Closure.UNVERIFIABLE, reason="x", recorded_by=moderator())


@pytest.mark.law("close-whole")
def test_closing_the_whole_closes_all_or_nothing() -> None:
    recommendation = asked(OrganisationFactory.create(), OrganisationFactory.create())
    services.record_position(row_of(recommendation), position=Position.DECLINED, **source(moderator()))

    with pytest.raises(Refused, match="after the institution declined"):
        services.close_whole(recommendation, closure=Closure.DECLINED, reason="Odmowa.", recorded_by=moderator())

    assert recommendation.assignments.open().count() == 2


def test_superseded_names_another_recommendation() -> None:
    row, other = row_of(), asked()
    entry = services.close(
        row, closure=Closure.SUPERSEDED, reason="Powtórzono.", superseded_by=other, recorded_by=moderator()
    )

    assert entry.superseded_by == other


def test_whoever_is_no_longer_asked_gets_no_entries() -> None:
    row = row_of(asked(is_withdrawn=True))

    with pytest.raises(Refused, match="no longer asked"):
        services.record_report(row, implementation=Implementation.STALLED, **own(official(row)))


# --- Members of a class


def test_a_member_answers_on_a_supporting_row_of_its_own_and_leaves_the_badge_to_the_class() -> None:
    group, city = OrganisationFactory.create(collective=True), OrganisationFactory.create()
    recommendation = asked(group)
    row = rows.open_member_row(recommendation, organisation=city, member_of=group)

    assert rows.open_member_row(recommendation, organisation=city, member_of=group) == row
    assert (row.role, row.number, row.member_of) == ("supporting", 2, row_of(recommendation))
    claim(row, official(row))
    recommendation.refresh_from_db()
    assert recommendation.badge == "no_information"


def test_only_a_member_of_a_class_that_is_asked_opens_a_row() -> None:
    group, city = OrganisationFactory.create(collective=True), OrganisationFactory.create()
    recommendation = asked(group, city)

    for organisation, member_of in [
        (city, OrganisationFactory.create(collective=True)),
        (OrganisationFactory.create(), city),
    ]:
        with pytest.raises(Refused, match="does not ask the group"):
            rows.open_member_row(recommendation, organisation=organisation, member_of=member_of)
    with pytest.raises(Refused, match="itself a group"):
        rows.open_member_row(recommendation, organisation=OrganisationFactory.create(collective=True), member_of=group)
