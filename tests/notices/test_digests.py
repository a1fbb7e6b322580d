"""The news of a week: who is told of what, once, however often and late it is planned, and only of what is public."""

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import GroupPagePermission, PageViewRestriction

from forums.models import WorkingGroupPage
from notices.choices import Kind
from notices.models import MailPreference, Message, Subscriber, Subscription
from notices.services import following
from notices.services.delivery import send_waiting
from notices.services.digests import Plan, plan_digests, queue_digests
from notices.services.keys import subscriber_token
from notices.services.news import mails_a_month
from recommendations.choices import Finding
from recommendations.models import Assessment, FollowUp, Recommendation
from recommendations.services.stages import correct
from search.models import SavedSearch
from search.sync import outbox
from search.sync.drain import drain
from search.sync.rebuild import rebuild
from search.views.followed import found_by
from taxonomy.models import Theme
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_group, make_recommendation
from tests.factories.stages import account, make_chosen, stage_keeper
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory
from tests.notices.conftest import MONDAY, NOW
from tests.notices.sink import Sink, body_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index", "now")]

WEEK = dt.timedelta(days=7)


@dataclass
class World:
    """Two recommendations of one group, of which the first asks two bodies; both are older than any following."""

    courses: int
    flats: int


@pytest.fixture(scope="module")
def world(stage: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        time_machine.travel(NOW - dt.timedelta(days=60), tick=False),
        override_settings(SEARCH_DIR=tmp_path_factory.mktemp("world") / "search"),
    ):
        city, office = (OrganisationFactory.create(code=code, label_pl=code.title()) for code in ("miasto", "urzad"))
        theme = ThemeFactory.create(code="jezyk", label_pl="Język")
        other = ThemeFactory.create(code="mieszkania", label_pl="Mieszkania")
        group = make_group(slug="grupa")
        courses = make_recommendation(
            parent=group, title="Kursy języka", text="Uczyć.", addressees=[city, office], themes=[theme]
        )
        flats = make_recommendation(
            parent=group, title="Najem mieszkań", text="Najem.", addressees=[city], themes=[other]
        )
        rebuild()
        yield World(courses.pk, flats.pk)


@pytest.fixture
def index(world: World, settings: Any, tmp_path: Path) -> None:
    """An index of the test's own, up to date with the world."""
    # The world keeps its settings for as long as the module runs.
    shutil.copytree(settings.SEARCH_DIR, tmp_path / "search")
    settings.SEARCH_DIR = tmp_path / "search"


def follow(question: str, address: str = "badaczka@example.org", *, days_ago: int = 30) -> Subscription:
    wanted = SavedSearch(question=question, language="pl")
    following.ask_to_follow(wanted, address=address, language="pl")
    found = Subscription.objects.get(subscriber__address=address, saved_search__question=question)
    following.confirm(found, language="pl")
    Message.objects.all().delete()
    Subscription.objects.filter(pk=found.pk).update(told_until=timezone.now() - dt.timedelta(days=days_ago))
    return found


def report(recommendation: int, body: str = "miasto", *, days_ago: int = 4, **values: Any) -> FollowUp:
    """An entry of a log, written so many days ago, with the index following."""
    row = Recommendation.objects.get(pk=recommendation).assignments.get(organisation__code=body)
    kept = {"kind": "report", "implementation": "in_progress", "text": "Krok.", "refers_on": "2026-11-01"} | values
    entry = FollowUp.objects.create(
        assignment=row,
        basis="own_statement",
        declared_by=row.organisation,
        recorded_at=timezone.now() - dt.timedelta(days=days_ago),
        **kept,
    )
    drain()
    return entry


def assess(entry: FollowUp, finding: Finding, *, public_from: dt.date, days_ago: int = 4) -> Assessment:
    found = Assessment.objects.create(
        follow_up=entry,
        finding=finding,
        text="Sprawdzono.",
        assessed_on=public_from,
        public_from=public_from,
        recorded_at=timezone.now() - dt.timedelta(days=days_ago),
    )
    drain()
    return found


