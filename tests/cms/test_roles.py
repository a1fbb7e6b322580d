"""The one role matrix (roles.tsv): who may open and send what, from the public pages to the admin, and what it changes.

A row is an address and what is sent there; a cell is one role at it. Who is let in changes rows of the table that is
named, or just reads; who is sent away changes nothing at all.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from bs4 import BeautifulSoup, Tag
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from search.engines import get_engine
from search.sync.rebuild import rebuild
from tests.cms.places import FILES, ROLES, Places, furnished
from tests.factories.roles import kept_cast

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# What any request may leave behind, whoever sends it.
INCIDENTAL = {"django_session", "wagtailcore_editingsession", "wagtailusers_userprofile"}
WRITTEN = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "(\w+)"')
# 422: the service behind the form refuses this person.
# 410: what looks like a key and opens nothing.
SENT_AWAY = {401, 403, 404, 405, 410, 422}
FEWEST_CELLS, FEWEST_CHANGES = 300, 60


@dataclass(frozen=True)
class Row:
    """One line of roles.tsv.

    ``sends``: nothing for GET, ``form`` with changes for what the page's own form would send, ``post`` with fields.
    """

    address: str
    sends: str
    let_in: frozenset[str]
    changes: str

    def __str__(self) -> str:
        return f"{self.sends.partition(' ')[0] or 'get'} {self.address}"


def read_rows() -> list[Row]:
    with (Path(__file__).parent / "roles.tsv").open(encoding="utf-8", newline="") as file:
        return [
            Row(line["address"], line["sends"], frozenset(named(line["let in"])), line["changes"])
            for line in csv.DictReader(file, delimiter="\t")
        ]


def named(words: str) -> Iterator[str]:
    """The roles of a cell; ``keepers`` and the like stand for several."""
    several = {
        "all": ROLES,
        "staff": ("editor", "translator", "moderator", "administrator", "superuser"),
        "keepers": ("moderator", "administrator", "superuser"),
        "signed-in": ROLES[1:],
    }
    for word in words.split():
        yield from several.get(word, (word,))


ROWS = read_rows()


@pytest.fixture(scope="module")
def places(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Places]:
    with (
        django_db_blocker.unblock(),
        override_settings(SEARCH_DIR=tmp_path_factory.mktemp("roles") / "search"),
        kept_cast() as cast,
    ):
        places = furnished(cast)
        rebuild(get_engine())
        yield places


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_role_enters_only_its_own_rooms_and_changes_nothing_elsewhere(places: Places, row: Row) -> None:
    address = row.address.format(**places.numbers)
    sent = what_is_sent(places, row, address)
    for role in ROLES:
        with undone(), written() as tables:
            before = contents(row.changes)
            response = asked(places.clients[role], address, sent)
            is_let_in, changed = not is_sent_away(response), contents(row.changes) != before

        assert response.status_code < 500, role
        assert is_let_in == (role in row.let_in), told(role, response)
        assert changed == (is_let_in and bool(row.changes)), told(role, response)
        assert is_let_in or not tables - INCIDENTAL, f"{role} was sent away and wrote all the same"


# Where Wagtail's advisories of the last years found that nobody asked for a right, and the rows that ask.
DOORS = {
    "preview": (
        "/admin/pages/{foreign}/edit/preview/",
        "/admin/pages/{foreign}/view_draft/",
        "/admin/pages/{foreign}/revisions/{foreign_revision}/view/",
        "/admin/localize/translate/{ukrainian_work}/preview/",
    ),
    "compare": ("/admin/pages/{foreign}/revisions/compare/earliest...latest/",),
    "history": (
        "/admin/pages/{foreign}/history/",
        "/admin/pages/{foreign}/revisions/{foreign_revision}/revert/",
        "/admin/theme/history/{theme}/",
    ),
    "copy": ("/admin/pages/{foreign}/copy/",),
    "usage": (
        "/admin/pages/{foreign}/usage/",
        "/admin/organisation/usage/{organisation}/",
        "/admin/documents/usage/{closed_document}/",
        "/admin/images/usage/{closed_image}/",
    ),
    "bulk": (
        "/admin/bulk/wagtailcore/page/publish/?id={foreign}",
        "/admin/bulk/wagtailcore/page/delete/?id=all&q=Kanarek",
        "/admin/bulk/accounts/user/assign_role/?id={superuser}",
    ),
    "choosers": (
        "/admin/choose-page/{foreign_group}/",
        "/admin/choose-page/chosen-multiple/?id={foreign}",
        "/admin/documents/chooser/chosen/{closed_document}/",
        "/admin/images/chooser/chosen/{closed_image}/",
    ),
    "documents and images of private collections": (
        "{closed_file}",
        "/admin/documents/edit/{closed_document}/",
        "/admin/images/{closed_image}/",
        "/admin/images/{closed_image}/preview/original/",
    ),
    "API": ("/api/v3-preview/pages/", "/api/v2/pages/", "/admin/api/main/pages/{foreign}/"),
}


@pytest.mark.parametrize("door", DOORS)
def test_each_door_of_wagtails_advisories_is_tried_by_every_role(door: str) -> None:
    assert set(DOORS[door]) <= {row.address for row in ROWS}


def test_the_matrix_has_cells_enough_and_many_of_them_change_something() -> None:
    assert len(ROWS) * len(ROLES) >= FEWEST_CELLS
    assert sum(len(row.let_in) for row in ROWS if row.changes) >= FEWEST_CHANGES
    assert {word for row in ROWS for word in row.let_in} == set(ROLES)
    assert len({str(row) + row.sends for row in ROWS}) == len(ROWS), "a row stands twice"


@contextmanager
def undone() -> Iterator[None]:
    """A savepoint that is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def written() -> Iterator[set[str]]:
    """The tables that are written meanwhile."""
    tables: set[str] = set()

    def note(execute: Any, sql: str, *args: Any) -> Any:
        if found := WRITTEN.match(sql):
            tables.add(found[1])
        return execute(sql, *args)

    with connection.execute_wrapper(note):
        yield tables


