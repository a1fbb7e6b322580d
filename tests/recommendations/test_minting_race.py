"""Two processes that publish at the same moment never mint one reference twice, nor wait for each other for ever."""

from pathlib import Path

import pytest

from tests.factories.pages import author, make_forum, make_recommendation_page, moderator
from tests.processes import shared_database, start, together


@together
@pytest.mark.django_db(transaction=True)
def test_two_processes_publishing_two_sets_in_opposite_order_mint_every_number_once(tmp_path: Path) -> None:
    author(), moderator()
    sets = [make_forum(title="I", programme_code="ABC"), make_forum(title="II", programme_code="XYZ")]
    drafts = [
        [str(make_recommendation_page(parent=forum, title=f"Nr {n}", published=False).pk) for n in range(6)]
        for forum in sets
    ]
    # One takes from the first set first, the other from the second, by turns.
    orders = [
        [pk for pair in zip(drafts[0][:3], drafts[1][:3], strict=True) for pk in pair],
        [pk for pair in zip(drafts[1][3:], drafts[0][3:], strict=True) for pk in pair],
    ]
    database = shared_database(tmp_path)

    workers = [
        start(tmp_path, "tests.recommendations.publishing_worker", *order, database=database, listens=False)
        for order in orders
    ]
    answers = [worker.finished() for worker in workers]

    minted = sorted(reference for out in answers for reference in out.split())
    assert minted == sorted(f"{code}-2015-R{n:02d}" for code in ("ABC", "XYZ") for n in range(1, 7))