def told(plan: Plan) -> dict[str, list[str]]:
    return {digest.name: [piece.key for share in digest.shares for piece in share.pieces] for digest in plan.digests}


def queued_and_sent(sink: Sink) -> list[str]:
    queue_digests(plan_digests(MONDAY))
    send_waiting()
    return [body_of(letter, "plain") for letter in sink.letters]


def output(*arguments: str) -> str:
    out = StringIO()
    call_command("send_digests", *arguments, stdout=out)
    return out.getvalue()


# --- What is told


@pytest.mark.parametrize(
    ("question", "is_told"),
    [
        ("reference={reference}", True),
        ("addressee=miasto", True),
        # The same recommendation, another body: no news of its own.
        ("addressee=urzad", False),
        ("theme=jezyk", True),
        ("theme=mieszkania", False),
        ("q=kurs", True),
        ("", True),
    ],
)
def test_an_entry_is_told_to_who_follows_its_recommendation_body_theme_or_a_search_that_finds_it(
    world: World, question: str, is_told: bool
) -> None:
    reference = Recommendation.objects.get(pk=world.courses).reference
    follow(question.format(reference=reference))
    entry = report(world.courses)

    assert told(plan_digests(MONDAY)) == ({"badaczka@example.org": [f"entry-{entry.pk}"]} if is_told else {})


@pytest.mark.law("publish-told")
def test_a_new_recommendation_is_told_to_who_follows_a_search_that_finds_it(world: World) -> None:
    follow("theme=mieszkania")
    with time_machine.travel(NOW - dt.timedelta(days=5)):
        found = make_recommendation(title="Nowy najem", themes=[Theme.objects.get(code="mieszkania")])
    drain()

    assert told(plan_digests(MONDAY)) == {"badaczka@example.org": [f"recommendation-{found.pk}"]}


def test_without_news_there_is_no_mail_and_nobody_is_told_later_of_what_is_old(world: World) -> None:
    own = follow("theme=jezyk", days_ago=20)
    report(world.courses, days_ago=25)
    plan = plan_digests(MONDAY)

    assert told(plan) == {}
    assert queue_digests(plan) == 0
    own.refresh_from_db()
    assert own.told_until == plan.until


def test_what_happens_in_the_week_itself_waits_for_the_next_one(world: World) -> None:
    follow("theme=jezyk")
    entry = report(world.courses, days_ago=0)

    assert told(plan_digests(MONDAY)) == {}
    assert told(plan_digests(MONDAY + WEEK)) == {"badaczka@example.org": [f"entry-{entry.pk}"]}


def test_a_contradiction_is_told_once_its_right_of_reply_is_over(world: World) -> None:
    follow("theme=jezyk")
    entry = report(world.courses, days_ago=40)
    waits = assess(entry, Finding.CONTRADICTS, public_from=MONDAY + dt.timedelta(days=3))

    assert told(plan_digests(MONDAY)) == {}
    assert told(plan_digests(MONDAY + WEEK)) == {"badaczka@example.org": [f"assessment-{waits.pk}"]}


@pytest.mark.law("verified-told")
def test_what_takes_a_result_back_stands_first_and_every_piece_stands_once(world: World, sink: Sink) -> None:
    follow("theme=mieszkania")
    follow("addressee=miasto")
    follow("theme=jezyk")
    step = report(world.flats, text="Krok.")
    old = report(world.courses, days_ago=50, implementation="implemented")
    assess(old, Finding.WEAKENED, public_from=MONDAY - dt.timedelta(days=4))

    (text,) = queued_and_sent(sink)

    grave, flats, courses = (
        text.index(words) for words in ("Checked again: less than was reported", "Mieszkania", "weakened")
    )
    assert grave < courses < flats
    assert text.count(step.assignment.recommendation.reference + " -") == 1
    assert text.count(old.assignment.recommendation.reference + " -") == 1
    assert "statement of the addressee" in text


