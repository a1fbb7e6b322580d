"""Who may open and send what in the admin, asked at Wagtail's own addresses."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation, TranslationSource

from accounts.models import User
from cms.models import PublisherSettings
from cms.roles import MODERATORS
from recommendations.models import RecommendationPage
from taxonomy.models import Mandate, Succession, Tag
from tests.factories.pages import author, make_assignment
from tests.factories.roles import ROLES, Cast, kept_cast
from tests.factories.taxonomy import OrganisationFactory, TagFactory, ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]

CANARY = re.compile(r"Kanarek (?:grupa|rekomendacja|w tre)")
LET_IN, SENT_AWAY = "in", "away"
ROLES_OF_THE_ADMIN = ("editor", "translator", "moderator", "administrator")


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    with django_db_blocker.unblock(), kept_cast() as cast:
        cast.foreign.save_revision(user=author())
        cast.foreign.get_workflow().start(cast.foreign, author())
        source, _created = TranslationSource.update_or_create_from_instance(cast.foreign)
        Translation.objects.create(source=source, target_locale=Locale.objects.get(language_code="ru"))
        ThemeFactory.create(code="temat")
        Succession.objects.create(
            predecessor=OrganisationFactory.create(), successor=OrganisationFactory.create(), starts_on="2020-01-01"
        )
        yield cast


def outcome(response: Any) -> str:
    """Whether an answer lets in: Wagtail sends away by 302 to its start or to the sign-in, we by 403 or 404."""
    if response.status_code in {403, 404}:
        return SENT_AWAY
    target = response.headers.get("Location", "") if response.status_code == 302 else ""
    return SENT_AWAY if target == reverse("wagtailadmin_home") or target.startswith(reverse("sign_in")) else LET_IN


def sidebar(client: Client) -> str:
    found = re.search(r'id="wagtail-sidebar-props"[^>]*>(.*?)</script>', client.get("/admin/").content.decode(), re.S)
    assert found is not None
    return found[1]


def addresses(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern)


def admin_addresses(cast: Cast) -> list[str]:
    """Every address of the admin, with the page of another group wherever a page is named."""
    task_state = cast.foreign.current_workflow_task_state
    keys: dict[str, Any] = {
        "parent_page_id": cast.foreign_group.pk,
        "destination_id": cast.own_group.pk,
        "revision_id": cast.foreign.latest_revision.pk,
        "revision_id_a": "earliest",
        "revision_id_b": "latest",
        "task_state_id": task_state.pk,
        "task_id": task_state.task_id,
        "workflow_state_id": task_state.workflow_state_id,
        "action_name": "approve",
        "action": "delete",
        "translation_id": Translation.objects.get().pk,
        "translation_source_id": TranslationSource.objects.get().pk,
        "content_type_app_name": "recommendations",
        "content_type_model_name": "recommendationpage",
        "app_label": "recommendations",
        "model_name": "recommendationpage",
        "key": cast.foreign.translation_key,
    }
    named = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)|<(?:\w+:)?(\w+)>")
    found = set()
    for pattern in addresses(get_resolver().url_patterns):
        if pattern.startswith("admin/") and "logout" not in pattern and ".*" not in pattern:
            filled = named.sub(lambda match: str(keys.get(match[1] or match[2], cast.foreign.pk)), pattern)
            found.add("/" + re.sub(r"[\^$\\]", "", filled))
    return sorted(found)


@pytest.mark.parametrize("role", ROLES_OF_THE_ADMIN)
def test_no_entry_of_the_menu_leads_to_a_refusal(cast: Cast, client: Client, role: str) -> None:
    client.force_login(cast.people[role])
    links = {link for link in re.findall(r'"url": "(/admin/[^"]*)"', sidebar(client)) if "logout" not in link}

    assert ("/admin/reports/page-types-usage/" in links) == (role not in {"editor", "translator"})
    assert {link for link in links if outcome(client.get(link)) == SENT_AWAY} == set()


@pytest.mark.parametrize("role", ["editor", "translator"])
def test_no_admin_address_shows_the_draft_of_another_group(cast: Cast, client: Client, role: str) -> None:
    asked = admin_addresses(cast)
    client.force_login(cast.people[role])
    shown, broken = [], []
    for address in asked:
        # Lists and choosers name no page: they show more when they are asked for it.
        query = f"?q=Kanarek&id={cast.foreign.pk}&child_of={cast.foreign_group.pk}"
        for address_asked in [address] if re.search(r"\d", address) else [address, address + query]:
            response = client.get(address_asked)
            body = b"" if response.streaming else response.content
            if CANARY.search(body.decode("utf-8", "replace")):
                shown.append(address_asked)
            if response.status_code >= 500:
                broken.append(address_asked)

    assert len(asked) > 150, "the walk over the addresses is broken"
    assert (shown, broken) == ([], [])


def test_the_walk_would_see_a_draft_that_is_shown(cast: Cast, client: Client) -> None:
    client.force_login(cast.people["moderator"])

    assert CANARY.search(client.get(f"/admin/pages/{cast.foreign.pk}/edit/").content.decode())
    assert CANARY.search(client.get("/admin/choose-page/search/?q=Kanarek").content.decode())


def test_an_official_is_let_in_nowhere(cast: Cast, client: Client) -> None:
    client.force_login(cast.people["official"])
    open_to_all = {"sprite", "login", "password_reset", "jsi18n"}
    asked = [address for address in admin_addresses(cast) if address.split("/")[2] not in open_to_all]
    # Without a slash Django first leads to the address with one (301), which is asked as well.
    answers = {address: client.get(address) for address in asked}

    assert len(asked) > 150
    assert [a for a, answer in answers.items() if answer.status_code != 301 and outcome(answer) == LET_IN] == []


@pytest.mark.parametrize("role", ["editor", "moderator", "administrator", "superuser"])
def test_the_editor_of_a_source_page_offers_moderation_and_no_publishing(cast: Cast, client: Client, role: str) -> None:
    client.force_login(cast.people[role])

    screens = [
        client.get(f"/admin/pages/{cast.own.pk}/edit/").content.decode(),
        client.get(reverse("wagtailadmin_pages:add", args=["recommendations", "recommendationpage", cast.own_group.pk]))
        .content.decode(),
    ]  # fmt: skip

    for screen in screens:
        assert 'name="action-publish"' not in screen
        footer = screen[screen.index("<footer") :]
        assert footer.index('name="action-submit"') < footer.index('class="button action-save')


@pytest.mark.parametrize("address", ["/admin/recommendation_pages/", "/admin/pages/{group}/"])
def test_acts_on_many_pages_are_offered_to_who_may_do_them(cast: Cast, client: Client, address: str) -> None:
    def offered(role: str) -> set[str]:
        client.force_login(cast.people[role])
        shown = client.get(address.format(group=cast.own_group.pk)).content.decode()
        return set(re.findall(r"/admin/bulk/wagtailcore/page/(\w+)/", shown))

    theirs = {"move", "delete", "submit_to_moderation", "change_words"}
    assert offered("editor") == theirs
    assert offered("moderator") == theirs | {"publish", "unpublish", "publish_and_translate"}


def test_the_menu_stands_in_the_order_of_the_job(cast: Cast, client: Client) -> None:
    def menu(role: str) -> list[str]:
        client.force_login(cast.people[role])
        props = json.loads(sidebar(client))
        return re.findall(r'"_type": "wagtail.sidebar.\w*MenuItem", "_args": \[\{"name": "([\w-]+)"', json.dumps(props))

    assert [name for name in menu("moderator") if name in JOB] == JOB
    assert "vocabularies" not in menu("editor")
    assert "follow-up" not in menu("editor")
    assert not {"images", "documents"} & set(menu("translator"))


JOB = ["forums", "recommendations", "follow-up", "vocabularies", "reports", "explorer"]


def test_the_dashboard_warns_who_can_act_while_the_publisher_is_not_set(cast: Cast, client: Client) -> None:
    warning = "Readers find"
    client.force_login(cast.people["editor"])
    assert warning not in client.get("/admin/").content.decode()

    client.force_login(cast.people["administrator"])
    assert warning in client.get("/admin/").content.decode()

    settings = PublisherSettings.for_site(cast.home.get_site())
    settings.publisher, settings.unit, settings.email, settings.phone = "Fundacja", "Redakcja", "a@example.org", "22"
    settings.save()
    assert warning not in client.get("/admin/").content.decode()


def account_form(user: User, **changes: Any) -> dict[str, Any]:
    return {
        "username": user.username,
        "email": "nowy@example.org",
        "first_name": "Anna",
        "last_name": "Nowak",
        "is_active": "on",
        "groups": [group.pk for group in user.groups.all()],
    } | changes


@pytest.mark.parametrize("field", ["is_superuser", "is_staff", "groups", "user_permissions"])
def test_an_administrator_raises_nobody_to_full_rights_and_changes_no_own_role(
    cast: Cast, client: Client, field: str
) -> None:
    me = cast.people["administrator"]
    client.force_login(me)
    sent: dict[str, Any] = {
        "is_superuser": "on",
        "is_staff": "on",
        "groups": list(Group.objects.values_list("pk", flat=True)),
        "user_permissions": list(Permission.objects.values_list("pk", flat=True)),
    }
    before = sorted(me.groups.values_list("pk", flat=True))

    response = client.post(f"/admin/users/edit/{me.pk}/", account_form(me, **{field: sent[field]}))

    me.refresh_from_db()
    assert response.status_code == 302
    assert me.email == "nowy@example.org", "the form was taken, so the test sees what it let through"
    assert (me.is_superuser, me.is_staff, me.user_permissions.count()) == (False, False, 0)
    assert sorted(me.groups.values_list("pk", flat=True)) == before


@pytest.mark.parametrize("role", ["editor", "translator", "moderator", "administrator"])
def test_the_own_profile_takes_no_rights(cast: Cast, client: Client, role: str) -> None:
    me = cast.people[role]
    client.force_login(me)
    form = client.get("/admin/account/").content.decode()
    names = re.findall(r'<(?:input|select)[^>]+name="([\w-]+)"', form)
    client.post("/admin/account/", dict.fromkeys(names, "1") | {"is_superuser": "on", "name_email-is_superuser": "on"})

    me.refresh_from_db()
    assert not me.is_superuser
    assert not me.is_staff


def test_an_administrator_makes_no_superuser_and_takes_over_none(cast: Cast, client: Client) -> None:
    client.force_login(cast.people["administrator"])
    password = "dlugie-i-trudne-zdanie-7"
    new = {
        "username": "nowa", "email": "n@example.org", "first_name": "A", "last_name": "B",
        "is_superuser": "on", "password1": password, "password2": password,
    }  # fmt: skip

    assert client.post("/admin/users/new/", new).status_code == 302
    assert not User.objects.get(username="nowa").is_superuser

    victim = cast.people["superuser"]
    client.post(f"/admin/users/edit/{victim.pk}/", account_form(victim, password1=password, password2=password))
    victim.refresh_from_db()
    assert not victim.check_password(password)


@pytest.mark.parametrize("role", ["editor", "translator", "moderator"])
def test_nobody_but_an_administrator_writes_a_mandate(cast: Cast, client: Client, role: str) -> None:
    client.force_login(cast.people[role])
    before = Mandate.objects.count()
    client.post(
        "/admin/mandate/new/",
        {
            "user": cast.people[role].pk,
            "organisation": OrganisationFactory.create().pk,
            "role": "contact",
            "starts_on": "2020-01-01",
        },
    )

    assert Mandate.objects.count() == before


def test_an_editor_does_nothing_to_the_page_of_another_group_by_any_door(cast: Cast, client: Client) -> None:
    client.force_login(cast.people["editor"])
    page, before = cast.foreign, Page.objects.count()
    state = page.current_workflow_task_state
    into_foreign = {"new_title": "K", "new_slug": "k", "new_parent_page": cast.foreign_group.pk}
    doors = [
        (f"/admin/pages/{page.pk}/edit/", {"title": "Zmieniony", "action-publish": "1"}),
        (f"/admin/pages/{page.pk}/copy/", {"new_title": "K", "new_slug": "k", "new_parent_page": cast.own_group.pk}),
        (f"/admin/pages/{page.pk}/move/{cast.own_group.pk}/confirm/", {}),
        (f"/admin/pages/{page.pk}/delete/", {}),
        (f"/admin/pages/{page.pk}/lock/", {}),
        (f"/admin/pages/{page.pk}/privacy/", {"restriction_type": "none"}),
        (f"/admin/pages/{page.pk}/set_position/", {}),
        (f"/admin/pages/workflow/action/{page.pk}/approve/{state.pk}/", {}),
        (f"/admin/pages/workflow/confirm_cancellation/{page.pk}/", {}),
        (f"/admin/bulk/wagtailcore/page/publish/?id={page.pk}", {}),
        (f"/admin/bulk/wagtailcore/page/delete/?id={page.pk}", {}),
        (f"/admin/bulk/wagtailcore/page/move/?id={page.pk}", {"chooser": cast.own_group.pk}),
        (f"/admin/pages/{cast.own.pk}/copy/", into_foreign),
        (f"/admin/pages/add/recommendations/recommendationpage/{cast.foreign_group.pk}/", {"title": "Obca"}),
        (f"/admin/localize/submit/page/{page.pk}/", {"locales": Locale.objects.get(language_code="en").pk}),
        (f"/admin/localize/update/{TranslationSource.objects.get().pk}/", {"publish_translations": "on"}),
    ]  # fmt: skip

    for address, data in doors:
        assert client.post(address, data).status_code < 500, address

    page = RecommendationPage.objects.get(pk=page.pk)
    assert (page.title, page.live, page.locked, page.get_parent().pk) == (
        "Kanarek rekomendacja", False, False, cast.foreign_group.pk,
    )  # fmt: skip
    assert page.current_workflow_task_state == state
    assert Page.objects.count() == before


def test_a_translator_works_only_in_the_own_language(cast: Cast, client: Client) -> None:
    client.force_login(cast.people["translator"])
    ukrainian = cast.home.get_translation(Locale.objects.get(language_code="uk"))

    assert outcome(client.get(f"/admin/pages/{cast.translated.pk}/edit/")) == LET_IN
    assert outcome(client.get(f"/admin/pages/{ukrainian.pk}/edit/")) == SENT_AWAY
    assert outcome(client.get(f"/admin/pages/{cast.home.pk}/edit/")) == SENT_AWAY
    assert outcome(client.get(f"/admin/localize/page/{cast.translated.pk}/convert_to_alias/")) == SENT_AWAY


def test_existing_tags_are_offered_in_whatever_form_and_merged_ones_bring_their_heir(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.people["editor"])
    heir = TagFactory.create(name="asystentki międzykulturowe")
    Tag.objects.create(name="pomocnik kulturowy", merged_into=heir)

    def offered(term: str) -> Any:
        return client.get("/admin/offered-tags/", {"term": term}).json()

    assert offered("asystentek") == ["asystentki międzykulturowe"]
    assert offered("międzykult") == ["asystentki międzykulturowe"]
    assert offered("pomocnika") == ["asystentki międzykulturowe"]
    assert offered("hydraulik") == []
    assert offered("") == []


def test_a_row_of_the_follow_up_is_opened_by_moderators_only(cast: Cast, client: Client) -> None:
    row = make_assignment(parent=cast.own_group, title="Opublikowana")
    acts = ["", "position/", "report/", "letter/", "silence/", "not-ours/", "close/", "reopen/"]
    for role in ROLES:
        client.force_login(cast.people[role])
        answers = {outcome(client.get(f"/admin/follow_up/{row.pk}/{act}")) for act in acts}
        answers.add(outcome(client.get(f"/admin/follow_up/whole/{row.recommendation_id}/close/")))
        assert answers == {LET_IN if role in {"moderator", "superuser"} else SENT_AWAY}, role
    assert cast.people["moderator"].groups.filter(name=MODERATORS).exists()
