"""The node that tests ask: what it is fetched from, and the sentence for everything that can be missing."""

import hashlib
import os
import stat
import zipfile
from pathlib import Path

import pytest

from cms import node
from cms.machine import Trouble


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of .cache/elasticsearch."""
    monkeypatch.setattr(node, "FOLDER", tmp_path)
    monkeypatch.delenv("ES_JAVA_HOME", raising=False)
    return tmp_path


def program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def an_archive(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small archive that is taken for the published one."""
    archive = folder / f"elasticsearch-{node.VERSION}.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(f"elasticsearch-{node.VERSION}/bin/elasticsearch", "#!/bin/sh\n")
        file.writestr(f"elasticsearch-{node.VERSION}/lib/server.jar", "")
    monkeypatch.setattr(node, "SHA256", hashlib.sha256(archive.read_bytes()).hexdigest())
    return archive


def test_without_java_the_package_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(Trouble, match="apt-get install default-jre-headless"):
        node.java()


def test_a_java_that_is_too_old_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(folder / "bin" / "java", """echo 'openjdk version "11.0.2" 2019-01-15' >&2""")
    monkeypatch.setenv("ES_JAVA_HOME", str(folder))
    with pytest.raises(Trouble, match="needs Java 17 or newer"):
        node.java()


def test_the_java_that_is_named_is_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(folder / "bin" / "java", """echo 'openjdk version "21.0.1" 2023-10-17' >&2""")
    monkeypatch.setenv("ES_JAVA_HOME", str(folder))
    assert node.java() == str(folder.resolve())


def test_a_distribution_that_is_there_is_unpacked_once_and_can_be_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = an_archive(folder, monkeypatch)
    home = node.distribution()
    archive.unlink()

    assert node.distribution() == home
    assert os.access(home / "bin" / "elasticsearch", os.X_OK)
    assert stat.S_IMODE(home.stat().st_mode) & 0o055 == 0o055
    assert sorted(path.name for path in folder.iterdir()) == [home.name]


def test_a_folder_that_cannot_be_made_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = folder / "cache"
    loop.symlink_to(loop)
    monkeypatch.setattr(node, "FOLDER", loop)
    with pytest.raises(Trouble, match=r"Cannot make the folder .*/cache "):
        node.distribution()


def test_an_archive_with_another_checksum_is_never_unpacked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = an_archive(folder, monkeypatch)
    tampered = archive.read_bytes() + b"more"
    archive.write_bytes(tampered)
    other = folder.parent / "served.zip"
    other.write_bytes(tampered)
    monkeypatch.setattr(node, "ADDRESS", other.as_uri())
    monkeypatch.setenv("PATH", "")

    with pytest.raises(Trouble, match=r"fetch directly: the checksum is not.*fetch by maven: Maven is not installed"):
        node.distribution()
    assert list(folder.iterdir()) == []


def test_what_cannot_be_fetched_directly_is_fetched_by_maven(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = an_archive(folder, monkeypatch)
    elsewhere = folder.parent / "mirror.zip"
    archive.rename(elsewhere)
    monkeypatch.setattr(node, "ADDRESS", (folder / "nothing.zip").as_uri())
    program(folder.parent / "bin" / "mvn", f"/bin/cp {elsewhere} {archive}")
    monkeypatch.setenv("PATH", str(folder.parent / "bin"))

    assert node.distribution().is_dir()
