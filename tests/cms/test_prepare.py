"""One command makes a site: roles, workflow, logins; a second run changes nothing."""

import json
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from wagtail.models import GroupPagePermission, Page, Site, Task, Workflow, WorkflowPage

from cms.content import load
from cms.content.pages import adopt_home
from cms.logins import LOGINS, Safe, lines, load_logins
from cms.management.commands import prepare
from cms.models import HomePage, LoadedContent, ModerationTask
from cms.roles import APPROVING_ACCOUNT, IMPORT_ACCOUNT, MODERATORS, WORKFLOW, editors_of, load_roles, translators
from forums.models import WorkingGroupPage
from pagekit.acts import Refused
from recommendations.models import RecommendationPage
from taxonomy.models import Mandate
from tests.cms.test_content import counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content_db"), pytest.mark.xdist_group("content")]


@pytest.fixture
def safe(tmp_path: Path) -> Safe:
    return Safe(tmp_path / "var" / "logins.json")


@pytest.fixture
def people(safe: Safe) -> dict[str, Any]:
    load_logins(safe)
    users = get_user_model()
    return {login.username: users.objects.get(username=login.username) for login in LOGINS}


def gds() -> Any:
    return WorkingGroupPage.objects.sources().get(slug="gds")


def test_the_second_run_finds_everything_in_place(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR_DIR = tmp_path
    built: list[bool] = []
    monkeypatch.setattr(prepare.Command, "build_index", lambda self, is_current: built.append(is_current))
    call_command("prepare", stdout=StringIO())
    before, again = counts(), StringIO()
    call_command("prepare", stdout=again)
    assert counts() == before
    assert "content: unchanged" in again.getvalue()
    assert built == [False, True]


def test_changed_files_are_loaded_by_the_next_run(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR_DIR = tmp_path
    LoadedContent.objects.create(part="content", fingerprint="another")
    monkeypatch.setattr(prepare.Command, "build_index", lambda self, is_current: None)
    told = StringIO()
    call_command("prepare", stdout=told)
    assert "126 unchanged" in told.getvalue()
    assert LoadedContent.objects.get(part="content").fingerprint == load.fingerprint()


def test_a_faulty_file_stops_the_run_with_the_place(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(prepare, "read_content", lambda: load.read_content(tmp_path))
    with pytest.raises(CommandError, match=r"places\.tsv: The file is missing"):
        call_command("prepare", stdout=StringIO())


def test_nobody_can_sign_in_as_the_loader(rf: RequestFactory) -> None:
    for username in (IMPORT_ACCOUNT, APPROVING_ACCOUNT):
        user = get_user_model().objects.get(username=username)
        assert not user.is_active
        assert not user.has_usable_password()
        assert not user.is_superuser
        assert authenticate(rf.post("/"), username=username, password="") is None


def test_each_login_opens_its_account(safe: Safe, people: dict[str, Any]) -> None:
    kept = json.loads(safe.path.read_text(encoding="utf-8"))
    assert set(kept) == set(people)
    assert all(people[name].check_password(entry["password"]) for name, entry in kept.items())
    assert len({entry["password"] for entry in kept.values()}) == len(kept)


def test_the_passwords_are_readable_by_their_owner_only(safe: Safe, people: dict[str, Any]) -> None:
    assert stat.S_IMODE(safe.path.stat().st_mode) == 0o600


def test_passwords_differ_from_site_to_site(safe: Safe, people: dict[str, Any], tmp_path: Path) -> None:
    other = Safe(tmp_path / "other.json")
    get_user_model().objects.filter(username="moderator-1").delete()
    load_logins(other)
    assert other.kept["moderator-1"]["password"] != safe.kept["moderator-1"]["password"]


def test_an_account_that_exists_keeps_its_password(safe: Safe, people: dict[str, Any]) -> None:
    people["moderator-1"].set_password("zupełnie inne hasło")
    people["moderator-1"].save()
    assert load_logins(safe) == 0
    assert get_user_model().objects.get(username="moderator-1").check_password("zupełnie inne hasło")


def test_a_password_that_was_changed_is_not_told(safe: Safe, people: dict[str, Any]) -> None:
    people["moderator-1"].set_password("zupełnie inne hasło")
    people["moderator-1"].save()
    (line,) = [line for line in lines(safe) if "moderator-1" in line]
    assert "changed since" in line
    assert safe.kept["moderator-1"]["password"] not in line


def test_a_lost_file_of_passwords_is_told(people: dict[str, Any], tmp_path: Path) -> None:
    assert all("changepassword" in line for line in lines(Safe(tmp_path / "empty.json")))


def test_the_stock_groups_and_workflow_are_gone() -> None:
    assert not Group.objects.filter(name__in=["Editors", "Moderators"]).exists()
    assert [workflow.name for workflow in Workflow.objects.all()] == [WORKFLOW]
    assert [type(task.specific) for task in Task.objects.all()] == [ModerationTask]
    assert not GroupPagePermission.objects.filter(page__depth=1).exists()


def test_the_welcome_page_is_gone_and_the_site_starts_at_the_polish_home() -> None:
    assert Site.objects.get().root_page.specific == HomePage.objects.sources().get()
    assert {page.specific_class for page in Page.objects.filter(depth=2)} == {HomePage}
    assert HomePage.objects.visible_to().count() == 4


def test_every_source_page_stands_under_the_moderation() -> None:
    home = HomePage.objects.sources().get()
    assert WorkflowPage.objects.get().page == home.page_ptr
    assert gds().get_workflow().name == WORKFLOW


def test_an_editor_edits_the_own_group_only_and_publishes_nothing(people: dict[str, Any]) -> None:
    editor = people["redaktor-gds"]
    own = gds().permissions_for_user(editor)
    assert own.can_edit()
    assert own.can_add_subpage()
    assert not own.can_publish()
    other = WorkingGroupPage.objects.sources().get(slug="flpm-2015-wro-roma").permissions_for_user(editor)
    assert not other.can_edit()
    assert editor.groups.get().name == editors_of("gds")


def test_a_translator_edits_one_language_only(people: dict[str, Any]) -> None:
    translator = people["tlumacz-en"]
    page = RecommendationPage.objects.sources().get(slug="mo-01")
    allowed = {
        translation.locale.language_code: translation.permissions_for_user(translator).can_edit()
        for translation in page.get_translations(inclusive=True)
    }
    assert allowed == {"pl": False, "en": True, "uk": False, "ru": False}
    assert translator.groups.get().name == translators("en")


def test_a_moderator_publishes_every_language_and_is_no_administrator(people: dict[str, Any]) -> None:
    moderator = people["moderator-1"]
    for home in HomePage.objects.all():
        assert home.permissions_for_user(moderator).can_publish()
    assert not moderator.is_superuser
    assert not moderator.has_perm("accounts.change_user")


def test_an_official_holds_a_mandate_and_has_no_admin(people: dict[str, Any]) -> None:
    official = people["urzednik-wroclaw"]
    assert not official.has_perm("wagtailadmin.access_admin")
    assert not official.groups.exists()
    assert Mandate.objects.active().get(user=official).organisation.code == "um-wroclaw"


def test_roles_loaded_twice_are_the_same() -> None:
    before = counts()
    load_roles(adopt_home())
    assert counts() == before


def proposed(people: dict[str, Any], author: str) -> tuple[Any, Any]:
    """A draft of the group gds that ``author`` saved and sent to moderation, and the step that waits."""
    page = gds()
    page.lead = "Nowe zdanie."
    page.change_reason = "Poprawka"
    page.save_revision(user=people[author])
    state = page.get_workflow().start(page, people[author])
    return page, state.current_task_state.specific


def test_a_moderator_approves_what_another_saved(people: dict[str, Any]) -> None:
    _page, step = proposed(people, "redaktor-gds")
    step.task.specific.on_action(step, people["moderator-1"], "approve")
    assert gds().lead == "Nowe zdanie."


def test_a_moderator_does_not_approve_the_own_text(people: dict[str, Any]) -> None:
    page, step = proposed(people, "moderator-1")
    task = step.task.specific
    assert "approve" not in [action for action, *_ in task.get_actions(page, people["moderator-1"])]
    assert "approve" in [action for action, *_ in task.get_actions(page, people["moderator-2"])]
    with pytest.raises(Refused, match="co-author"):
        task.on_action(step, people["moderator-1"], "approve")
    assert gds().lead != "Nowe zdanie."


def test_whoever_corrects_becomes_a_co_author(people: dict[str, Any]) -> None:
    page, step = proposed(people, "redaktor-gds")
    page.save_revision(user=people["moderator-1"])
    with pytest.raises(Refused):
        step.task.specific.on_action(step, people["moderator-1"], "approve")


def test_what_was_saved_while_it_waited_is_approved_with_it_and_not_passed_over_in_silence(
    people: dict[str, Any],
) -> None:
    page, step = proposed(people, "redaktor-gds")
    page.lead = "Zapisane po przekazaniu."
    page.save_revision(user=people["redaktor-gds"])
    step.task.specific.on_action(step, people["moderator-1"], "approve")
    assert gds().lead == "Zapisane po przekazaniu."
    assert not gds().workflow_in_progress


def test_a_moderator_may_send_the_own_text_back(people: dict[str, Any]) -> None:
    page, step = proposed(people, "moderator-1")
    step.task.specific.on_action(step, people["moderator-1"], "reject")
    assert page.current_workflow_state.status == "needs_changes"


def test_a_superuser_who_wrote_the_text_does_not_approve_it_either(people: dict[str, Any]) -> None:
    _page, step = proposed(people, "administrator")
    with pytest.raises(Refused):
        step.task.specific.on_action(step, people["administrator"], "approve")


def test_moderators_is_the_group_of_the_workflow() -> None:
    assert [group.name for group in ModerationTask.objects.get().groups.all()] == [MODERATORS]
