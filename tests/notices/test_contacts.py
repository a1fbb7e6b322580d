"""Contacts of institutions come from a spreadsheet: every row is told before, done once, and refused by name."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook, load_workbook

from accounts.models import User
from notices.models import Invitation, Message
from notices.services.access import end_access
from notices.transfer.contacts import (
    HEADINGS,
    MOST_CONTACTS,
    ContactPlan,
    Deed,
    carry_out,
    plan_contacts,
    read_contacts,
    template_csv,
    template_xlsx,
)
from pagekit.acts import Refused
from recommendations.transfer.sheets import Row
from taxonomy.models import Mandate, Organisation, OrganisationName
from tests.factories.accounts import UserFactory
from tests.factories.files import sheet_file
from tests.factories.taxonomy import MandateFactory, OrganisationFactory
from tests.notices.conftest import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "office")]

COLUMNS = ["institution", "email", "name", "role", "starts_on", "ends_on", "language"]


@pytest.fixture
def office() -> Organisation:
    found: Organisation = OrganisationFactory.create(code="um-lodz", label_pl="Miasto Łódź")
    OrganisationName.objects.create(organisation=found, name="Urząd Miasta Łodzi")
    return found


@pytest.fixture
def administrator() -> User:
    return UserFactory.create(username="administratorka", administrator=True)


def sheet(*rows: tuple[str, ...], headings: list[str] | None = None, form: str = "csv") -> list[Row]:
    """The rows as they are read from a file with these cells."""
    cells = [headings or COLUMNS, *([*row, *[""] * (len(COLUMNS) - len(row))] for row in rows)]
    file = sheet_file(cells, form)
    return read_contacts(file, str(file.name))


def told(plan: ContactPlan) -> list[tuple[int, str, str]]:
    return [(error.number, error.column, str(error.sentence)) for error in plan.errors]


def planned(by: User, *rows: tuple[str, ...]) -> ContactPlan:
    return plan_contacts(sheet(*rows), by=by, is_inviting=True)


def done(by: User | None, *rows: tuple[str, ...], is_inviting: bool = True) -> ContactPlan:
    return carry_out(sheet(*rows), by=by, is_inviting=is_inviting)


@pytest.mark.parametrize(
    ("name", "form"),
    [("um-lodz", "csv"), ("Miasto Łódź", "xlsx"), ("MIASTO  łódź", "csv"), ("Urząd Miasta Łodzi", "xlsx")],
)
def test_a_contact_is_opened_invited_and_given_a_mandate_once(
    administrator: User, office: Organisation, name: str, form: str
) -> None:
    row = (name, "Anna.Nowak@um.example.pl", "Anna Maria Nowak", "Deputy", "01.12.2026", "2027-11-30", "uk")
    rows = sheet(row, form=form)

    plan = plan_contacts(rows, by=administrator, is_inviting=True)
    assert (plan.counts["create"], plan.counts["accounts"], plan.counts["invited"]) == (1, 1, 1)
    assert not Mandate.objects.exists(), "a plan changes nothing"
    assert not Message.objects.exists()
    carry_out(rows, by=administrator, is_inviting=True)

    mandate = Mandate.objects.get()
    person = mandate.user
    assert (mandate.organisation, mandate.role) == (office, "deputy")
    assert (mandate.starts_on, mandate.ends_on) == (dt.date(2026, 12, 1), dt.date(2027, 11, 30))
    assert (person.first_name, person.last_name, person.mail_preference.language) == ("Anna Maria", "Nowak", "uk")
    assert Invitation.objects.get().invited_by == administrator

    assert plan_contacts(rows, by=administrator, is_inviting=True).doing == []
    carry_out(rows, by=administrator, is_inviting=True)
    assert (Mandate.objects.count(), Invitation.objects.count(), Message.objects.count()) == (1, 1, 1)


def test_without_the_tick_nobody_is_invited_and_a_later_sheet_may_do_it(administrator: User) -> None:
    row = ("um-lodz", "anna@um.example.pl")
    assert done(administrator, row, is_inviting=False).counts["invited"] == 0
    assert not Message.objects.exists()

    again = done(administrator, row)
    assert (again.counts["same"], again.counts["accounts"], again.counts["invited"]) == (1, 0, 1)


def test_what_a_cell_leaves_empty_stays_and_what_it_says_is_changed(administrator: User, office: Organisation) -> None:
    held = MandateFactory.create(
        organisation=office, role="deputy", starts_on=dt.date(2024, 1, 1), ends_on=dt.date(2027, 1, 1)
    )
    person = held.user
    assert planned(administrator, ("um-lodz", person.email)).doing == []

    change = done(administrator, ("um-lodz", person.email.upper(), "Inne Nazwisko", "contact", "", "31.12.2028"))

    held.refresh_from_db()
    person.refresh_from_db()
    assert [contact.deed for contact in change.contacts] == [Deed.CHANGE]
    assert (held.role, held.starts_on, held.ends_on) == ("contact", dt.date(2024, 1, 1), dt.date(2028, 12, 31))
    assert person.last_name == "", "a name is the person's own"
    assert not Invitation.objects.exists(), "who has a password is not invited"


def test_a_past_mandate_is_history_and_a_new_one_begins(administrator: User, office: Organisation) -> None:
    past = MandateFactory.create(organisation=office, ends_on=dt.date(2022, 1, 1))
    done(administrator, ("um-lodz", past.user.email))

    assert list(past.user.mandates.order_by("starts_on").values_list("starts_on", "ends_on")) == [
        (past.starts_on, past.ends_on),
        (MONDAY, None),
    ]


def test_one_person_may_answer_for_several_institutions_of_a_sheet(administrator: User) -> None:
    OrganisationFactory.create(code="mops")
    plan = done(administrator, ("um-lodz", "anna@um.example.pl"), ("mops", "Anna@um.example.pl"))

    assert (plan.counts["accounts"], plan.counts["create"], plan.counts["invited"]) == (1, 2, 1)


def test_each_wrong_row_is_named_with_its_column_and_what_to_do(administrator: User) -> None:
    OrganisationFactory.create(code="gminy", label_pl="Gminy", collective=True)
    for code in ("zus-1", "zus-2"):
        OrganisationFactory.create(code=code, label_pl="ZUS")
    UserFactory.create(username="a", email="wspolny@example.org")
    UserFactory.create(username="b", email="Wspolny@example.org")
    closed = UserFactory.create(email="byla@example.org")
    end_access(closed, by=administrator)
    rows = [
        ("nieznana", "a@example.org"),
        ("", "a@example.org"),
        ("zus", "a@example.org"),
        ("gminy", "a@example.org"),
        ("um-lodz", ""),
        ("um-lodz", "nie-adres"),
        ("um-lodz", "=HYPERLINK(1)"),
        ("um-lodz", "b@example.org", "=1+1"),
        ("um-lodz", "c@example.org", "", "szefowa"),
        ("um-lodz", "d@example.org", "", "", "31.02.2026"),
        ("um-lodz", "e@example.org", "", "", "01.12.2026", "01.11.2026"),
        ("um-lodz", "f@example.org", "", "", "", "", "klingon"),
        ("um-lodz", "wspolny@example.org"),
        ("um-lodz", "byla@example.org"),
        ("um-lodz", administrator.email),
        ("um-lodz", "dobra@example.org"),
        ("Miasto Łódź", "Dobra@example.org"),
    ]

    plan = planned(administrator, *rows)

    assert [(number, column) for number, column, _sentence in told(plan)] == [
        (2, "institution"), (3, "institution"), (4, "institution"), (5, "institution"), (6, "email"), (7, "email"),
        (8, "email"), (9, "name"), (10, "role"), (11, "starts_on"), (12, "ends_on"), (13, "language"), (14, "email"),
        (15, "email"), (16, "institution"), (18, "email"),
    ]  # fmt: skip
    sentences = dict(enumerate(sentence for _number, _column, sentence in told(plan)))
    assert "zus-1, zus-2" in sentences[2]
    assert "contact, deputy" in sentences[8]
    assert "row 17" in sentences[15]
    assert [contact.email for contact in plan.contacts] == ["dobra@example.org"]


def test_a_wrong_row_lets_nothing_through_when_it_is_carried_out(administrator: User) -> None:
    with pytest.raises(Refused, match="Row 3, Institution"):
        done(administrator, ("um-lodz", "dobra@example.org"), ("nieznana", "a@example.org"))
    assert not Mandate.objects.exists()
    assert not User.objects.filter(email="dobra@example.org").exists()


def test_nobody_but_an_administrator_loads_contacts() -> None:
    moderator = UserFactory.create(groups=["Moderatorzy"])
    assert [column for _row, column, _text in told(planned(moderator, ("um-lodz", "a@example.org")))] == ["email"]
    assert [column for _row, column, _text in told(planned(moderator, ("um-lodz", moderator.email)))] == ["institution"]


def test_a_formula_is_not_computed(administrator: User) -> None:
    book = Workbook()
    book.active.append(COLUMNS)
    book.active.append(["um-lodz", '="a@"&"example.org"', "", "", "", "", ""])
    out = io.BytesIO()
    book.save(out)
    file: Any = io.BytesIO(out.getvalue())
    file.size = len(out.getvalue())
    plan = plan_contacts(read_contacts(file, "kontakty.xlsx"), by=administrator, is_inviting=True)

    assert [(number, column) for number, column, _sentence in told(plan)] == [(2, "email")]


@pytest.mark.parametrize(
    ("headings", "rows", "message"),
    [
        (["institution"], 1, "“E-mail” is missing"),
        (["institution", "email", "E-mail"], 1, "stands twice"),
        (["institution", "email"], 0, "no contact"),
        (["institution", "email"], MOST_CONTACTS + 1, "more than 200"),
    ],
)
def test_a_sheet_that_cannot_be_understood_says_what_to_do(headings: list[str], rows: int, message: str) -> None:
    file = sheet_file([headings, *[["um-lodz", "a@example.org", ""][: len(headings)]] * rows])
    with pytest.raises(Refused, match=message):
        read_contacts(file, str(file.name))


def test_the_template_has_the_headings_and_its_example_is_not_read(administrator: User) -> None:
    headings = [str(heading) for heading in HEADINGS.values()]
    book = load_workbook(io.BytesIO(template_xlsx()))
    assert [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()] == [headings]
    assert template_csv().decode("utf-8-sig").strip().split(";") == headings

    rows = sheet(("um-lodz", "a@example.org"), headings=headings)
    assert len(plan_contacts(rows, by=administrator, is_inviting=True).doing) == 1


def test_the_command_does_what_the_screen_does_and_names_wrong_rows(tmp_path: Path) -> None:
    path = tmp_path / "kontakty.csv"
    path.write_text("institution;email\num-lodz;a@example.org\nnieznana;b@example.org\n")
    out = io.StringIO()

    with pytest.raises(CommandError, match="1 rows are wrong"):
        call_command("import_contacts", path, "--dry-run", stdout=out)
    assert "row 2: create a@example.org" in out.getvalue()
    assert "row 3, Institution: No institution" in out.getvalue()
    assert not Mandate.objects.exists()

    with pytest.raises(CommandError, match="1 rows are wrong"):
        call_command("import_contacts", path, "--no-invitations", stdout=out)
    assert Mandate.objects.get().user.email == "a@example.org"
    assert not Invitation.objects.exists()
    for wrong in (tmp_path / "brak.csv", tmp_path):
        with pytest.raises(CommandError, match="Give the path"):
            call_command("import_contacts", wrong)
