"""Archive, withdrawal from publication and restoration: what readers find, who may do it, and what comes back."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, PageViewRestriction, Revision

from pagekit.acts import Refused
from recommendations.choices import EditorialState
from recommendations.models import EditorialAct, Recommendation, RecommendationPage, Wording
from recommendations.models.figures import figures_of
from recommendations.models.narrowing import Narrowing
from recommendations.rules import Moment
from recommendations.services import editorial
from recommendations.services.proof import prove
from tests.factories.pages import appear, author, make_recommendation, publish
from tests.factories.roles import Cast, make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.once]

REASON = "Postanowienie sądu z 3 lutego 2026 r."
TITLE, TEXT = "Kanarek wycofany", "Kanarek w brzmieniu."


@pytest.fixture(scope="module")
def cast(stage: None) -> Cast:
    return make_cast()


@pytest.fixture(scope="module")
def of_module(cast: Cast) -> Recommendation:
    """Public in Polish and English, in its second wording."""
    found = make_recommendation(parent=cast.own_group, title=TITLE, text=TEXT, identifiers=["MO-01"])
    publish(page_of(found), text=f"{TEXT} Drugie.", change_reason="Sprostowanie", approved_by=cast.people["moderator"])
    english = page_of(found).copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True)
    english.title = f"{TITLE} in English"
    english.save()
    appear(english)
    return found


@pytest.fixture
def found(of_module: Recommendation, db: None) -> Recommendation:
    return Recommendation.objects.get(pk=of_module.pk)


@pytest.fixture
def withdrawn(found: Recommendation, cast: Cast) -> Recommendation:
    editorial.withdraw(found, by=cast.people["administrator"], reason=REASON)
    found.refresh_from_db()
    return found


def page_of(found: Recommendation, language: str = "pl") -> RecommendationPage:
    return RecommendationPage.objects.get(translation_key=found.translation_key, locale__language_code=language)


def body(response: Any) -> str:
    return str(response.content.decode())


def test_a_tombstone_answers_at_every_address_and_says_nothing_of_the_wording(
    found: Recommendation, cast: Cast, client: Client
) -> None:
    reference = found.reference
    addresses = [page_of(found).url, page_of(found, "en").url]
    addresses += [f"/r/{reference}{end}" for end in ("", "/v1", "/v2", "/en/v1", ".bib", "/v1.ris")]
    addresses += ["/r/MO-01", f"/watek/{reference}/"]
    editorial.withdraw(found, by=cast.people["administrator"], reason=REASON)

    for address in addresses:
        response = client.get(address)
        html = body(response)
        assert response.status_code == 410, address
        assert "Kanarek" not in html
        for words in (reference, REASON, "Własna grupa", "2015", "noindex"):
            assert words in html, (address, words)
    told = client.get(f"/r/{reference}.json")
    assert (told.status_code, told.json()["reason"], told.json()["year"]) == (410, REASON, 2015)


@pytest.mark.parametrize("language", ["pl", "en", "uk", "ru"])
def test_the_tombstone_speaks_the_language_of_the_reader(
    language: str, withdrawn: Recommendation, client: Client
) -> None:
    response = client.get(f"/r/{withdrawn.reference}", headers={"accept-language": language})

    assert f'<html lang="{language}"' in body(response)
    assert response["Content-Language"] == language
    assert "Accept-Language" in response["Vary"]


def test_what_was_withdrawn_is_on_no_list_in_no_file_and_in_no_figure(
    withdrawn: Recommendation, cast: Cast, client: Client
) -> None:
    assert not Recommendation.objects.visible_to().filter(pk=withdrawn.pk).exists()
    assert not Wording.objects.visible_to().filter(recommendation=withdrawn).exists()
    for address in ("/sitemap.xml", "/zmiany/", "/stan-realizacji/", "/stan-realizacji/wpisy.csv", cast.own_group.url):
        response = client.get(address)
        html = b"".join(response) if response.streaming else response.content
        assert "Kanarek wycofany" not in html.decode(), address
        assert withdrawn.reference not in html.decode(), address
    # Whoever links to it from outside is not told more than by the tombstone.
    assert client.get(f"/zglos/{withdrawn.reference}/").status_code == 404


def test_a_tombstone_does_not_show_through_a_restriction(withdrawn: Recommendation, client: Client) -> None:
    PageViewRestriction.objects.create(page=page_of(withdrawn).get_parent(), restriction_type="login")

    assert client.get(f"/r/{withdrawn.reference}").status_code == 404
    assert REASON not in body(client.get(page_of(withdrawn).url, follow=True))


def test_what_was_only_unpublished_says_that_it_is_not_public_for_the_time_being(
    found: Recommendation, client: Client
) -> None:
    translation = page_of(found, "en")
    translation.unpublish()
    # Its original is still there.
    assert "for the time being" not in body(client.get(translation.url))
    page_of(found).unpublish()

    for address in (page_of(found).url, translation.url, f"/r/{found.reference}", f"/r/{found.reference}/v1"):
        response = client.get(address)
        html = body(response)
        assert response.status_code == 404, address
        assert "Kanarek" not in html
        for words in (found.reference, "not public for the time being", "Własna grupa", "noindex"):
            assert words in html, (address, words)
    told = client.get(f"/r/{found.reference}.json")
    assert (told.status_code, told.json()["reason"], told.json()["withdrawn_on"]) == (404, None, None)
    assert told.json()["editorial_state"] == "unpublished"
    assert told.json()["not_public_since"] == timezone.localdate().isoformat()


@pytest.mark.parametrize("how", ["withdrawn", "unpublished"])
def test_what_was_taken_off_still_counts_in_the_figures_of_the_days_before(
    found: Recommendation, cast: Cast, client: Client, how: str
) -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    before = figures_of(Narrowing(moment=Moment(yesterday)))
    assert before.requests
    if how == "withdrawn":
        editorial.withdraw(found, by=cast.people["administrator"], reason=REASON)
    else:
        page_of(found).unpublish()

    assert figures_of(Narrowing(moment=Moment(yesterday))) == before
    today = figures_of(Narrowing(moment=Moment(timezone.localdate()))).requests
    assert today == figures_of(Narrowing()).requests == before.requests - found.assignments.count()
    assert "Kanarek" not in body(client.get(f"/stan-realizacji/?on={yesterday}"))
    PageViewRestriction.objects.create(page=page_of(found), restriction_type="login")
    assert figures_of(Narrowing(moment=Moment(yesterday))).requests == today


def test_a_restored_page_is_what_readers_saw_last_in_every_language(
    found: Recommendation, cast: Cast, client: Client
) -> None:
    page = page_of(found)
    page.title = "Nowszy szkic"
    page.save_revision(user=author())
    administrator = cast.people["administrator"]
    editorial.withdraw(found, by=administrator, reason=REASON)
    page = page_of(found)
    page.text = "Szkic w czasie wycofania."
    page.save_revision(user=author())
    # Wagtail's broom sweeps what nobody keeps.
    call_command("purge_revisions", verbosity=0)
    wordings = Wording.objects.count()

    editorial.restore(found, by=administrator, reason="Postanowienie uchylono.")

    page = page_of(found)
    assert (page.live, page.title, page.text) == (True, TITLE, f"{TEXT} Drugie.")
    assert page.get_latest_revision_as_object().text == "Szkic w czasie wycofania."
    assert page_of(found, "en").live
    assert Wording.objects.count() == wordings
    assert client.get(f"/r/{found.reference}", follow=True).status_code == 200
    assert client.get(f"/r/{found.reference}/en/v1").status_code == 200


@pytest.mark.law("archive-withdraw")
@pytest.mark.parametrize(
    ("act", "doers"),
    [("archive", {"moderator", "administrator", "superuser"}), ("withdraw", {"administrator", "superuser"})],
)
def test_moderators_archive_and_administrators_withdraw(
    act: str, doers: set[str], found: Recommendation, cast: Cast
) -> None:
    for role, person in cast.people.items():
        with transaction.atomic():
            if role in doers:
                getattr(editorial, act)(found, by=person, reason=REASON)
            else:
                with pytest.raises(Refused):
                    getattr(editorial, act)(found, by=person, reason=REASON)
            transaction.set_rollback(True)


@pytest.mark.law("archive-withdraw")
def test_who_could_not_withdraw_cannot_restore_what_was_withdrawn(withdrawn: Recommendation, cast: Cast) -> None:
    for role in ("moderator", "editor", "translator", "official"):
        with pytest.raises(Refused):
            editorial.restore(withdrawn, by=cast.people[role], reason="Jednak nie.")


@pytest.mark.law("archive-withdraw")
def test_no_act_goes_without_a_reason_or_twice(found: Recommendation, cast: Cast) -> None:
    administrator = cast.people["administrator"]
    with pytest.raises(Refused, match="reason"):
        editorial.withdraw(found, by=administrator, reason="  ")
    with pytest.raises(Refused):
        editorial.restore(found, by=administrator, reason=REASON)
    editorial.withdraw(found, by=administrator, reason=REASON)
    for act in (editorial.withdraw, editorial.archive):
        with pytest.raises(Refused):
            act(found, by=administrator, reason=REASON)


def test_a_withdrawn_page_comes_back_by_restoration_alone(withdrawn: Recommendation, cast: Cast) -> None:
    with pytest.raises(Refused, match="Restore it first"), transaction.atomic():
        publish(page_of(withdrawn), change_reason="Obejście", approved_by=cast.people["moderator"])
    with pytest.raises(Refused), transaction.atomic():
        page_of(withdrawn, "en").get_latest_revision().publish()

    assert not page_of(withdrawn).live


@pytest.mark.law("archive-withdraw")
def test_the_archive_stays_readable_and_says_so_and_nothing_is_changed_in_it(
    found: Recommendation, cast: Cast, client: Client
) -> None:
    editorial.archive(found, by=cast.people["moderator"], reason="Sprawę przejęła nowa ustawa.")

    html = body(client.get(page_of(found).url))
    assert TEXT in html
    assert "Sprawę przejęła nowa ustawa." in html
    assert client.get(f"/r/{found.reference}.json").json()["editorial_state"] == EditorialState.ARCHIVED
    with pytest.raises(Refused, match="Restore it first"), transaction.atomic():
        publish(page_of(found), text="Inne.", change_reason="Zmiana", approved_by=cast.people["moderator"])
    editorial.restore(found, by=cast.people["moderator"], reason="Ustawa nie weszła w życie.")
    assert "Sprawę przejęła nowa ustawa." not in body(client.get(page_of(found).url))


def test_an_act_is_neither_changed_nor_deleted(withdrawn: Recommendation) -> None:
    for change in (
        lambda: EditorialAct.objects.update(reason="Inny"),
        lambda: EditorialAct.objects.all()._raw_delete("default"),
        lambda: Revision.objects.filter(pk__in=withdrawn.editorial_acts.values("kept__revision")).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_daily_check_proves_the_editorial_state_from_its_acts(withdrawn: Recommendation) -> None:
    Recommendation.objects.filter(pk=withdrawn.pk).update(editorial_state=EditorialState.PUBLISHED)
    found: list[str] = []

    prove(is_repairing=True, on_difference=lambda one: found.append(one.cache))

    assert found == ["editorial_state"]
    withdrawn.refresh_from_db()
    assert withdrawn.is_withdrawn
    assert not prove().differing


def test_the_screen_withdraws_and_restores_and_the_history_tells_it(
    found: Recommendation, cast: Cast, client: Client
) -> None:
    client.force_login(cast.people["administrator"])
    page = page_of(found)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    addresses = {name: reverse(f"editorial:{name}", args=[page.pk]) for name in ("archive", "withdraw", "restore")}
    offered = {name for name, address in addresses.items() if address in body(client.get(edit))}
    assert offered == {"archive", "withdraw"}
    assert client.post(addresses["withdraw"], {"reason": " "}).status_code == 422

    assert client.post(addresses["withdraw"], {"reason": REASON})["Location"] == edit

    assert REASON in body(client.get(addresses["restore"]))
    assert {name for name, address in addresses.items() if address in body(client.get(edit))} == {"restore"}
    history = body(client.get(reverse("wagtailadmin_pages:history", args=[page.pk])))
    assert "Withdrawn from publication" in history
