"""The campaign of first contacts and the list of contacts on the moderator's desk."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from notices.models import Message
from notices.services import campaign
from tests.factories.accounts import UserFactory
from tests.factories.taxonomy import OrganisationFactory
from tests.notices.conftest import MONDAY, asked, contact_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

PAGE = "/admin/campaign/"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(administrator=True))
    return client


@pytest.mark.law("clock-early")
def test_a_moderator_sees_who_would_get_what_and_sends_it_once_in_batches(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign, "BATCH", 1)
    people = [contact_of(asked(year=2013)).user for _ in range(2)]
    quiet = contact_of(asked(year=2013), user__email="")
    recent = contact_of(asked()).user

    text = desk.get(PAGE).content.decode()
    assert all(person.username in text for person in people)
    assert (recent.username in text, quiet.user.username in text) == (False, False)
    assert not Message.objects.exists()

    assert desk.post(PAGE).headers["Location"] == f"{PAGE}?going"
    assert "go-on.js" in desk.get(f"{PAGE}?going").content.decode()
    assert desk.post(PAGE).headers["Location"] == PAGE
    assert set(Message.objects.values_list("recipient", flat=True)) == {person.pk for person in people}
    desk.post(PAGE)
    assert Message.objects.count() == 2


def test_on_a_day_of_rest_nothing_is_sent_and_the_next_working_day_is_shown(
    desk: Client, now: time_machine.Traveller
) -> None:
    contact_of(asked(year=2013))
    now.move_to(dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC))

    page = desk.get(PAGE)
    assert (page.context["campaign"].day, "go-on" in page.content.decode()) == (MONDAY, False)
    desk.post(PAGE)
    assert not Message.objects.exists()


def test_institutions_without_a_contact_stand_first_and_trouble_is_named(desk: Client) -> None:
    reached, alone = asked(OrganisationFactory.create(label_pl="Gmina A")), asked()
    mandate = contact_of(reached, role="deputy", user__email="")

    page = desk.get("/admin/contacts/")
    lines = page.context["lines"]

    assert [line["body"] for line in lines] == [alone.organisation, reached.organisation]
    assert [(str(one), str(trouble)) for one, trouble in lines[1]["people"]]
    assert mandate.user.username in page.content.decode()
    assert f"/admin/contacts/{alone.organisation.pk}/" in page.content.decode()
    for screen in (f"{alone.organisation.pk}/", f"mandate/{mandate.pk}/", f"mandate/{mandate.pk}/pass-on/"):
        assert "date-time-chooser.js" in desk.get(f"/admin/contacts/{screen}").content.decode()
