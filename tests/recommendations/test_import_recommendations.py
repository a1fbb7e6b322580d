"""The command line goes the path of the screens: the same plan, the same drafts, and a dry run keeps nothing."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from forums.models import WorkingGroupPage
from pagekit.models import CustomDocument
from recommendations.models import Intake, RecommendationPage
from tests.factories.files import word
from tests.factories.roles import Cast, make_cast

pytestmark = pytest.mark.django_db

PAPER = word(("1", "Otworzyć punkt."), ("1", "Szkolić urzędników. Adresat: Instytut Snów"))


@pytest.fixture(scope="module")
def cast(stage: None) -> Cast:
    return make_cast()


@pytest.fixture
def group(cast: Cast, db: None) -> WorkingGroupPage:
    return WorkingGroupPage.objects.get(pk=cast.own_group.pk)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "zbior.docx"
    path.write_bytes(PAPER)
    return path


def run(*args: Any, by: str = "redaktorka", **options: Any) -> str:
    out = StringIO()
    call_command("import_recommendations", *args, by=by, stdout=out, **options)
    return out.getvalue()


def drafts(group: WorkingGroupPage) -> list[str]:
    pages = RecommendationPage.objects.child_of(group).filter(source_title="zbior.docx")
    return list(pages.values_list("text", flat=True))


def test_a_dry_run_prints_the_plan_that_the_real_run_carries_out(group: WorkingGroupPage, paper: Path) -> None:
    before = set((Path(settings.MEDIA_ROOT) / "documents").glob("*"))
    plan = run(paper, group="wlasna", dry_run=True)
    assert [line.split("\t")[1] for line in plan.splitlines()] == ["create", "error"]
    assert "Instytut Snów" in plan
    assert (drafts(group), Intake.objects.count(), CustomDocument.objects.count()) == ([], 0, 0)
    assert set((Path(settings.MEDIA_ROOT) / "documents").glob("*")) == before

    assert run(paper, group=str(group.pk)).startswith(plan)
    assert drafts(group) == ["Otworzyć punkt."]
    run(paper, group="wlasna")
    assert drafts(group) == ["Otworzyć punkt."]


@pytest.mark.parametrize(
    "options",
    [{"group": "nie-ma"}, {"group": "cudza"}, {"group": "wlasna", "by": "nikt"}, {"group": "start"}],
)
def test_who_may_not_or_what_is_not_there_is_said(group: WorkingGroupPage, paper: Path, options: Any) -> None:
    with pytest.raises(CommandError, match=r"\w{3}"):
        run(paper, **options)
    assert not Intake.objects.exists()
