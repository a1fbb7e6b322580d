"""What gunicorn loads before its workers fork."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOLD = """
import cms.wsgi, gc, sys
from django.db import connection
print("search.views.page" in sys.modules, connection.connection is None, gc.get_freeze_count() > len(gc.get_objects()))
"""


def test_workers_begin_with_views_that_the_collector_passes_over_and_share_no_connection() -> None:
    told = subprocess.run(
        [sys.executable, "-c", TOLD],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "cms.settings.test"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert told.split() == ["True", "True", "True"]
