from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from search.engines import get_engine


@pytest.mark.parametrize("name", ["memory", "embedded"])
def test_the_setting_names_the_engine_and_a_process_has_one(tmp_path: Path, name: str) -> None:
    with override_settings(SEARCH_ENGINE=name, SEARCH_DIR=tmp_path):
        assert get_engine().name == name
        assert get_engine() is get_engine()


def test_an_unknown_engine_is_a_mistake_of_the_settings() -> None:
    with override_settings(SEARCH_ENGINE="solr"), pytest.raises(ImproperlyConfigured, match='"embedded" or "memory"'):
        get_engine()
