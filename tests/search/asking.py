"""Asking the page of a search, as a reader does, and what it answers."""

import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

CANARY = "wieloryb"


def ask(client: Client, text: str, **parameters: str) -> Any:
    response = client.get(reverse("search"), {"q": text, **parameters})
    assert response.status_code == 200
    return response


def item(client: Client, text: str, kind: str = "recommendation") -> Any:
    (found,) = [one for one in ask(client, text).context["items"] if one.kind == kind]
    return found


def marked(html: Any) -> list[str]:
    return [unescape(word) for word in re.findall(r"<mark>(.*?)</mark>", str(html))]


def total(client: Client, text: str = CANARY) -> int:
    response = ask(client, text)
    assert response.context["total"] >= len(response.context["items"])
    return int(response.context["total"])
