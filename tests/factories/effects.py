"""Expected effects of published groups."""

import json
import uuid
from typing import Any

from forums.models import ExpectedEffect
from tests.factories.pages import make_group


def make_effect(text: str = "Mniej barier w urzędach", **values: Any) -> ExpectedEffect:
    """The one effect that a published group announced; ``values`` are those of the group's page."""
    key = uuid.uuid4()
    values = {"title": "Grupa ze skutkiem", "slug": f"skutek-{key}"} | values
    effects = json.dumps([{"type": "effect", "value": {"text": text}, "id": str(key)}])
    make_group(effects=effects, **values)
    return ExpectedEffect.objects.get(key=key)
