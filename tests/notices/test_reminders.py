"""Who is reminded of what on a day, and that nobody is told twice."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notices.choices import Kind, Stage
from notices.models import MailPreference, Message, MessageItem, ReplyLink
from notices.services.queue import queue
from notices.services.reminders import Plan, plan_reminders, queue_reminders
from recommendations.choices import Closure, Position
from recommendations.models import Assignment
from recommendations.services import follow_up
from tests.factories.taxonomy import MandateFactory, OrganisationFactory
from tests.notices.conftest import MONDAY, asked, contact_of, moderator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

EARLIER = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)


def told(plan: Plan) -> dict[str, list[tuple[str, str]]]:
    """By account: the step of each item, in the order of the mail."""
    return {
        digest.recipient.get_username(): [
            (item.assignment.recommendation.reference, str(item.stage)) for item in digest.items
        ]
        for digest in plan.digests
    }


def stages(plan: Plan) -> dict[str, list[str]]:
    return {name: [stage for _reference, stage in items] for name, items in told(plan).items()}


def output(*arguments: str) -> str:
    out = StringIO()
    call_command("send_reminders", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.law("clock-start")
def test_the_first_mail_to_a_contact_is_a_first_notice() -> None:
    mandate = contact_of(asked())

    assert stages(plan_reminders(MONDAY)) == {mandate.user.username: [Stage.FIRST]}


@pytest.mark.law("clock-start")
def test_without_a_contact_nobody_is_told_and_no_clock_starts() -> None:
    asked()

    assert plan_reminders(MONDAY).digests == ()


@pytest.mark.law("clock-digest")
@pytest.mark.parametrize(
    ("days_from_due", "step"),
    [(-31, None), (-30, Stage.BEFORE_30), (-7, Stage.BEFORE_7), (0, Stage.ON_DAY), (30, Stage.AFTER_30)],
)
def test_a_contact_is_told_thirty_and_seven_days_before_and_on_the_day(days_from_due: int, step: Stage | None) -> None:
    # Sunday closes the week of a digest: what comes by then goes along.
    mandate = contact_of(asked(due=MONDAY - days(days_from_due) + (days(6) if step is None else days(0))))

    assert stages(plan_reminders(MONDAY)) == ({mandate.user.username: [step]} if step else {})


@pytest.mark.law("clock-digest")
def test_who_wants_mails_less_often_is_told_later_and_of_the_day_itself_in_time() -> None:
    mandate = contact_of(asked(due=MONDAY + days(30)))
    MailPreference.objects.create(user=mandate.user, pace="monthly")
    queue_reminders(plan_reminders(MONDAY))
    beside = asked(mandate.organisation, due=MONDAY + days(14))

    held = plan_reminders(MONDAY + days(7))
    assert (held.digests, [one.withheld for one in held.withheld]) == ((), ["wants mails less often"])
    assert list(stages(plan_reminders(MONDAY + days(14))).values()) == [[Stage.ON_DAY]]
    Assignment.objects.filter(pk=beside.pk).update(closure="implemented")
    assert list(stages(plan_reminders(MONDAY + days(30))).values()) == [[Stage.ON_DAY]]


def test_who_wants_only_what_is_late_hears_of_no_day_ahead() -> None:
    mandate = contact_of(asked(due=MONDAY + days(7)))
    MailPreference.objects.create(user=mandate.user, pace="late")

    assert plan_reminders(MONDAY).digests == ()
    assert list(stages(plan_reminders(MONDAY + days(7))).values()) == [[Stage.ON_DAY]]
    asked(mandate.organisation)
    assert list(stages(plan_reminders(MONDAY)).values()) == [[Stage.FIRST]]


def test_who_is_told_twice_on_one_day_gets_one_mail() -> None:
    mandate = contact_of(asked(due=MONDAY))
    first, second = (queue_reminders(plan_reminders(MONDAY)) for _ in range(2))

    assert (first, second) == (1, 0)
    assert mandate.user.mails.count() == 1


def test_two_plans_made_at_once_queue_one_mail() -> None:
    contact_of(asked(due=MONDAY))
    plans = [plan_reminders(MONDAY), plan_reminders(MONDAY)]

    assert [queue_reminders(plan) for plan in plans] == [1, 0]
    assert MessageItem.objects.count() == 1


@pytest.mark.law("clock-digest")
def test_a_second_item_of_the_week_waits_for_the_next_one() -> None:
    row = asked(due=MONDAY)
    contact_of(row)
    queue_reminders(plan_reminders(MONDAY))
    asked(row.organisation, due=MONDAY - days(30))

    tuesday, next_monday = plan_reminders(MONDAY + days(1)), plan_reminders(MONDAY + days(7))

    assert tuesday.digests == ()
    assert tuesday.withheld[0].withheld == "has a digest of this week"
    assert [list(items) for items in stages(next_monday).values()] == [[Stage.AFTER_30]]


def test_a_digest_that_goes_out_takes_along_what_comes_up_in_its_week() -> None:
    row = asked(due=MONDAY)
    mandate = contact_of(row)
    asked(row.organisation, due=MONDAY + days(7 + 3))

    assert stages(plan_reminders(MONDAY)) == {mandate.user.username: [Stage.ON_DAY, Stage.BEFORE_7]}


def test_what_merely_comes_up_sends_no_digest_by_itself() -> None:
    contact_of(asked(due=MONDAY + days(30 + 2)))

    assert plan_reminders(MONDAY).digests == ()
    assert len(plan_reminders(MONDAY + days(2)).digests) == 1


def test_a_run_that_is_late_tells_the_last_step_only() -> None:
    mandate = contact_of(asked(due=MONDAY - days(65)))

    assert stages(plan_reminders(MONDAY)) == {mandate.user.username: [Stage.AFTER_60]}


def test_no_step_is_told_again_in_later_weeks() -> None:
    contact_of(asked(due=MONDAY))
    queue_reminders(plan_reminders(MONDAY))
    later = [plan_reminders(MONDAY + days(7 * week)) for week in range(1, 5)]

    assert all(not plan.digests and not plan.withheld for plan in later)


@pytest.mark.law("clock-digest")
def test_monthly_three_times_and_then_no_more() -> None:
    contact_of(asked(due=MONDAY))
    sent = []
    for week in range(30):
        plan = plan_reminders(MONDAY + days(7 * week + 4))
        sent += [stage for items in stages(plan).values() for stage in items]
        queue_reminders(plan)

    assert sent == [Stage.ON_DAY, Stage.AFTER_30, Stage.AFTER_60, Stage.AFTER_90]


@pytest.mark.law("clock-ladder")
def test_the_deputy_joins_at_thirty_days_and_the_moderator_at_sixty() -> None:
    row = asked(due=MONDAY)
    contact, deputy = contact_of(row), contact_of(row, "deputy")
    chief = moderator()
    people = [contact.user.username, deputy.user.username, chief.username]

    assert sorted(told(plan_reminders(MONDAY))) == sorted(people[:1])
    assert sorted(told(plan_reminders(MONDAY + days(30)))) == sorted(people[:2])
    assert sorted(told(plan_reminders(MONDAY + days(60)))) == sorted(people)


@pytest.mark.parametrize("lack", ["mandate over", "no address", "bounced", "disowned"])
def test_the_deputy_stands_in_where_no_contact_can_be_reached(lack: str) -> None:
    row = asked(due=MONDAY)
    contact, deputy = contact_of(row), contact_of(row, "deputy")
    if lack == "mandate over":
        type(contact).objects.filter(pk=contact.pk).update(ends_on=MONDAY - days(1))
    elif lack == "no address":
        type(contact.user).objects.filter(pk=contact.user_id).update(email="")
    elif lack == "bounced":
        MailPreference.objects.create(user=contact.user, bounced_address=contact.user.email, bounced_at=EARLIER)
    else:
        message = Message.objects.create(recipient=contact.user, kind=Kind.REMINDER, occasion="2026-W01")
        ReplyLink.objects.create(message=message, mandate=contact, ended_at=EARLIER, ending="not_me")

    assert list(told(plan_reminders(MONDAY))) == [deputy.user.username]


def test_an_address_that_refused_mail_counts_as_long_as_it_is_the_address() -> None:
    mandate = contact_of(asked(due=MONDAY))
    MailPreference.objects.create(user=mandate.user, bounced_address="dawny@example.org", bounced_at=EARLIER)

    assert list(told(plan_reminders(MONDAY))) == [mandate.user.username]


@pytest.mark.law("clock-rest")
@pytest.mark.parametrize("on", ["2026-11-21", "2026-11-22", "2026-11-11", "2026-12-24", "2026-06-04"])
def test_nothing_is_planned_on_a_day_of_rest(on: str) -> None:
    contact_of(asked(due=dt.date.fromisoformat(on)))
    plan = plan_reminders(dt.date.fromisoformat(on))

    assert not plan.is_working_day
    assert plan.digests == ()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"paused_until": MONDAY + dt.timedelta(days=1)}, "paused until 2026-11-24"),
        ({"has_reminders": False}, "does not want this kind of mail"),
    ],
    ids=["paused", "not wanted"],
)
def test_who_wants_none_is_withheld_with_the_reason(values: dict[str, Any], reason: str) -> None:
    mandate = contact_of(asked(due=MONDAY))
    MailPreference.objects.create(user=mandate.user, **values)
    plan = plan_reminders(MONDAY)

    assert plan.digests == ()
    assert [digest.withheld for digest in plan.withheld] == [reason]


def test_a_pause_ends_by_itself_on_its_day() -> None:
    mandate = contact_of(asked(due=MONDAY))
    MailPreference.objects.create(user=mandate.user, paused_until=MONDAY)

    assert len(plan_reminders(MONDAY).digests) == 1


@pytest.mark.parametrize("gone", ["closed", "withdrawn", "unpublished", "group", "answered"])
def test_nobody_is_reminded_of_what_no_longer_waits(gone: str) -> None:
    body = OrganisationFactory.create(collective=True) if gone == "group" else None
    row = asked(body, due=MONDAY)
    mandate = contact_of(row)
    if gone == "closed":
        boss = moderator()
        follow_up.close(row, closure=Closure.UNVERIFIABLE, reason="x", recorded_by=boss)
    elif gone == "withdrawn":
        Assignment.objects.update(is_withdrawn=True)
    elif gone == "unpublished":
        row.recommendation.source_page.unpublish()
    elif gone == "answered":
        answer(row, mandate.user)

    assert plan_reminders(MONDAY).digests == ()


def answer(row: Assignment, user: Any, position: str = Position.ACCEPTED) -> Any:
    return follow_up.record_position(
        row, position=position, text="Tak.", recorded_by=user, basis="own_statement", refers_on=MONDAY
    )


def test_after_an_answer_the_next_reminder_is_about_the_report() -> None:
    row = asked(due=MONDAY)
    mandate = contact_of(row)
    answer(row, mandate.user)
    due = dt.date(2027, 5, 23)
    plan = plan_reminders(due)

    assert not plan.is_working_day
    monday = plan_reminders(due + days(1))
    assert [item.due_on for item in monday.digests[0].items] == [due]


@pytest.mark.law("clock-digest")
def test_items_stand_by_institution() -> None:
    second, first = asked(OrganisationFactory.create(label_pl="Żary"), due=MONDAY), asked(due=MONDAY)
    third = asked(second.organisation, due=MONDAY - days(30))
    mandate = contact_of(second)
    MandateFactory.create(user=mandate.user, organisation=first.organisation)
    items = plan_reminders(MONDAY).digests[0].items

    assert [item.assignment for item in items] == [first, third, second]


def test_the_successor_is_reminded_of_what_it_took_over() -> None:
    row = asked(due=MONDAY)
    contact_of(row)
    successor = MandateFactory.create(organisation=OrganisationFactory.create())
    Assignment.objects.update(taken_over_by=successor.organisation)
    queue_reminders(plan_reminders(MONDAY))

    assert list(Message.objects.values_list("recipient", flat=True)) == [successor.user_id]
    assert list(ReplyLink.objects.values_list("mandate", flat=True)) == [successor.pk]


def test_a_link_goes_along_for_each_institution_one_answers_for() -> None:
    one, other = asked(due=MONDAY), asked(due=MONDAY)
    mandate = contact_of(one)
    second = MandateFactory.create(user=mandate.user, organisation=other.organisation)
    queue_reminders(plan_reminders(MONDAY))

    assert set(ReplyLink.objects.values_list("mandate", flat=True)) == {mandate.pk, second.pk}


def test_a_moderator_gets_no_link_to_answer_for_others() -> None:
    row = asked(due=MONDAY - days(60))
    contact = contact_of(row)
    chief = moderator()
    queue_reminders(plan_reminders(MONDAY))

    assert chief.mails.count() == 1
    assert list(ReplyLink.objects.values_list("mandate", flat=True)) == [contact.pk]


@pytest.mark.law("clock-early")
def test_editions_before_2016_wait_for_one_campaign() -> None:
    row = asked(year=2015)
    contact_of(row)
    plain, campaign = plan_reminders(MONDAY), plan_reminders(MONDAY, is_campaign=True)

    assert plain.digests == ()
    assert plain.early == 1
    assert [list(items) for items in stages(campaign).values()] == [[Stage.FIRST]]


@pytest.mark.law("clock-early")
def test_editions_before_2016_are_never_told_that_a_day_has_passed() -> None:
    contact_of(asked(year=2015, due=MONDAY - days(60)))
    plan = plan_reminders(MONDAY)

    assert {stage for items in stages(plan).values() for stage in items} == {Stage.ON_DAY}


def test_a_mail_that_was_given_up_or_dropped_told_nobody_anything() -> None:
    contact_of(asked(due=MONDAY))
    queue_reminders(plan_reminders(MONDAY))
    Message.objects.update(failed_at="2026-11-23T10:00Z")

    assert len(plan_reminders(MONDAY + days(7)).digests) == 1


def test_planning_asks_as_often_for_forty_items_as_for_two() -> None:
    body = OrganisationFactory.create()
    MandateFactory.create(organisation=body)
    asked(body, due=MONDAY)
    asked(body, due=MONDAY)
    with CaptureQueriesContext(
        connection,
    ) as few:
        plan_reminders(MONDAY)
    for _ in range(10):
        contact_of(asked(due=MONDAY))
    with CaptureQueriesContext(connection) as many:
        plan_reminders(MONDAY)

    assert len(few) == len(many) <= 12


# --- The command


def test_a_dry_run_says_who_would_get_what_and_why_and_writes_nothing() -> None:
    row = asked(due=MONDAY)
    mandate = contact_of(row)
    paused = contact_of(asked(due=MONDAY - days(30)))
    MailPreference.objects.create(user=paused.user, paused_until=MONDAY + days(3))
    said = output("--dry-run")

    assert f"{mandate.user.username} would get:" in said
    assert f"{row.recommendation.reference} A1, on_day, due on 2026-11-23" in said
    assert f"{paused.user.username} would get nothing: paused until 2026-11-26" in said
    assert mandate.user.email not in said
    assert not Message.objects.exists()


def test_the_command_queues_once_however_often_it_is_run() -> None:
    contact_of(asked(due=MONDAY))

    assert "1 digests queued" in output()
    assert "0 digests queued" in output()


def test_the_command_says_that_a_day_of_rest_is_one() -> None:
    assert "no working day" in output("--on", "2026-11-22")


def test_a_day_that_was_missed_can_be_made_up_for() -> None:
    contact_of(asked(due=MONDAY - days(7)))

    assert "1 digests queued" in output("--on", "2026-11-16")


def test_only_a_dry_run_looks_ahead() -> None:
    with pytest.raises(CommandError, match="lies ahead"):
        output("--on", "2026-11-24")
    assert "0 digests would be queued" in output("--on", "2026-11-24", "--dry-run")


def test_the_command_names_what_waits_for_the_campaign() -> None:
    contact_of(asked(year=2015))

    assert "1 items of editions before 2016 wait" in output()
    assert "1 digests queued" in output("--campaign")


def test_a_mail_is_queued_once_for_person_kind_and_occasion() -> None:
    person = moderator()
    found = [queue(person, kind=kind, occasion="x") for kind in (Kind.RECEIPT, Kind.RECEIPT, Kind.FINDING)]

    assert [message is not None for message in found] == [True, False, True]