def test_the_digest_ends_with_one_press_and_leads_to_everything_that_is_followed(world: World, sink: Sink) -> None:
    own = follow("theme=jezyk")
    report(world.courses)
    (text,) = queued_and_sent(sink)
    (letter,) = sink.letters

    token = subscriber_token(own.subscriber)
    assert letter["List-Unsubscribe"].strip() == f"<https://rekomendacje.example.org/obserwowane/{token}/koniec/>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["To"] == "badaczka@example.org"
    assert f"https://rekomendacje.example.org/obserwowane/{token}/" in text
    # What it told, and the key in it, are forgotten once it is out.
    message = Message.objects.get()
    assert (message.text, message.news) == ("", [])


def test_what_was_done_in_a_stage_of_action_is_told_to_who_follows_the_recommendation_or_who_is_asked(
    world: World, sink: Sink
) -> None:
    flats, actor = Recommendation.objects.get(pk=world.flats), OrganisationFactory.create(label_pl="Fundacja")
    with time_machine.travel(NOW - dt.timedelta(days=4), tick=False):
        wrong = make_chosen(recommendation=flats, refers_on=dt.date(2026, 11, 2))
        (choice,) = wrong.entries.all()
        correct(choice, by=stage_keeper(), account=account(bodies=[actor], refers_on=dt.date(2026, 11, 3)))
    drain()
    for place, question in enumerate((f"reference={flats.reference}", "addressee=miasto", "addressee=urzad")):
        follow(question, f"osoba-{place}@example.org")

    queue_digests(plan_digests(MONDAY))
    send_waiting()

    letters = {letter["To"]: body_of(letter, "plain") for letter in sink.letters}
    assert letters.keys() == {"osoba-0@example.org", "osoba-1@example.org"}
    text = " ".join(letters["osoba-0@example.org"].split())
    assert "Forum w Działaniu: chosen to be carried out" in text
    assert "Fundacja" in text
    assert text.count("carried out") == 1, "what was corrected is no news"


def test_what_has_gone_private_between_the_plan_and_the_sending_is_left_out(world: World, sink: Sink) -> None:
    follow("")
    report(world.courses)
    report(world.flats)
    queue_digests(plan_digests(MONDAY))
    hidden = Recommendation.objects.get(pk=world.courses)
    PageViewRestriction.objects.create(page=hidden.source_page, restriction_type="login")
    send_waiting()

    letter = sink.letters[0]
    whole = body_of(letter, "plain") + body_of(letter, "html") + str(letter["Subject"])
    assert "Najem" in whole
    assert "Kursy" not in whole
    assert hidden.reference not in whole


@pytest.mark.parametrize(
    ("kept", "is_hidden", "counted"),
    [
        (200, False, "and 2 pieces of news more"),
        (200, True, "and 1 piece of news more"),
        (2, False, "and at least 1 piece of news more"),
    ],
)
def test_news_that_a_mail_only_counts_is_counted_as_it_is_public_at_the_sending(
    world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch, kept: int, is_hidden: bool, counted: str
) -> None:
    monkeypatch.setattr("notices.rules.MOST_NEWS", 1)
    monkeypatch.setattr("notices.rules.MOST_NEWS_KEPT", kept)
    follow("")
    for recommendation, days_ago in ((world.flats, 4), (world.courses, 5), (world.courses, 6)):
        report(recommendation, days_ago=days_ago)
    queue_digests(plan_digests(MONDAY))
    if is_hidden:
        Recommendation.objects.get(pk=world.flats).source_page.unpublish()
    send_waiting()

    text = body_of(sink.letters[0], "plain")

    assert counted in text
    # What is hidden takes no place from what is not.
    assert ("Kursy" if is_hidden else "Najem") in text


def test_a_mail_whose_whole_news_has_gone_private_is_not_sent(world: World, sink: Sink) -> None:
    follow("theme=jezyk")
    report(world.courses)
    queue_digests(plan_digests(MONDAY))
    Recommendation.objects.get(pk=world.courses).source_page.unpublish()

    assert send_waiting() == {"dropped": 1}
    assert sink.letters == []


