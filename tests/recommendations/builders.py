"""Rows that are asked, who may answer them, and what they say: short words for the tests of the log."""

import datetime as dt
import itertools
import uuid
from typing import Any

from accounts.models import User
from forums.models import Forum
from recommendations.choices import (
    Basis,
    EvidenceKind,
    Implementation,
)
from recommendations.models import Assignment, FollowUp, Recommendation
from recommendations.services import follow_up as services
from recommendations.services.evidence import EvidenceData
from taxonomy.models import Organisation
from tests.factories.accounts import UserFactory
from tests.factories.taxonomy import MandateFactory, OrganisationFactory

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
PAGE = EvidenceData(kind=EvidenceKind.WEB_PAGE, url="https://example.org/strona")
REPORT = EvidenceData(kind=EvidenceKind.REPORT, citation="Sprawozdanie za 2025 r.")
RESOLUTION = EvidenceData(kind=EvidenceKind.RESOLUTION, url="https://example.org/uchwala")
_numbers = itertools.count(1)


def asked(*organisations: Organisation, **values: Any) -> Recommendation:
    forum = Forum.objects.create(translation_key=uuid.uuid4(), kind="forum", programme_code="ABC")
    number = next(_numbers)
    recommendation = Recommendation.objects.create(
        translation_key=uuid.uuid4(),
        reference=f"ABC-ND-R{number}",
        number=number,
        forum=forum,
        source_kind="report",
        wording_kind="restated",
    )
    for place, organisation in enumerate(organisations or [OrganisationFactory.create()], start=1):
        Assignment.objects.create(
            recommendation=recommendation,
            organisation=organisation,
            number=place,
            role="essential",
            **values,
        )
    return recommendation


def row_of(recommendation: Recommendation | None = None) -> Assignment:
    row = (recommendation or asked()).assignments.order_by("number").first()
    assert row is not None
    return row


def official(row: Assignment) -> User:
    return MandateFactory.create(organisation=row.organisation).user


def moderator() -> User:
    return UserFactory.create(groups=["Moderatorzy"])


def importer() -> User:
    return UserFactory.create(username="import", groups=["Import"], is_active=False)


def own(user: User, **values: Any) -> dict[str, Any]:
    return {"recorded_by": user, "basis": Basis.OWN_STATEMENT, "refers_on": TODAY, "text": "Zrobiono krok."} | values


def source(user: User, **values: Any) -> dict[str, Any]:
    return own(user) | {"basis": Basis.PUBLISHED_SOURCE, "evidence": [PAGE]} | values


def claim(row: Assignment, by: User, **values: Any) -> FollowUp:
    return services.record_report(row, implementation=Implementation.IMPLEMENTED, **own(by, evidence=[PAGE]) | values)


def state(row: Assignment) -> tuple[Any, ...]:
    row.refresh_from_db()
    return row.position, row.implementation, row.is_confirmed, row.closure, row.is_disputed
