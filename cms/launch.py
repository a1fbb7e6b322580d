"""What `make` runs: the site, the tests or a tool, each with all that it needs brought in first.

Standard library only, because it runs before any package is installed. Every failure that a person can mend
ends in one sentence that says what to do (`Trouble`), and exit status 1. Run as a module: python3 -m cms.launch.
"""

import argparse
import contextlib
import http.client
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from cms.machine import (
    ROOT,
    Trouble,
    environment,
    kept_key,
    mails_of,
    must_be_free,
    must_be_writable,
    must_name_a_database,
    say,
    var_dir,
)
from cms.node import node
from cms.packages import DEVELOPMENT, PYTHON, RUNTIME, install, say_which_analyser

VERBS = ("run", "dev", "test", "lint", "bench", "messages", "index", "elasticsearch", "test-elastic")
# The first is the same engine without windows: it takes a third less time.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A cold start imports the site and opens the index; a slow disk may need most of this.
SECONDS_TO_ANSWER = 90
LIMITS = ("--limit-request-line", "0", "--limit-request-field_size", "65536")
"""What gunicorn lets pass: the site itself says what of a long address it did not read. No limit means a megabyte."""


# What a person names.


def port_of(text: str) -> int:
    """The port that ``text`` names."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Trouble(f"PORT={text} is no port: give a number from 1 to 65535, as in make run PORT=8001.")
    return int(text)


def number_of_workers(text: str) -> str:
    """How many processes answer, as WEB_CONCURRENCY says it; two where it says nothing."""
    if text and (not text.isdecimal() or not 0 < int(text) < 100):
        raise Trouble(f"WEB_CONCURRENCY={text} is no number of processes: give one from 1 to 99, or leave it out.")
    return text or "2"


def chromium() -> str:
    """The path of a Chromium that the browser tests can start, or an empty text."""
    named = os.environ.get("CHROMIUM", "")
    if named and not shutil.which(named):
        raise Trouble(f"CHROMIUM={named} is no program: correct the variable or leave it out.")
    return named or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), "")


# The site.


def secret_key(folder: Path) -> str:
    """The key kept in var/secret_key, made at the first start and readable for its owner only."""
    path = folder / "secret_key"
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(60))
    return kept_key(folder)


def site_environment(port: int) -> dict[str, str]:
    """Production settings for plain HTTP on the loopback address."""
    env = environment("cms.settings.production")
    folder = var_dir(env)
    must_be_writable(folder)
    # WhiteNoise warns about a folder that is not there, though the files come from the packages.
    must_be_writable(folder / "static")
    env["HTTPS"] = "off"
    env.setdefault("BASE_URL", f"http://127.0.0.1:{port}")
    if not env.get("SECRET_KEY"):
        env["SECRET_KEY"] = secret_key(folder)
    return env


def clock_log_of(folder: Path) -> Path:
    """Where the clock writes what it did; what goes wrong it says here."""
    return folder / "clock.log"


def where_mails_go(env: dict[str, str]) -> str:
    """In a few words, for who starts the site."""
    if not env.get("EMAIL_URL"):
        return f"are written as files to {mails_of(var_dir(env))}, because EMAIL_URL names no mail server"
    return "are sent by the server that EMAIL_URL names"


def manage(env: dict[str, str], *arguments: str) -> None:
    """Run manage.py; it speaks for itself, also when it fails."""
    if subprocess.run([str(PYTHON), "manage.py", *arguments], cwd=ROOT, env=env, check=False).returncode:
        raise Trouble(f"manage.py {arguments[0]} failed; the lines above say why.")


def run_site(port: int) -> int:
    """Prepare and serve the site until a signal comes."""
    started = time.monotonic()
    must_be_free(port)
    install(RUNTIME)
    env = site_environment(port)
    # Gunicorn reads the variable by itself as well.
    env["WEB_CONCURRENCY"] = number_of_workers(env.get("WEB_CONCURRENCY", ""))
    must_name_a_database(env.get("DATABASE_URL", ""))
    say_which_analyser()
    manage(env, "prepare")
    must_be_free(port)
    command = [str(PYTHON), "-m", "gunicorn", "cms.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", env["WEB_CONCURRENCY"], "--worker-class", "gthread", "--threads", "4"]
    # The workers share the dictionaries, read before they fork; each opens the index at its first question.
    command += [
        "--preload",
        "--no-control-socket",
        *LIMITS,
        "--timeout",
        "60",
        "--graceful-timeout",
        "10",
        "--log-level",
        "warning",
    ]
    with forwarding_signals(subprocess.Popen(command, cwd=ROOT, env=env)) as server:
        wait_until_it_answers(server, port)
        with workers(env):
            home = f"http://127.0.0.1:{port}"
            say("")
            say(f"  The site         {home}/")
            say(f"  For officials    {home}/moja-instytucja/")
            say(f"  Administration   {home}/admin/")
            say(f"  Mails            {where_mails_go(env)}")
            say(f"  The clock        writes what it checked, queued and mailed to {clock_log_of(var_dir(env))}")
            say(f"  Names and passwords of the first accounts are in {var_dir(env) / 'logins.json'}")
            say(f"Ready after {time.monotonic() - started:.0f} s. Stop with Ctrl+C.")
            status = server.wait()
    return 0 if status in (0, -signal.SIGTERM, -signal.SIGINT) else 1


@contextlib.contextmanager
def workers(env: dict[str, str]) -> Iterator[None]:
    """Beside the server, what does the long work of editors, and the clock; they go when the server goes."""
    with clock_log_of(var_dir(env)).open("a") as clock_log:
        commands = (("run_intakes", "--every", "2"), None), (("run_clock",), clock_log)
        started = [
            subprocess.Popen([str(PYTHON), "manage.py", *command], cwd=ROOT, env=env, stdout=output)
            for command, output in commands
        ]
        try:
            yield
        finally:
            for worker in started:
                worker.terminate()
            for worker in started:
                worker.wait()


@contextlib.contextmanager
def forwarding_signals(server: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """What asks us to stop, asks the server to stop; we leave after it."""

    def stop(number: int, frame: object) -> None:
        server.send_signal(signal.SIGTERM)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        yield server
    finally:
        if server.poll() is None:
            server.terminate()
            server.wait()


def wait_until_it_answers(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise Trouble("The server stopped at once; the lines above say why.")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            if connection.getresponse().status < 500:
                return
        time.sleep(0.2)
    raise Trouble(f"The site did not answer within {SECONDS_TO_ANSWER} s; the lines above may say why.")


def develop(port: int) -> int:
    """Prepare the site and serve it by Django's own server, with debug pages and reloading."""
    must_be_free(port)
    install(DEVELOPMENT)
    env = environment("cms.settings.dev")
    must_be_writable(var_dir(env))
    manage(env, "prepare")
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), "manage.py", "runserver", f"127.0.0.1:{port}"], env)


