"""A succession or a new mandate: open items and contacts follow in one act, and no history is rewritten."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from pagekit.acts import Refused
from recommendations.choices import Closure, Implementation
from recommendations.models import Assignment, ReplyDraft
from recommendations.services import follow_up, handover
from recommendations.services.drafts import draft_of, forget_draft, keep_draft
from taxonomy.models import Mandate, Organisation, Succession
from taxonomy.services.mandates import pass_mandate_on
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_assignment
from tests.factories.roles import Cast, make_cast
from tests.factories.taxonomy import MandateFactory, OrganisationFactory
from tests.recommendations.builders import asked, own, row_of

pytestmark = pytest.mark.django_db
today = timezone.localdate


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def succession(**values: Any) -> Succession:
    bodies = {"predecessor": OrganisationFactory.create(), "successor": OrganisationFactory.create()}
    return Succession.objects.create(**bodies | {"starts_on": today() - dt.timedelta(days=1)} | values)


def contact(body: Organisation, **values: Any) -> Mandate:
    return MandateFactory.create(organisation=body, **values)


def said(user: User, **values: Any) -> dict[str, Any]:
    return own(user, refers_on=today() - dt.timedelta(days=1)) | values


@pytest.mark.law("succession")
def test_open_items_and_contacts_follow_in_one_act_and_history_stays(cast: Cast) -> None:
    law = succession()
    open_, closed = row_of(asked(law.predecessor)), row_of(asked(law.predecessor))
    before = contact(law.predecessor)
    entry = follow_up.record_report(open_, implementation=Implementation.STALLED, **said(before.user))
    follow_up.close(closed, closure=Closure.UNVERIFIABLE, reason="Brak źródeł.", recorded_by=cast.people["moderator"])

    done = handover.hand_over(law, by=cast.people["moderator"], with_contacts=True)

    open_.refresh_from_db()
    closed.refresh_from_db()
    entry.refresh_from_db()
    before.refresh_from_db()
    assert done == handover.HandedOver(items=1, contacts=1)
    assert (open_.organisation, open_.answering, open_.implementation) == (
        law.predecessor, law.successor, Implementation.STALLED,
    )  # fmt: skip
    assert (closed.answering, entry.declared_by) == (law.predecessor, law.predecessor)
    assert (before.ends_on, before.user.mandates.active().filter(organisation=law.successor).count()) == (today(), 1)


def test_after_the_handover_the_successor_answers_in_its_own_name_and_the_predecessor_no_longer(cast: Cast) -> None:
    law = succession()
    row = row_of(asked(law.predecessor))
    old, new = contact(law.predecessor).user, contact(law.successor).user
    handover.hand_over(law, by=cast.people["moderator"])

    entry = follow_up.record_report(row, implementation=Implementation.STALLED, **said(new))
    with pytest.raises(Refused, match="very institution"):
        follow_up.record_report(row, implementation=Implementation.STALLED, **said(old))

    assert entry.declared_by == law.successor
    assert list(Assignment.objects.held_by(new)) == [row]
    assert list(Assignment.objects.held_by(old)) == []


def test_of_two_successors_each_takes_what_is_chosen_for_it(cast: Cast) -> None:
    first = succession()
    second = succession(predecessor=first.predecessor)
    rows = [row_of(asked(first.predecessor)) for _ in range(2)]

    handover.hand_over(first, by=cast.people["moderator"], only=[rows[0].pk])
    handover.hand_over(second, by=cast.people["moderator"])

    assert [row.answering for row in Assignment.objects.order_by("pk")] == [first.successor, second.successor]


def test_a_chain_is_followed_and_leads_back_to_the_body_that_was_asked(cast: Cast) -> None:
    first = succession()
    row = row_of(asked(first.predecessor))
    onward = succession(predecessor=first.successor)
    back = succession(predecessor=onward.successor, successor=first.predecessor)
    for step, answering in [(first, first.successor), (onward, onward.successor), (back, first.predecessor)]:
        handover.hand_over(step, by=cast.people["moderator"])
        row.refresh_from_db()
        assert row.answering == answering
    assert row.taken_over_by is None


def test_who_may_not_and_what_cannot_be_handed_over_is_refused_with_the_rule(cast: Cast) -> None:
    people, law = cast.people, succession()
    row_of(asked(law.predecessor))
    for role in ("editor", "translator", "official"):
        with pytest.raises(Refused, match="Only moderators and administrators"):
            handover.hand_over(law, by=people[role])
    for match, act in [
        ("all items", lambda: handover.hand_over(law, by=people["administrator"], only=[], with_contacts=True)),
        ("has not begun", lambda: handover.hand_over(
            succession(starts_on=today() + dt.timedelta(days=1)), by=people["moderator"])),
        ("Nothing open", lambda: handover.hand_over(succession(), by=people["moderator"])),
        ("A group of institutions", lambda: handover.hand_over(
            succession(successor=OrganisationFactory.create(collective=True)), by=people["moderator"])),
    ]:  # fmt: skip
        with pytest.raises(Refused, match=match):
            act()
    contact(law.predecessor, user=UserFactory.create(groups=["Redaktorzy: a"]))
    with pytest.raises(Refused, match="another role on this site"):
        handover.hand_over(law, by=people["moderator"], with_contacts=True)
    assert not Assignment.objects.exclude(taken_over_by=None).exists()
    assert handover.hand_over(law, by=people["administrator"], with_contacts=True).contacts == 1


def test_what_was_left_as_a_draft_is_seen_by_the_successor_and_by_no_third_body(cast: Cast) -> None:
    law = succession()
    row = row_of(asked(law.predecessor))
    old, new = contact(law.predecessor).user, contact(law.successor).user
    keep_draft(row, user=old, data={"text": "Kanarek"})
    assert draft_of(new, row) is None

    handover.hand_over(law, by=cast.people["moderator"])

    row.refresh_from_db()
    left = draft_of(new, row)
    assert left is not None
    assert left.data["text"] == "Kanarek"


def test_items_without_anybody_who_answers_are_orphaned() -> None:
    held, left, over = (row_of(asked(OrganisationFactory.create())) for _ in range(3))
    contact(held.organisation)
    contact(over.organisation, ends_on=today() - dt.timedelta(days=1))
    contact(left.organisation, user=UserFactory.create(is_active=False))
    row_of(asked(OrganisationFactory.create(collective=True)))
    successor = contact(OrganisationFactory.create()).organisation

    assert set(Assignment.objects.orphaned()) == {left, over}
    Assignment.objects.filter(pk=left.pk).update(taken_over_by=successor)
    assert set(Assignment.objects.orphaned()) == {over}


# --- Another person at the same institution


def test_a_mandate_passed_on_ends_and_the_next_person_sees_the_same_items() -> None:
    row = row_of()
    before, heir = contact(row.organisation, ends_on=today() + dt.timedelta(days=90)), UserFactory.create()

    after = pass_mandate_on(before, to=heir, starts_on=today())

    before.refresh_from_db()
    assert (before.ends_on, after.role, after.starts_on) == (today() - dt.timedelta(days=1), before.role, today())
    assert after.ends_on == today() + dt.timedelta(days=90)
    assert list(Assignment.objects.held_by(heir)) == [row]
    assert list(Assignment.objects.held_by(before.user)) == []


def test_what_the_person_before_left_as_a_draft_goes_to_who_takes_the_mandate_over(client: Client) -> None:
    row = make_assignment()
    before, deputy = contact(row.organisation), contact(row.organisation, role="deputy").user
    keep_draft(row, user=before.user, data={"text": "Kanarek", "answer": "in_progress"})
    heir = pass_mandate_on(before, to=UserFactory.create(), starts_on=today()).user

    assert [draft_of(person, row) is None for person in (heir, deputy)] == [False, True]
    client.force_login(heir)
    page = client.get(f"/moja-instytucja/{row.pk}/").content.decode()
    assert "Kanarek" in page
    assert "the person before you" in page

    own = keep_draft(row, user=heir, data={"text": "Poprawione"})
    assert [(one.pk, one.user_id) for one in ReplyDraft.objects.all()] == [(own and own.pk, heir.pk)]
    assert draft_of(before.user, row) is None


def test_a_draft_that_was_left_is_gone_once_the_reply_is_sent() -> None:
    row = row_of()
    before = contact(row.organisation)
    keep_draft(row, user=before.user, data={"text": "Stare"})
    heir = pass_mandate_on(before, to=UserFactory.create(), starts_on=today()).user

    forget_draft(row, user=heir)

    assert not ReplyDraft.objects.exists()


def test_a_mandate_is_not_passed_on_where_two_would_stand_in_each_others_way() -> None:
    body = OrganisationFactory.create()
    mandate = contact(body, starts_on=today() - dt.timedelta(days=1))
    colleague = contact(body).user

    for match, to, day in [
        ("holds the mandate", mandate.user, today()),
        ("account of this person is closed", UserFactory.create(is_active=False), today()),
        ("began on that day or later", UserFactory.create(), today() - dt.timedelta(days=1)),
        ("answers for the institution already", colleague, today()),
    ]:
        with pytest.raises(Refused, match=match):
            pass_mandate_on(mandate, to=to, starts_on=day)
    Mandate.objects.filter(pk=mandate.pk).update(ends_on=today() - dt.timedelta(days=1))
    with pytest.raises(Refused, match="is over by then"):
        pass_mandate_on(mandate, to=UserFactory.create(), starts_on=today())
    assert Mandate.objects.filter(organisation=body).count() == 2
