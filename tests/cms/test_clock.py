"""The clock beside the server: what is due when, and that one chore that fails holds up no other."""

import datetime as dt
import re
import threading
from io import StringIO

import pytest
from django.core.management import get_commands
from django.utils import timezone

from cms.management.commands.run_clock import Chore, Command, lanes


def at(text: str) -> dt.datetime:
    return timezone.make_aware(dt.datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("now", "last", "is_due"),
    [
        ("2026-11-23 07:14", None, False),
        ("2026-11-23 07:15", None, True),
        ("2026-11-23 19:00", None, True),
        ("2026-11-23 23:59", "2026-11-23 07:15", False),
        ("2026-11-24 07:00", "2026-11-23 07:15", False),
        ("2026-11-24 07:15", "2026-11-23 19:00", True),
    ],
)
def test_a_chore_of_the_morning_is_done_once_a_day_and_made_up_for(now: str, last: str | None, is_due: bool) -> None:
    chore = Chore("send_reminders", at=dt.time(7, 15))
    chore.last = at(last) if last else None

    assert chore.is_due(at(now)) is is_due


def test_a_chore_of_the_whole_day_is_done_as_often_as_it_says() -> None:
    chore = Chore("send_messages", dt.timedelta(seconds=30))
    assert chore.is_due(at("2026-11-23 00:00"))

    chore.last = at("2026-11-23 23:59:45")
    assert not chore.is_due(at("2026-11-24 00:00:14"))
    assert chore.is_due(at("2026-11-24 00:00:15"))


def test_one_that_fails_holds_up_no_other_and_waits_for_its_next_time(caplog: pytest.LogCaptureFixture) -> None:
    said = StringIO()
    day = dt.timedelta(days=1)
    waiting = [Chore("no_such_command", day), Chore("diffsettings", day), Chore("diffsettings", day, is_told=False)]

    for _round in range(2):
        Command(stdout=said).round(waiting)

    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["no_such_command"]
    assert said.getvalue().count("ROOT_URLCONF") == 1


def test_what_a_chore_says_is_printed_with_the_time_and_its_name() -> None:
    said = StringIO()
    Command(stdout=said).round([Chore("diffsettings")])

    moment = r"\d{4}-\d\d-\d\d \d\d:\d\d"
    assert all(re.match(rf"{moment} diffsettings: \S", line) for line in said.getvalue().splitlines())


def test_every_chore_is_a_command_and_no_mail_or_check_stands_before_a_publication() -> None:
    assert {chore.command for lane in lanes() for chore in lane} <= set(get_commands())
    lane_of = {chore.command: place for place, lane in enumerate(lanes()) for chore in lane}
    assert len({lane_of[name] for name in ("publish_scheduled", "follow_up_check", "send_messages")}) == 3


def test_a_chore_that_hangs_holds_up_no_other_lane_and_a_stopped_clock_ends() -> None:
    reached, released = threading.Event(), threading.Event()

    class Clock(Command):
        def run(self, chore: Chore) -> None:
            if chore.command == "hangs":
                released.wait(10)
            reached.set()

    clock, stopped = Clock(stdout=StringIO()), threading.Event()
    threads = [threading.Thread(target=clock.go_on, args=([Chore(name)], stopped)) for name in ("hangs", "goes on")]
    for thread in threads:
        thread.start()
    try:
        assert reached.wait(10)
    finally:
        released.set()
        stopped.set()
        for thread in threads:
            thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
