"""An index of its own for each test, one recommendation that stands in it, and a translation of a page."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from wagtail.models import Locale

from recommendations.models import Recommendation
from search.engines import get_engine
from search.engines.base import Engine
from search.sync.drain import drain
from search.sync.rebuild import rebuild
from tests.factories.pages import appear, make_forum, make_group, make_recommendation
from tests.factories.taxonomy import OrganisationFactory


@pytest.fixture(scope="module")
def stage_index(stage: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The index of a stage: each test of the module is given a copy of it."""
    with override_settings(SEARCH_DIR=tmp_path_factory.mktemp("stage") / "search"):
        engine = get_engine()
        rebuild(engine)
        yield engine


@pytest.fixture
def index(request: pytest.FixtureRequest, db: None, settings: Any, tmp_path: Path) -> Engine:
    """The embedded engine on an empty index, or that of the stage; nothing is drained unless the test says so."""
    on_stage = "stage_index" in request.fixturenames
    if on_stage:
        shutil.copytree(settings.SEARCH_DIR, tmp_path / "search")
    settings.SEARCH_DIR = tmp_path / "search"
    engine = get_engine()
    if not on_stage:
        rebuild(engine)
    return engine


@pytest.fixture
def one(index: Engine) -> Recommendation:
    """A recommendation of a group of a forum to an institution, in the index."""
    fact = make_recommendation(
        title="Przewodnik dla cudzoziemców",
        text="Wydać przewodnik dla cudzoziemców przybywających do miasta.",
        addressees=[OrganisationFactory.create(label_pl="Miasto Wrocław")],
        parent=make_group(title="Pierwszy kontakt", parent=make_forum(title="IV Forum")),
    )
    drain(index)
    return fact


def translate(page: Any, language: str, **texts: str) -> Any:
    """A published translation of a page, with these texts instead of the copied ones."""
    locale, _ = Locale.objects.get_or_create(language_code=language)
    copied = page.copy_for_translation(locale, copy_parents=True)
    draft = type(page).objects.get(pk=copied.pk)
    for name, text in texts.items():
        setattr(draft, name, text)
    draft.alias_of = None
    draft.save()
    return appear(draft)
