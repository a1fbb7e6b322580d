"""The drain brings the index to what the database says, whatever fails, dies or runs at the same time."""

import fcntl
import logging
import threading
import time
from collections.abc import Iterable
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from search.documents import all_documents, subject_of
from search.engines import get_engine
from search.engines.base import Document, Engine, EngineUnavailable
from search.models import Outbox
from search.parser import parse
from search.query import SearchQuery
from search.sync import outbox
from search.sync.drain import drain
from search.sync.drift import find_drift
from search.sync.rebuild import is_current, rebuild
from taxonomy.models import Organisation, OrganisationName
from tests.factories.pages import make_recommendation
from tests.factories.taxonomy import OrganisationFactory
from tests.processes import shared_database, start, together

WORKER = "tests.search.search_worker"


def found(engine: Engine, text: str) -> tuple[str, ...]:
    return engine.search(SearchQuery(text), parse(text)).keys


def test_what_is_committed_is_found_after_the_commit(index: Engine, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        organisation = OrganisationFactory.create(label_pl="Urząd Kanarkowy")
        assert found(index, "kanarkowy") == ()

    assert found(index, "kanarkowy") == (f"{subject_of(organisation)}:pl",)
    assert outbox.pending(index.number) == set()


def test_many_changes_of_one_thing_are_one_commit(index: Engine, django_capture_on_commit_callbacks: Any) -> None:
    before = index.number
    with django_capture_on_commit_callbacks(execute=True) as callbacks, transaction.atomic():
        organisation = OrganisationFactory.create()
        for n in range(5):
            organisation.label_en = f"Office {n}"
            organisation.save()

    assert len(callbacks) == 1
    assert index.number == before + 1


def test_draining_again_changes_nothing(index: Engine) -> None:
    make_recommendation()
    assert drain(index) == 1
    state = sorted(index.stream())

    assert drain(index) == 0
    assert sorted(index.stream()) == state
    assert find_drift(index).keys == ()


def test_what_is_deleted_or_merged_away_leaves_the_index(index: Engine) -> None:
    kept, merged = OrganisationFactory.create(label_pl="Zostaje"), OrganisationFactory.create(label_pl="Odchodzi")
    gone = OrganisationFactory.create(label_pl="Znika")
    drain(index)
    merged.merged_into = kept
    merged.save()
    gone.delete()

    drain(index)

    assert {key for key, _ in index.stream()} == {f"{subject_of(kept)}:pl"}


def test_a_failing_engine_never_fails_the_act_and_keeps_the_rows(
    index: Engine, settings: Any, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    state = next(Path(settings.SEARCH_DIR).glob("*/state.json"))
    with caplog.at_level(logging.ERROR, "search"), django_capture_on_commit_callbacks(execute=True):
        organisation = OrganisationFactory.create()
        state.write_text("broken by a full disk")

    assert Organisation.objects.filter(pk=organisation.pk).exists()
    assert subject_of(organisation) in outbox.pending(0)
    assert "outbox keeps what is missing" in caplog.text


def test_without_an_index_acts_are_kept_for_the_rebuild(
    db: None, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SEARCH_DIR = tmp_path / "none-yet"

    with caplog.at_level(logging.WARNING, "search"), django_capture_on_commit_callbacks(execute=True):
        organisation = OrganisationFactory.create()

    assert caplog.text == ""
    rebuild(get_engine())
    assert outbox.pending(get_engine().number) == set()
    assert [key for key, _ in get_engine().stream()] == [f"{subject_of(organisation)}:pl"]


def test_one_thing_that_cannot_be_read_does_not_keep_the_others_out(
    index: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    asked, sound = (OrganisationFactory.create(label_pl=label) for label in ("Adresat", "Zdrowy urząd"))
    broken = make_recommendation(title="Zepsuta", addressees=[asked])
    # No code that a form takes: it would reach into the next part of what the index keeps.
    Organisation.objects.filter(pk=asked.pk).update(code="a|b")

    with caplog.at_level(logging.ERROR, "search"):
        drain(index)

    assert found(index, "zdrowy") == (f"{subject_of(sound)}:pl",)
    assert subject_of(broken) in caplog.text


def test_a_database_that_does_not_answer_says_nothing_about_what_was_to_be_indexed(index: Engine) -> None:
    body = OrganisationFactory.create(label_pl="Urząd Miasta")
    drain(index)
    body.label_pl = "Magistrat"
    body.save()
    names = OrganisationName._meta.db_table
    rename(names, to="away")

    with pytest.raises(DatabaseError), transaction.atomic():
        drain(index)

    rename("away", to=names)
    assert outbox.pending(index.number) == {subject_of(body)}
    assert [key for key, _ in index.stream()] == [f"{subject_of(body)}:pl"]
    drain(index)
    assert found(index, "magistrat") == (f"{subject_of(body)}:pl",)


def rename(table: str, *, to: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{table}" RENAME TO "{to}"')


def test_the_bounded_drain_stops_between_batches_and_the_next_goes_on(
    index: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "BATCH", 1)
    OrganisationFactory.create_batch(3)

    assert drain(index, seconds=0) == 1
    assert outbox.pending(index.number)
    drain(index)
    assert outbox.pending(index.number) == set()


def test_a_drain_that_finds_another_at_work_gives_up_while_that_one_works(index: Engine, settings: Any) -> None:
    OrganisationFactory.create()
    with (Path(settings.SEARCH_DIR) / "drain-embedded.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert drain(index, seconds=0.05) == 0

    assert drain(index) == 1


def test_an_act_during_a_rebuild_is_in_the_new_index(index: Engine) -> None:
    first = OrganisationFactory.create(label_pl="Pierwszy urząd")
    drain(index)

    def while_reading(documents: Iterable[Document]) -> Iterable[Document]:
        for document in documents:
            yield document
            first.label_pl = "Przemianowany magistrat"
            first.save()
            drain(index)

    number = outbox.last_number()
    index.rebuild(while_reading(list(all_documents())), number, fingerprint="x")

    # The new generation was read before the act; the act is pending for it, and so masked.
    assert subject_of(first) in outbox.pending(index.number)
    drain(index)
    assert found(index, "przemianowany") == (f"{subject_of(first)}:pl",)
    assert found(index, "pierwszy") == ()


def test_an_index_older_than_the_outbox_reaches_back_asks_for_a_rebuild(index: Engine) -> None:
    OrganisationFactory.create()
    state = outbox.lock_state()
    state.kept_from = index.number + 2
    state.save()

    with pytest.raises(EngineUnavailable, match="search_rebuild"):
        drain(index)

    assert not is_current(index)
    call_command("search_sync")
    assert is_current(index)
    assert find_drift(index).keys == ()


def test_drift_is_reported_and_repaired(index: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    stale, extra = OrganisationFactory.create(label_pl="Stary"), OrganisationFactory.create(label_pl="Zbędny")
    missing = OrganisationFactory.create(label_pl="Brakujący")
    Organisation.objects.filter(pk=missing.pk).update(merged_into=stale)
    drain(index)
    # What nobody is told of.
    Organisation.objects.filter(pk=missing.pk).update(merged_into=None)
    Organisation.objects.filter(pk=stale.pk).update(label_pl="Nowy")
    Organisation.objects.filter(pk=extra.pk).update(merged_into=stale)

    with pytest.raises(CommandError, match="differs"):
        call_command("search_check")
    drift = find_drift(index)
    assert (drift.missing, drift.extra, drift.stale) == tuple(
        (f"{subject_of(one)}:pl",) for one in (missing, extra, stale)
    )

    call_command("search_check", "--repair")
    assert find_drift(index).keys == ()
    call_command("search_check")
    assert "missing: 0" in capsys.readouterr().out


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_the_commands_show_how_far_they_are_on_a_terminal_and_stay_short_elsewhere(
    index: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    OrganisationFactory.create_batch(3)
    terminal = Terminal()

    for command in ("search_sync", "search_check", "search_rebuild"):
        call_command(command, stdout=terminal)
        call_command(command)

    drawn = terminal.getvalue()
    for label in ("bringing in embedded", "comparing embedded", "indexing embedded"):
        assert f"\r{label} [{'#' * 30}] 100 %" in drawn
    assert "\r" not in capsys.readouterr().out


def test_a_rebuild_is_done_only_if_needed(index: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("search_rebuild", "--if-needed")
    assert "current" in capsys.readouterr().out

    call_command("search_rebuild")
    assert "documents indexed" in capsys.readouterr().out


@together
@pytest.mark.django_db(transaction=True)
def test_a_drain_killed_in_the_middle_loses_nothing(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SEARCH_DIR = tmp_path / "search"
    settings.SEARCH_LISTENS = False
    Outbox.objects.all().delete()
    engine = get_engine()
    rebuild(engine)
    monkeypatch.setattr(outbox, "BATCH", 1)
    outbox.requeue(subject_of(one) for one in OrganisationFactory.create_batch(60))
    last = outbox.give_numbers()
    work = partial(start, tmp_path, WORKER, str(settings.SEARCH_DIR), database=shared_database(tmp_path))

    drainer = work("drain").process
    deadline = time.monotonic() + 90
    while not 2 <= engine.number < last and drainer.is_alive() and time.monotonic() < deadline:
        time.sleep(0.002)
    reached = engine.number
    drainer.kill()
    drainer.join()

    assert 2 <= reached < last, "it was not killed in the middle"
    assert work("drain", "check").finished() == "0 0"


@together
@pytest.mark.django_db(transaction=True)
def test_two_processes_that_change_and_drain_at_once_leave_a_true_index(tmp_path: Path, settings: Any) -> None:
    settings.SEARCH_DIR = tmp_path / "search"
    OrganisationFactory.create_batch(8)
    rebuild(get_engine())
    work = partial(start, tmp_path, WORKER, str(settings.SEARCH_DIR), database=shared_database(tmp_path))

    for program in [work(f"rename-{way}") for way in ("up", "down")]:
        program.finished()

    assert work("drain", "check").finished() == "0 0"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_row_with_a_lower_id_that_commits_later_is_neither_lost_nor_unmasked(tmp_path: Path, settings: Any) -> None:
    settings.SEARCH_DIR = tmp_path / "search"
    first, second = OrganisationFactory.create(label_pl="Pierwszy"), OrganisationFactory.create(label_pl="Drugi")
    engine = get_engine()
    rebuild(engine)
    has_written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                Organisation.objects.filter(pk=first.pk).update(merged_into=second)
                outbox.queue({subject_of(first)})
                has_written.set()
                may_commit.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    has_written.wait(30)
    outbox.queue({subject_of(second)})
    drain(engine)
    assert outbox.pending(engine.number) == set()

    may_commit.set()
    thread.join(30)

    assert outbox.pending(engine.number) == {subject_of(first)}
    drain(engine)
    assert {key for key, _ in engine.stream()} == {f"{subject_of(second)}:pl"}
