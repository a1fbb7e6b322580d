"""Forum w Działaniu: what was chosen, why and by whom, what came of it, and how mistakes are mended."""

import datetime as dt
from copy import deepcopy
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from accounts.models import User
from forums.models import ForumPage
from pagekit.acts import Refused
from recommendations.models import (
    ActionStage,
    Assignment,
    ChosenRecommendation,
    Recommendation,
    RecommendationPage,
    StageEntry,
)
from recommendations.models.stage import attach_entries, told
from recommendations.services.follow_up import record_note
from recommendations.services.stages import choose, correct, record_action, retract, write_stage
from tests.factories.accounts import UserFactory
from tests.factories.pages import author, make_forum, make_recommendation
from tests.factories.stages import account, make_chosen, make_stage, stage_keeper
from tests.factories.taxonomy import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def chosen_once(stage: None) -> ChosenRecommendation:
    return make_chosen(text="Najpilniejsza.", refers_on=dt.date(2015, 5, 17))


@pytest.fixture
def chosen(chosen_once: ChosenRecommendation, db: None) -> ChosenRecommendation:
    return deepcopy(chosen_once)


@pytest.fixture
def keeper(chosen: ChosenRecommendation) -> User:
    return stage_keeper()


def read(chosen: ChosenRecommendation) -> ChosenRecommendation:
    attach_entries([chosen])
    return chosen


def choice_of(chosen: ChosenRecommendation) -> StageEntry:
    found = read(chosen).choice
    assert found is not None
    return found.entry


