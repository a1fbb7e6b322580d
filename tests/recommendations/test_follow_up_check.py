"""The whole base is proven: every cache is what the log says, and the database refuses to rewrite it."""

import datetime as dt
import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from recommendations import checks
from recommendations.choices import Implementation, Position
from recommendations.models import Assignment, CountMark, FollowUp, Recommendation
from recommendations.models.count_mark import current_mark, forget_old_marks
from recommendations.services import append_only, assessing, count_marks, follow_up, proof
from taxonomy.models import Organisation
from tests.recommendations.builders import PAGE, asked, claim, moderator, official, own, row_of

pytestmark = pytest.mark.django_db
YESTERDAY = timezone.localdate() - dt.timedelta(days=1)


def check(*arguments: str) -> str:
    out = StringIO()
    call_command("follow_up_check", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def row() -> Assignment:
    """A row with a log: accepted, then claimed."""
    row = row_of()
    user = official(row)
    follow_up.record_position(row, position=Position.ACCEPTED, **own(user, refers_on=YESTERDAY))
    claim(row, user, refers_on=YESTERDAY)
    row.refresh_from_db()
    return row


def test_an_untouched_base_is_as_the_log_says(row: Assignment) -> None:
    row_of(asked())

    assert "rows: 2, entries: 2, differing: 0" in check()


@pytest.mark.parametrize(
    ("cache", "value"),
    [
        ("position", Position.DECLINED),
        ("implementation", Implementation.STALLED),
        ("is_confirmed", True),
        ("closure", "unverifiable"),
        ("is_disputed", True),
        ("last_information_on", dt.date(1999, 1, 1)),
    ],
)
def test_every_cache_of_a_row_that_was_changed_by_hand_is_named_and_mended(
    row: Assignment, cache: str, value: Any
) -> None:
    before = getattr(row, cache)
    Assignment.objects.filter(pk=row.pk).update(**{cache: value})
    out = StringIO()

    with pytest.raises(CommandError, match="--repair"):
        call_command("follow_up_check", stdout=out)
    assert f"{row.recommendation.reference} A1: {cache} is “{value}”" in out.getvalue()
    assert "repaired" in check("--repair")
    row.refresh_from_db()
    assert getattr(row, cache) == before
    assert "differing: 0" in check()


@pytest.mark.parametrize(
    ("cache", "value"),
    [("badge", "verified"), ("last_information_on", None), ("last_change_at", None), ("last_change_at", "old")],
)
def test_every_cache_of_a_recommendation_too(row: Assignment, cache: str, value: Any) -> None:
    written = dt.datetime(2001, 1, 1, tzinfo=dt.UTC) if value == "old" else value
    before = getattr(row.recommendation, cache)
    Recommendation.objects.update(**{cache: written})

    with pytest.raises(CommandError):
        check()
    assert f"{row.recommendation.reference}: {cache} is" in check("--repair")
    assert getattr(Recommendation.objects.get(), cache) == before


def test_a_badge_of_a_recommendation_that_asks_nobody_any_more_is_mended_too(row: Assignment) -> None:
    other = asked()
    other.assignments.all().delete()
    Recommendation.objects.filter(pk=other.pk).update(badge="stalled")

    assert "badge is “stalled”, the log says “no_information”" in check("--repair")
    assert "differing: 0" in check()


def test_an_entry_written_past_the_services_is_found(row: Assignment) -> None:
    FollowUp.objects.create(
        assignment=row, kind="closure", closure="unverifiable", basis="published_source", refers_on=YESTERDAY
    )

    found: list[proof.Difference] = []
    proof.prove(on_difference=found.append)

    assert {difference.cache for difference in found} == {"closure", "badge", "last_change_at"}


def test_what_time_brings_is_no_difference_but_the_daily_work(row: Assignment) -> None:
    entry = row.follow_ups.get(kind="report")
    assessing.assess(entry, finding="contradicts", text="Nie działa.", recorded_by=moderator(), evidence=[PAGE])
    assert "disputed from today: 0" in check()

    found: list[proof.Difference] = []
    proof.prove(today=timezone.localdate() + dt.timedelta(days=14), on_difference=found.append)
    assert {difference.cache for difference in found} >= {"is_disputed"}


def test_the_pass_goes_in_batches_and_tells_how_far_it_is(
    row: Assignment, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    for _ in range(4):
        asked()
    monkeypatch.setattr(proof, "BATCH", 2)
    told: list[tuple[int, int]] = []

    # Three batches of five queries, the count, and one batch that is empty.
    with django_assert_max_num_queries(17):
        proof.prove(on_progress=lambda done, total: told.append((done, total)))

    assert told == [(2, 5), (4, 5), (5, 5)]


# --- The database refuses


def triggers() -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'recommendations%'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'recommendations%'")
        return sorted(name for (name,) in cursor.fetchall() if "_marks_" not in name)


def drop(trigger: str) -> None:
    table = re.split("_no_|_marks_|_append_only$", trigger)[0]
    on_table = "" if connection.vendor == "sqlite" else f' ON "{table}"'
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{trigger}"{on_table}')


def test_every_append_only_table_has_its_triggers_and_the_check_is_silent() -> None:
    assert {name for name in triggers() for table in append_only.TABLES if name.startswith(table)} == set(triggers())
    assert len(triggers()) == len(append_only.TABLES) * (3 if connection.vendor == "sqlite" else 2)
    assert checks.what_was_said_is_protected(None, ["default"]) == []


def test_a_missing_trigger_is_an_error_with_its_remedy_and_the_remedy_works() -> None:
    for trigger in triggers():
        drop(trigger)
        (error,) = checks.what_was_said_is_protected(None, ["default"])
        assert (error.id, trigger in error.msg) == ("recommendations.E001", True)
        assert "follow_up_check --repair" in str(error.hint)
        with pytest.raises(CommandError):
            check()
        assert f"put back: trigger {trigger}" in check("--repair")
    assert checks.what_was_said_is_protected(None, ["default"]) == []


def test_a_missing_mark_of_counts_is_an_error_with_its_remedy_and_the_remedy_works() -> None:
    wanted = count_marks.sqlite_triggers if connection.vendor == "sqlite" else count_marks.postgres_triggers
    names = [name for table in count_marks.TABLES for name, _statements in wanted(table)]
    assert checks.what_is_counted_is_marked(None, ["default"]) == []

    for name in names:
        drop(name)
    errors = checks.what_is_counted_is_marked(None, ["default"])
    assert ({error.id for error in errors}, len(errors)) == ({"recommendations.E002"}, len(names))
    assert f"put back: trigger {names[0]}" in check("--repair")

    assert checks.what_is_counted_is_marked(None, ["default"]) == []


def test_whatever_way_a_row_is_written_what_was_counted_counts_no_more() -> None:
    row = row_of()
    seen = {current_mark()}
    for act in (
        lambda: Assignment.objects.filter(pk=row.pk).update(implementation="stalled"),
        lambda: Organisation.objects.filter(pk=row.organisation_id).update(label_pl="Inna"),
        lambda: Recommendation.objects.filter(pk=row.recommendation_id).update(source_locator="s. 7"),
        lambda: FollowUp.objects.bulk_create([FollowUp(assignment=row, kind="note", text="Nota.",
                                                       basis="published_source", refers_precision="unknown")]),
    ):  # fmt: skip
        act()
        assert current_mark() not in seen
        seen.add(current_mark())
    forget_old_marks()
    assert CountMark.objects.count() == 1


def test_no_database_is_asked_by_a_check_that_names_none() -> None:
    drop(triggers()[0])

    assert checks.what_was_said_is_protected(None) == []


@pytest.mark.sqlite
def test_a_trigger_that_forgets_a_column_is_replaced() -> None:
    """What a column added later would leave: the old text, which lets that column be changed."""
    name = "recommendations_followup_no_update"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(
            f'CREATE TRIGGER "{name}" BEFORE UPDATE ON recommendations_followup WHEN NEW.text IS NOT OLD.text '
            "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
        )

    assert append_only.unprotected() == [name]
    assert append_only.protect() == [name]
    assert append_only.unprotected() == []


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_every_migration_puts_back_what_a_rebuilt_table_lost() -> None:
    with connection.schema_editor() as editor:
        rebuild: Any = editor
        rebuild._remake_table(FollowUp)
    assert [name for name in triggers() if "followup" in name] == []

    call_command("migrate", "recommendations", verbosity=0)

    assert len([name for name in triggers() if "followup" in name]) == 3
    assert append_only.unprotected() == []
