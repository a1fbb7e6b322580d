"""The search page at an address, and what stands on it."""

import re
from html import unescape
from typing import Any

from django.test import Client


def ask(client: Client, address: str = "/search/", **headers: str) -> Any:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return response


def titles(response: Any) -> list[str]:
    return [unescape(re.sub(r"<[^>]+>", "", str(item.title))) for item in response.context["items"]]


def address_of(value: Any) -> str:
    return f"/search/?{value.question}"


def values_of(response: Any) -> list[tuple[str, Any]]:
    return [(panel.name, value) for panel in response.context["panels"] for value in panel.values]