def soup_of(client: Client, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def page_of(chosen: ChosenRecommendation) -> RecommendationPage:
    return RecommendationPage.objects.get(translation_key=chosen.recommendation.translation_key)


def test_a_choice_says_why_by_whom_and_when(keeper: User) -> None:
    bodies = OrganisationFactory.create_batch(2)
    found = choose(
        make_stage(),
        make_recommendation(),
        by=keeper,
        account=account(text=" Najtańsza. ", bodies=[*bodies, bodies[0]]),
    )

    entry = choice_of(found)
    assert (entry.text, entry.refers_on, entry.refers_precision) == ("Najtańsza.", None, "unknown")
    assert [body.code for body in entry.named_bodies] == [body.code for body in bodies]


def test_a_recommendation_is_chosen_once_in_a_stage_and_again_in_another(
    chosen: ChosenRecommendation, keeper: User
) -> None:
    with pytest.raises(Refused, match="names the recommendation already"):
        choose(chosen.stage, chosen.recommendation, by=keeper, account=account())
    with pytest.raises(IntegrityError), transaction.atomic():
        ChosenRecommendation.objects.create(stage=chosen.stage, recommendation=chosen.recommendation)

    assert choose(make_stage(), chosen.recommendation, by=keeper, account=account()).pk != chosen.pk


def test_what_readers_cannot_see_is_not_chosen(chosen: ChosenRecommendation, keeper: User) -> None:
    hidden = make_recommendation(title="Zdjęta")
    RecommendationPage.objects.get(translation_key=hidden.translation_key).unpublish()

    with pytest.raises(Refused, match="Publish it first"):
        choose(chosen.stage, hidden, by=keeper, account=account())


@pytest.mark.parametrize(
    ("values", "lacking"),
    [
        ({"text": "  "}, "What was done is missing"),
        ({"bodies": []}, "Nobody is named"),
        ({"source_title": " "}, "source is missing"),
        ({"source_url": "ftp://example.org/x"}, "none of the web"),
        ({"refers_on": dt.date(2999, 1, 1)}, "lies in the future"),
        ({"source_title": "x" * 301}, "source"),
        ({"text": "a\x00b"}, "null character"),
    ],
)
def test_an_incomplete_action_is_refused_and_nothing_is_written(
    chosen: ChosenRecommendation, keeper: User, values: dict[str, Any], lacking: str
) -> None:
    with pytest.raises(Refused, match=lacking):
        record_action(chosen, by=keeper, account=account(**values))

    assert read(chosen).actions == []


def test_only_who_publishes_the_pages_of_the_forum_writes(chosen: ChosenRecommendation) -> None:
    for person in (author(), UserFactory.create()):
        with pytest.raises(Refused, match="Write to the moderators"):
            record_action(chosen, by=person, account=account())
        with pytest.raises(Refused, match="Write to the moderators"):
            retract(choice_of(chosen), by=person, reason="Nie.")


def test_actions_stand_newest_first_and_move_nobodys_status(chosen: ChosenRecommendation, keeper: User) -> None:
    before = Recommendation.objects.values("badge", "last_information_on", "last_change_at").get(
        pk=chosen.recommendation_id
    )
    rows = list(Assignment.objects.values())
    for year, text in ((2016, "Spotkanie"), (None, "Kiedyś"), (2018, "Informator")):
        day = dt.date(year, 3, 1) if year else None
        record_action(chosen, by=keeper, account=account(text=text, refers_on=day, result="Jest."))

    assert [one.entry.text for one in read(chosen).actions] == ["Informator", "Spotkanie", "Kiedyś"]
    assert list(Assignment.objects.values()) == rows
    assert Recommendation.objects.values(*before).get(pk=chosen.recommendation_id) == before


def test_an_action_may_point_at_the_log_of_its_own_recommendation_only(
    chosen: ChosenRecommendation, keeper: User
) -> None:
    note = {"recorded_by": keeper, "basis": "published_source", "text": "Nota.", "refers_on": dt.date(2016, 1, 1)}
    mine = record_note(chosen.recommendation.assignments.get(), **note)
    foreign = record_note(make_recommendation(title="Inna").assignments.get(), **note)

    assert record_action(chosen, by=keeper, account=account(follow_up=mine)).follow_up == mine
    with pytest.raises(Refused, match="log of another recommendation"):
        record_action(chosen, by=keeper, account=account(follow_up=foreign))


@pytest.mark.law("append-only")
def test_a_mistake_is_mended_by_a_newer_entry_and_the_older_one_stays(
    chosen: ChosenRecommendation, keeper: User
) -> None:
    wrong = record_action(chosen, by=keeper, account=account(text="Wydano 100 sztuk.", result="Rozdano."))
    newer = correct(wrong, by=keeper, account=account(text="Wydano 1000 sztuk."))

    (action,) = read(chosen).actions
    assert (action.entry, action.earlier) == (newer, [wrong])
    with pytest.raises(Refused, match="Correct the newer one"):
        correct(wrong, by=keeper, account=account())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        wrong.save()


def test_a_choice_that_was_taken_back_takes_no_action_until_it_is_corrected(
    chosen: ChosenRecommendation, keeper: User
) -> None:
    with pytest.raises(Refused, match="reason is missing"):
        retract(choice_of(chosen), by=keeper, reason=" ")
    taken_back = retract(choice_of(chosen), by=keeper, reason="Pomylono fora.")

    assert not read(chosen).is_standing
    with pytest.raises(Refused, match="taken back already"):
        retract(taken_back, by=keeper, reason="Jeszcze raz.")
    with pytest.raises(Refused, match="Correct the choice first"):
        record_action(chosen, by=keeper, account=account())
    correct(taken_back, by=keeper, account=account(text="Jednak wybrana."))
    assert choice_of(chosen).text == "Jednak wybrana."
    assert record_action(chosen, by=keeper, account=account()).pk


@pytest.mark.law("kept-public")
def test_a_stage_is_never_deleted(chosen: ChosenRecommendation) -> None:
    with pytest.raises(ProtectedError):
        chosen.stage.delete()
    with pytest.raises(Refused, match="what was public once stays"):
        ActionStage.objects.filter(pk=make_stage().pk).delete()


def test_a_change_of_a_stage_is_logged_and_its_address_stays(chosen: ChosenRecommendation, keeper: User) -> None:
    stage = chosen.stage
    stage.label_pl = "Forum w Działaniu (2015)"
    write_stage(stage, by=keeper)

    (logged,) = ModelLogEntry.objects.filter(action="recommendations.stage")
    assert (logged.user, logged.data["changed"]) == (keeper, ["label_pl"])
    stage.code = "inny"
    with pytest.raises(Refused, match="stay as they are"):
        write_stage(stage, by=keeper)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"source_title": ""}, "source"),
        ({"starts_on": dt.date(2015, 6, 1)}, "how exactly it is known"),
        ({"source_url": "javascript:alert(1)"}, "none of the web"),
    ],
)
def test_an_incomplete_stage_is_refused(
    chosen: ChosenRecommendation, keeper: User, values: dict[str, Any], fault: str
) -> None:
    new = ActionStage(
        **({"code": "nowy", "label_pl": "Nowy", "forum": chosen.stage.forum, "source_title": "Strona"} | values)
    )
    with pytest.raises(Refused, match=fault):
        write_stage(new, by=keeper)

    assert not ActionStage.objects.filter(code="nowy").exists()


def test_what_was_told_on_a_day_needs_no_later_entry(chosen: ChosenRecommendation, keeper: User) -> None:
    first = record_action(chosen, by=keeper, account=account(text="Pierwsza", refers_on=dt.date(2016, 1, 1)))
    record_action(chosen, by=keeper, account=account(text="Druga", refers_on=dt.date(2018, 1, 1)))
    entries = list(chosen.entries.filter(kind="action"))

    assert [one.entry for one in told(entries, on=dt.date(2017, 1, 1))] == [first]
    assert told(entries, on=dt.date(2017, 1, 1), known=dt.date(2017, 1, 1)) == []


def test_the_page_of_a_stage_says_what_was_chosen_and_that_nothing_is_recorded(
    client: Client, chosen: ChosenRecommendation
) -> None:
    address = chosen.stage.get_absolute_url()
    page = soup_of(client, address)

    assert address == f"/w-dzialaniu/{chosen.stage.code}/"
    text = page.main.get_text(" ", strip=True)  # type: ignore[union-attr]  # the page has a main part
    for words in (
        "Najpilniejsza.",
        chosen.recommendation.reference,
        "No action has been recorded here yet",
        "Protokół",
    ):
        assert words in text
    assert "It is no answer of an addressee" in text


