"""The virtual environment .venv and the packages that the requirements pin, installed by `make` when they change.

Standard library only, because it runs before any package is installed.
"""

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import time

from cms.machine import ROOT, Trouble, must_be_writable, say

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"


def install(requirements: str) -> None:
    """Make .venv hold what ``requirements`` pins; does nothing when it was done for the very same file."""
    make_venv()
    wanted = fingerprint(requirements)
    stamp = VENV / f"installed-{requirements}"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    pins = re.findall(r"^[A-Za-z0-9].*==", (ROOT / requirements).read_text(encoding="utf-8"), re.MULTILINE)
    say(f"Packages: {len(pins)} from {requirements}; the first time takes a minute or two.")
    stamp.unlink(missing_ok=True)
    started = time.monotonic()
    run_pip([str(PYTHON), "-m", "pip", "install", "--prefer-binary", "--requirement", requirements], len(pins))
    stamp.write_text(wanted)
    if requirements == DEVELOPMENT:
        # It holds the other file's pins as well.
        (VENV / f"installed-{RUNTIME}").write_text(fingerprint(RUNTIME))
    say(f"Packages: ready after {time.monotonic() - started:.0f} s.")


def fingerprint(requirements: str) -> str:
    content = (ROOT / requirements).read_bytes()
    return hashlib.sha256(content + sys.version.encode() + str(VENV).encode()).hexdigest()


def make_venv() -> None:
    """Create .venv, or create it anew when its Python is gone or another one than ours."""
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    version = "import sys; print('%d.%d' % sys.version_info[:2])"
    if PYTHON.exists():
        answer = subprocess.run([str(PYTHON), "-c", version], capture_output=True, text=True, check=False)
        if answer.stdout.strip() == ours:
            must_be_writable(VENV)
            return
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        raise Trouble(
            f"Python has no venv module: install it (Debian, Ubuntu: apt-get install python{ours}-venv) and try again."
        )
    must_be_writable(ROOT)
    say(f"Virtual environment: making .venv with Python {ours}.")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        lines = (made.stderr or made.stdout).strip().splitlines() or ["no reason given"]
        raise Trouble(f"The virtual environment could not be made ({lines[-1]}): remove .venv and try again.")


def run_pip(command: list[str], total: int) -> None:
    """Run pip with a count of packages instead of its log; the log's end is shown when it fails."""
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    last: list[str] = []
    seen = 0
    pip = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert pip.stdout is not None  # noqa: S101 - a pipe was asked for
    for line in pip.stdout:
        last = [*last[-14:], line.rstrip()]
        if line.startswith(("Collecting ", "Requirement already satisfied: ")):
            seen += 1
            if sys.stdout.isatty():
                print(f"\r  {min(seen, total)} of {total} found", end="", flush=True)
            elif seen % 20 == 0:
                say(f"  {min(seen, total)} of {total} found")
        elif line.startswith("Installing collected packages"):
            say(("\r" if sys.stdout.isatty() else "") + "  all found, unpacking ...")
    if sys.stdout.isatty():
        print()
    if pip.wait():
        print("\n".join(last), file=sys.stderr)
        raise Trouble(
            "The packages could not be installed; the lines above say why: check network and disk, try again."
        )


def say_which_analyser() -> None:
    found = subprocess.run([str(PYTHON), "-c", "import morfeusz2"], capture_output=True, check=False)
    if found.returncode:
        say("Polish search: no Morfeusz for this machine, so simplemma answers; some inflected forms will be missed.")
