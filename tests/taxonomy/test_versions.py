"""Every change of a vocabulary is a version that can be restored, and nobody saves over what they have not seen."""

from typing import Any

import pytest
from django.test import Client
from wagtail.models import ModelLogEntry
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from cms.roles import load_roles
from search.models import WordGroup
from taxonomy.models import Organisation, OrganisationName, Theme
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_site
from tests.factories.taxonomy import MandateFactory, OrganisationFactory, TagFactory, ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stage_site")]


@pytest.fixture(scope="module")
def stage_site(stage: None) -> None:
    load_roles(make_site())
    for name in ("anna", "beata"):
        UserFactory.create(username=name, first_name=name.title(), groups=["Moderatorzy"])


@pytest.fixture
def moderators(django_user_model: Any) -> tuple[Client, Client]:
    found = Client(), Client()
    for client, name in zip(found, ("anna", "beata"), strict=True):
        client.force_login(django_user_model.objects.get(username=name))
    return found


def office() -> Organisation:
    body = OrganisationFactory.create(label_pl="Urząd Miasta", kind="city")
    OrganisationName.objects.create(organisation=body, name="UM", years="do 1990")
    return body


def seen(client: Client, address: str) -> str:
    return str(client.get(address).context["form"].initial["seen"])


def sent(body: Organisation, seen: str, **changes: Any) -> dict[str, Any]:
    names = [{"id": name.pk, "name": name.name, "years": name.years} for name in body.names.all()]
    data = {"label_pl": body.label_pl, "kind": body.kind, "names": inline_formset(names, initial=len(names))}
    found: dict[str, Any] = nested_form_data(data | {"seen": seen} | changes)
    return found


def test_each_change_of_a_body_with_its_names_is_told_and_restored(moderators: tuple[Client, Client]) -> None:
    anna, beata = moderators
    body = office()
    address = f"/admin/organisation/edit/{body.pk}/"
    dropped = {"names-0-DELETE": "on"}
    anna.post(address, sent(body, seen(anna, address), label_pl="Urząd Miejski", parent="") | dropped)
    entry = ModelLogEntry.objects.for_instance(body).get()

    history = beata.get(f"/admin/organisation/history/{body.pk}/").content.decode()
    assert all(words in history for words in ("Anna", "„Urząd Miasta” → „Urząd Miejski”", "UM (do 1990)"))
    version = f"/admin/organisation/history/{body.pk}/{entry.pk}/"
    assert beata.get(version).status_code == 200
    beata.post(version, {"side": "before"})

    body = Organisation.objects.get(pk=body.pk)
    assert (body.label_pl, [str(name) for name in body.names.all()]) == ("Urząd Miasta", ["UM (do 1990)"])
    assert ModelLogEntry.objects.for_instance(body).first().user.username == "beata"
    beata.post(version, {"side": "after"})
    assert not Organisation.objects.get(pk=body.pk).names.exists()


@pytest.mark.parametrize("row", ["theme", "tag", "wordgroup"])
def test_themes_tags_and_synonyms_are_restored_as_well(moderators: tuple[Client, Client], row: str) -> None:
    anna, _beata = moderators
    rows: dict[str, Any] = {
        "theme": lambda: (ThemeFactory.create(synonyms="praca"), "synonyms", {"label_pl": "Praca", "position": 1}),
        "tag": lambda: (TagFactory.create(label_en="Work"), "label_en", {"name": "Praca"}),
        "wordgroup": lambda: (
            WordGroup.objects.create(kind="synonym", words_pl="praca\nrobota"),
            "words_pl",
            {"kind": "synonym", "is_active": "on"},
        ),
    }
    made, field, new = rows[row]()
    before = getattr(made, field)
    address = f"/admin/{row}/edit/{made.pk}/"
    changed = "zatrudnienie\nzajęcie" if field != "label_en" else "Employment"
    assert anna.post(address, new | {field: changed, "seen": seen(anna, address)}).status_code == 302
    entry = ModelLogEntry.objects.for_instance(made).latest("pk")
    anna.post(f"/admin/{row}/history/{made.pk}/{entry.pk}/", {"side": "before"})

    made.refresh_from_db()
    assert getattr(made, field) == before


def test_a_second_save_over_a_newer_one_is_refused_and_both_texts_are_shown(
    moderators: tuple[Client, Client],
) -> None:
    anna, beata = moderators
    body = office()
    address = f"/admin/organisation/edit/{body.pk}/"
    first, second = seen(anna, address), seen(beata, address)
    anna.post(address, sent(body, first, label_pl="Urząd według Anny"))

    names = inline_formset([{"name": "Magistrat", "years": ""}])
    refused = beata.post(address, sent(body, second, label_pl="Urząd według Beaty", names=names))

    text = refused.content.decode()
    assert refused.status_code == 200
    assert "Anna has saved this meanwhile" in text
    assert all(words in text for words in ("Urząd według Beaty", "„Urząd według Anny”", "Magistrat", "UM (do 1990)"))
    assert Organisation.objects.get(pk=body.pk).label_pl == "Urząd według Anny"

    again = refused.context["form"]["seen"].value()
    assert beata.post(address, sent(body, again, label_pl="Urząd według obu")).status_code == 302
    assert Organisation.objects.get(pk=body.pk).label_pl == "Urząd według obu"


def test_a_version_is_restored_by_nobody_who_may_not_change_the_row_and_a_mandate_by_nobody(client: Client) -> None:
    theme = ThemeFactory.create()
    client.force_login(UserFactory.create(groups=["Redaktorzy: nikt"]))
    assert client.get(f"/admin/theme/history/{theme.pk}/1/").status_code in {302, 403}
    client.force_login(UserFactory.create(administrator=True))
    mandate = MandateFactory.create()
    assert client.get(f"/admin/mandate/history/{mandate.pk}/").status_code == 200
    assert client.get(f"/admin/mandate/history/{mandate.pk}/1/").status_code == 404
    assert Theme.objects.filter(pk=theme.pk).exists()
