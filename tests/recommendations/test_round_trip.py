"""What goes out comes in again: the file of all recommendations, taken in, says of every row that nothing changes."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from forums.models import ForumPage
from recommendations.choices import Closure, LinkKind, PlanKind
from recommendations.models import (
    Assignment,
    Intake,
    PageIdentifier,
    PageLink,
    Recommendation,
    RecommendationAlias,
    RecommendationLink,
    RecommendationPage,
)
from recommendations.rules.columns import COMPUTED, OURS
from recommendations.transfer.batches import batches
from recommendations.transfer.export import COLUMNS, Stamp
from recommendations.transfer.formats import write
from tests.factories.accounts import UserFactory
from tests.factories.sheets import make_sheet

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("content")]


@pytest.fixture
def admin(content_db: None, db: None) -> User:
    return UserFactory.create(is_superuser=True)


@pytest.fixture
def filled(admin: User) -> None:
    """What no record of the content has: a page in the source, a rationale, every kind of link, a closure ..."""
    fact, *others = Recommendation.objects.visible_to().order_by("reference")[: 1 + len(LinkKind)]
    page = fact.source_page
    for row in (fact, page):
        type(row).objects.filter(pk=row.pk).update(source_locator="s. 7")
    RecommendationPage.objects.filter(pk=page.pk).update(rationale="<p>Brak.</p><ul><li>a &amp; b</li><li>c</li></ul>")
    for kind, other in zip(LinkKind, others, strict=True):
        PageLink.objects.create(page=page, kind=kind, target=other)
        RecommendationLink.objects.create(source=fact, kind=kind, target=other)
    PageIdentifier.objects.create(page=page, identifier="STARE-1")
    RecommendationAlias.objects.create(recommendation=fact, alias="STARE-1")
    Assignment.objects.filter(pk=fact.assignments.all()[0].pk).update(closure=Closure.IMPLEMENTED, is_confirmed=True)


def exported(form: str = "csv", language: str = "pl") -> bytes:
    pks = Recommendation.objects.visible_to().order_by("reference").values_list("pk", flat=True)
    rows = batches(list(pks), language, lambda path: f"https://example.org{path}")
    return b"".join(write(form, rows, Stamp(timezone.now(), "https://example.org/search/"), language))


def taken(content: bytes, admin: User, form: str = "csv") -> Intake:
    page: Any = ForumPage.objects.sources().order_by("pk").first()
    return make_sheet(page, by=admin, rows=[], file=SimpleUploadedFile(f"lista.{form}", content))


def plan(intake: Intake) -> list[tuple[str, str, Any]]:
    return [(row.plan_kind, row.cells["reference"], row.plan) for row in intake.rows.all()]


def test_every_column_that_goes_out_is_read_or_worked_out_by_the_site() -> None:
    assert {column.name for column in COLUMNS} == {*OURS} | COMPUTED


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(("form", "language"), [("csv", "pl"), ("xlsx", "en")])
def test_the_list_of_everything_taken_in_again_changes_nothing(admin: User, form: str, language: str) -> None:
    content = exported(form, language)
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        assert [name for name in rows[0] if not any(row[name].strip("; ") for row in rows)] == []

    intake = taken(content, admin, form)
    assert [line for line in plan(intake) if line[0] != PlanKind.SAME] == []
    assert intake.rows.count() == Recommendation.objects.visible_to().count() > 100


# What a person might write into one cell, by column.
OTHERWISE = {
    "reference": "FLPM-1900-R01", "language": "uk", "title": "Inny tytuł", "wording": "Inne brzmienie.",
    "wording_kind": "verbatim", "issuer": "Nikt", "issued_earliest": "1.02.1999", "issued_latest": "31.12.2031",
    "issued_words": "inaczej", "source_kind": "audit_finding", "source_title": "Inne źródło",
    "source_address": "https://example.org/inne", "source_locator": "s. 99", "levels": "local; regional; national; eu",
    "theme_codes": "zdrowie", "affected_groups": "studenci", "tags": "nowy", "addressee_codes": "sejm",
    "addressee_roles": "supporting", "implementations": "w proszku", "places": "xyz",
    "rationale": "Inne uzasadnienie.", "identifiers": "INNE-1",
    **dict.fromkeys(LinkKind.values, "FLPM-1900-R01"),
}  # fmt: skip


def test_whatever_cell_is_changed_the_plan_says_so(admin: User) -> None:
    rows = list(csv.reader(io.StringIO(exported().decode("utf-8-sig"))))
    for row, (name, text) in zip(rows[1:], OTHERWISE.items(), strict=False):
        row[rows[0].index(name)] = text
    out = io.StringIO()
    csv.writer(out).writerows(rows)

    kinds = [kind for kind, _reference, _plan in plan(taken(out.getvalue().encode(), admin))]
    assert [name for name, kind in zip(OTHERWISE, kinds, strict=False) if kind == PlanKind.SAME] == []
    assert {*kinds[len(OTHERWISE) :]} == {PlanKind.SAME}
