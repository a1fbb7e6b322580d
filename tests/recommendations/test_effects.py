"""Expected effects closed: who judges them, what is kept, and what readers of the group's page see."""

import datetime as dt
from copy import deepcopy
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from forums.choices import EffectState
from forums.models import ExpectedEffect, WorkingGroupPage
from pagekit.acts import Refused
from recommendations.models import EffectOutcome, Recommendation
from recommendations.services.effects import judge_effect
from tests.factories.accounts import UserFactory
from tests.factories.effects import make_effect
from tests.factories.pages import make_recommendation, moderator, publish

pytestmark = pytest.mark.django_db

DAY = dt.date(2024, 5, 5)


@pytest.fixture(scope="module")
def effect_once(stage: None) -> ExpectedEffect:
    return make_effect()


@pytest.fixture
def effect(effect_once: ExpectedEffect, db: None) -> ExpectedEffect:
    return deepcopy(effect_once)


@pytest.fixture(scope="module")
def met_once(effect_once: ExpectedEffect) -> Recommendation:
    return make_recommendation(parent=effect_once.working_group.source_page, title="Infolinia")


@pytest.fixture
def met(met_once: Recommendation, db: None) -> Recommendation:
    return deepcopy(met_once)


def judge(effect: ExpectedEffect, state: str = EffectState.NOT_REACHED, **changes: Any) -> EffectOutcome:
    said: dict[str, Any] = {"by": moderator(), "judged_on": DAY, "note": "Nikt nie zaczął."} | changes
    return judge_effect(effect, state=state, **said)


def page_of(effect: ExpectedEffect) -> WorkingGroupPage:
    return WorkingGroupPage.objects.get(translation_key=effect.working_group.translation_key)


def shown(client: Client, effect: ExpectedEffect) -> Any:
    page = BeautifulSoup(client.get(page_of(effect).url).content, "html.parser")
    return page.find("section", {"aria-labelledby": "effects"})


def test_readers_see_by_which_recommendation_an_effect_was_reached(
    client: Client, effect: ExpectedEffect, met: Recommendation
) -> None:
    assert "open" in shown(client, effect).text

    judge(effect, EffectState.PARTLY, recommendation=met, note="Bez szkół.")

    section = shown(client, effect)
    assert "reached in part" in section.text
    assert "Bez szkół." in section.text
    assert "5 maja 2024" in section.text
    link = section.find("a")
    assert met.reference in link.text
    assert link["href"].endswith("/infolinia/")


def test_a_recommendation_taken_off_the_site_is_not_named(
    client: Client, effect: ExpectedEffect, met: Recommendation
) -> None:
    judge(effect, EffectState.REACHED, recommendation=met)
    Page.objects.filter(translation_key=met.translation_key).update(live=False)

    assert met.reference not in shown(client, effect).text
    assert "Infolinia" not in shown(client, effect).text


def test_whatever_was_said_before_is_kept_and_shown_and_the_same_said_again_is_nothing_new(
    client: Client, effect: ExpectedEffect, met: Recommendation
) -> None:
    first = judge(effect)
    assert judge(effect, seen=first.pk) == first

    second = judge(effect, EffectState.REACHED, recommendation=met, seen=first.pk)
    judge(effect, EffectState.OPEN, note="Pomyłka.", seen=second.pk)

    effect.refresh_from_db()
    assert effect.state == EffectState.OPEN
    assert [one.state for one in effect.outcomes.all()] == ["not_reached", "reached", "open"]
    former = [line.text for line in shown(client, effect).select("details li")]
    assert met.reference in former[0]
    assert all("5 maja 2024" in line for line in former)
    assert "Nikt nie zaczął." in former[1]


def test_of_two_who_judge_at_once_the_second_reads_what_the_first_said(effect: ExpectedEffect) -> None:
    judge(effect)

    with pytest.raises(Refused, match="Somebody judged"):
        judge(effect, note="Inaczej.", seen=0)


def test_a_stranger_judges_nothing_and_a_draft_meets_nothing(effect: ExpectedEffect, met: Recommendation) -> None:
    with pytest.raises(Refused, match="Only who edits"):
        judge(effect, by=UserFactory.create())
    Page.objects.filter(translation_key=met.translation_key).update(live=False)
    with pytest.raises(Refused, match="published recommendation"):
        judge(effect, EffectState.REACHED, recommendation=met)


def test_a_judged_effect_cannot_be_taken_off_the_page(effect: ExpectedEffect) -> None:
    judge(effect)
    page = page_of(effect)
    page.effects = "[]"
    page.change_reason = "Porządki."

    with pytest.raises(Refused, match="Put it back"):
        publish(page)

    assert ExpectedEffect.objects.filter(pk=effect.pk).exists()


def test_the_screen_keeps_what_was_typed_and_shows_what_is_newer(
    client: Client, effect: ExpectedEffect, met: Recommendation
) -> None:
    client.force_login(UserFactory.create(administrator=True))
    address = reverse("effects:judge", args=[page_of(effect).pk, effect.key])
    sends = {"seen": 0, "state": "reached", "recommendation": met.pk, "note": "Działa.", "judged_on": "2024-05-05"}
    judge(effect)

    refused = client.post(address, sends)
    assert refused.status_code == 422
    assert "Nikt nie zaczął." in refused.text
    assert "Działa." in refused.text
    newest = BeautifulSoup(refused.content, "html.parser").find("input", {"name": "seen"})
    assert newest is not None

    client.post(address, sends | {"seen": newest["value"]})
    effect.refresh_from_db()
    assert effect.state == EffectState.REACHED
    assert met.reference in client.get(reverse("effects:index", args=[page_of(effect).pk])).text


def test_a_page_with_many_judged_effects_asks_no_more(client: Client, effect: ExpectedEffect) -> None:
    judge(effect)
    client.get(page_of(effect).url)
    with CaptureQueriesContext(connection) as queries:
        client.get(page_of(effect).url)

    assert len(queries) <= 20