# --- Once, however often and late


def test_planning_twice_or_late_queues_one_digest_a_week(world: World) -> None:
    follow("theme=jezyk")
    entry = report(world.courses)
    plans = [plan_digests(MONDAY), plan_digests(MONDAY)]

    assert [queue_digests(plan) for plan in plans] == [1, 0]
    assert told(plan_digests(MONDAY + dt.timedelta(days=3))) == {}
    assert told(plan_digests(MONDAY + WEEK)) == {}
    assert Message.objects.get().news == [
        {"of": f"search-{SavedSearch.objects.get().pk}", "pieces": [f"entry-{entry.pk}"], "is_cut": False}
    ]


def test_who_ends_everything_while_the_digests_are_queued_gets_none_and_holds_up_no_other(world: World) -> None:
    follow("theme=jezyk", "odchodzi@example.org")
    follow("theme=jezyk", "zostaje@example.org")
    report(world.courses)
    plan = plan_digests(MONDAY)
    following.end_all(Subscriber.objects.get(address="odchodzi@example.org"))

    assert queue_digests(plan) == 1
    assert [message.to for message in Message.objects.all()] == ["zostaje@example.org"]


def test_a_missed_run_is_made_up_for(world: World) -> None:
    follow("theme=jezyk")
    entry = report(world.courses, days_ago=11)

    assert told(plan_digests(MONDAY + dt.timedelta(days=2))) == {"badaczka@example.org": [f"entry-{entry.pk}"]}


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-22", "2026-11-11", "2026-12-25"])
def test_on_days_off_nothing_is_planned(world: World, day: str) -> None:
    follow("theme=jezyk", days_ago=60)
    report(world.courses, days_ago=40)

    assert not plan_digests(dt.date.fromisoformat(day)).is_working_day


def test_who_follows_many_things_gets_one_mail(world: World) -> None:
    for question in ("theme=jezyk", "theme=mieszkania", "addressee=miasto"):
        follow(question)
    report(world.courses)
    report(world.flats)

    assert queue_digests(plan_digests(MONDAY)) == 1


def test_a_pause_keeps_the_news_for_later_and_a_refused_address_gets_none(world: World, sink: Sink) -> None:
    own = follow("theme=jezyk")
    report(world.courses)
    following.pause_subscriptions(own.subscriber, until=MONDAY + dt.timedelta(days=5))
    plan = plan_digests(MONDAY)
    assert [digest.withheld for digest in plan.withheld] == ["paused until 2026-11-28"]
    queue_digests(plan)
    assert len(told(plan_digests(MONDAY + WEEK))) == 1

    Subscriber.objects.update(paused_until=None)
    sink.refused["badaczka"] = b"550 no such mailbox"
    queue_digests(plan_digests(MONDAY))
    assert send_waiting() == {"failed": 1}
    report(world.courses, days_ago=0)
    assert [digest.withheld for digest in plan_digests(MONDAY + WEEK).withheld] == ["the address refuses mail"]


def test_an_index_that_has_not_followed_holds_the_mail_back_and_loses_no_news(world: World) -> None:
    follow("theme=jezyk")
    entry = report(world.courses)
    outbox.requeue([f"recommendation:{world.courses}"])

    plan = plan_digests(MONDAY)
    assert told(plan) == {}
    assert "index has not followed" in plan.withheld[0].withheld
    queue_digests(plan)
    drain()
    assert told(plan_digests(MONDAY)) == {"badaczka@example.org": [f"entry-{entry.pk}"]}


def test_a_thousand_followers_of_one_thing_cost_one_search_and_no_query_more(world: World) -> None:
    report(world.courses)
    follow("theme=jezyk", "pierwsza@example.org")
    saved = SavedSearch.objects.get()

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            plan = plan_digests(MONDAY)
        assert plan.searches == 1
        return len(asked)

    few = queries()
    people = Subscriber.objects.bulk_create(
        Subscriber(address=f"a{number}@example.org", language="pl") for number in range(1000)
    )
    Subscription.objects.bulk_create(
        Subscription(subscriber=one, saved_search=saved, confirmed_at=NOW - WEEK, told_until=NOW - WEEK)
        for one in people
    )

    assert queries() == few
    with CaptureQueriesContext(connection) as asked:
        assert queue_digests(plan_digests(MONDAY)) == 1001
    assert len(asked) < few + 100


