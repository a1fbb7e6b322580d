"""An Elasticsearch of our own for tests: the published distribution, fetched once, run on the loopback address.

Standard library only, because `make` runs it before any package is installed. The distribution holds the server with
few modules and without security: right for tests, never for a site.
"""

import contextlib
import hashlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

from cms.machine import ROOT, Trouble, say

VERSION = "8.19.21"
SHA256 = "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a"
GROUP = "org.elasticsearch.distribution.integ-test-zip"
ADDRESS = (
    f"https://repo1.maven.org/maven2/{GROUP.replace('.', '/')}/elasticsearch/{VERSION}/elasticsearch-{VERSION}.zip"
)
FOLDER = ROOT / ".cache" / "elasticsearch"
OLDEST_JAVA = 17
# Elasticsearch refuses to run as root; this is "nobody", whom every Linux has.
NOBODY = 65534
SECONDS_TO_START = 120
HEAP = "256m"

SETTINGS = """\
cluster.name: test
discovery.type: single-node
network.host: 127.0.0.1
http.port: {port}
transport.port: 0
node.portsfile: true
xpack.security.enabled: false
path.data: {folder}/data
path.logs: {folder}/logs
action.auto_create_index: false
cluster.routing.allocation.disk.threshold_enabled: false
"""
JVM_OPTIONS = """\
-XX:+UseSerialGC
-Djava.io.tmpdir=${ES_TMPDIR}
"""
HASTY = "-XX:TieredStopAtLevel=1\n"
"""Ready sooner, and slower for good: right for tests, wrong for what is measured."""


# Fetching.


def distribution() -> Path:
    """The folder of the unpacked distribution; fetched, verified and unpacked first if it is not there yet.

    Raises Trouble where it can be had from nowhere or may not be kept.
    """
    home = FOLDER / f"elasticsearch-{VERSION}"
    if not home.is_dir():
        try:
            FOLDER.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Trouble(f"Cannot make the folder {FOLDER} ({error.strerror}): correct what stands there.") from error
        archive = FOLDER / f"elasticsearch-{VERSION}.zip"
        if not is_genuine(archive):
            fetch(archive)
        unpack(archive, home)
    return home


def is_genuine(archive: Path) -> bool:
    """Whether the file is there and is the one whose checksum we know."""
    if not archive.is_file():
        return False
    with archive.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == SHA256


def fetch(archive: Path) -> None:
    """Bring the archive from Maven Central: directly, or through Maven where that knows a way that we do not."""
    say(f"Elasticsearch {VERSION}: fetching 107 MB from Maven Central.")
    reasons = []
    for way in (fetch_directly, fetch_by_maven):
        try:
            way(archive)
        except (OSError, http.client.HTTPException, subprocess.SubprocessError) as error:
            reasons.append(f"{way.__name__.replace('_', ' ')}: {error}")
            continue
        if is_genuine(archive):
            return
        reasons.append(f"{way.__name__.replace('_', ' ')}: the checksum is not the published one")
        archive.unlink(missing_ok=True)
    raise Trouble(
        f"Elasticsearch could not be fetched ({'; '.join(reasons)}): put elasticsearch-{VERSION}.zip of Maven Central "
        f"into {FOLDER}, or install Maven if it knows a mirror (Debian: apt-get install maven)."
    )


def fetch_directly(archive: Path) -> None:
    draft = archive.with_suffix(".part")
    try:
        with urllib.request.urlopen(ADDRESS, timeout=30) as answer, draft.open("wb") as file:
            shutil.copyfileobj(answer, file, 1 << 20)
        draft.replace(archive)
    finally:
        draft.unlink(missing_ok=True)


