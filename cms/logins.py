"""One login for each role, with passwords made at the first run and kept in a file that only its owner reads."""

import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from cms.roles import ADMINISTRATORS, MODERATORS, editors_of, load_editors, translators
from forums.models import WorkingGroupPage
from taxonomy.choices import MandateRole
from taxonomy.models import Mandate, Organisation

# Whose branch and whose mandate the example accounts get, where the content holds them.
GROUP = "gds"
INSTITUTION = "um-wroclaw"
TRANSLATES = "en"


@dataclass(frozen=True)
class Login:
    username: str
    role: str
    groups: tuple[str, ...] = ()
    is_superuser: bool = False


LOGINS = (
    Login("administrator", "administrator", (ADMINISTRATORS,), is_superuser=True),
    Login("moderator-1", "moderator", (MODERATORS,)),
    Login("moderator-2", "second moderator", (MODERATORS,)),
    Login("redaktor-gds", "editor of the group gds", (editors_of(GROUP),)),
    Login("tlumacz-en", "translator into English", (translators(TRANSLATES),)),
    Login("urzednik-wroclaw", "official of the City of Wrocław"),
)


class Safe:
    """The file with the passwords; it never leaves the machine and nobody else may read it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kept: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def password_of(self, username: str) -> str:
        """The password kept for an account, a new one where there is none."""
        return self.kept.get(username, {}).get("password") or secrets.token_urlsafe(12)

    def keep(self, username: str, password: str, stored: str) -> None:
        """Remember a password, and its hash to see later whether the person has changed it."""
        self.kept[username] = {"password": password, "hash": stored}

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(self.kept, file, indent=2)
        self.path.chmod(0o600)


def load_logins(safe: Safe) -> int:
    """Create the accounts that are missing and answer how many; an account that exists is left as it is."""
    page = WorkingGroupPage.objects.sources().filter(slug=GROUP).first()
    if page is not None:
        load_editors(page)
    users = get_user_model()
    created = 0
    for login in LOGINS:
        if users.objects.filter(username=login.username).exists():
            continue
        password = safe.password_of(login.username)
        user = users.objects.create_user(
            login.username, password=password, is_superuser=login.is_superuser, is_staff=login.is_superuser
        )
        user.groups.set(Group.objects.filter(name__in=login.groups))
        if not login.groups:
            give_mandate(user)
        safe.keep(login.username, password, user.password)
        created += 1
    if created:
        safe.write()
    return created


def give_mandate(user: Any) -> None:
    institution = Organisation.objects.filter(code=INSTITUTION).first()
    if institution is not None:
        Mandate.objects.create(
            user=user, organisation=institution, role=MandateRole.CONTACT, starts_on=timezone.localdate()
        )


def lines(safe: Safe) -> Iterator[str]:
    """Role, name and password of each account, or why the password is not told."""
    stored = dict(get_user_model().objects.values_list("username", "password"))
    for login in LOGINS:
        kept = safe.kept.get(login.username)
        if login.username not in stored:
            told = "no such account; run `manage.py prepare`"
        elif kept is None:
            told = f"password not kept; set one by `manage.py changepassword {login.username}`"
        elif kept["hash"] != stored[login.username]:
            told = "password changed since"
        else:
            told = kept["password"]
        yield f"{login.role:32} {login.username:18} {told}"
