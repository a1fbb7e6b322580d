"""The multiplied recommendations are as public as the one they copy."""

import pytest

from recommendations.models import Recommendation
from tests.factories.pages import make_recommendation
from tests.factories.scale import multiply


@pytest.mark.django_db
def test_multiplied_recommendations_are_visible_with_their_pages_and_addressees() -> None:
    multiply(make_recommendation(), 30)

    facts = Recommendation.objects.visible_to().with_pages()
    assert len(facts) == 31
    assert all(fact.page is not None and fact.assignments.count() == 1 for fact in facts)
