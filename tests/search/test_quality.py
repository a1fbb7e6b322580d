"""How good the answers are, over the set of concepts that was graded by hand before search was tuned."""

from pathlib import Path
from statistics import mean

import pytest

from benchmarks.search_quality import ask_concepts, measure_concepts

pytestmark = pytest.mark.once


def test_questions_about_the_concepts_are_answered_as_well_as_is_promised(tmp_path: Path) -> None:
    measured = measure_concepts(ask_concepts(tmp_path), with_held=True)

    assert len(measured) >= 60
    assert mean(one.scores["ndcg10"] for one in measured) >= 0.92
    assert mean(one.scores["recall50"] for one in measured) >= 0.88
    assert [one.query for one in measured if not one.hits] == []
