"""The screens of the administrators for people: the list, the invitation, the one screen of a person, its end."""

import datetime as dt
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from accounts.models import User
from cms.roles import MODERATORS, editors_of, translators
from notices.models import Invitation, Message
from taxonomy.models import Mandate
from tests.factories.accounts import UserFactory
from tests.factories.files import sheet_file
from tests.factories.pages import make_recommendation
from tests.factories.roles import ROLES, Cast, kept_cast
from tests.factories.taxonomy import MandateFactory, OrganisationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]

LIST, INVITE, CONTACTS = "/admin/users/", "/admin/users/invite/", "/admin/users/contacts/"


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    with django_db_blocker.unblock(), kept_cast() as cast:
        yield cast


@pytest.fixture
def administrator(cast: Cast, client: Client) -> User:
    found = cast.people["administrator"]
    client.force_login(found)
    return found


def screen_of(person: User, act: str = "") -> str:
    return f"/admin/users/access/{person.pk}/{act}"


def rows(*mandates: dict[str, Any], held: int = 0) -> dict[str, Any]:
    """The rows of the institutions as the form sends them."""
    sent: dict[str, Any] = {
        "mandates-TOTAL_FORMS": len(mandates),
        "mandates-INITIAL_FORMS": held,
        "mandates-MIN_NUM_FORMS": 0,
        "mandates-MAX_NUM_FORMS": 200,
    }
    for place, values in enumerate(mandates):
        row = {"role": "contact", "starts_on": "2026-01-01", "ends_on": ""} | values
        sent |= {f"mandates-{place}-{name}": value for name, value in row.items()}
    return sent


def invited(**values: Any) -> dict[str, Any]:
    return {"email": "nowa@example.org", "first_name": "Nowa", "last_name": "Osoba", "language": "pl"} | values


def warnings(page: str) -> str:
    return " ".join(re.findall(r'class="help-block help-critical"[^>]*>(.*?)</div>', page, re.S))