# Tests and tools.


def run_tests(marks: str, selection: str, workers: str, suite: str = "", **variables: str) -> int:
    """All tests side by side, then one line of counts; 0 only when every test passed and some did.

    ``suite`` is the name in that line, by default that of the database; ``variables`` join the environment.
    """
    install(DEVELOPMENT)
    database = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    # Some containers forbid bytecode; then every process, and many tests start one, would compile all modules anew.
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "DJANGO_SETTINGS_MODULE": "cms.settings.test", **variables}
    browser = chromium()
    if browser:
        env["CHROMIUM"] = browser
    else:
        say("No Chromium: the browser tests will be skipped; for all tests install it (apt-get install chromium).")
    if database == "SQLite" and not suite:
        say("What only PostgreSQL can show is left out: make test DATABASE_URL=postgres://user:password@host:port/name")
    other = "sqlite" if database == "PostgreSQL" else "postgres"
    expression = f"not {other}" + (f" and ({marks})" if marks else "")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [str(PYTHON), "-m", "pytest", "-q", "-n", workers, "--dist", "loadgroup"]
        # In the order of tests/conftest.py: xdist would begin with the largest groups.
        command += ["--no-loadscope-reorder", "-m", expression]
        command += ["--durations=10", f"--junit-xml={report}", *shlex.split(selection)]
        status = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
        counts = counts_of(report) if report.is_file() else None
    if counts is None:
        raise Trouble("The tests did not run to their end; the lines above say why.")
    passed, failed, skipped = counts
    say(f"{suite or database}: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if status or failed or not passed else 0


def run_tests_of_elasticsearch(selection: str, workers: str) -> int:
    """The tests marked elastic, against a node of their own."""
    install(DEVELOPMENT)
    with leaving_on_signals(), node() as running:
        return run_tests("elastic", selection, workers, suite="Elasticsearch", ELASTICSEARCH_URL=running.url)


def run_elasticsearch() -> int:
    """A node for trying things out, until Ctrl+C; its data go with it."""
    with leaving_on_signals(), node() as running:
        say("")
        say(f"  ELASTICSEARCH_URL={running.url}")
        say("Ready. Nothing is kept. Stop with Ctrl+C.")
        if running.launcher:
            running.launcher.wait()
    raise Trouble("Elasticsearch ended by itself; its log went with it.")


@contextlib.contextmanager
def leaving_on_signals() -> Iterator[None]:
    """What asks us to stop ends the block as Ctrl+C does, so that what was started is stopped."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def counts_of(report: Path) -> tuple[int, int, int]:
    """Passed, failed (with those that broke outside the test itself) and skipped, from a JUnit report."""
    # Our own pytest wrote the file a moment ago.
    suites = list(ET.parse(report).getroot().iter("testsuite"))  # noqa: S314
    total, failures, errors, skipped = (
        sum(int(suite.get(name, "0")) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    return max(0, total - failures - errors - skipped), failures + errors, skipped


def run_lint() -> int:
    install(DEVELOPMENT)
    return subprocess.run([str(PYTHON), ".ci/lint.py"], cwd=ROOT, check=False).returncode


def run_benchmarks(selection: str) -> int:
    """Each script of benchmarks/, or those whose name contains ``selection``, one after another."""
    install(DEVELOPMENT)
    scripts = [path for path in sorted((ROOT / "benchmarks").glob("*.py")) if selection in path.stem]
    if not scripts:
        names = ", ".join(path.stem for path in sorted((ROOT / "benchmarks").glob("*.py")))
        raise Trouble(f"No benchmark is named {selection}: choose from {names}.")
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "cms.settings.test", "PYTHONPATH": str(ROOT)}
    failed = []
    for script in scripts:
        say(f"== {script.stem}")
        if subprocess.run([str(PYTHON), str(script)], cwd=ROOT, env=env, check=False).returncode:
            failed.append(script.stem)
    if failed:
        raise Trouble(f"Failed: {', '.join(failed)}; the lines above say why.")
    return 0


def make_messages() -> int:
    """Collect the strings of the interface into locale/ and compile them."""
    if not shutil.which("xgettext"):
        raise Trouble("gettext is missing: install it (Debian: apt-get install gettext) and try again.")
    install(DEVELOPMENT)
    status = subprocess.run([str(PYTHON), ".ci/messages.py", "collect"], cwd=ROOT, check=False).returncode
    return status or subprocess.run([str(PYTHON), ".ci/messages.py", "compile"], cwd=ROOT, check=False).returncode


def rebuild_index() -> int:
    install(RUNTIME)
    manage(site_environment(8000), "search_rebuild")
    return 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument("--port", default="8000")
    parser.add_argument("--marks", default="", help="a pytest mark expression")
    parser.add_argument("--only", default="", help="files or names: of tests, or of one benchmark")
    parser.add_argument("--workers", default=str(max(2, min(8, os.cpu_count() or 2))))
    chosen = parser.parse_args(arguments)
    match chosen.verb:
        case "run":
            return run_site(port_of(chosen.port))
        case "dev":
            return develop(port_of(chosen.port))
        case "test":
            return run_tests(chosen.marks, chosen.only, chosen.workers)
        case "lint":
            return run_lint()
        case "bench":
            return run_benchmarks(chosen.only)
        case "messages":
            return make_messages()
        case "elasticsearch":
            return run_elasticsearch()
        case "test-elastic":
            return run_tests_of_elasticsearch(chosen.only, chosen.workers)
        case _:
            return rebuild_index()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
