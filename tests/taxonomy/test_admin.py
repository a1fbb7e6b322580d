"""Vocabularies in the admin: rows are added, renamed and merged; nobody deletes one."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from cms.roles import MODERATORS, load_roles
from taxonomy.models import AffectedGroup, Mandate, Organisation, Place, Succession, Tag, Theme
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_site
from tests.factories.taxonomy import (
    AffectedGroupFactory,
    MandateFactory,
    OrganisationFactory,
    PlaceFactory,
    TagFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client: Client) -> Client:
    load_roles(make_site())
    client.force_login(UserFactory.create(groups=["Moderatorzy"]))
    return client


@pytest.fixture
def superuser(client: Client) -> Client:
    make_site()
    client.force_login(UserFactory.create(administrator=True))
    return client


@pytest.mark.parametrize("model", [Theme, AffectedGroup, Place, Organisation, Succession, Mandate, Tag])
def test_not_even_a_superuser_deletes_a_row(superuser: Client, model: type[Any]) -> None:
    bodies = [OrganisationFactory.create(), OrganisationFactory.create()]
    made: dict[type[Any], Any] = {
        Theme: ThemeFactory,
        AffectedGroup: AffectedGroupFactory,
        Place: PlaceFactory,
        Organisation: OrganisationFactory,
        Succession: lambda: Succession.objects.create(
            predecessor=bodies[0], successor=bodies[1], starts_on="2015-01-01"
        ),
        Mandate: MandateFactory,
        Tag: TagFactory,
    }
    row = made[model]()
    name = model._meta.model_name

    superuser.post(f"/admin/{name}/delete/{row.pk}/")
    superuser.post(f"/admin/bulk/taxonomy/{name}/delete/?id={row.pk}")

    assert model._default_manager.filter(pk=row.pk).exists()
    assert "/delete/" not in superuser.get(f"/admin/{name}/").content.decode()
    assert "/delete/" not in superuser.get(f"/admin/{name}/edit/{row.pk}/").content.decode()


def test_a_merged_theme_becomes_a_synonym_and_leaves_a_line_in_the_history(moderator: Client) -> None:
    old, heir = ThemeFactory.create(label_pl="Szkoły"), ThemeFactory.create(label_pl="Edukacja")

    response = moderator.post(f"/admin/theme/merge/{old.pk}/", {"into": heir.pk})

    old.refresh_from_db()
    assert response.status_code == 302
    assert old.merged_into == heir
    assert "Merged into another row" in moderator.get(f"/admin/theme/history/{old.pk}/").content.decode()


def test_a_merge_that_cannot_be_is_refused_at_the_form(moderator: Client) -> None:
    theme = ThemeFactory.create()
    child, gone = ThemeFactory.create(parent=theme), ThemeFactory.create(merged_into=theme)

    below = moderator.post(f"/admin/theme/merge/{theme.pk}/", {"into": child.pk})
    into_itself = moderator.post(f"/admin/theme/merge/{theme.pk}/", {"into": theme.pk})
    into_merged = moderator.post(f"/admin/theme/merge/{theme.pk}/", {"into": gone.pk})
    into_nothing = moderator.post(f"/admin/theme/merge/{theme.pk}/", {})

    assert "stands below" in below.content.decode()
    for refused in (into_itself, into_merged):
        assert "was merged itself" in refused.content.decode()
    assert "missing" in into_nothing.content.decode()
    assert not Theme.objects.filter(pk=theme.pk).exclude(merged_into=None).exists()


def test_bodies_are_not_merged(superuser: Client) -> None:
    assert superuser.get(f"/admin/organisation/merge/{OrganisationFactory.create().pk}/").status_code == 404


def test_a_renamed_tag_keeps_its_address_and_takes_no_other_tags_name(moderator: Client) -> None:
    tag = TagFactory.create(name="szkoły")
    TagFactory.create(name="Łódź")
    slug = tag.slug

    moderator.post(f"/admin/tag/edit/{tag.pk}/", {"name": "szkolnictwo"})
    taken = moderator.post(f"/admin/tag/edit/{tag.pk}/", {"name": "łódź"})

    tag.refresh_from_db()
    assert (tag.name, tag.slug) == ("szkolnictwo", slug)
    assert "Merge this one into it" in taken.content.decode()


def organisation(**changes: Any) -> dict[str, Any]:
    data = {"code": "um-lodz", "label_pl": "Urząd Miasta Łodzi", "kind": "city", "names": inline_formset([])}
    sent: dict[str, Any] = nested_form_data(data | changes)
    return sent


def test_an_organisation_is_written_with_its_names_in_one_form(moderator: Client) -> None:
    names = inline_formset([{"name": "UMŁ", "years": ""}, {"name": "Prezydium", "years": "do 1990", "is_former": "on"}])

    assert moderator.post("/admin/organisation/new/", organisation(names=names)).status_code == 302

    body = Organisation.objects.get(code="um-lodz")
    assert [(name.name, name.is_former) for name in body.names.all()] == [("UMŁ", False), ("Prezydium", True)]
    assert "Urząd Miasta Łodzi" in moderator.get("/admin/organisation/?q=uml").content.decode()
    assert "Urząd Miasta Łodzi" in moderator.get("/admin/organisation/?q=LODZI").content.decode()
    assert "Urząd Miasta Łodzi" not in moderator.get("/admin/organisation/?q=krakow").content.decode()


@pytest.mark.parametrize(("address", "asked"), [("tag", "kursow"), ("mandate", "lodzi"), ("succession", "LODZI")])
def test_what_has_no_code_is_found_without_polish_letters_too(superuser: Client, address: str, asked: str) -> None:
    body = OrganisationFactory.create(label_pl="Urząd Miasta Łodzi")
    TagFactory.create(name="dostępność kursów")
    MandateFactory.create(organisation=body)
    Succession.objects.create(predecessor=OrganisationFactory.create(), successor=body, starts_on="2020-01-01")

    def found(question: str) -> int:
        return len(superuser.get(f"/admin/{address}/?q={question}").context["object_list"])

    assert (found(asked), found("krakow")) == (1, 0)


def test_a_group_of_institutions_is_one_by_its_kind(moderator: Client) -> None:
    moderator.post("/admin/organisation/new/", organisation(kind="class"))

    assert Organisation.objects.get(code="um-lodz").is_collective


def test_a_code_never_changes_once_it_was_given(moderator: Client) -> None:
    theme = ThemeFactory.create(code="edukacja")

    moderator.post(f"/admin/theme/edit/{theme.pk}/", {"code": "inny", "label_pl": "Edukacja", "position": "3"})

    theme.refresh_from_db()
    assert (theme.code, theme.label_pl) == ("edukacja", "Edukacja")


def test_places_without_a_code_stand_side_by_side(moderator: Client) -> None:
    for code in ("a", "b"):
        assert moderator.post("/admin/place/new/", {"code": code, "label_pl": code}).status_code == 302

    assert Place.objects.filter(reference_code=None).count() == 2


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("organisation", {"label_pl": "Urząd", "kind": "city", "parent": "unit"}, "cannot be a part of itself"),
        ("organisation", {"label_pl": "Urząd", "kind": "city", "parent": "body"}, "cannot be a part of itself"),
        ("place", {"code": "lodz", "label_pl": "Łódź", "reference_code": "ŁDŹ"}, "capital letters from A to Z"),
        ("place", {"code": "lodz", "label_pl": "Łódź", "reference_code": "ld z"}, "capital letters from A to Z"),
        ("succession", {"predecessor": "body", "successor": "body", "starts_on": "2020-01-01"}, "not succeed itself"),
        (
            "mandate",
            {
                "organisation": "body",
                "user": "user",
                "role": "contact",
                "starts_on": "2020-01-02",
                "ends_on": "2020-01-01",
            },
            "latest day lies before",
        ),
    ],
)
def test_what_could_not_be_kept_or_published_is_said_in_a_sentence(
    superuser: Client, kind: str, values: dict[str, str], said: str
) -> None:
    body = OrganisationFactory.create()
    rows = {"body": body, "unit": OrganisationFactory.create(parent=body), "user": UserFactory.create()}
    address = reverse("organisation:edit", args=[body.pk]) if kind == "organisation" else reverse(f"{kind}:add")

    sent = {name: str(rows[value].pk) if value in rows else value for name, value in values.items()}
    page = superuser.post(address, nested_form_data(sent | {"names": inline_formset([])})).content.decode()

    assert said in page
    assert "is violated" not in page


def test_a_group_of_institutions_gets_no_official(superuser: Client) -> None:
    body, person = OrganisationFactory.create(collective=True), UserFactory.create()

    response = superuser.post(
        "/admin/mandate/new/",
        {"user": person.pk, "organisation": body.pk, "role": "contact", "starts_on": "2020-01-01"},
    )

    assert response.status_code == 200
    assert not Mandate.objects.exists()


def test_an_administrator_passes_a_mandate_on_by_one_act(client: Client) -> None:
    load_roles(make_site())
    client.force_login(UserFactory.create(groups=["Administratorzy"]))
    mandate, heir = MandateFactory.create(), UserFactory.create()
    url = f"/admin/mandate/pass-on/{mandate.pk}/"

    assert url in client.get("/admin/mandate/").content.decode()
    refused = client.post(url, {"to": mandate.user.pk, "starts_on": "2026-11-01"})
    assert (refused.status_code, "holds the mandate" in refused.content.decode()) == (422, True)
    assert client.post(url, {"to": heir.pk, "starts_on": "2026-11-01"}).status_code == 302

    mandate.refresh_from_db()
    assert str(mandate.ends_on) == "2026-10-31"
    assert Mandate.objects.get(user=heir).organisation == mandate.organisation


def test_nobody_writes_changes_or_takes_over_a_mandate_of_their_own(client: Client) -> None:
    load_roles(make_site())
    me = UserFactory.create(groups=["Administratorzy"])
    client.force_login(me)
    own, foreign = MandateFactory.create(user=me), MandateFactory.create()
    sent = {"user": me.pk, "organisation": foreign.organisation_id, "role": "deputy", "starts_on": "2020-01-01"}
    other = sent | {"user": foreign.user_id}

    for address, data in (
        ("new/", sent),
        (f"edit/{foreign.pk}/", sent),
        (f"edit/{own.pk}/", other),
        (f"pass-on/{foreign.pk}/", {"to": me.pk, "starts_on": "2026-11-01"}),
    ):
        assert "own mandates" in client.post(f"/admin/mandate/{address}", data).content.decode(), address
    assert set(Mandate.objects.values_list("user", "organisation", "role", "ends_on")) == {
        (me.pk, own.organisation_id, "contact", None),
        (foreign.user_id, foreign.organisation_id, "contact", None),
    }


def test_a_moderator_passes_no_mandate_on(moderator: Client) -> None:
    mandate = MandateFactory.create()

    response = moderator.post(
        f"/admin/mandate/pass-on/{mandate.pk}/", {"to": UserFactory.create().pk, "starts_on": "2026-11-01"}
    )

    assert response.status_code in {302, 403}
    mandate.refresh_from_db()
    assert (mandate.ends_on, Mandate.objects.count()) == (None, 1)


def test_a_vocabulary_shows_its_labels_side_by_side_and_finds_the_rows_that_lack_one(client: Client) -> None:
    load_roles(make_site())
    client.force_login(UserFactory.create(groups=[MODERATORS]))
    ThemeFactory.create(label_pl="Zdrowie", label_en="Health", label_uk="Здоров'я")
    ThemeFactory.create(label_pl="Praca", label_en="", label_uk="Робота")

    listed = client.get(reverse("theme:index"), {"missing": "en"}).content.decode()

    assert "Робота" in listed
    assert "Zdrowie" not in listed
