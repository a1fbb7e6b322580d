"""The one edit screen of a recommendation: what it offers, what a submission needs, and who publishes."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker
from wagtail.test.utils.form_data import inline_formset, rich_text

from recommendations.models import PageAddressee, PageLink, Recommendation, RecommendationPage
from recommendations.wagtail_hooks.draft_changes import draft_changes
from taxonomy.models import OrganisationName, Tag
from tests.factories.admin import edit_url, form_of
from tests.factories.pages import make_recommendation, make_recommendation_page, publish
from tests.factories.roles import Cast, kept_cast
from tests.factories.taxonomy import OrganisationFactory, TagFactory, ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    with django_db_blocker.unblock(), kept_cast() as cast:
        yield cast


def said(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_a_draft_may_lack_what_a_submission_may_not(cast: Cast, client: Client) -> None:
    client.force_login(cast.people["editor"])
    bare = {"source_url": "", "themes": [], "addressees": inline_formset([])}
    rows = {f"addressees-{number}-DELETE": "on" for number in range(1)}

    saved = client.post(edit_url(cast.own), form_of(cast.own, source_url="", themes=[]) | rows)
    submitted = client.post(edit_url(cast.own), form_of(cast.own, **bare, **{"action-submit": "1"}))

    assert saved.status_code == 302
    assert submitted.status_code == 200
    form = submitted.context["form"]
    assert set(form.errors) == {"source_url", "themes"}
    assert "Add at least one institution" in str(form.formsets["addressees"].non_form_errors())
    assert RecommendationPage.objects.get(pk=cast.own.pk).current_workflow_state is None


def test_a_proposed_name_stands_for_the_addressee_and_the_theme_of_a_submission(cast: Cast, client: Client) -> None:
    client.force_login(cast.people["editor"])
    names = [{"subject": "organisation", "label": "Rada", "kind": "ngo"}, {"subject": "theme", "label": "Starość"}]
    rows = {"themes": [], "addressees": inline_formset([]), "proposals": inline_formset(names)}

    assert client.post(edit_url(cast.own), form_of(cast.own, **rows, **{"action-submit": "1"})).status_code == 302
    page = RecommendationPage.objects.get(pk=cast.own.pk)
    assert [row.label for row in page.get_latest_revision_as_object().proposals.all()] == ["Rada", "Starość"]
    assert page.current_workflow_state is not None


def test_a_save_over_a_newer_draft_is_refused_and_both_texts_are_shown(cast: Cast, client: Client) -> None:
    page, body = cast.own, OrganisationFactory.create(label_pl="Kuratorium")

    def opened() -> dict[str, str]:
        latest = RecommendationPage.objects.get(pk=page.pk).latest_revision
        if latest is None:
            return {}
        return {"loaded_revision_id": str(latest.pk), "loaded_revision_created_at": latest.created_at.isoformat()}

    page.save_revision(user=cast.people["editor"])
    both = opened()
    client.force_login(cast.people["editor"])
    row = {"addressees-TOTAL_FORMS": "1", "addressees-INITIAL_FORMS": "0", "addressees-0-organisation": str(body.pk)}
    row |= {"addressees-0-role": "essential"}
    first = client.post(edit_url(page), form_of(page, text="Słowa redaktorki.", **both) | row)
    client.force_login(cast.people["moderator"])
    refused = client.post(edit_url(page), form_of(page, text="Słowa moderatorki.", **both))

    text = refused.content.decode()
    assert (first.status_code, refused.status_code) == (302, 200)
    assert "redaktorka has saved this meanwhile" in text
    assert all(words in text for words in ("Słowa moderatorki.", "„Słowa redaktorki.”", "Kuratorium"))
    assert RecommendationPage.objects.get(pk=page.pk).get_latest_revision_as_object().text == "Słowa redaktorki."
    latest = opened()
    assert latest["loaded_revision_id"] in text
    assert client.post(edit_url(page), form_of(page, text="Słowa obu.", **latest)).status_code == 302


def test_what_the_screen_saved_by_itself_is_not_held_against_its_author(cast: Cast, client: Client) -> None:
    page, me = RecommendationPage.objects.get(pk=cast.own.pk), cast.people["editor"]
    opened = page.save_revision(user=me)
    known = {"loaded_revision_id": str(opened.pk), "loaded_revision_created_at": opened.created_at.isoformat()}
    client.force_login(me)

    def saved_by_itself(data: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = client.post(edit_url(page), data, headers={"accept": "application/json"}).json()
        return answer

    first = saved_by_itself(form_of(page, text="Słowa.", **known))
    updates = {name: first["field_updates"][name] for name in known}
    second = form_of(page, text="Dłuższe słowa.", overwrite_revision_id=str(first["revision_id"]), **updates)
    updates = {name: saved_by_itself(second)["field_updates"][name] for name in known}

    assert client.post(edit_url(page), form_of(page, text="Całe słowa.", **updates)).status_code == 302
    # Pressed while the screen was saving the same words; other words of another tab are not passed over.
    assert client.post(edit_url(page), form_of(page, text="Całe słowa.", **known)).status_code == 302
    assert client.post(edit_url(page), form_of(page, text="Inne słowa.", **known)).status_code == 200
    assert RecommendationPage.objects.get(pk=page.pk).get_latest_revision_as_object().text == "Całe słowa."


def test_a_complete_draft_goes_to_moderation_and_is_published_by_somebody_else(cast: Cast, client: Client) -> None:
    page = cast.own
    client.force_login(cast.people["editor"])
    assert client.post(edit_url(page), form_of(page, text="Lepsze słowa.", **{"action-submit": "1"})).status_code == 302
    page = RecommendationPage.objects.get(pk=page.pk)
    state = page.current_workflow_task_state
    assert state is not None
    assert not page.live

    client.force_login(cast.people["moderator"])
    client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk]), {"comment": ""})

    page = RecommendationPage.objects.get(pk=page.pk)
    assert page.live
    assert page.text == "Lepsze słowa."
    assert Recommendation.objects.filter(translation_key=page.translation_key).exists()


def test_who_approves_a_draft_of_a_paper_as_the_screen_shows_it_has_changed_nothing(cast: Cast, client: Client) -> None:
    page = RecommendationPage.objects.get(pk=cast.own.pk)
    # As an intake writes it; a browser ends lines in its own way, and the editor gives each paragraph a mark.
    page.text, page.rationale = "Otworzyć:\n- punkt,\n- szkołę.", "<p>Kolejki &amp; opóźnienia.</p><p>Skargi.</p>"
    page.save_revision(user=cast.people["editor"])
    page = RecommendationPage.objects.get(pk=cast.own.pk)
    page.get_workflow().start(page, cast.people["editor"])
    draft = page.get_latest_revision_as_object()
    # The screen counts its rows from one.
    rows = {"addressees-0-ORDER": "1"}
    sent = form_of(draft, text=draft.text.replace("\n", "\r\n"), rationale=rich_text(draft.rationale)) | rows

    client.force_login(cast.people["moderator"])
    approval = {"action-workflow-action": "true", "workflow-action-name": "approve"}
    assert client.post(edit_url(page), sent | approval).status_code == 302

    assert RecommendationPage.objects.get(pk=page.pk).live
    assert not page.revisions.filter(user=cast.people["moderator"]).exists()


def test_who_approves_on_the_screen_of_a_draft_that_adds_rows_is_not_its_co_author(cast: Cast, client: Client) -> None:
    page, known = RecommendationPage.objects.get(pk=cast.own.pk), make_recommendation(title="Wcześniejsza")
    page.links.add(PageLink(kind="repeats", target=known))
    page.save_revision(user=cast.people["editor"])
    page = RecommendationPage.objects.get(pk=page.pk)
    page.get_workflow().start(page, cast.people["editor"])
    row = {"id": "", "kind": "repeats", "target": known.pk}
    sent = form_of(page.get_latest_revision_as_object(), links=inline_formset([row], initial=1))
    # The screen counts its rows from one.
    sent |= {"addressees-0-ORDER": "1", "links-0-ORDER": "1"}

    client.force_login(cast.people["moderator"])
    client.post(edit_url(page), sent | {"action-workflow-action": "true", "workflow-action-name": "approve"})

    assert RecommendationPage.objects.get(pk=page.pk).live
    assert not page.revisions.filter(user=cast.people["moderator"]).exists()


@pytest.mark.parametrize("role", ["moderator", "administrator", "superuser"])
def test_a_publication_from_another_door_is_refused_in_words_and_the_draft_stays(
    cast: Cast, client: Client, role: str
) -> None:
    client.force_login(cast.people[role])

    response = client.post(
        edit_url(cast.own),
        form_of(cast.own, text="Napisane przed odmową.", **{"action-publish": "1"}),
        headers={"referer": "http://testserver" + edit_url(cast.own)},
    )

    page = RecommendationPage.objects.get(pk=cast.own.pk)
    assert response.status_code == 302
    assert response.headers["Location"].endswith(edit_url(cast.own))
    assert "moderator's approval" in said(response)
    assert not page.live
    assert page.get_latest_revision_as_object().text == "Napisane przed odmową."


def test_publishing_many_at_once_is_refused_in_words(cast: Cast, client: Client) -> None:
    client.force_login(cast.people["superuser"])
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?id={cast.own.pk}"

    response = client.post(url, {})

    assert "moderator's approval" in said(response)
    assert not RecommendationPage.objects.get(pk=cast.own.pk).live


@pytest.mark.law("publish-four-eyes")
def test_who_wrote_is_offered_no_approval_and_is_refused_one(cast: Cast, client: Client) -> None:
    page = cast.own
    client.force_login(cast.people["moderator"])
    client.post(edit_url(page), form_of(page, text="Słowa moderatorki.", **{"action-submit": "1"}))
    state = RecommendationPage.objects.get(pk=page.pk).current_workflow_task_state

    assert 'data-workflow-action-name="approve"' not in client.get(edit_url(page)).content.decode()
    client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk]), {"comment": ""})
    assert not RecommendationPage.objects.get(pk=page.pk).live


def test_a_change_of_what_is_public_needs_its_reason_at_the_field_and_shows_the_difference(
    cast: Cast, client: Client
) -> None:
    page = make_recommendation_page(parent=cast.own_group, title="Publiczna", addressees=[OrganisationFactory.create()])
    client.force_login(cast.people["editor"])
    changed = {"text": "Inne słowa.", "themes": [ThemeFactory.create(label_pl="Zupełnie nowy").pk]}

    refused = client.post(edit_url(page), form_of(page, **changed, **{"action-submit": "1"}))
    taken = client.post(edit_url(page), form_of(page, **changed, change_reason="pomyłka", **{"action-submit": "1"}))

    assert list(refused.context["form"].errors) == ["change_reason"]
    assert taken.status_code == 302
    assert RecommendationPage.objects.get(pk=page.pk).text != "Inne słowa."
    client.force_login(cast.people["moderator"])
    changes = reverse("editorial:changes", args=[page.pk])
    assert changes in client.get(edit_url(page)).content.decode()
    shown = client.get(changes).content.decode()
    assert "pomyłka" in shown
    assert "Zupełnie nowy" in shown


def test_who_approves_sees_wording_and_facts_side_by_side_and_nothing_that_stays(cast: Cast, client: Client) -> None:
    stays, goes, comes = (OrganisationFactory.create(label_pl=name) for name in ("Zostaje", "Odchodzi", "Przychodzi"))
    old, new = (ThemeFactory.create(label_pl=name) for name in ("Stary temat", "Nowy temat"))
    page = make_recommendation_page(
        parent=cast.own_group, title="Publiczna", text="Otworzyć punkt.", addressees=[stays, goes], themes=[old],
        rationale="<p>Bo tak.</p>",
    )  # fmt: skip
    # As the screen marks paragraphs.
    page.rationale = '<p data-block-key="a1b2c">Bo tak.</p>'
    page.text, page.is_eu, page.change_reason, page.themes = "Otworzyć trzy punkty.", True, "pomyłka", [new]
    page.addressees.set(
        [PageAddressee(organisation=stays, role="supporting", words="urząd"), PageAddressee(organisation=comes)]
    )
    page.links.set([PageLink(kind="repeats", target=make_recommendation(title="Dawna", parent=cast.own_group))])
    page.save_revision(user=cast.people["editor"])

    public, draft = RecommendationPage.objects.get(pk=page.pk), page.get_latest_revision_as_object()
    found = {str(change.label): change for change in draft_changes(public, draft)}

    assert list(found) == ["wording", "European Union", "themes", "Whom it asks", "Related recommendations"]
    assert [one.text for one in found["wording"].pieces if one.is_added] == ["trzy punkty"]
    assert (found["European Union"].now, found["European Union"].then) == (["no"], ["yes"])
    assert (found["themes"].now, found["themes"].then) == (["Stary temat"], ["Nowy temat"])
    assert found["Whom it asks"].now == ["Zostaje · essential", "Odchodzi · essential"]
    assert found["Whom it asks"].then == ["Zostaje · supporting · urząd", "Przychodzi · essential"]
    client.force_login(cast.people["moderator"])
    shown = client.get(reverse("editorial:changes", args=[page.pk]))
    assert [str(body) for body in shown.context["no_longer_asked"]] == ["Odchodzi"]
    assert cast.people["editor"].username in shown.content.decode()
    # Of what is not public there is nothing to compare with.
    assert client.get(reverse("editorial:changes", args=[cast.foreign.pk])).status_code == 404


def test_rows_that_were_merged_away_are_offered_nowhere(cast: Cast, client: Client) -> None:
    heir = ThemeFactory.create(label_pl="Dziedzic")
    merged = ThemeFactory.create(label_pl="Scalony temat", merged_into=heir)
    OrganisationFactory.create(label_pl="Scalony urząd", merged_into=OrganisationFactory.create())
    page = make_recommendation_page(parent=cast.own_group, title="Ze starym tematem", published=False, themes=[merged])
    client.force_login(cast.people["editor"])

    screen = client.get(edit_url(page))

    assert "Scalony temat" not in screen.content.decode()
    assert heir in screen.context["form"].initial["themes"]
    assert "Scalony urząd" not in client.get("/admin/organisation_chooser/?q=scalony").content.decode()


def test_a_merged_tag_is_saved_as_the_tag_that_it_became(cast: Cast, client: Client) -> None:
    Tag.objects.create(name="obcokrajowcy", merged_into=TagFactory.create(name="cudzoziemcy"))
    client.force_login(cast.people["editor"])

    client.post(edit_url(cast.own), form_of(cast.own, tags='"Obcokrajowcy", "zupełnie nowy tag"'))

    draft = RecommendationPage.objects.get(pk=cast.own.pk).get_latest_revision_as_object()
    assert sorted(tag.name for tag in draft.tags.all()) == ["cudzoziemcy", "zupełnie nowy tag"]


@pytest.mark.parametrize("typed", ["mswia", "MSW", "spraw wewnetrznych", "SPRAW WEWNĘTRZNYCH"])
def test_an_addressee_is_found_by_every_name_it_bore(cast: Cast, client: Client, typed: str) -> None:
    body = OrganisationFactory.create(label_pl="Ministerstwo Spraw Wewnętrznych i Administracji")
    OrganisationName.objects.create(organisation=body, name="MSWiA", years="od 2015")
    OrganisationName.objects.create(organisation=body, name="MSW", years="2011-2015", is_former=True)
    OrganisationFactory.create(label_pl="Urząd Miejski w Łodzi")
    client.force_login(cast.people["editor"])

    found = client.get("/admin/organisation_chooser/results/", {"q": typed}).content.decode()

    assert "Ministerstwo Spraw" in found
    assert "Łodzi" not in found


def test_a_group_of_institutions_is_marked_where_it_is_chosen(cast: Cast, client: Client) -> None:
    OrganisationFactory.create(collective=True, label_pl="gminy miejskie")
    client.force_login(cast.people["editor"])

    assert "nobody answers for it" in client.get("/admin/organisation_chooser/results/?q=gminy").content.decode()


def test_the_list_shows_reference_badge_and_state_and_filters_by_them(cast: Cast, client: Client) -> None:
    asked = OrganisationFactory.create()
    page = make_recommendation_page(parent=cast.own_group, title="Na liście", addressees=[asked], identifiers=["MO-77"])
    reference = Recommendation.objects.get(translation_key=page.translation_key).reference
    client.force_login(cast.people["moderator"])

    def shown(**asked_for: Any) -> str:
        return client.get("/admin/recommendation_pages/", asked_for).content.decode()

    assert reference in shown()
    for wanted in (
        {"q": "liście"}, {"q": "MO-77"}, {"q": reference}, {"addressee": asked.pk}, {"state": "published"},
        {"badge": "no_information"}, {"q": "liście", "source_kind": "working_group", "state": "published"},
    ):  # fmt: skip
        assert "Na liście" in shown(**wanted), wanted
    for other in ({"state": "draft"}, {"state": "moderation"}, {"badge": "verified"}, {"q": "hydraulik"}):
        assert "Na liście" not in shown(**other), other


def test_an_editors_list_holds_only_the_own_group(cast: Cast, client: Client) -> None:
    publish(cast.foreign_group)
    client.force_login(cast.people["editor"])

    for address in ("/admin/recommendation_pages/", "/admin/working_group_pages/", "/admin/pages/search/?q=Kanarek+g"):
        assert "Kanarek grupa" not in client.get(address).content.decode()
        assert "Kanarek rekomendacja" not in client.get(address).content.decode()


def test_a_title_fills_the_address_of_a_new_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.people["editor"])
    address = reverse("wagtailadmin_pages:add", args=["recommendations", "recommendationpage", cast.own_group.pk])

    title = client.get(address).content.decode().split('name="title"')[1].split(">")[0]
    # Without it autosave waits for an address that nobody types.
    assert "#id_slug" in title


def test_the_screen_names_what_the_wording_leaves_unsaid_and_the_reference_to_come(cast: Cast, client: Client) -> None:
    client.force_login(cast.people["editor"])
    hints = client.get(edit_url(cast.own)).text
    assert "by when" in hints
    assert "FLPM-2015-R01" in hints

    address = reverse("writing:help", args=[cast.own.pk])
    asked = client.post(address, {"title": "Nauka", "text": "Gmina ma otworzyć do końca 2027 r. dwa punkty."}).text
    assert "by when" not in asked
    assert "FLPM-2015-R01" in asked
    assert not Recommendation.objects.exists()
