"""Administrators give roles and mandates, moderators mandates of officials; an access ends with all that it opened."""

import datetime as dt

import pytest
from django.test import Client
from wagtail.log_actions import registry

from accounts.models import User
from notices.models import Invitation, Message, ReplyLink
from notices.services.access import end_access, hand_on, left_behind, restore_access, set_mandate, set_roles
from notices.services.reply_links import Hold, hold_of
from pagekit.acts import Refused
from pagekit.versions import fingerprint
from recommendations.models import Assignment, ReplyDraft
from recommendations.services.drafts import draft_of
from tests.factories.accounts import UserFactory
from tests.factories.taxonomy import MandateFactory, OrganisationFactory
from tests.notices.conftest import MONDAY, asked, contact_of, moderator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def administrator() -> User:
    return UserFactory.create(username="administratorka", administrator=True)


def test_an_ended_access_opens_nothing_and_says_who_is_left_without_a_contact(
    administrator: User, client: Client
) -> None:
    row = asked()
    mandate = contact_of(row)
    person = mandate.user
    person.groups.set(moderator().groups.all())
    MandateFactory.create(user=person, starts_on=MONDAY + dt.timedelta(days=9))
    past = MandateFactory.create(user=person, ends_on=dt.date(2021, 1, 1))
    link = ReplyLink.objects.create(
        message=Message.objects.create(recipient=person, kind="reminder", occasion="2026-W47"), mandate=mandate
    )
    ReplyDraft.objects.create(user=person, assignment=row, data={"text": "Kanarek"})
    client.force_login(person)
    assert client.get("/moja-instytucja/").status_code == 200

    ended = end_access(person, by=administrator)

    person = User.objects.get(pk=person.pk)
    assert (person.is_active, person.has_usable_password(), person.groups.count()) == (False, False, 0)
    assert client.get("/moja-instytucja/").status_code == 302, "the open session is dead"
    assert hold_of(ReplyLink.objects.get(pk=link.pk)) == Hold.REVOKED
    assert [(one.ends_on, one.organisation_id) for one in person.mandates.order_by("ends_on")] == [
        (past.ends_on, past.organisation_id),
        (MONDAY, mandate.organisation_id),
    ]
    assert [(one.organisation, one.items) for one in ended.left] == [(row.organisation, 1)]
    assert list(Assignment.objects.orphaned()) == [row]
    assert draft_of(person, row) is not None
    told = registry.get_logs_for_instance(person).get(action="notices.end_access")
    assert (told.user, told.data["roles"], told.data["links"]) == (administrator, ["Moderatorzy"], 1)


def test_a_draft_of_who_is_out_is_shown_to_nobody_else(administrator: User, client: Client) -> None:
    row = asked()
    person, deputy = contact_of(row).user, contact_of(row, role="deputy").user
    ReplyDraft.objects.create(user=person, assignment=row, data={"text": "Kanarek", "answer": "in_progress"})
    ended = end_access(person, by=administrator)
    client.force_login(deputy)

    assert ended.left == [], "the deputy answers"
    assert "Kanarek" not in client.get(f"/moja-instytucja/{row.pk}/", follow=True).content.decode()


def test_an_old_session_stays_dead_when_the_access_is_restored(administrator: User, client: Client) -> None:
    mandate = MandateFactory.create()
    client.force_login(mandate.user)
    end_access(mandate.user, by=administrator)

    invitation = restore_access(mandate.user, by=administrator)

    assert client.get("/moja-instytucja/").status_code == 302
    person = User.objects.get(pk=mandate.user_id)
    assert (person.is_active, person.has_usable_password()) == (True, False)
    assert Invitation.objects.waiting().get() == invitation
    with pytest.raises(Refused, match="is open"):
        restore_access(person, by=administrator)


def test_nobody_ends_their_own_access_nor_that_of_the_last_administrator(administrator: User) -> None:
    with pytest.raises(Refused, match="own access"):
        end_access(administrator, by=administrator)
    # Invited, so nobody signs in there yet; and one whose access was ended.
    pending = UserFactory.create(administrator=True)
    pending.set_unusable_password()
    pending.save()
    UserFactory.create(administrator=True, is_active=False)
    with pytest.raises(Refused, match="nobody would be left"):
        end_access(administrator, by=pending)
    with pytest.raises(Refused, match="nobody would be left"):
        end_access(administrator, by=None)
    administrator.refresh_from_db()
    assert administrator.is_active


def test_an_access_ends_once(administrator: User) -> None:
    person = UserFactory.create()
    end_access(person, by=administrator)

    with pytest.raises(Refused, match="ended before"):
        end_access(person, by=administrator)


