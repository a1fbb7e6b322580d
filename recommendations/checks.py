"""Checks of the database: it refuses to rewrite what was said, and marks what was counted as changed.

Run: ``manage.py check --database default``.
"""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from recommendations.services import count_marks
from recommendations.services.append_only import is_migrating, unprotected


@register(Tags.database)
def what_was_said_is_protected(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """One error for each trigger that is missing or is not as it should be; none while a migration waits."""
    return [
        Error(
            f"Nothing in the database “{name}” keeps the log from being rewritten here: {trigger} is missing.",
            hint="Put it back: manage.py follow_up_check --repair. Then find out which change of the table dropped it.",
            id="recommendations.E001",
        )
        for name in databases or []
        for trigger in unprotected(name)
        if not is_migrating(name)
    ]


@register(Tags.database)
def what_is_counted_is_marked(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """One error for each trigger that is missing; none while a migration waits."""
    return [
        Error(
            f"Figures may be older than the log in the database “{name}”: {trigger} is missing.",
            hint="Put it back: manage.py follow_up_check --repair. Then find out which change of the table dropped it.",
            id="recommendations.E002",
        )
        for name in databases or []
        for trigger in count_marks.lacking(name)
        if not is_migrating(name)
    ]
