"""What is hidden by time, an old index, a copy put back or too much that waits: as hidden as by any act."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.actions.unpublish_page import UnpublishPageAction

from pagekit.services import read_text
from recommendations.choices import LinkKind
from recommendations.models import Evidence, RecommendationLink, Wording
from search.engines.base import Engine
from search.models import IndexState, Outbox
from search.sync import outbox
from search.sync.drain import drain
from search.sync.drift import find_drift
from search.views import answers
from search.views.near import near
from tests.factories.files import make_document, pdf
from tests.factories.follow_up import make_entry
from tests.factories.pages import make_forum, make_group, make_recommendation
from tests.search.asking import ask
from tests.search.conftest import translate

pytestmark = pytest.mark.django_db


def unpublish(page: Any) -> None:
    UnpublishPageAction(page).execute(skip_permission_checks=True)


def expire(page: Any) -> None:
    type(page).objects.filter(pk=page.pk).update(expire_at=timezone.now() - dt.timedelta(seconds=1))


def forget_what_is_a_week_old(number: int) -> None:
    Outbox.objects.update(created_at=timezone.now() - outbox.KEPT - dt.timedelta(hours=1))
    outbox.forget_drained(number)


def suggested(client: Client, typed: str) -> list[str]:
    return [one["text"] for one in client.get("/search/suggest/", {"q": typed}).json()["suggestions"]]


@pytest.mark.parametrize("act", [unpublish, expire])
def test_a_request_that_is_hidden_makes_no_other_one_asked_in_vain(index: Engine, client: Client, act: Any) -> None:
    first = make_recommendation(title="Pierwsza prośba", starts_on="2016-01-01", precision="day")
    second = make_recommendation(title="Druga prośba", starts_on="2018-05-01", precision="day")
    RecommendationLink.objects.create(source=second, target=first, kind=LinkKind.REPEATS)
    drain()
    assert client.get("/search/?alert=unanswered").context["total"] == 2

    act(first.source_page)

    assert client.get("/search/?alert=unanswered").context["total"] == 0


@pytest.mark.parametrize("kind", ["source", "evidence"])
@pytest.mark.parametrize("act", [unpublish, expire])
def test_a_file_is_not_found_by_the_name_of_a_hidden_group_above_it(
    index: Engine, client: Client, act: Any, kind: str
) -> None:
    group = make_group(title="Grupa Delfin", parent=make_forum(title="Forum Morze"))
    document = make_document(pdf("Treść"), "raport.pdf", title="Raport")
    read_text(document)
    if kind == "source":
        make_recommendation(parent=group, title="Publiczna", source_url="", source_document=document)
    else:
        fact = make_recommendation(parent=group, title="Publiczna")
        Evidence.objects.create(follow_up=make_entry(fact.assignments.get()), kind="letter", document=document)
    drain()
    assert "document" in {one.kind for one in ask(client, "delfin").context["items"]}

    act(group)

    assert ask(client, "delfin").context["total"] == 0


def test_an_index_that_the_outbox_no_longer_reaches_back_to_answers_nobody(index: Engine, client: Client) -> None:
    fact = make_recommendation(title="Ochrona wieloryba", tags=["wieloryby"])
    drain()
    assert suggested(client, "wielor")
    unpublish(fact.source_page)
    # Another host drains, and a week later forgets.
    forget_what_is_a_week_old(outbox.give_numbers())

    answer = ask(client, "wieloryb")

    assert (answer.context["total"], answer.context["is_from_database"]) == (0, True)
    assert "wieloryby" not in answer.content.decode()
    assert suggested(client, "wielor") == []


def test_what_shares_its_number_with_an_old_row_is_not_shown_again_when_that_is_forgotten(
    index: Engine, client: Client
) -> None:
    fact = make_recommendation(title="Ochrona wieloryba")
    drain()
    # A drain broken for a week leaves a row without a number; then something is hidden, and another host is mended.
    outbox.requeue(["forum:999999"])
    Outbox.objects.filter(number=None).update(created_at=timezone.now() - outbox.KEPT - dt.timedelta(hours=1))
    unpublish(fact.source_page)
    outbox.forget_drained(outbox.give_numbers())

    assert ask(client, "wieloryb").context["total"] == 0


def test_after_a_copy_of_the_database_is_put_back_what_is_hidden_then_is_hidden(index: Engine, client: Client) -> None:
    fact = make_recommendation(title="Ochrona wieloryba")
    drain()
    kept = index.number
    for _ in range(5):
        outbox.requeue([f"recommendation:{fact.pk}"])
        drain()
    Outbox.objects.all().delete()
    IndexState.objects.update(last_number=kept)
    assert ask(client, "wieloryba").context["is_from_database"]

    # As docs/operations.md says.
    call_command("search_check", "--repair")
    call_command("search_sync")
    assert not ask(client, "wieloryba").context["is_from_database"]
    unpublish(fact.source_page)

    assert ask(client, "wieloryb").context["total"] == 0
    call_command("search_sync")
    assert find_drift().keys == ()


@pytest.mark.parametrize("most", [answers.MOST_MASKED, 1])
def test_the_name_of_a_hidden_forum_is_not_suggested_however_much_waits(
    index: Engine, client: Client, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    forum = make_forum(title="Forum Kaszalot")
    group = make_group(parent=forum, title="Grupa")
    make_recommendation(parent=group, title="Publiczna")
    make_recommendation(parent=group, title="Inna")
    drain()
    assert suggested(client, "kasza")
    monkeypatch.setattr(answers, "MOST_MASKED", most)

    unpublish(forum)

    assert suggested(client, "kasza") == []


def test_without_an_index_a_file_is_not_found_by_a_title_that_readers_never_see(
    index: Engine, client: Client, settings: Any, tmp_path: Path
) -> None:
    fact = make_recommendation(title="Publiczna")
    entry = make_entry(fact.assignments.get())
    for called, title in (("List", "Robocza nazwa wieloryb"), ("", "Raport o morzu")):
        document = make_document(pdf(title), "raport.pdf", title=title)
        Evidence.objects.create(follow_up=entry, kind="letter", title=called, document=document)
    drain()
    settings.SEARCH_DIR = tmp_path / "gone"

    assert ask(client, "wieloryb").context["total"] == 0
    assert ask(client, "morzu").context["total"] == 1


def test_a_renamed_file_is_not_found_by_its_old_title_in_the_log(index: Engine, client: Client) -> None:
    fact = make_recommendation(title="Publiczna")
    document = make_document(pdf("Treść"), "raport.pdf", title="Pismo Kowalskiego")
    Evidence.objects.create(follow_up=make_entry(fact.assignments.get()), kind="letter", document=document)
    drain()
    assert ask(client, "kowalski").context["total"] == 2

    document.title = "Pismo mieszkańca"
    document.save()

    assert ask(client, "kowalski").context["total"] == 0
    drain()
    assert find_drift().keys == ()


def test_a_feed_does_not_tell_when_a_hidden_translation_was_worded(index: Engine, client: Client) -> None:
    fact = make_recommendation(title="Ochrona wieloryba")
    unpublish(translate(fact.source_page, "en", title="Whale protection"))
    later = fact.published_at + dt.timedelta(days=30)
    first = fact.wordings.get(language="pl")
    Wording.objects.create(
        recommendation=fact,
        language="en",
        number=2,
        kind=first.kind,
        title="x",
        text="y",
        reason="z",
        published_at=later,
    )
    drain()

    told = client.get("/en/search/feed/").content.decode()

    assert "<entry>" in told
    assert later.date().isoformat() not in told


def test_what_waits_itself_is_near_to_no_more_than_before(index: Engine) -> None:
    same = "Utworzyć punkty konsultacyjne dla rodziców cudzoziemskich dzieci w szkołach podstawowych Wrocławia"
    fact = make_recommendation(title="Punkty konsultacyjne dla rodziców", text=same)
    make_recommendation(title="Konsultacyjne punkty dla rodziców", text=same)
    make_recommendation(title="Transport", text="Naprawić chodniki przy szkołach.")
    for n in range(4):
        make_recommendation(title=f"Zdrowie {n}", text="Ułatwić leczenie osób starszych w przychodniach.")
    drain()

    def told() -> list[str]:
        return [one.title for one in near(fact, fact.source_page, [], [], "pl")]

    before = told()
    outbox.requeue([f"recommendation:{fact.pk}"])

    assert before
    assert told() == before
