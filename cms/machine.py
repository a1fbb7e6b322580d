"""What every target of `make` stands on: the folder of the project, its environment, and sentences for a person.

Standard library only, because it runs before any package is installed.
"""

import os
import re
import socket
import tempfile
from pathlib import Path

DATABASES = ("sqlite", "postgres", "postgresql")
ROOT = Path(__file__).resolve().parent.parent


class Trouble(Exception):  # noqa: N818 - it is no error of the program but an answer to a person
    """Something a person has to mend; the text says what, in one sentence."""


def say(text: str) -> None:
    print(text, flush=True)


# The environment that programs get.


def settings_of_dotenv() -> dict[str, str]:
    """The variables of the file that ENV_FILE names (.env, if nothing else is said; none, if it is set to nothing).

    It need not be there. NAME=value a line, # for comments, quotes optional.
    """
    path = ROOT / os.environ.get("ENV_FILE", ".env")
    if not path.is_file():
        return {}
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip().removeprefix("export ").strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z_]\w*", name.strip()):
            raise Trouble(f"Line {number} of {path.name} is not NAME=value; correct it or put # before it.")
        found[name.strip()] = value.strip().strip("\"'")
    return found


def environment(settings: str) -> dict[str, str]:
    """Our environment over that of .env, with the settings module: what the shell says wins over the file."""
    # Unbuffered, or a long step would keep its progress to itself.
    return {**settings_of_dotenv(), **os.environ, "DJANGO_SETTINGS_MODULE": settings, "PYTHONUNBUFFERED": "1"}


def var_dir(env: dict[str, str]) -> Path:
    return ROOT / (env.get("VAR_DIR") or "var")


def kept_key(folder: Path) -> str:
    """The secret key that the first `make run` left in ``folder``, or an empty text where none was made."""
    path = folder / "secret_key"
    try:
        key = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise Trouble(f"Cannot read {path} ({error.strerror}): call this as the person who runs the site.") from error
    if not key:
        raise Trouble(f"{path} is empty: remove it, and the next start makes a new one.")
    return key


def mails_of(folder: Path) -> Path:
    """Where mails are written while no server is named."""
    return folder / "mails"


# What a machine must have.


def must_be_writable(folder: Path) -> None:
    """Make sure that files can be made in ``folder``, which is created if it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Trouble(
            f"Cannot write to {folder} ({error.strerror}): give yourself the right to write there, "
            "or copy the project to a folder of your own."
        ) from error


def must_name_a_database(address: str) -> None:
    """Make sure that DATABASE_URL, if it is given, names a database that the site can use."""
    kind = address.partition("://")[0]
    if address and kind not in DATABASES:
        # Not the whole address: it may hold a password.
        raise Trouble(
            f"DATABASE_URL begins with {kind[:20]}: give sqlite:///path or postgres://user:password@host:port/name."
        )


def must_be_free(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise Trouble(f"Port {port} needs more rights than you have: make run PORT=8001.") from error
        except OSError as error:
            free = port + 1 if port < 65535 else 8001
            raise Trouble(f"Port {port} is taken: stop what runs there, or make run PORT={free}.") from error
