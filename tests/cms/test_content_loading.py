"""A second load: what changed in the files comes, what people changed stays, what fails leaves nothing behind."""

from typing import Any

import pytest
from django.test import Client

from cms.content import load
from cms.content.load import Content, execute, plan_content, read_content
from cms.content.plan import Act
from cms.content.publishing import Publisher, awake
from cms.content.tables import ContentRefused
from cms.models import ContentPage
from cms.roles import APPROVING_ACCOUNT, IMPORT_ACCOUNT, MODERATORS
from pagekit.acts import Refused
from pagekit.versions import restore, versions_of
from recommendations.models import ActionStage, FollowUp, PageIdentifier, Recommendation, RecommendationPage, Wording
from recommendations.services.editorial import archive, withdraw
from recommendations.services.stages import write_stage
from taxonomy.models import Organisation, Theme
from taxonomy.services.merging import merge
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content_db"), pytest.mark.xdist_group("content")]


@pytest.fixture
def content() -> Content:
    return read_content()


def draft(content: Content, key: str) -> Any:
    (found,) = [draft for draft in content.drafts if draft.key == key]
    return found


def page_of(code: str) -> RecommendationPage:
    return RecommendationPage.objects.sources().get(identifiers__in=PageIdentifier.objects.filter(identifier=code))


def acts(content: Content) -> dict[str, Act]:
    """What the plan does, but for what stays as it is."""
    return {step.key: step.act for step in plan_content(content).steps if step.act != Act.UNCHANGED}


def test_what_was_loaded_needs_nothing(content: Content) -> None:
    assert acts(content) == {}


def test_a_changed_wording_becomes_a_new_version_with_a_reason(content: Content) -> None:
    draft(content, "MO-02").shape["text"] = "Nowe brzmienie w naszych słowach."
    assert acts(content) == {"MO-02": Act.UPDATE}
    execute(plan_content(content), content)
    versions = Wording.objects.filter(recommendation__aliases__alias="MO-02", language="pl").order_by("number")
    assert [version.number for version in versions] == [1, 2]
    assert versions[1].reason
    assert acts(content) == {}


def test_two_changes_one_after_the_other_are_both_published(content: Content) -> None:
    for text in ("Pierwsza poprawka.", "Druga poprawka."):
        draft(content, "MO-02").shape["text"] = text
        execute(plan_content(content), content)
    assert page_of("MO-02").text == "Druga poprawka."


def test_a_page_that_a_person_has_edited_is_kept(content: Content) -> None:
    page = page_of("MO-02")
    page.save_revision(user=UserFactory.create())
    draft(content, "MO-02").shape["text"] = "Brzmienie z plików."
    assert acts(content) == {"MO-02": Act.KEPT}
    execute(plan_content(content), content)
    assert page_of("MO-02").text != "Brzmienie z plików."


@pytest.mark.law("kept-public")
def test_a_page_that_was_withdrawn_or_archived_is_not_published_again(content: Content) -> None:
    someone = UserFactory.create(administrator=True)
    withdraw(Recommendation.objects.get(aliases__alias="MO-02"), by=someone, reason="Postanowienie sądu.")
    archive(Recommendation.objects.get(aliases__alias="MO-03"), by=someone, reason="Nowa ustawa.")
    assert acts(content) == {}
    for code in ("MO-02", "MO-03"):
        draft(content, code).shape["text"] = "Brzmienie z plików."

    assert acts(content) == {"MO-02": Act.KEPT, "MO-03": Act.KEPT}
    execute(plan_content(content), content)
    assert not page_of("MO-02").live


def test_a_row_that_a_person_has_changed_in_the_admin_is_kept(content: Content, client: Client) -> None:
    theme = Theme.objects.get(code="praca")
    form = {"label_pl": theme.label_pl, "label_en": "Labour", "position": theme.position}
    client.force_login(UserFactory.create(groups=[MODERATORS]))
    assert client.post(f"/admin/theme/edit/{theme.pk}/", form).status_code == 302
    assert acts(content) == {"praca": Act.KEPT}


def test_what_a_merge_moved_is_not_moved_back_by_files(content: Content) -> None:
    above, other = Theme.objects.filter(parent=None, children__isnull=False).distinct()[:2]
    merge(above, into=other, by=UserFactory.create(groups=[MODERATORS]))
    assert set(acts(content).values()) == {Act.KEPT}


def test_a_changed_row_of_a_vocabulary_is_written_as_a_version_that_can_be_restored(content: Content) -> None:
    content.words.organisations["msw"]["names"].append(["Resort spraw wewnętrznych", "", False])
    execute(plan_content(content), content)
    body = Organisation.objects.get(code="msw")
    assert body.names.filter(name="Resort spraw wewnętrznych").exists()

    (version,) = versions_of(body)
    assert version.user.username == IMPORT_ACCOUNT
    assert acts(content) == {}
    restore(body, version.data["before"], by=UserFactory.create())
    assert not Organisation.objects.get(code="msw").names.filter(name="Resort spraw wewnętrznych").exists()
    assert acts(content) == {"msw": Act.KEPT}


