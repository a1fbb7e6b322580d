"""A Monday, institutions that were asked, the people who answer for them, and a mail server."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from accounts.models import User
from recommendations.models import Assignment
from taxonomy.models import Mandate, Organisation
from tests.factories.accounts import UserFactory
from tests.factories.pages import make_recommendation
from tests.factories.taxonomy import MandateFactory, OrganisationFactory
from tests.notices.sink import Sink, listening

MONDAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)


@pytest.fixture
def now() -> Iterator[time_machine.Traveller]:
    """It is Monday, 23 November 2026, nine o'clock in Warsaw."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A mail server that is reached by SMTP, and the site told of it."""
    with listening() as found:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        settings.EMAIL_TIMEOUT = 5
        settings.WAGTAILADMIN_BASE_URL = "https://rekomendacje.example.org"
        yield found


def asked(
    organisation: Organisation | None = None, *, due: dt.date | None = None, year: int = 2020, **values: Any
) -> Assignment:
    """A row of a published recommendation; with ``due`` told so long ago that the first answer is due on that day."""
    body = organisation or OrganisationFactory.create()
    row = make_recommendation(addressees=[body], starts_on=f"{year}-05-17", **values).assignments.get()
    if due is not None:
        told = dt.datetime.combine(due - dt.timedelta(days=90), dt.time(10), dt.UTC)
        Assignment.objects.filter(pk=row.pk).update(notified_at=told)
        row.refresh_from_db()
    return row


def contact_of(row: Assignment, role: str = "contact", **values: Any) -> Mandate:
    return MandateFactory.create(organisation=row.organisation, role=role, **values)


def moderator() -> User:
    return UserFactory.create(username="moderatorka", groups=["Moderatorzy"])
