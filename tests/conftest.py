"""Fixtures that more than one folder needs, and which tests this machine cannot run."""

import pytest
from django.conf import settings

from cms.launch import chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what needs a browser or a database that is not there."""
    on_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    missing = {
        "postgres": "" if on_postgresql else "needs PostgreSQL: set DATABASE_URL",
        "sqlite": "holds on SQLite only" if on_postgresql else "",
        "browser": "" if chromium() else "needs Chromium: install it or set CHROMIUM to its path",
    }
    for item in items:
        for mark, reason in missing.items():
            if reason and item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))