def contents(model: str) -> list[tuple[Any, ...]]:
    return list(apps.get_model(model).objects.order_by("pk").values_list()) if model else []


def what_is_sent(places: Places, row: Row, address: str) -> dict[str, Any] | None:
    """The fields of the request; None for GET. The form is read as somebody sees it who is let in."""
    kind, _space, fields = row.sends.partition(" ")
    if not kind:
        return None
    changes: dict[str, Any] = {}
    for name, value in parse_qsl(fields.format(**places.numbers), keep_blank_values=True):
        changes.setdefault(name, []).append(value)
    if kind == "post":
        return changes
    seer = next(role for role in reversed(ROLES) if role in row.let_in)
    return fields_of(asked(places.clients[seer], address, None), changes) | changes


def fields_of(response: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """What a browser would send of the form in a page that has the fields to change, and most of all."""
    assert response.status_code == 200, response.headers
    forms = BeautifulSoup(response.content, "html.parser").find_all("form")
    of_work = [form for form in forms if str(form.get("method")).lower() == "post"]
    form = max(of_work, key=lambda one: (len(changes.keys() & names(one)), len(names(one))))
    fields: dict[str, Any] = {}
    for control in form.find_all(["input", "textarea", "select"]):
        for value in values_of(control):
            fields.setdefault(str(control["name"]), []).append(value)
    return fields


def names(form: Tag) -> set[str]:
    return {
        str(control["name"])
        for control in form.find_all(["input", "textarea", "select", "button"], attrs={"name": True})
    }


def values_of(control: Tag) -> Iterator[str]:
    kind = str(control.get("type", "text")).lower()
    if (
        not control.get("name")
        or control.has_attr("disabled")
        or kind in {"submit", "button", "file", "image", "reset"}
    ):
        return
    if control.name == "select":
        options = control.find_all("option")
        chosen = [option for option in options if option.has_attr("selected")]
        for option in chosen or ([] if control.has_attr("multiple") else options[:1]):
            yield str(option.get("value", option.text))
    elif control.name == "textarea":
        yield control.text.removeprefix("\n")
    elif kind not in {"checkbox", "radio"} or control.has_attr("checked"):
        yield str(control.get("value", "on" if kind == "checkbox" else ""))


def asked(browser: Client, address: str, sent: dict[str, Any] | None) -> Any:
    # A copy: who changes the own account is given a new session, which is taken back with all the rest.
    client = Client()
    client.cookies = deepcopy(browser.cookies)
    if sent is None:
        return client.get(address)
    files = {name: SimpleUploadedFile(*FILES[value[0]]) for name, value in sent.items() if value[0] in FILES}
    return client.post(address, sent | files)


def told(role: str, response: Any) -> str:
    """What came back: the status, where it leads and what the page says against a form."""
    page = BeautifulSoup(b"" if response.streaming else response.content, "html.parser")
    complaints = [one.get_text(" ", strip=True) for one in page.select(".error-message, .errorlist, [role=alert]")]
    return f"{role}: {response.status_code} {response.headers.get('Location', '')} {complaints}"


def is_sent_away(response: Any) -> bool:
    """Wagtail sends away by 302 to its start or to the sign-in, the site to its sign-in, and both by 403 or 404."""
    target = response.headers.get("Location", "") if response.status_code == 302 else ""
    doors = (reverse("wagtailadmin_home"), reverse("wagtailadmin_login"))
    return response.status_code in SENT_AWAY or target.split("?")[0] in doors or target.startswith(reverse("sign_in"))