def fetch_by_maven(archive: Path) -> None:
    maven = shutil.which("mvn")
    if not maven:
        raise FileNotFoundError("Maven is not installed")
    done = subprocess.run(
        [
            maven,
            "-q",
            "-B",
            "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy",
            f"-Dartifact={GROUP}:elasticsearch:{VERSION}:zip",
            f"-DoutputDirectory={archive.parent}",
        ],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines() or ["no reason given"]
        raise OSError(lines[0])


def unpack(archive: Path, home: Path) -> None:
    """Unpack beside its place and rename: a folder of that name is always whole."""
    with tempfile.TemporaryDirectory(dir=home.parent) as draft, zipfile.ZipFile(archive) as file:
        file.extractall(draft)
        for program in (Path(draft) / home.name / "bin").iterdir():
            # The module zipfile forgets who may run what.
            program.chmod(0o755)
        (Path(draft) / home.name).rename(home)


def java() -> str:
    """The folder of a Java that is new enough; `Trouble` with what to install if there is none."""
    named = os.environ.get("ES_JAVA_HOME", "")
    program = shutil.which(str(Path(named) / "bin" / "java")) if named else shutil.which("java")
    if not program:
        raise Trouble(
            f"Java is missing, which Elasticsearch needs: install Java {OLDEST_JAVA} or newer "
            "(Debian: apt-get install default-jre-headless), or set ES_JAVA_HOME to its folder."
        )
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if not version or int(version[1]) < OLDEST_JAVA:
        raise Trouble(
            f"Elasticsearch needs Java {OLDEST_JAVA} or newer, and {program} is another: install one "
            "(Debian: apt-get install default-jre-headless), or set ES_JAVA_HOME to its folder."
        )
    return str(Path(program).resolve().parent.parent)


# Running.


class Node:
    """One node with its data in a folder of its own, which is removed by `remove`. A restarted one keeps its port.

    A measured one runs as that of a site does; the others start sooner.
    """

    def __init__(self, *, is_measured: bool = False) -> None:
        self.options = JVM_OPTIONS if is_measured else JVM_OPTIONS + HASTY
        self.java = java()
        self.home = distribution()
        self.folder = Path(tempfile.mkdtemp(prefix="forum-elasticsearch-"))
        self.port = 0
        self.launcher: subprocess.Popen[bytes] | None = None
        self.as_root = os.geteuid() == 0
        if self.as_root and not self._may_be_read_by_nobody():
            self.home = Path(shutil.copytree(self.home, self.folder / self.home.name, copy_function=shutil.copy))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until it answers; `Trouble` with the end of its log if it does not."""
        self._write_configuration()
        self.launcher = subprocess.Popen(
            [str(self.home / "bin" / "elasticsearch"), "-p", str(self.folder / "pid")],
            cwd=self.folder,
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": str(self.folder),
                "ES_PATH_CONF": str(self.folder / "config"),
                "ES_TMPDIR": str(self.folder / "tmp"),
                "ES_JAVA_HOME": self.java,
                "ES_JAVA_OPTS": f"-Xms{HEAP} -Xmx{HEAP}",
            },
            stdin=subprocess.DEVNULL,
            stdout=(self.folder / "logs" / "output").open("wb"),
            stderr=subprocess.STDOUT,
            # Ctrl+C in a terminal is for us, and we stop the node.
            start_new_session=True,
            **self._identity(),  # type: ignore[call-overload]  # user and group, or nothing
        )
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            if self.launcher.poll() is not None or time.monotonic() > deadline:
                said = (self.folder / "logs" / "output").read_text(errors="replace").splitlines()[-15:]
                self.stop()
                raise Trouble("\n".join([*said, "Elasticsearch did not start; the lines above say why."]))
            time.sleep(0.2)

    def signal(self, number: int) -> None:
        """Send a signal to the server itself, not to the script that started it."""
        os.kill(int((self.folder / "pid").read_text()), number)

    def kill(self) -> None:
        """End it without a chance to tidy up."""
        self.signal(signal.SIGKILL)
        self._wait()

    def stop(self) -> None:
        """End it; no error if it has ended."""
        if self.launcher and self.launcher.poll() is None:
            self.launcher.terminate()
            self._wait()

    def remove(self) -> None:
        """Stop it and forget its data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self) -> None:
        if self.launcher:
            try:
                self.launcher.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.launcher.pid, signal.SIGKILL)
                self.launcher.wait()

    def _answers(self) -> bool:
        if not self.port:
            with contextlib.suppress(FileNotFoundError):
                found = re.search(r"127\.0\.0\.1:(\d+)", (self.folder / "logs" / "http.ports").read_text())
                self.port = int(found[1]) if found else 0
        if not self.port:
            return False
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=35)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=30s")
            return connection.getresponse().status == 200
        return False

    def _write_configuration(self) -> None:
        config = self.folder / "config"
        for folder in (config, self.folder / "data", self.folder / "logs", self.folder / "tmp"):
            folder.mkdir(exist_ok=True)
        shutil.copy(self.home / "config" / "log4j2.properties", config)
        (config / "elasticsearch.yml").write_text(SETTINGS.format(port=self.port, folder=self.folder))
        (config / "jvm.options").write_text(self.options)
        if self.as_root:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)

    def _identity(self) -> dict[str, object]:
        return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if self.as_root else {}

    def _may_be_read_by_nobody(self) -> bool:
        shown = ["test", "-x", str(self.home / "bin" / "elasticsearch"), "-a", "-r", str(self.home / "lib")]
        return not subprocess.run(shown, check=False, **self._identity()).returncode  # type: ignore[call-overload]  # see start


@contextlib.contextmanager
def node(*, is_measured: bool = False) -> Iterator[Node]:
    """A running node, stopped and removed at the end."""
    started = Node(is_measured=is_measured)
    try:
        say(f"Elasticsearch {VERSION}: starting.")
        started.start()
        yield started
    finally:
        started.remove()