def test_a_changed_stage_is_written_until_a_person_has_saved_it(content: Content) -> None:
    stage = content.stages["forum-w-dzialaniu"]
    stage["date_words"] = "po maju 2015"
    execute(plan_content(content), content)
    found = ActionStage.objects.get()
    assert found.date_words == "po maju 2015"

    write_stage(found, by=UserFactory.create(groups=[MODERATORS]))
    stage["date_words"] = "później"
    assert acts(content) == {"forum-w-dzialaniu": Act.KEPT}


def test_a_changed_line_of_the_log_is_added_and_the_old_entry_stays(content: Content) -> None:
    before = FollowUp.objects.count()
    key, shape = next(iter(content.follow_ups.wanted.items()))
    changed = {**shape, "text": "Poprawiony opis."}
    content.follow_ups.wanted["nowy wpis"] = changed
    content.follow_ups.members["nowy wpis"] = content.follow_ups.members[key]
    execute(plan_content(content), content)
    assert FollowUp.objects.count() == before + 1
    assert FollowUp.objects.filter(text=shape["text"]).exists()


def test_a_load_that_fails_half_way_leaves_nothing_of_its_batch(content: Content) -> None:
    draft(content, "MO-02").shape["text"] = "Nowe brzmienie."
    draft(content, "MO-03").shape["themes"] = []
    with pytest.raises(Refused, match=r"^recommendations\.tsv: MO-03: .*theme"):
        execute(plan_content(content), content)
    assert page_of("MO-02").text != "Nowe brzmienie."


def test_a_row_that_its_model_refuses_is_named_with_its_file(content: Content) -> None:
    content.words.themes["praca"]["label_pl"] = ""
    with pytest.raises(Refused, match=r"^themes\.tsv: praca: label_pl: "):
        execute(plan_content(content), content)


def test_a_batch_is_one_transaction_and_those_before_it_stay(content: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "BATCH", 1)
    draft(content, "MO-02").shape["text"] = "Nowe brzmienie."
    draft(content, "MO-03").shape["themes"] = []
    with pytest.raises(Refused):
        execute(plan_content(content), content)
    assert page_of("MO-02").text == "Nowe brzmienie."
    assert acts(content) == {"MO-03": Act.UPDATE}


def test_a_reference_other_than_that_of_the_site_is_named_before_anything_is_written(content: Content) -> None:
    content.recommendations.references["MO-02"] = "MO-2014-R99"
    draft(content, "MO-03").shape["text"] = "Nowe brzmienie."
    with pytest.raises(ContentRefused, match="MO-2014-R99"):
        execute(plan_content(content), content)
    assert page_of("MO-03").text != "Nowe brzmienie."


def test_a_new_translation_replaces_the_old_one(content: Content) -> None:
    shape = content.translations["method/en"]
    shape["Metoda"] = "How we work"
    assert acts(content) == {"method/en": Act.UPDATE}
    execute(plan_content(content), content)
    assert ContentPage.objects.in_language("en").get(slug="metoda").title == "How we work"


def test_a_translation_that_a_person_has_saved_is_kept(content: Content) -> None:
    page = ContentPage.objects.in_language("en").get(slug="metoda")
    page.save_revision(user=UserFactory.create())
    content.translations["method/en"]["Metoda"] = "How we work"
    assert acts(content) == {"method/en": Act.KEPT}


def test_the_account_that_saves_is_not_the_one_that_approves() -> None:
    page = page_of("MO-01")
    state = page.workflow_states.get()
    assert state.requested_by.username == IMPORT_ACCOUNT
    assert page.latest_revision.user.username == IMPORT_ACCOUNT
    assert state.current_task_state.finished_by.username == APPROVING_ACCOUNT


def test_the_loader_knows_no_exemption() -> None:
    publisher = Publisher()
    publisher.approver = publisher.writer
    page = page_of("MO-01")
    page.text = "Bez drugiej osoby."
    with pytest.raises(Refused):
        publisher.publish(page)
    assert page_of("MO-01").text != "Bez drugiej osoby."


@pytest.mark.parametrize("username", [IMPORT_ACCOUNT, APPROVING_ACCOUNT])
def test_waking_an_account_of_the_loader_leaves_it_asleep_in_the_database(username: str) -> None:
    user = awake(username)
    assert user.is_active
    user.refresh_from_db()
    assert not user.is_active
    assert not user.has_usable_password()


def test_the_old_ids_resolve_to_their_references() -> None:
    assert Recommendation.objects.get(aliases__alias="SOS-08").reference == "SOS-2022-WRO-FB-R01"
