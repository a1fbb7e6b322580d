"""An official and what they are asked: for every file about the pages of officials; and the day of the log's tests."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from recommendations.models import Assignment
from taxonomy.models import Mandate
from tests.factories.pages import make_forum, make_recommendation
from tests.factories.taxonomy import MandateFactory
from tests.recommendations.builders import NOW


@pytest.fixture(scope="module")
def mandate(stage: None) -> Mandate:
    """Of an institution that one recommendation asks."""
    found = make_recommendation(parent=make_forum(starts_on="2020-01-01", ends_on=None)).assignments.first()
    assert found is not None
    return MandateFactory.create(organisation=found.organisation)


@pytest.fixture
def row(mandate: Mandate, db: None) -> Assignment:
    return Assignment.objects.get(organisation=mandate.organisation)


@pytest.fixture
def user(mandate: Mandate, db: None) -> User:
    return User.objects.get(pk=mandate.user_id)


@pytest.fixture
def official(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield
