"""Whatever happens to the folder of the index: readers get an answer, editors are never held up, nothing is lost."""

import os
import resource
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from recommendations.models import Recommendation
from search import engines
from search.engines import embedded, get_engine
from search.engines.base import Batch, Engine, EngineUnavailable
from search.engines.embedded import POINTER, STATE, EmbeddedEngine
from search.sync import outbox
from search.sync.drain import drain
from search.sync.drift import find_drift
from search.sync.rebuild import is_current
from taxonomy.models import Organisation
from tests.factories.pages import make_recommendation
from tests.factories.taxonomy import OrganisationFactory
from tests.search.engines.contract import CORPUS, ask, keys
from tests.search.engines.documents import document, key

NOBODY = 65534
STRIDE = 4
"""Every so-many-th line is tried; all of them take a minute and a half."""


def generation(folder: Path) -> Path:
    return folder / (folder / POINTER).read_text()


def truncate(folder: Path) -> None:
    for file in generation(folder).glob("*.*"):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def overwrite(folder: Path) -> None:
    """Other bytes in the middle, the ends as they were: nothing looks wrong until it is read."""
    for file in generation(folder).glob("*.*"):
        data = file.read_bytes()
        middle = max(0, len(data) - 400)
        file.write_bytes(bytes((7 * n + 13) % 256 for n in range(middle)) + data[middle:])


def replace_by_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "the folder is deleted": lambda folder: shutil.rmtree(folder),
    "the generation is deleted": lambda folder: shutil.rmtree(generation(folder)),
    "the pointer is deleted": lambda folder: (folder / POINTER).unlink(),
    "the pointer is empty": lambda folder: (folder / POINTER).write_text(""),
    "the state is cut": lambda folder: (generation(folder) / STATE).write_text('{"num'),
    "the state is of another schema": lambda folder: (generation(folder) / STATE).write_text(
        '{"number": 1, "schema": 0, "fingerprint": "x"}'
    ),
    "all files are cut": truncate,
    "all files are overwritten": overwrite,
    "the folder is a file": replace_by_file,
}


@pytest.fixture
def one(index: Engine) -> Recommendation:
    fact = make_recommendation(title="Nauka języka")
    drain(index)
    return fact


def as_another_process(settings: Any, damage: Callable[[Path], object]) -> Path:
    """The damage done, and the engine opened anew: whoever has a file open goes on reading what it was."""
    folder = Path(settings.SEARCH_DIR)
    damage(folder)
    engines._engine.cache_clear()
    return folder


@pytest.mark.parametrize("damage", DAMAGES)
def test_after_any_damage_readers_find_titles_editors_edit_and_the_timer_mends_it(
    one: Recommendation, settings: Any, client: Client, django_capture_on_commit_callbacks: Any, damage: str
) -> None:
    folder = as_another_process(settings, DAMAGES[damage])

    for address in ("/search/?q=nauka", "/en/search/?q=nauka"):
        context = client.get(address).context
        assert (context["total"], [item.kind for item in context["items"]]) == (1, ["recommendation"])
    for address in ("/search/?q=nauak", "/search/", "/search/?tag=nic", "/search/feed/?q=nauka"):
        assert client.get(address).status_code in (200, 503), address
    assert not is_current(get_engine())

    with django_capture_on_commit_callbacks(execute=True):
        body = OrganisationFactory.create(label_pl="Nowy urząd")
    assert Organisation.objects.filter(pk=body.pk).exists()

    if folder.is_file():
        folder.unlink()
    call_command("search_sync", verbosity=0)

    assert find_drift(get_engine()).keys == ()
    assert outbox.pending(get_engine().number) == set()
    assert client.get("/search/?q=urzędu").context["total"] == 1


def test_the_timer_says_in_one_line_that_the_folder_cannot_be_written(one: Recommendation, settings: Any) -> None:
    folder = as_another_process(settings, DAMAGES["the folder is a file"])

    with pytest.raises(CommandError, match=str(folder)):
        call_command("search_sync", verbosity=0)


def in_a_child(act: Callable[[], object], before: Callable[[], object] = lambda: None) -> str:
    """What `act` does in a process of its own: "ok", the name of what it raised, or the number of the signal."""
    here, there = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if not child:
        said = "ok"
        try:
            before()
            act()
        except BaseException as error:
            said = type(error).__name__ if isinstance(error, EngineUnavailable) else traceback.format_exc()
        os.write(there, said.encode())
        os._exit(0)
    os.close(there)
    with os.fdopen(here) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return said or str(os.waitstatus_to_exitcode(status))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another user of this machine can reach."""
    path = Path(tempfile.mkdtemp())
    path.chmod(0o755)
    EmbeddedEngine(path).rebuild(CORPUS, 10, fingerprint="f")
    yield path
    shutil.rmtree(path)


def batch() -> Batch:
    return Batch([document("new", "rada"), *(document(str(n), "muzeum " * 9) for n in range(300))], [key("a")], 11)


def full_at(size: int) -> Callable[[], None]:
    """No file may grow beyond so many bytes: for who writes, the disk is full."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.parametrize("size", [0, 40, 200, 1000, 3000, 20_000])
@pytest.mark.parametrize("act", ["apply", "rebuild"])
def test_on_a_full_disk_the_old_answers_stay_and_the_next_drain_goes_on(folder: Path, act: str, size: int) -> None:
    acts: dict[str, Callable[[], object]] = {
        "apply": lambda: EmbeddedEngine(folder).apply(batch()),
        "rebuild": lambda: EmbeddedEngine(folder).rebuild(batch().upserts, 12),
    }

    said = in_a_child(acts[act], before=full_at(size))

    assert said == "EngineUnavailable" or size > 1000, said
    after = EmbeddedEngine(folder)
    assert keys(after, "rada") in ({"new"}, {"b", "d", "new"}) if said == "ok" else keys(after, "rada") == set("abd")
    assert after.apply(batch()) or after.number > 11
    assert "new" in keys(after, "rada")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_a_folder_that_cannot_be_written_is_no_index_but_harms_nothing(folder: Path) -> None:
    def become_nobody() -> None:
        os.setgid(NOBODY)
        os.setuid(NOBODY)

    # Even reading needs a lock in the folder; without it an old state could be shown under a new number.
    for act in (
        lambda: keys(EmbeddedEngine(folder), "rada"),
        lambda: EmbeddedEngine(folder).apply(batch()),
        lambda: EmbeddedEngine(folder).rebuild(CORPUS, 12),
    ):
        assert in_a_child(act, before=become_nobody) == "EngineUnavailable"
    assert keys(EmbeddedEngine(folder), "rada") == set("abd")


def killed_before_line(number: int) -> Callable[[], None]:
    """This process ends by SIGKILL before the so-many-th line of the engine that it comes to."""
    left = [number]

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_filename != embedded.__file__:
            return None
        if event == "line":
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    return lambda: sys.settrace(trace)


@pytest.mark.parametrize("act", ["apply", "rebuild"])
def test_killed_at_any_line_of_its_work_the_index_answers_and_takes_the_work_again(folder: Path, act: str) -> None:
    documents = [document("new", "rada"), document("b", "rada"), document("d", "rada")]
    work: Callable[[EmbeddedEngine], object] = (
        (lambda engine: engine.apply(Batch(documents, [key("a")], 11)))
        if act == "apply"
        else (lambda engine: engine.rebuild(documents, 11, fingerprint="f"))
    )
    before, done = set("abd"), {"b", "d", "new"}
    for lines in count(1, STRIDE):
        copy = folder / f"copy-{lines}"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("copy*"))
        said = in_a_child(partial(work, EmbeddedEngine(copy)), before=killed_before_line(lines))
        after = EmbeddedEngine(copy, patience=2)
        assert keys(after, "rada") in (before, done), f"killed before line {lines}"
        # The number is never ahead of what is there: else a change would be taken for known.
        assert after.number == 10 or keys(after, "rada") == done, f"killed before line {lines}"
        work(after)
        assert (keys(after, "rada"), after.number) == (done, 11), f"killed before line {lines}"
        assert len([path for path in copy.iterdir() if path.is_dir()]) <= 2 or act == "apply"
        shutil.rmtree(copy, ignore_errors=True)
        if said == "ok":
            break
        assert said == str(-signal.SIGKILL), said

    assert lines > 20
    assert ask(EmbeddedEngine(folder), "rada").number == 10