def test_one_screen_invites_and_gives_roles_languages_and_institutions(
    cast: Cast, client: Client, administrator: User
) -> None:
    office = OrganisationFactory.create(label_pl="Miasto Łódź")
    sent = invited(general=[MODERATORS], groups=[cast.own_group.pk], languages=["uk"])
    spare = {"role": "contact", "starts_on": timezone.localdate().isoformat()}
    answer = client.post(INVITE, sent | rows({"organisation": office.pk, "role": "deputy"}, spare))

    person = User.objects.get(email="nowa@example.org")
    assert answer.headers["Location"] == screen_of(person)
    assert set(person.groups.values_list("name", flat=True)) == {
        MODERATORS,
        editors_of("wlasna"),
        translators("uk"),
    }
    mandate = person.mandates.get()
    assert (mandate.organisation, mandate.role, mandate.starts_on) == (office, "deputy", dt.date(2026, 1, 1))
    assert Invitation.objects.get().invited_by == administrator
    assert Message.objects.get().recipient == person
    shown = client.get(screen_of(person)).content.decode()
    for text in ("invited", "Miasto Łódź", "Invite again", "Revoke the invitation", "End the access"):
        assert text in shown
    history = client.get(f"/admin/users/history/{person.pk}/").content.decode()
    for text in ("Account opened", "Invited by mail", f"+ {MODERATORS}"):
        assert text in history


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (invited(email="zarzadczyni@example.org") | rows(), "account with this address"),
        (invited(email="nie-adres") | rows(), "Enter a valid email address."),
        (invited() | rows({"starts_on": "2026-05-01", "ends_on": "2026-04-01", "organisation": "{office}"}), "before"),
        (invited() | rows({"ends_on": "2027-04-01"}), "Choose one"),
        (
            invited() | rows({"organisation": "{collective}"}),
            "Select a valid choice. That choice is not one of the available choices.",
        ),
        (invited(groups=["999999"]) | rows(), "Select a valid choice. %(value)s is not one of the available choices."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_opened(
    client: Client, administrator: User, sent: dict[str, Any], message: str
) -> None:
    places = {
        "office": OrganisationFactory.create().pk,
        "collective": OrganisationFactory.create(collective=True).pk,
    }
    filled = {name: value.format(**places) if isinstance(value, str) else value for name, value in sent.items()}
    before = User.objects.count()
    answer = client.post(INVITE, filled)

    assert answer.status_code == 422
    # Django's own sentences come in Polish.
    assert gettext(message) % {"value": "999999"} in unescape(answer.content.decode())
    assert (User.objects.count(), Message.objects.count()) == (before, 0)


def test_the_one_screen_changes_what_it_shows(cast: Cast, client: Client, administrator: User) -> None:
    held = MandateFactory.create(user=UserFactory.create(groups=[MODERATORS, "Inna"]))
    person = held.user
    page = client.get(screen_of(person)).content.decode()
    assert re.search(rf'value="{MODERATORS}"[^>]*checked', page)
    assert f'name="mandates-0-mandate" value="{held.pk}"' in page
    assert "chooser-widget.js" in page, "another institution is chosen in the rows below"

    sent = rows({"mandate": held.pk, "role": "deputy", "starts_on": "2020-01-01", "ends_on": "2030-01-01"}, held=1)
    answer = client.post(screen_of(person), {"languages": ["en"]} | sent)

    assert answer.status_code == 302
    held.refresh_from_db()
    assert (held.role, held.ends_on) == ("deputy", dt.date(2030, 1, 1))
    assert set(person.groups.values_list("name", flat=True)) == {"Inna", translators("en")}


def test_a_mandate_of_somebody_else_is_not_reached_by_its_number(client: Client, administrator: User) -> None:
    person, foreign = UserFactory.create(), MandateFactory.create()
    office = OrganisationFactory.create()
    answer = client.post(
        screen_of(person), rows({"mandate": foreign.pk, "organisation": office.pk, "role": "deputy"}, held=1)
    )

    assert answer.status_code == 422
    foreign.refresh_from_db()
    assert foreign.role == "contact"
    assert not person.mandates.exists()


def test_an_access_is_ended_by_a_press_that_says_who_is_left_without_a_contact(
    client: Client, administrator: User
) -> None:
    office = OrganisationFactory.create(label_pl="Miasto Łódź")
    make_recommendation(addressees=[office])
    person = MandateFactory.create(organisation=office).user
    assert "Miasto Łódź" in client.get(screen_of(person, "end/")).content.decode()
    person.refresh_from_db()
    assert person.is_active, "asking ends nothing"

    told = client.post(screen_of(person, "end/"), follow=True).content.decode()

    person.refresh_from_db()
    assert not person.is_active
    assert "Nobody answers any more for: Miasto Łódź (1)" in told
    assert f"{INVITE}?institution={office.pk}" in told
    assert "/admin/claims/orphaned/" not in told, "an administrator opens no desk"
    assert client.post(screen_of(person), rows()).status_code == 422
    assert "Miasto Łódź" in client.get(f"{INVITE}?institution={office.pk}").content.decode()

    client.post(screen_of(person, "restore/"))
    person.refresh_from_db()
    assert (person.is_active, person.has_usable_password()) == (True, False)


def test_a_refusal_is_told_where_the_administrator_was(client: Client, administrator: User) -> None:
    person = UserFactory.create()
    for act, sentence in (("invite-again/", "has a password"), ("revoke/", "no invitation"), ("restore/", "is open")):
        told = client.post(
            screen_of(person, act), headers={"referer": f"http://testserver{screen_of(person)}"}, follow=True
        )
        assert sentence in told.content.decode(), act
    assert client.get(screen_of(person, "revoke/")).status_code == 405


def test_nobody_changes_their_own_screen(client: Client, administrator: User) -> None:
    assert "This is you" in client.get(screen_of(administrator)).content.decode()
    assert client.post(screen_of(administrator), {"general": [MODERATORS]} | rows()).status_code == 422
    client.post(screen_of(administrator, "end/"), headers={"referer": f"http://testserver{screen_of(administrator)}"})

    administrator.refresh_from_db()
    assert administrator.is_active
    assert not administrator.groups.filter(name=MODERATORS).exists()


def test_the_account_data_are_no_second_door_to_roles_and_access(
    cast: Cast, client: Client, administrator: User
) -> None:
    person = UserFactory.create()
    sent = {"username": "nowa", "email": "n@example.org", "first_name": "A", "last_name": "B"}
    moderators = cast.people["moderator"].groups.values_list("pk", flat=True)
    answer = client.post(f"/admin/users/edit/{person.pk}/", sent | {"groups": list(moderators)})

    person.refresh_from_db()
    assert (answer.status_code, person.username) == (302, "nowa")
    assert (person.is_active, person.groups.count()) == (True, 0)


def test_only_administrators_enter_and_those_who_may_do_everything_are_left_to_their_like(
    cast: Cast, client: Client
) -> None:
    person, superuser = UserFactory.create(), cast.people["superuser"]
    acts = ("", "end/", "restore/", "invite-again/", "revoke/")
    general = [LIST, INVITE, CONTACTS, f"{CONTACTS}template.csv"]
    for role in ROLES:
        client.force_login(cast.people[role])
        opens = {address for address in general if client.get(address).status_code == 200}
        assert opens == (set(general) if role in {"administrator", "superuser"} else set()), role
        if role in {"administrator", "superuser"}:
            continue
        assert {client.post(address).status_code for address in (INVITE, CONTACTS)} == {302}
        assert {client.post(screen_of(person, act)).status_code for act in acts} == {302}

    client.force_login(cast.people["administrator"])
    assert {client.post(screen_of(superuser, act)).status_code for act in acts} == {302}
    superuser.refresh_from_db()
    person.refresh_from_db()
    assert superuser.is_active
    assert person.is_active


def test_the_list_of_people_costs_the_same_however_many_there_are(
    cast: Cast, client: Client, administrator: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(12):
        mandate = MandateFactory.create(organisation__label_pl=f"Instytucja {place}")
        Invitation.objects.create(user=mandate.user)
        mandate.user.groups.add(*cast.people["moderator"].groups.all())
    client.get(LIST)
    with django_assert_max_num_queries(20):
        page = client.get(LIST).content.decode()

    assert "Instytucja 11" in page
    assert "moderator" in page
    assert "Invite a person" in page


def test_the_screen_of_a_person_costs_the_same_however_many_institutions_they_answer_for(
    client: Client, administrator: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    person = UserFactory.create()
    for place in range(9):
        MandateFactory.create(user=person, organisation__label_pl=f"Instytucja {place}")
    client.get(screen_of(person))
    with django_assert_max_num_queries(20):
        page = client.get(screen_of(person)).content.decode()

    assert page.count("Instytucja 8") == 1


def test_a_sheet_of_contacts_is_looked_at_and_confirmed(cast: Cast, client: Client, administrator: User) -> None:
    OrganisationFactory.create(code="um-lodz", label_pl="Miasto Łódź")
    sheet = [["institution", "email"], ["um-lodz", "a@example.org"], ["nieznana", "b@example.org"]]
    page = client.post(CONTACTS, {"sheet": sheet_file(sheet, "xlsx")}).content.decode()
    assert "a@example.org" in page
    assert "No institution has the code" in page
    assert not User.objects.filter(email="a@example.org").exists()
    sealed = re.search(r'name="rows" value="([^"]+)"', page)
    assert sealed

    for forged in (sealed[1][:-3], "zle"):
        assert client.post(CONTACTS, {"rows": forged}).status_code == 422
    client.force_login(cast.people["superuser"])
    assert client.post(CONTACTS, {"rows": sealed[1]}).status_code == 422, "signed for somebody else"
    client.force_login(administrator)

    assert client.post(CONTACTS, {"rows": sealed[1]}).headers["Location"] == LIST
    assert Mandate.objects.filter(user__email="a@example.org").count() == 1
    assert not Invitation.objects.exists(), "without the tick nobody is invited"
    # Pressed twice: nothing is opened twice.
    client.post(CONTACTS, {"rows": sealed[1], "is_inviting": "on"})
    assert (Mandate.objects.filter(user__email="a@example.org").count(), Invitation.objects.count()) == (1, 1)


def test_a_confirmation_that_came_too_late_says_what_changed(client: Client, administrator: User) -> None:
    office = OrganisationFactory.create(code="um-lodz")
    sheet = [["institution", "email"], ["um-lodz", "a@example.org"]]
    page = client.post(CONTACTS, {"sheet": sheet_file(sheet)}).content.decode()
    sealed = re.search(r'name="rows" value="([^"]+)"', page)
    assert sealed
    UserFactory.create(email="a@example.org", is_active=False)

    answer = client.post(CONTACTS, {"rows": sealed[1]})

    assert answer.status_code == 409
    assert "was ended" in warnings(answer.content.decode())
    assert not office.mandates.exists()


def test_a_file_that_is_no_sheet_is_refused_in_words(client: Client, administrator: User) -> None:
    assert client.post(CONTACTS, {}).status_code == 422
    wrong = sheet_file([["kolumna"], ["x"]])
    assert "is missing" in client.post(CONTACTS, {"sheet": wrong}).content.decode()
