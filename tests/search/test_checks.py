"""What nobody placed is an error at start-up."""

from typing import Any

import pytest
from wagtail.models import get_page_models

from forums.models import ForumPage
from search import checks
from search.sync.subjects import FACTS


def test_the_project_passes() -> None:
    assert checks.every_page_type_is_placed(None) == []
    assert checks.every_facet_is_described(None) == []
    assert checks.engine_is_known(None) == []


def test_a_kind_of_page_that_is_neither_indexed_nor_excluded_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ForumPage in get_page_models()
    monkeypatch.delitem(FACTS, "forum")

    (error,) = checks.every_page_type_is_placed(None)

    assert error.id == "search.E001"
    assert "forums.ForumPage" in error.msg


def test_an_unknown_engine_is_an_error(settings: Any) -> None:
    settings.SEARCH_ENGINE = "quantum"

    assert [error.id for error in checks.engine_is_known(None)] == ["search.E003"]