def test_roles_are_exactly_what_was_chosen_and_others_stay(administrator: User) -> None:
    person = UserFactory.create(groups=["Moderatorzy", "Inna"])
    UserFactory.create(groups=["Tłumacze: en"])
    offered = {"Moderatorzy", "Tłumacze: en"}

    assert set_roles(person, by=administrator, wanted={"Tłumacze: en"}, offered=offered)
    assert not set_roles(person, by=administrator, wanted={"Tłumacze: en"}, offered=offered)

    assert set(person.groups.values_list("name", flat=True)) == {"Inna", "Tłumacze: en"}
    told = registry.get_logs_for_instance(person).get()
    assert (told.user, told.data) == (administrator, {"added": ["Tłumacze: en"], "removed": ["Moderatorzy"]})


def test_nobody_gives_themselves_a_role_or_a_mandate(administrator: User) -> None:
    with pytest.raises(Refused, match="own roles"):
        set_roles(administrator, by=administrator, wanted=["Moderatorzy"], offered=["Moderatorzy"])
    with pytest.raises(Refused, match="own mandates"):
        set_mandate(administrator, OrganisationFactory.create(), by=administrator, role="contact", starts_on=MONDAY)


def test_nobody_but_an_administrator_gives_or_takes_anything(administrator: User) -> None:
    person, stranger = UserFactory.create(), moderator()
    for act in (
        lambda: set_roles(person, by=stranger, wanted=["Moderatorzy"], offered=["Moderatorzy"]),
        lambda: end_access(person, by=stranger),
        lambda: restore_access(person, by=stranger),
    ):
        with pytest.raises(Refused, match="only an administrator"):
            act()


def test_a_moderator_names_an_official_and_ends_a_mandate_and_both_are_kept() -> None:
    desk, body = moderator(), OrganisationFactory.create(label_pl="Urząd")
    person = MandateFactory.create(ends_on=dt.date(2021, 1, 1)).user

    held = set_mandate(person, body, by=desk, role="deputy", starts_on=MONDAY)
    shown = fingerprint(held)
    set_mandate(person, body, by=desk, role="deputy", starts_on=MONDAY, ends_on=MONDAY, mandate=held, seen=shown)

    created, ended = registry.get_logs_for_instance(held).order_by("pk")
    assert (created.user, created.data) == (desk, {"before": "", "mandate": "Urząd · deputy · 23.11.2026 –"})
    assert (ended.user, ended.data["before"]) == (desk, created.data["mandate"])
    assert ended.data["mandate"] == "Urząd · deputy · 23.11.2026 – 23.11.2026"
    with pytest.raises(Refused, match="changed this mandate meanwhile"):
        set_mandate(person, body, by=desk, role="contact", starts_on=MONDAY, mandate=held, seen=shown)
    over = MandateFactory.create(user=person, ends_on=dt.date(2022, 1, 1))
    with pytest.raises(Refused, match="is over"):
        set_mandate(person, over.organisation, by=desk, role="contact", starts_on=MONDAY, mandate=over)


def test_a_moderator_passes_a_mandate_on_to_another_official_in_one_act_and_it_is_kept() -> None:
    desk, held, heir = moderator(), MandateFactory.create(role="deputy"), MandateFactory.create().user

    after = hand_on(held, to=heir, by=desk, starts_on=MONDAY)

    held.refresh_from_db()
    assert (held.ends_on, after.user, after.role) == (MONDAY - dt.timedelta(days=1), heir, "deputy")
    assert [registry.get_logs_for_instance(one).get().user for one in (held, after)] == [desk, desk]
    for somebody in (UserFactory.create(), desk):
        with pytest.raises(Refused, match="names only accounts of officials"):
            hand_on(after, to=somebody, by=desk, starts_on=MONDAY + dt.timedelta(days=1))


def test_a_moderator_names_nobody_who_is_no_official_or_is_anything_else() -> None:
    desk = moderator()
    for somebody in (
        desk,
        UserFactory.create(),
        UserFactory.create(groups=["Moderatorzy"]),
        UserFactory.create(administrator=True),
        UserFactory.create(groups=["Redaktorzy: a"]),
        UserFactory.create(is_active=False),
    ):
        held = MandateFactory.create(user=somebody) if somebody.groups.exists() else None
        with pytest.raises(Refused, match="names only accounts of officials"):
            set_mandate(somebody, OrganisationFactory.create(), by=desk, role="contact", starts_on=MONDAY)
        if held:
            with pytest.raises(Refused, match="names only accounts of officials"):
                set_mandate(somebody, held.organisation, by=desk, role="deputy", starts_on=MONDAY, mandate=held)
    official = MandateFactory.create().user
    for stranger in (official, UserFactory.create(groups=["Redaktorzy: a"]), UserFactory.create(is_active=False)):
        with pytest.raises(Refused, match="only moderators and administrators"):
            set_mandate(official, OrganisationFactory.create(), by=stranger, role="contact", starts_on=MONDAY)


def test_who_left_is_no_gap_where_another_answers(administrator: User) -> None:
    row = asked()
    person = contact_of(row).user
    end_access(person, by=administrator)
    assert [one.items for one in left_behind(person)] == [1]

    contact_of(row)
    assert left_behind(person) == []
