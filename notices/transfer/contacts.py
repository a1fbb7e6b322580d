"""The contacts of institutions from a sheet: its rows against the database, a plan to look at, then one act.

The plan is the act itself, taken back: so it knows every rule and repeats none. A row is known by the institution and
the e-mail address. An empty cell says nothing: a new contact begins today and has no last day, one that is there stays
as it is. Name and language are the person's own, so only a new account takes them from a sheet.
"""

import csv
import datetime as dt
import enum
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from notices.services.access import set_mandate
from notices.services.invitations import invite, open_account
from pagekit.acts import Refused
from recommendations.rules.proposals import folded
from recommendations.transfer.formats import FORMULA, MARK
from recommendations.transfer.sheets import LARGEST_FILE, Row, known_words, lines_of, named_rows
from taxonomy.choices import MandateRole
from taxonomy.models import Mandate, Organisation, OrganisationName
from taxonomy.services.mandates import in_words

# Each row is carried out twice, once to look at it, while other writers wait.
MOST_CONTACTS = 200
LONGEST_NAME = 150
HEADINGS: dict[str, Promise] = {
    "institution": _("Institution"),
    "email": _("E-mail"),
    "name": _("First and last name"),
    "role": _("Role"),
    "starts_on": _("First day"),
    "ends_on": _("Last day"),
    "language": _("Language"),
}
NEEDED = ("institution", "email")
DAYS = ("%d.%m.%Y", "%Y-%m-%d")


class Wrong(Exception):  # noqa: N818 - it is what a row says, no error of the program
    """A cell that cannot be carried out: its column, and what to do."""

    def __init__(self, column: str, sentence: Any) -> None:
        super().__init__(column)
        self.column, self.sentence = column, sentence


class Deed(enum.Enum):
    """What a row does to the mandate that it names."""

    CREATE = "create"
    CHANGE = "change"
    SAME = "same"


@dataclass(frozen=True)
class Contact:
    """What one row does: the mandate before and after it, whether the account is new, whether a mail invites."""

    row: Row
    deed: Deed
    email: str
    after: str
    before: str = ""
    is_new_account: bool = False
    is_invited: bool = False

    @property
    def does_nothing(self) -> bool:
        return self.deed == Deed.SAME and not self.is_invited


@dataclass(frozen=True)
class ContactError:
    """What is wrong with a row: where, and what to do."""

    number: int
    column: str
    sentence: Any

    @property
    def heading(self) -> Promise:
        return HEADINGS[self.column]


@dataclass(frozen=True)
class ContactPlan:
    contacts: list[Contact] = field(default_factory=list)
    errors: list[ContactError] = field(default_factory=list)

    @property
    def doing(self) -> list[Contact]:
        return [contact for contact in self.contacts if not contact.does_nothing]

    def count(self, deed: Deed) -> int:
        return sum(contact.deed == deed for contact in self.contacts)

    @property
    def counts(self) -> dict[str, int]:
        """How many mandates are new, changed and the same, accounts new, and invitations."""
        return {
            **{deed.value: self.count(deed) for deed in Deed},
            "accounts": sum(contact.is_new_account for contact in self.contacts),
            "invited": sum(contact.is_invited for contact in self.contacts),
        }


def read_contacts(file: Any, name: str) -> list[Row]:
    """The rows of an XLSX or CSV file in which something stands; Refused, saying what to do, where it is unreadable.

    At most ``MOST_CONTACTS`` rows. The file is read once and not kept.
    """
    if file.size > LARGEST_FILE:
        raise Refused(_("The file is larger than 2 MB. Send it in parts."))
    missing = _("Row 1: the column “%(column)s” is missing. Take the headings from the template.")
    found = named_rows(lines_of(file, name), HEADINGS, needed=NEEDED, missing=missing)
    rows = list(islice(found, MOST_CONTACTS + 1))
    if len(rows) > MOST_CONTACTS:
        raise Refused(_("The sheet names more than 200 contacts. Send it in parts."))
    if not rows:
        raise Refused(_("The sheet names no contact. Write one in each row below the headings."))
    return rows