def test_a_stage_of_which_nothing_is_known_says_so(client: Client, chosen: ChosenRecommendation) -> None:
    empty = make_stage()

    assert "no source known to us names them" in soup_of(client, empty.get_absolute_url()).get_text()


def test_both_sides_show_the_actions_and_lead_to_each_other(
    client: Client, chosen: ChosenRecommendation, keeper: User
) -> None:
    entry = record_action(
        chosen, by=keeper, account=account(text="Wydano informator.", source_url="https://example.org/informator")
    )
    correct(entry, by=keeper, account=account(text="Wydano dwa informatory.", result="Rozdano wszystkie."))
    page, stage = page_of(chosen), chosen.stage.get_absolute_url()
    forum = ForumPage.objects.get(translation_key=chosen.stage.forum.translation_key)

    for address, other in ((page.url, stage), (stage, page.url)):
        shown = soup_of(client, address)
        text = shown.get_text(" ", strip=True)
        assert "Wydano dwa informatory." in text
        assert "Rozdano wszystkie." in text
        # What was corrected is folded away, not gone.
        assert "Wydano informator." in " ".join(one.get_text() for one in shown.select("details"))
        assert shown.select(f'main a[href="{other}"]')
    assert soup_of(client, forum.url).select(f'main a[href="{stage}"]')
    assert soup_of(client, "/w-dzialaniu/").select(f'main a[href="{stage}"]')
    for address in ("/w-dzialaniu/", stage):
        assert not soup_of(client, address).select("main .notice")
        assert soup_of(client, f"{address}?on=2015-01-01").select("main .notice")


def test_a_choice_that_was_taken_back_stands_on_the_page_of_the_stage_only(
    client: Client, chosen: ChosenRecommendation, keeper: User
) -> None:
    retract(choice_of(chosen), by=keeper, reason="Pomylono fora.")

    shown = soup_of(client, chosen.stage.get_absolute_url())
    assert "Pomylono fora." in shown.get_text()
    # It is told, and not counted.
    assert [one.get_text() for one in shown.select("main .count")] == ["(0)"]
    assert not soup_of(client, page_of(chosen).url).select("#in-action")


def test_a_past_day_shows_what_was_chosen_by_then(client: Client, chosen: ChosenRecommendation, keeper: User) -> None:
    record_action(chosen, by=keeper, account=account(text="Późniejsza.", refers_on=dt.date(2019, 1, 1)))
    address = page_of(chosen).url

    assert "Najpilniejsza." not in soup_of(client, f"{address}?on=2015-05-16").get_text()
    on_the_day = soup_of(client, f"{address}?on=2015-05-17").get_text()
    assert "Najpilniejsza." in on_the_day
    assert "Późniejsza." not in on_the_day


def test_a_hidden_recommendation_is_left_out_of_the_stage_and_a_hidden_forum_hides_it(
    client: Client, chosen: ChosenRecommendation
) -> None:
    address = chosen.stage.get_absolute_url()
    page_of(chosen).unpublish()
    assert chosen.recommendation.reference not in soup_of(client, address).get_text()
    forum = ForumPage.objects.get(translation_key=chosen.stage.forum.translation_key)
    forum.unpublish()

    assert client.get(address).status_code == 404
    assert address not in soup_of(client, "/w-dzialaniu/").decode()


def test_a_refusal_in_the_admin_says_why_and_keeps_what_was_typed(client: Client, chosen: ChosenRecommendation) -> None:
    client.force_login(UserFactory.create(administrator=True))
    typed = {
        "recommendation": chosen.recommendation_id,
        "text": "Drugi raz",
        "source_title": "Protokół",
        "bodies-0-organisation": OrganisationFactory.create().pk,
        "bodies-TOTAL_FORMS": 3,
        "bodies-INITIAL_FORMS": 0,
    }
    answer = client.post(reverse("stages:choose", args=[chosen.stage_id]), typed)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "This stage names the recommendation already" in text
    assert "Drugi raz" in text


def test_no_length_of_a_stage_costs_a_query_more(client: Client, chosen: ChosenRecommendation, keeper: User) -> None:
    other = make_recommendation(title="Druga", parent=make_forum(slug="inne", title="Inne"))
    addresses = (chosen.stage.get_absolute_url(), page_of(chosen).url, "/w-dzialaniu/")

    def counted() -> list[int]:
        numbers = []
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            numbers.append(len(captured))
        return numbers

    record_action(chosen, by=keeper, account=account())
    counted()
    few = counted()
    choose(chosen.stage, other, by=keeper, account=account())
    for _number in range(5):
        record_action(chosen, by=keeper, account=account(bodies=OrganisationFactory.create_batch(3)))
    make_stage()

    assert counted() == few
    assert max(few) <= 20
