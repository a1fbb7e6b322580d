"""Questions that found nothing are counted by day, without anything about who asked."""

import datetime as dt
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from search.engines.base import Engine
from search.models import MissedQuestion
from search.sync import missed
from search.sync.drain import drain
from tests.factories.pages import make_recommendation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SEARCH_DIR = tmp_path
    missed._noted.clear()
    return tmp_path


def counted() -> dict[str, int]:
    missed.count_noted()
    return dict(MissedQuestion.objects.values_list("text", "count"))


def ask(client: Client, question: str, address: str = "/search/", **headers: str) -> None:
    assert client.get(address, {"q": question}, headers={"User-Agent": "Mozilla/5.0"} | headers).status_code == 200


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ('  "Karta   Polaka" ', "karta polaka"),
        ("LII/964/16", "lii/964/16"),
        ("-Żłobek OR (przedszkole*", "żłobek or przedszkole"),
        ("XI.541.31", "xi.541.31"),
        ("Львів", "львів"),
    ],
)
def test_a_question_is_kept_as_its_words(typed: str, kept: str) -> None:
    assert missed.normalised(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "jan.kowalski@example.org",
        "Kowalski 44051401359",
        "tel. 600 100 200",
        "+48 (22) 555-01-02",
        "urodzona 1990-05-14",
        "https://example.org/ja",
        "www.example.org",
        "mam na imię Anna i od roku czekam na decyzję w sprawie pobytu",
        "a" * 100,
        '"" - ()',
        "",
    ],
)
def test_what_looks_like_data_about_a_person_or_like_a_letter_is_not_kept(typed: str, folder: Path) -> None:
    missed.note(typed, "pl")

    assert missed.normalised(typed) == ""
    assert list(folder.iterdir()) == []


def test_the_line_of_a_question_holds_day_language_and_words_and_is_its_owners_only(folder: Path) -> None:
    missed.note("Brak", "uk")

    file = folder / missed.FILE
    assert file.read_text() == f"{timezone.localdate()}\tuk\tbrak\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_question_repeated_at_once_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for _n in range(5):
        missed.note("brak", "pl")
    monkeypatch.setattr(missed, "REPEATED_SECONDS", 0)
    missed.note("brak", "pl")

    assert counted() == {"brak": 2}


def test_counting_again_adds_and_nothing_is_counted_twice() -> None:
    for word in ("brak", "nic"):
        missed.note(word, "pl")
    assert counted() == {"brak": 1, "nic": 1}
    missed._noted.clear()
    missed.note("brak", "pl")

    assert counted() == {"brak": 2, "nic": 1}
    assert counted() == {"brak": 2, "nic": 1}


def test_a_count_cut_short_by_a_kill_is_made_good(folder: Path) -> None:
    missed.note("brak", "pl")
    (folder / missed.FILE).rename((folder / missed.FILE).with_suffix(".counting"))
    missed.note("nic", "pl")

    assert counted() == {"brak": 1}
    assert counted() == {"brak": 1, "nic": 1}


def test_lines_that_nobody_of_ours_wrote_are_left_out(folder: Path) -> None:
    future = timezone.localdate() + dt.timedelta(days=1)
    (folder / missed.FILE).write_bytes(
        f"\n{timezone.localdate()}\tpl\t{future}\nx\ty\tz\n{future}\tpl\tjutro\n{timezone.localdate()}\txx\tbrak\n".encode()
        + b"\xff\xfe\t\t\n"
    )

    assert counted() == {}


def test_neither_the_file_nor_a_day_grows_without_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missed, "MOST_A_DAY", 2)
    monkeypatch.setattr(missed, "MOST_BYTES", 60)
    for n in range(20):
        missed.note(f"brak{n}", "pl")
    assert (folder / missed.FILE).stat().st_size < 60 + missed.MOST_LETTERS + 20

    assert len(counted()) == 2


def test_only_what_was_asked_often_is_shown() -> None:
    day = timezone.localdate()
    for text, count, ago in (("często", 2, 0), ("często", 1, 3), ("rzadko", 2, 0)):
        MissedQuestion.objects.create(text=text, language="pl", day=day - dt.timedelta(days=ago), count=count)

    assert missed.most_missed() == [missed.Missed("często", "pl", 3, day)]


def test_old_and_rare_questions_are_forgotten() -> None:
    day = timezone.localdate()
    for text, count, ago in (("stare", 9, 91), ("rzadkie", 2, 15), ("częste", 3, 15), ("świeże", 1, 1)):
        MissedQuestion.objects.create(text=text, language="pl", day=day - dt.timedelta(days=ago), count=count)

    call_command("search_sync", verbosity=0)

    assert set(MissedQuestion.objects.values_list("text", flat=True)) == {"częste", "świeże"}


def test_the_search_page_notes_what_it_could_not_answer_and_nothing_else(index: Engine, client: Client) -> None:
    make_recommendation(title="Nauka języka")
    drain(index)

    ask(client, "qwrtplk")
    ask(client, "qwrtpls", "/en/search/")
    ask(client, "nauka")
    ask(client, "nauka", "/search/?tag=nieznany")
    ask(client, "zxcvbnm", **{"User-Agent": "Mozilla/5.0 (compatible; Examplebot/2.1)"})
    ask(client, "")

    assert counted() == {"qwrtplk": 1, "qwrtpls": 1}
    assert set(MissedQuestion.objects.values_list("language", flat=True)) == {"pl", "en"}


def test_a_folder_that_cannot_be_written_harms_no_reader(
    index: Engine, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(missed, "FILE", "no-such-folder/file")

    ask(client, "qwrtplk")

    assert "could not be noted" in caplog.text