@transaction.atomic
def plan_contacts(rows: Iterable[Row], *, by: Any, is_inviting: bool) -> ContactPlan:
    """What the rows would do when ``by`` carries them out; nothing is changed."""
    plan = _Run(rows, by=by, is_inviting=is_inviting).plan
    transaction.set_rollback(True)
    return plan


@transaction.atomic
def carry_out(rows: Iterable[Row], *, by: Any, is_inviting: bool) -> ContactPlan:
    """Do what the rows say, all in one act, twice changes nothing; answer what was done.

    Refused, and nothing is done, where one row is wrong: the plan that is then made anew names it.
    """
    plan = _Run(rows, by=by, is_inviting=is_inviting).plan
    if plan.errors:
        error = plan.errors[0]
        raise Refused(
            _("Row %(row)s, %(column)s: %(sentence)s")
            % {"row": error.number, "column": error.heading, "sentence": error.sentence}
        )
    return plan


class _Run:
    """One walk over the rows; what they name is read beforehand, in a number of queries that no length changes."""

    def __init__(self, rows: Iterable[Row], *, by: Any, is_inviting: bool) -> None:
        self.by, self.is_inviting = by, is_inviting
        self.plan = ContactPlan()
        self.today = timezone.localdate()
        self.roles = {one.value: one.label for one in MandateRole}
        self.languages = dict(settings.LANGUAGES)
        self.bodies = _bodies()
        wanted = list(rows)
        self.accounts = _accounts({row.values["email"].lower() for row in wanted})
        self.seen: dict[tuple[int, str], int] = {}
        self.invited: set[int] = set()
        for row in wanted:
            try:
                with transaction.atomic():
                    contact, person = self.act(row)
            except Wrong as wrong:
                self.plan.errors.append(ContactError(row.number, wrong.column, wrong.sentence))
            else:
                self.plan.contacts.append(contact)
                self.accounts[contact.email.lower()] = [person]
                if contact.is_invited:
                    self.invited.add(person.pk)

    def act(self, row: Row) -> tuple[Contact, Any]:
        values = row.values
        body, email = self.body(values["institution"]), values["email"]
        if not email:
            raise Wrong("email", _("Missing. Write the address of the contact."))
        key = (body.pk, email.lower())
        if key in self.seen:
            raise Wrong(
                "email",
                _("This contact of the institution stands in row %(row)s already. Delete one of the two.")
                % {"row": self.seen[key]},
            )
        self.seen[key] = row.number
        role = _word(values, "role", self.roles)
        starts_on, ends_on = _day(values, "starts_on"), _day(values, "ends_on")
        person, is_new_account = self.person(values)
        before = self.mandate_of(person, body, starts_on)
        says: dict[str, Any] = {
            "role": role or (before.role if before else MandateRole.CONTACT),
            "starts_on": starts_on or (before.starts_on if before else self.today),
            "ends_on": ends_on or (before.ends_on if before else None),
        }
        said = in_words(before) if before else ""
        was_invited = person.pk in self.invited or len(person.invitations.all()) > 0
        is_invited = self.is_inviting and not person.has_usable_password() and not was_invited
        try:
            if before is None:
                deed, after = Deed.CREATE, set_mandate(person, body, by=self.by, **says)
            elif any(getattr(before, name) != value for name, value in says.items()):
                deed, after = Deed.CHANGE, set_mandate(person, body, by=self.by, mandate=before, **says)
            else:
                deed, after = Deed.SAME, before
            if is_invited:
                invite(person, by=self.by)
        except Refused as refused:
            raise Wrong("ends_on" if ends_on else "institution", refused.sentence) from refused
        return Contact(row, deed, person.email, in_words(after), said, is_new_account, is_invited), person

    def body(self, text: str) -> Organisation:
        if not text:
            raise Wrong("institution", _("Missing. Write the code or the name of the institution."))
        found = self.bodies.get(folded(text), [])
        if not found:
            raise Wrong(
                "institution",
                _("No institution has the code or name “%(text)s”. Take it from the list of institutions.")
                % {"text": text},
            )
        if len(found) > 1:
            raise Wrong(
                "institution",
                _("Several institutions are called so: %(codes)s. Write the code.")
                % {"codes": ", ".join(sorted(body.code for body in found))},
            )
        return found[0]

    def person(self, values: dict[str, str]) -> tuple[Any, bool]:
        """The account of the address, and whether it was opened for this row."""
        email, name = values["email"], " ".join(values["name"].split())
        language = _word(values, "language", self.languages)
        if name.startswith(FORMULA) or len(name) > LONGEST_NAME:
            raise Wrong("name", _("This is no name: it begins like a formula or is too long. Write the name as text."))
        found = self.accounts.get(email.lower(), [])
        if len(found) > 1:
            raise Wrong("email", _("Several accounts have this address. Give each its own first, in the account data."))
        if not found:
            first_name, _blank, last_name = name.rpartition(" ")
            try:
                return (
                    open_account(
                        email,
                        by=self.by,
                        language=language or settings.LANGUAGE_CODE,
                        first_name=first_name,
                        last_name=last_name,
                    ),
                    True,
                )
            except Refused as refused:
                raise Wrong("email", refused.sentence) from refused
        if not found[0].is_active:
            raise Wrong("email", _("The access of this person was ended. Restore it first, in the list of people."))
        return found[0], False

    def mandate_of(self, person: Any, body: Organisation, starts_on: dt.date | None) -> Mandate | None:
        """The mandate that the row means: the one that began on its day, else the one that is not over."""
        held = [mandate for mandate in person.mandates.all() if mandate.organisation_id == body.pk]
        for mandate in held:
            if mandate.starts_on == starts_on:
                return mandate
        standing = [mandate for mandate in held if mandate.ends_on is None or mandate.ends_on >= self.today]
        return standing[0] if standing else None


