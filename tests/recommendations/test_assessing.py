"""Assessments: what verifies a claim, who may, and when a contradiction counts."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from pagekit.acts import Refused
from recommendations.choices import (
    EvidenceKind,
    Finding,
    Implementation,
)
from recommendations.models import Assessment
from recommendations.services import assessing, log
from recommendations.services import follow_up as services
from recommendations.services.evidence import EvidenceData
from tests.factories.taxonomy import MandateFactory
from tests.recommendations.builders import (
    NOW,
    PAGE,
    REPORT,
    RESOLUTION,
    TODAY,
    claim,
    importer,
    moderator,
    official,
    own,
    row_of,
    source,
    state,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]


def test_a_claim_is_verified_by_two_pieces_of_evidence_of_claim_and_assessment_together() -> None:
    row = row_of()
    entry = claim(row, official(row))
    confirm: dict[str, Any] = {"finding": Finding.CONFIRMS, "text": "Sprawdzono.", "recorded_by": moderator()}

    with pytest.raises(Refused, match="two different pieces"):
        assessing.assess(entry, **confirm)
    with pytest.raises(Refused, match="two different pieces"):
        assessing.assess(entry, **confirm, evidence=[EvidenceData(kind=EvidenceKind.REPORT, url=PAGE.url + "/#a")])
    assessing.assess(entry, **confirm, evidence=[REPORT])

    assert state(row)[1:3] == (Implementation.IMPLEMENTED, True)
    row.recommendation.refresh_from_db()
    assert row.recommendation.badge == "verified"


@pytest.mark.law("verified-needs")
def test_one_legal_act_verifies() -> None:
    row = row_of()
    entry = claim(row, official(row), evidence=[RESOLUTION])
    assessing.assess(entry, finding=Finding.CONFIRMS, text="Uchwała obowiązuje.", recorded_by=moderator())

    assert state(row)[2] is True


@pytest.mark.law("verified-who")
def test_whoever_recorded_the_claim_never_verifies_it_not_even_through_a_later_report_of_no_change() -> None:
    row = row_of()
    claimant, other = moderator(), moderator()
    entry = claim(row, claimant, evidence=[RESOLUTION])
    repeated = services.record_report(row, implementation=None, **own(official(row)))

    for target in (entry, repeated):
        with pytest.raises(Refused, match="Nobody assesses"):
            assessing.assess(target, finding=Finding.CONFIRMS, text="Tak.", recorded_by=claimant)
    assessing.assess(repeated, finding=Finding.CONFIRMS, text="Tak.", recorded_by=other)
    assert state(row)[2] is True


def test_a_moderator_who_answers_for_the_institution_neither_assesses_nor_reverses_for_it() -> None:
    row = row_of()
    entry = claim(row, official(row), evidence=[RESOLUTION])
    involved = moderator()
    MandateFactory.create(user=involved, organisation=row.organisation)

    with pytest.raises(Refused, match="answer for"):
        assessing.assess(entry, finding=Finding.CONFIRMS, text="Tak.", recorded_by=involved)
    with pytest.raises(Refused, match="taken back only"):
        services.record_report(row, implementation=Implementation.STALLED, **source(involved, text="Nie ma."))


@pytest.mark.law("partial-needs")
def test_a_partial_claim_stays_a_claim_until_hard_evidence() -> None:
    row = row_of()
    entry = services.record_report(
        row,
        implementation=Implementation.PARTIALLY_IMPLEMENTED,
        missing="Brak lekcji.",
        **own(official(row), evidence=[PAGE]),
    )
    row.recommendation.refresh_from_db()
    assert row.recommendation.badge == "in_progress"

    with pytest.raises(Refused, match="one hard piece"):
        assessing.assess(entry, finding=Finding.CONFIRMS, text="Tak.", recorded_by=moderator())
    assessing.assess(entry, finding=Finding.CONFIRMS, text="Tak.", recorded_by=moderator(), evidence=[REPORT])
    row.recommendation.refresh_from_db()
    assert row.recommendation.badge == "partially_implemented"


def test_officials_and_imports_assess_nothing() -> None:
    row = row_of()
    entry = claim(row, moderator())

    for user in (official(row), importer()):
        with pytest.raises(Refused, match="Only a moderator assesses"):
            assessing.assess(entry, finding=Finding.CONTRADICTS, text="Nie.", recorded_by=user, evidence=[PAGE])


@pytest.mark.law("right-of-reply")
def test_a_contradiction_counts_after_fourteen_days_and_the_daily_check_brings_it_in() -> None:
    row = row_of()
    entry = claim(row, official(row))
    found = assessing.assess(
        entry, finding=Finding.CONTRADICTS, text="Nie działa.", recorded_by=moderator(), evidence=[PAGE]
    )

    assert found.public_from == TODAY + dt.timedelta(days=14)
    assert state(row)[4] is False
    with time_machine.travel(NOW + dt.timedelta(days=13)):
        assert log.refresh_disputed() == 0
    with time_machine.travel(NOW + dt.timedelta(days=14)):
        call_command("follow_up_check", verbosity=0)
        assert state(row)[4] is True
        assert log.refresh_disputed() == 0


@pytest.mark.law("right-of-reply")
def test_a_reversal_and_a_reopening_wait_for_the_right_of_reply() -> None:
    row = row_of()
    entry = claim(row, official(row))
    assessor = moderator()
    assessing.assess(entry, finding=Finding.CONTRADICTS, text="Zamknięto.", recorded_by=assessor, evidence=[PAGE])
    reverse: dict[str, Any] = {"implementation": Implementation.REVERSED}

    with pytest.raises(Refused, match="14 days"):
        services.record_report(row, **reverse, **source(assessor))
    with time_machine.travel(NOW + dt.timedelta(days=15)):
        services.record_report(row, **reverse, **source(assessor, refers_on=TODAY))
    assert state(row)[1] == Implementation.REVERSED


@pytest.mark.law("verified-again")
def test_a_check_that_weakens_takes_the_verification_back() -> None:
    row = row_of()
    entry = claim(row, official(row), evidence=[RESOLUTION])
    assessing.assess(entry, finding=Finding.CONFIRMS, text="Tak.", recorded_by=moderator())
    assessing.assess(entry, finding=Finding.WEAKENED, text="Uchylono część.", recorded_by=moderator())

    assert state(row)[1:3] == (Implementation.IMPLEMENTED, False)


def test_assessments_are_rows_of_their_own() -> None:
    row = row_of()
    entry = claim(row, official(row), evidence=[RESOLUTION])
    assessor = moderator()
    assessing.assess(entry, finding=Finding.CONFIRMS, text=" Tak. ", recorded_by=assessor, evidence=[REPORT])

    kept = Assessment.objects.get()
    assert (kept.follow_up, kept.text, kept.assessed_on, kept.recorded_by) == (entry, "Tak.", TODAY, assessor)
    assert kept.evidence.get().citation == REPORT.citation
