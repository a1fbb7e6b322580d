"""How a variable is read: what cannot be understood stops the site with a sentence, and is never guessed at."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from cms.machine import ROOT, Trouble, must_name_a_database, settings_of_dotenv

YES_OR_NO = {"on": True, "true": True, "yes": True, "1": True, "off": False, "false": False, "no": False, "0": False}
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
Read = dict[str, Any]


class Variables:
    """The environment and, behind it, the file of variables. Set to nothing is not set; each refusal is a `Trouble`."""

    def __init__(self) -> None:
        self.found = {**settings_of_dotenv(), **os.environ}

    def text(self, name: str, default: str = "") -> str:
        return self.found.get(name, "").strip() or default

    def texts(self, name: str, *default: str) -> list[str]:
        """What stands between commas."""
        return [text.strip() for text in self.text(name).split(",") if text.strip()] or list(default)

    def folder(self, name: str, default: Path) -> Path:
        """A path; a relative one begins at the project, from wherever a command is called."""
        return ROOT / self.text(name, str(default))

    def switch(self, name: str, default: bool) -> bool:
        """On or off. A slip in HTTPS must not switch it off, so no other word will do."""
        word = self.text(name, "on" if default else "off")
        if word.lower() not in YES_OR_NO:
            raise Trouble(f"{name}={word} is neither on nor off: give one of {', '.join(YES_OR_NO)}.")
        return YES_OR_NO[word.lower()]

    def level(self, name: str, default: str) -> str:
        """How much is written to the log."""
        word = self.text(name, default)
        if word.upper() not in LEVELS:
            raise Trouble(f"{name}={word} is no level of the log: give one of {', '.join(LEVELS)}.")
        return word.upper()

    def database(self, name: str, default: str) -> Read:
        """What Django has to know of a database; a relative path begins at the project."""
        address = self.text(name, default)
        must_name_a_database(address)
        form = "sqlite:///path or postgres://user:password@host:port/name"
        found = understood(name, form, lambda: Env.db_url_config(address))
        if found["ENGINE"].endswith("sqlite3") and found["NAME"] != ":memory:":
            found["NAME"] = str(ROOT / found["NAME"])
        return found

    def mail(self, name: str, default: str) -> Read:
        """What Django has to know of a mail server."""
        address = self.text(name, default)
        form = "smtp+tls://user:password@host:587, beginning with one of " + ", ".join(Env.EMAIL_SCHEMES)
        return understood(name, form, lambda: Env.email_url_config(address))


def understood(name: str, form: str, read: Callable[[], Read]) -> Read:
    """What ``read`` gives. A refusal repeats nothing of the address: it may hold a password."""
    try:
        return read()
    except (ImproperlyConfigured, ValueError) as error:
        sentence = f"{name} cannot be read: give {form}; special signs of a password are percent-encoded."
        raise Trouble(sentence) from error