# --- Editors


@pytest.fixture
def editor(world: World) -> Any:
    branch = WorkingGroupPage.objects.get(slug="grupa")
    group = Group.objects.create(name="Redaktorzy: grupa")
    right = Permission.objects.get(content_type__app_label="wagtailcore", codename="change_page")
    GroupPagePermission.objects.create(group=group, page=branch, permission=right)
    return UserFactory.create(username="redaktorka", groups=[group.name])


def test_an_editor_gets_the_news_of_the_group_without_asking_and_may_stop_it(
    world: World, editor: Any, sink: Sink
) -> None:
    entry = report(world.courses)
    assert told(plan_digests(MONDAY)) == {"redaktorka": [f"entry-{entry.pk}"]}
    (text,) = queued_and_sent(sink)
    assert "Grupa robocza" in text
    assert "/powiadomienia/" in text
    assert told(plan_digests(MONDAY)) == told(plan_digests(MONDAY + WEEK)) == {}

    MailPreference.objects.update(has_digests=False)
    report(world.courses, days_ago=0)
    assert [one.withheld for one in plan_digests(MONDAY + WEEK).withheld] == ["does not want this kind of mail"]


def test_who_edits_and_follows_under_one_address_gets_one_mail(world: World, editor: Any) -> None:
    follow("theme=jezyk", editor.email)
    entry = report(world.courses)
    queue_digests(plan_digests(MONDAY))

    message = Message.objects.get()
    assert message.subscriber is not None
    assert [share["of"].partition("-")[0] for share in message.news] == ["group", "search"]
    assert {key for share in message.news for key in share["pieces"]} == {f"entry-{entry.pk}"}
    assert plan_digests(MONDAY).digests == ()


def test_moderators_of_the_whole_site_get_no_digest_of_every_group(world: World) -> None:
    UserFactory.create(username="moderatorka-serwisu", groups=["Moderatorzy"])
    report(world.courses)

    assert told(plan_digests(MONDAY)) == {}


# --- How many to expect, and the command


def test_the_number_of_mails_comes_from_the_weeks_with_news_of_the_last_year(world: World) -> None:
    follow("theme=jezyk")
    first = report(world.courses, days_ago=1)
    weeks = [timezone.now() - dt.timedelta(days=number * 7 + 1) for number in range(1, 24)]
    kept = {"kind": "note", "text": "Nagroda.", "basis": "published_source", "refers_precision": "unknown"}
    FollowUp.objects.bulk_create(FollowUp(assignment=first.assignment, recorded_at=week, **kept) for week in weeks)
    found = found_by(SavedSearch.objects.get())

    assert mails_a_month(found, frozenset()) == 2
    assert mails_a_month(found, frozenset({"urzad"})) == 0


def test_a_dry_run_says_who_would_get_what_and_queues_nothing(world: World) -> None:
    own = follow("theme=jezyk")
    entry = report(world.courses)
    text = output("--dry-run")

    assert "badaczka@example.org would get, of what became public before 2026-11-23:" in text
    assert f"search-{own.saved_search_id}: entry-{entry.pk}" in text
    assert not Message.objects.exists()
    assert "1 digests queued" in output()
    assert "0 digests queued" in output()
    assert Message.objects.filter(kind=Kind.DIGEST).count() == 1


def test_the_command_sends_nothing_ahead_of_its_day_and_nothing_on_a_day_off(world: World) -> None:
    with pytest.raises(CommandError, match="dry-run"):
        output("--on", "2027-01-07")
    with pytest.raises(CommandError, match="'wczoraj' is no day: write it as 2026-11-23"):
        output("--on", "wczoraj")
    assert "no working day" in output("--on", "2026-11-22")
