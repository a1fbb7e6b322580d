"""The services of the log: who may write, what is written, which caches follow, and what happens in a race."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from pagekit.acts import Refused
from recommendations.choices import (
    Closure,
    EntryKind,
    EvidenceKind,
    FactPrecision,
    Finding,
    Implementation,
    Position,
)
from recommendations.models import Assignment, Evidence, FollowUp
from recommendations.rules import Actor
from recommendations.services import actors, assessing, items, log, recording
from recommendations.services import follow_up as services
from recommendations.services.evidence import EvidenceData
from taxonomy.models import Organisation
from tests.factories.accounts import UserFactory
from tests.factories.taxonomy import MandateFactory, OrganisationFactory
from tests.processes import shared_database, start, together
from tests.recommendations.builders import (
    PAGE,
    REPORT,
    TODAY,
    asked,
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


# --- Who


@pytest.mark.law("position-who")
def test_an_official_answers_for_the_very_institution_of_the_mandate_only() -> None:
    row = row_of()
    MandateFactory.create(
        user=(stranger := UserFactory.create()), organisation=OrganisationFactory.create(parent=row.organisation)
    )

    with pytest.raises(Refused, match="very institution"):
        services.record_report(row, implementation=Implementation.STALLED, **own(stranger))
    services.record_report(row, implementation=Implementation.STALLED, **own(official(row)))

    assert FollowUp.objects.count() == 1


def test_an_official_of_the_body_a_unit_is_a_part_of_answers_for_it_and_never_the_other_way_round() -> None:
    city = OrganisationFactory.create()
    unit = OrganisationFactory.create(parent=city)
    deep = OrganisationFactory.create(parent=unit)
    users = {
        body: MandateFactory.create(organisation=body, role=role).user
        for body, role in ((city, "deputy"), (unit, "contact"))
    }

    def bodies(of: Organisation) -> list[Organisation]:
        return [body for body in (city, unit, deep) if actors.actors_of(users[of], body) == {Actor.OFFICIAL}]

    assert bodies(city) == [city, unit]
    assert bodies(unit) == [unit, deep]


@pytest.mark.parametrize(
    "mandate",
    [
        {"ends_on": TODAY - dt.timedelta(days=1)},
        {"starts_on": TODAY + dt.timedelta(days=1)},
        {"user__is_active": False},
    ],
)
def test_a_mandate_that_is_over_not_begun_or_of_a_closed_account_opens_nothing(mandate: dict[str, Any]) -> None:
    row = row_of()
    user = MandateFactory.create(organisation=row.organisation, **mandate).user

    with pytest.raises(Refused, match="very institution"):
        services.record_report(row, implementation=Implementation.STALLED, **own(user))


def test_a_mandate_on_its_first_and_last_day_holds() -> None:
    row = row_of()
    user = MandateFactory.create(organisation=row.organisation, starts_on=TODAY, ends_on=TODAY).user

    assert actors.actors_of(user, row.organisation) == {Actor.OFFICIAL}


def test_capacities_come_from_groups_and_account_names_together() -> None:
    row = row_of()

    assert actors.actors_of(moderator(), row.organisation) == {Actor.MODERATOR}
    assert actors.actors_of(importer(), row.organisation) == {Actor.IMPORT}
    nobody = [
        None,
        UserFactory.create(),
        UserFactory.create(is_superuser=True, is_staff=True),
        UserFactory.create(groups=["Import"]),
        UserFactory.create(groups=["Moderatorzy"], is_active=False),
    ]
    assert [actors.actors_of(user, row.organisation) for user in nobody] == [frozenset()] * len(nobody)


def test_a_group_of_institutions_has_no_officials() -> None:
    row = row_of(asked(OrganisationFactory.create(collective=True)))

    assert actors.actors_of(official(row), row.organisation) == frozenset()


# --- What is written


def test_a_report_of_an_official_is_the_institutions_own_word() -> None:
    row = row_of()
    user = official(row)
    entry = services.record_report(
        row, implementation=Implementation.IN_PROGRESS, **own(user, text=" Otwarto punkt. ", evidence=[PAGE])
    )

    entry.refresh_from_db()
    assert (entry.kind, entry.text, entry.refers_on) == (EntryKind.REPORT, "Otwarto punkt.", TODAY)
    assert (entry.declared_by, entry.recorded_by, entry.is_by_assessor) == (row.organisation, user, False)
    assert [piece.url for piece in entry.evidence.all()] == [PAGE.url]
    assert state(row) == (Position.NO_ANSWER, Implementation.IN_PROGRESS, False, "", False)


def test_a_moderators_report_from_a_source_is_an_assessors_and_declared_by_nobody() -> None:
    entry = services.record_report(row_of(), implementation=Implementation.STALLED, **source(moderator()))

    assert (entry.declared_by, entry.is_by_assessor) == (None, True)


def test_an_imports_report_from_a_source_is_no_assessors() -> None:
    entry = services.record_report(row_of(), implementation=Implementation.STALLED, **source(importer()))

    assert (entry.declared_by, entry.is_by_assessor) == (None, False)


def test_a_month_and_a_year_are_kept_as_their_first_day() -> None:
    row, by = row_of(), importer()
    for precision, first in [(FactPrecision.MONTH, "2015-05-01"), (FactPrecision.YEAR, "2015-01-01")]:
        said = source(by, refers_on=dt.date(2015, 5, 17), refers_precision=precision)
        entry = services.record_note(row, **said)
        assert (str(entry.refers_on), entry.refers_precision) == (first, precision)


def test_an_unknown_date_is_said_to_be_unknown() -> None:
    row, user = row_of(), moderator()

    with pytest.raises(Refused, match="date is missing"):
        services.record_note(row, **source(user, refers_on=None))
    with pytest.raises(Refused, match="said not to be known"):
        services.record_note(row, **source(user, refers_precision=FactPrecision.UNKNOWN))
    entry = services.record_note(row, **source(user, refers_on=None, refers_precision=FactPrecision.UNKNOWN))
    assert entry.refers_on is None


def test_no_change_repeats_the_state_and_keeps_its_confirmation() -> None:
    row = row_of()
    user = official(row)
    assessing.assess(
        claim(row, user), finding=Finding.CONFIRMS, text="Jest.", recorded_by=moderator(), evidence=[REPORT]
    )
    services.record_report(row, implementation=None, **own(user, text=""))

    assert state(row) == (Position.NO_ANSWER, Implementation.IMPLEMENTED, True, "", False)


def test_an_older_fact_recorded_later_is_history_and_moves_nothing() -> None:
    row = row_of()
    claim(row, official(row))
    services.record_report(
        row, implementation=Implementation.IN_PROGRESS, **source(importer(), refers_on=dt.date(2015, 1, 1))
    )

    assert state(row)[1] == Implementation.IMPLEMENTED


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"basis": "rumour"}, "not a known word"),
        ({"refers_precision": "century"}, "not a known word"),
        ({"refers_on": TODAY + dt.timedelta(days=1)}, "future"),
        ({"evidence": [EvidenceData(kind="gossip", url="https://example.org")]}, "kind of the evidence"),
        ({"evidence": [EvidenceData(kind=EvidenceKind.LETTER)]}, "evidence is empty"),
        ({"evidence": [EvidenceData(kind=EvidenceKind.LETTER, url="ftp://example.org/a")]}, "not one of the web"),
        ({"evidence": [EvidenceData(kind=EvidenceKind.LETTER, url="javascript:alert(1)")]}, "not one of the web"),
        (
            {
                "evidence": [
                    EvidenceData(kind=EvidenceKind.LETTER, citation="x", issued_on=TODAY + dt.timedelta(days=1))
                ]
            },
            "date of the evidence lies in the future",
        ),
        ({"evidence": [EvidenceData(kind=EvidenceKind.LETTER, citation="x", is_restricted=True)]}, "uploaded file"),
        ({"evidence": [EvidenceData(kind=EvidenceKind.LETTER, citation="x", title="y" * 301)]}, "300"),
        ({"declared_by": "other"}, "own statement is that of"),
        ({"text": "\x00"}, "null character"),
    ],
)
def test_faulty_words_dates_and_evidence_are_refused_and_nothing_is_written(said: dict[str, Any], message: str) -> None:
    row = row_of()
    values = own(official(row), **said)
    if said.get("declared_by"):
        values["declared_by"] = OrganisationFactory.create()

    with pytest.raises(Refused, match=message):
        services.record_report(row, implementation=Implementation.STALLED, **values)

    assert (FollowUp.objects.count(), Evidence.objects.count()) == (0, 0)
    assert state(row)[1] == Implementation.NO_INFORMATION


def test_unknown_words_of_a_move_are_refused() -> None:
    row, user = row_of(), moderator()

    for act in [
        lambda: services.record_report(row, implementation="finished", **source(user)),
        lambda: services.record_position(row, position="maybe", **source(user)),
        lambda: services.close(row, closure="forgotten", reason="x", recorded_by=user),
    ]:
        with pytest.raises(Refused, match="not a known word"):
            act()


def test_a_source_declares_nothing() -> None:
    row = row_of()

    with pytest.raises(Refused, match="Only an own statement"):
        services.record_note(row, **source(moderator(), declared_by=row.organisation))


def test_the_body_a_unit_belongs_to_may_declare_for_it() -> None:
    city = OrganisationFactory.create()
    row = row_of(asked(OrganisationFactory.create(parent=city)))
    entry = claim(row, moderator(), declared_by=city)

    assert entry.declared_by == city


# --- Caches


def test_caches_of_row_and_recommendation_follow_in_the_same_act() -> None:
    recommendation = asked(OrganisationFactory.create(), OrganisationFactory.create())
    row = row_of(recommendation)
    services.record_position(row, position=Position.ACCEPTED, **own(official(row), refers_on=dt.date(2026, 3, 1)))
    claim(row, official(row), refers_on=dt.date(2026, 4, 1))

    recommendation.refresh_from_db()
    assert recommendation.badge == "mixed"
    assert recommendation.last_information_on == dt.date(2026, 4, 1)
    assert recommendation.last_change_at is not None
    assert state(row)[:2] == (Position.ACCEPTED, Implementation.IMPLEMENTED)


def test_a_note_moves_nothing_and_refreshes_no_age() -> None:
    row = row_of()
    services.record_note(row, **source(importer()))

    row.refresh_from_db()
    assert (row.implementation, row.last_information_on) == (Implementation.NO_INFORMATION, None)


def test_the_log_is_written_inside_a_transaction_only(monkeypatch: pytest.MonkeyPatch) -> None:
    row = row_of()
    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)

    with pytest.raises(RuntimeError, match="inside a transaction"):
        log.lock(row)
    with pytest.raises(RuntimeError, match="inside a transaction"):
        log.write_caches(row)


def test_a_refusal_after_the_entry_was_written_leaves_nothing() -> None:
    row = row_of()
    too_long = EvidenceData(kind=EvidenceKind.LETTER, url="https://example.org/" + "a" * 1000)

    with pytest.raises(Refused):
        claim(row, official(row), evidence=[PAGE, too_long])

    assert (FollowUp.objects.count(), Evidence.objects.count()) == (0, 0)


# --- The clock


def test_overdue_and_ages_are_counted_over_open_rows_of_single_bodies() -> None:
    late, group, closed = row_of(), row_of(asked(OrganisationFactory.create(collective=True))), row_of()
    for row in (late, group, closed):
        Assignment.objects.filter(pk=row.pk).update(notified_at=timezone.localtime() - dt.timedelta(days=91))
    services.close(closed, closure=Closure.UNVERIFIABLE, reason="x", recorded_by=moderator())
    services.record_report(
        row_of(), implementation=Implementation.STALLED, **source(moderator(), refers_on=dt.date(2020, 1, 1))
    )

    assert list(items.overdue(timezone.localdate())) == [late]
    assert log.count_by_age() == {"none": 2, "fresh": 0, "ageing": 0, "stale": 1}


# --- Competing replies


def test_a_reply_over_a_newer_entry_is_refused_and_names_it() -> None:
    row = row_of()
    user = official(row)
    seen = recording.newest_entry(row)
    first = services.record_report(row, implementation=Implementation.STALLED, **own(user, seen=seen))

    with pytest.raises(recording.Overtaken) as raised:
        services.record_report(row, implementation=Implementation.IN_PROGRESS, **own(user, seen=seen))

    assert raised.value.newer == [first]
    assert FollowUp.objects.count() == 1
    services.record_report(row, implementation=Implementation.IN_PROGRESS, **own(user, seen=first.pk))


@together
@pytest.mark.django_db(transaction=True)
def test_of_two_processes_that_answer_one_item_at_the_same_moment_one_is_told(tmp_path: Path) -> None:
    rows = [row_of(asked()) for _ in range(5)]
    users = [official(row) for row in rows]
    database = shared_database(tmp_path)
    words = [str(tmp_path), *(f"{row.pk}:{user.pk}" for row, user in zip(rows, users, strict=True))]

    workers = [
        start(tmp_path, "tests.recommendations.replying_worker", *words, database=database, listens=False)
        for _ in range(2)
    ]
    answers = "".join(worker.finished() for worker in workers).splitlines()

    for row in rows:
        told = sorted(line.split()[1] for line in answers if line.startswith(f"{row.pk} "))
        assert told == ["overtaken", "saved"]
