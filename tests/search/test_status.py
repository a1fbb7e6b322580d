"""The admin says how search stands, to who may know, and warns when somebody has to do something."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from search.engines.base import Engine
from search.models import IndexCheck, MissedQuestion, Outbox
from search.sync import rebuild as rebuilding
from search.sync.drain import drain
from search.sync.drift import find_drift, record
from search.sync.status import BEHIND_AFTER, State, statuses
from search.views import status as views
from taxonomy.models import Organisation
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_recommendation, make_site
from tests.factories.taxonomy import OrganisationFactory


def state() -> State:
    (status,) = statuses()
    return status.state


@pytest.fixture
def keeper(client: Client, db: None) -> Client:
    """Somebody who may see the status and nothing else of the admin."""
    make_site()
    user = UserFactory.create(is_staff=True)
    for name in ("access_admin", "view_indexcheck"):
        user.user_permissions.add(Permission.objects.get(codename=name))
    client.force_login(user)
    return client


def page(client: Client) -> str:
    response = client.get(reverse("search_status"))
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_current_index_is_said_to_be_current_and_gives_no_banner(index: Engine, keeper: Client) -> None:
    make_recommendation()
    drain(index)

    (status,) = statuses()

    assert (status.state, status.waiting, status.problem) == (State.CURRENT, 0, "")
    assert status.documents["pl"] == status.documents["uk"] > 0
    assert status.number == status.last_number == index.number
    assert "current" in page(keeper)
    assert "attention" not in keeper.get(reverse("wagtailadmin_home")).content.decode()


def test_what_waits_is_counted_and_becomes_a_warning_only_when_it_waits_long(index: Engine, keeper: Client) -> None:
    body = OrganisationFactory.create()
    body.save()
    (status,) = statuses()
    assert (status.state, status.waiting) == (State.CURRENT, 1)

    Outbox.objects.update(created_at=timezone.now() - BEHIND_AFTER - dt.timedelta(minutes=1))

    assert state() is State.BEHIND
    assert "search_sync" in keeper.get(reverse("wagtailadmin_home")).content.decode()


def test_an_index_of_other_rules_goes_on_answering_and_the_administrator_is_told(
    index: Engine, keeper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_recommendation(title="Nauka języka")
    drain(index)
    monkeypatch.setattr("search.sync.status.FINGERPRINT", "of the next version")
    monkeypatch.setattr(rebuilding, "FINGERPRINT", "of the next version")

    assert state() is State.OUTDATED
    assert Client().get("/search/?q=nauka").context["total"] == 1
    assert "search_rebuild" in keeper.get(reverse("wagtailadmin_home")).content.decode()

    call_command("search_sync", verbosity=0)
    assert state() is State.CURRENT


def test_without_an_index_the_status_says_so(db: None, settings: Any, tmp_path: Path, keeper: Client) -> None:
    settings.SEARCH_DIR = tmp_path / "none"

    assert state() is State.MISSING
    assert "search_rebuild" in page(keeper)


def test_a_broken_index_is_a_status_and_no_error(index: Engine, settings: Any, keeper: Client) -> None:
    next(Path(settings.SEARCH_DIR).glob("*/state.json")).write_text("{")

    assert state() is State.UNAVAILABLE
    assert "does not answer" in page(keeper)


def test_what_a_check_found_is_kept_until_it_is_repaired(index: Engine, keeper: Client) -> None:
    body = OrganisationFactory.create(label_pl="Stary")
    drain(index)
    Organisation.objects.filter(pk=body.pk).update(label_pl="Nowy")

    with pytest.raises(CommandError):
        call_command("search_check", verbosity=0)

    assert state() is State.DIFFERS
    check = IndexCheck.objects.get()
    assert (check.documents, check.missing, check.extra, check.stale, check.is_repaired) == (1, 0, 0, 1, False)

    call_command("search_check", "--repair", verbosity=0)
    assert IndexCheck.objects.get().is_repaired
    assert state() is State.CURRENT


def test_a_small_site_is_checked_at_the_press_of_a_button(index: Engine, keeper: Client) -> None:
    body = OrganisationFactory.create(label_pl="Stary")
    drain(index)
    assert "Check now" in page(keeper)
    Organisation.objects.filter(pk=body.pk).update(label_pl="Nowy")

    response = keeper.post(reverse("search_status"), follow=True)

    assert "1 document differs" in response.content.decode()
    assert IndexCheck.objects.get().stale == 1


def test_a_large_site_is_not_checked_in_a_request(
    index: Engine, keeper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    OrganisationFactory.create()
    monkeypatch.setattr(views, "CHECKED_AT_ONCE", 0)

    assert "Check now" not in page(keeper)
    keeper.post(reverse("search_status"))
    assert not IndexCheck.objects.exists()


def test_a_get_changes_nothing(index: Engine, keeper: Client) -> None:
    OrganisationFactory.create()
    page(keeper)

    assert not IndexCheck.objects.exists()
    assert Outbox.objects.filter(number=None).exists()


def test_questions_that_found_nothing_are_listed_from_the_third_time(index: Engine, keeper: Client) -> None:
    for text, count in (("węgorz", 3), ("jesiotr", 2)):
        MissedQuestion.objects.create(text=text, language="pl", day=timezone.localdate(), count=count)

    html = page(keeper)

    assert "węgorz" in html
    assert "jesiotr" not in html


def test_who_may_not_know_sees_neither_page_nor_banner_nor_menu(index: Engine, client: Client) -> None:
    make_site()
    user = UserFactory.create(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user)
    record(find_drift(index), index)
    IndexCheck.objects.update(stale=1)

    home = client.get(reverse("wagtailadmin_home")).content.decode()

    assert "attention" not in home
    assert reverse("search_status") not in home
    assert client.get(reverse("search_status")).status_code == 302
    assert client.post(reverse("search_status")).status_code == 302