def _word(values: dict[str, str], column: str, labels: Mapping[str, Any]) -> str:
    """The code of what is written, itself or its label in any of our languages; empty where nothing is."""
    text, words = values[column], known_words(dict(labels))
    if text and folded(text) not in words:
        raise Wrong(
            column,
            _("“%(text)s” is not known. Write one of: %(words)s.")
            % {"text": text, "words": ", ".join(str(label) for label in labels.values())},
        )
    return str(words[folded(text)]) if text else ""


def _day(values: dict[str, str], column: str) -> dt.date | None:
    text = values[column]
    if not text:
        return None
    for form in DAYS:
        try:
            return dt.datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise Wrong(column, _("This is no day. Write it as 21.11.2026."))


def _bodies() -> dict[str, list[Organisation]]:
    """Single bodies by everything a sheet may call them: code, labels, other and former names."""
    current = {body.pk: body for body in Organisation.objects.current()}
    named = [(word, body) for body in current.values() for word in (body.code, *body.labels)]
    aliases = OrganisationName.objects.filter(organisation__in=current).values_list("name", "organisation_id")
    named += [(name, current[pk]) for name, pk in aliases]
    found: dict[str, dict[int, Organisation]] = {}
    for word, body in named:
        found.setdefault(folded(word), {})[body.pk] = body
    # A code is one body's own, whatever others are called.
    codes = {folded(body.code): [body] for body in current.values()}
    return {word: list(bodies.values()) for word, bodies in found.items()} | codes


def _accounts(emails: set[str]) -> dict[str, list[Any]]:
    users = get_user_model().objects.annotate(address=Lower("email")).filter(address__in=emails)
    found: dict[str, list[Any]] = {}
    for user in users.prefetch_related("mandates__organisation", "invitations").order_by("pk"):
        found.setdefault(user.email.lower(), []).append(user)
    return found


def template_csv() -> bytes:
    """The headings, to be filled in below: UTF-8 with its mark and semicolons, as Polish Excel opens it."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerow([str(heading) for heading in HEADINGS.values()])
    return MARK + text.getvalue().encode()


def template_xlsx() -> bytes:
    """A workbook with the headings, and a second sheet, which nobody reads back, with a row filled in as an example."""
    book = Workbook(write_only=True)
    headings = [str(heading) for heading in HEADINGS.values()]
    sheet, example = book.create_sheet(str(_("Contacts"))), book.create_sheet(str(_("Example")))
    sheet.append(headings)
    example.append(headings)
    example.append(
        ["um-wroclaw", "anna.nowak@um.example.pl", "Anna Nowak", str(MandateRole.CONTACT.label), "01.12.2026", "", "pl"]
    )
    for place in range(1, len(headings) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 28
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
