"""Which editorial act may follow which."""

import pytest

from recommendations.choices import EditorialState
from recommendations.rules import editorial_fault

ARCHIVED, WITHDRAWN, PUBLISHED = EditorialState.ARCHIVED, EditorialState.WITHDRAWN, EditorialState.PUBLISHED


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (PUBLISHED, ARCHIVED, None),
        (PUBLISHED, WITHDRAWN, None),
        (ARCHIVED, WITHDRAWN, None),
        (ARCHIVED, PUBLISHED, None),
        (WITHDRAWN, PUBLISHED, None),
        (ARCHIVED, ARCHIVED, "in the archive already"),
        (WITHDRAWN, WITHDRAWN, "withdrawn from publication already"),
        (WITHDRAWN, ARCHIVED, "withdrawn from publication already"),
        (PUBLISHED, PUBLISHED, "nothing to restore"),
    ],
)
def test_each_act_follows_the_states_it_can_and_says_why_it_follows_no_other(
    before: str, after: str, said: str | None
) -> None:
    fault = editorial_fault(before, after, reason="Ustawa.", is_public=True)

    assert fault is None if said is None else said in str(fault)


def test_an_act_needs_a_reason_and_the_archive_something_public() -> None:
    assert "reason is missing" in str(editorial_fault(PUBLISHED, ARCHIVED, reason=" \n", is_public=True))
    assert "Publish the page first" in str(editorial_fault(PUBLISHED, ARCHIVED, reason="Ustawa.", is_public=False))
    assert editorial_fault(PUBLISHED, WITHDRAWN, reason="Wyrok.", is_public=False) is None
