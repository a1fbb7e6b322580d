"""The statuses that a source gives: written into the log with the publication of what it says them of."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import override

from pagekit.models import source_language
from recommendations.choices import Basis, EntryKind, EvidenceKind, FactPrecision, Implementation
from recommendations.models import Assignment, PageAddressee, RecommendationPage
from recommendations.rules.statuses import taken_as
from recommendations.services.actors import IMPORT_ACCOUNT, IMPORT_GROUP
from recommendations.services.evidence import EvidenceData
from recommendations.services.follow_up import record_note, record_report


def record_statuses(page: RecommendationPage, opened: Iterable[tuple[Assignment, PageAddressee]]) -> None:
    """Record what the source of ``page`` says of addressees that were just opened; part of the publication.

    Recorded as by an import from a published source, the document or address of the page as its evidence. Refused
    where the log's rules refuse it: a day that lies in the future.
    """
    users = get_user_model().objects.filter(username=IMPORT_ACCOUNT, groups__name=IMPORT_GROUP)
    for assignment, row in opened:
        kind = taken_as(row.status, is_dated=row.status_on is not None)
        if kind is None:
            continue
        said: dict[str, Any] = {
            "recorded_by": users.first(),
            "basis": Basis.PUBLISHED_SOURCE,
            "refers_on": row.status_on,
            "refers_precision": row.status_precision or FactPrecision.UNKNOWN,
            "evidence": [evidence_of(page)],
        }
        with override(source_language()):
            words = row.status_words or Implementation(row.status).label
            said["text"] = _("Status in the source: %(words)s.") % {"words": words}
        if kind == EntryKind.REPORT:
            record_report(assignment, implementation=row.status, **said)
        else:
            record_note(assignment, **said)


def evidence_of(page: RecommendationPage) -> EvidenceData:
    document = page.source_document
    return EvidenceData(
        kind=EvidenceKind.REPORT if document else EvidenceKind.WEB_PAGE,
        url="" if document else page.source_url,
        document=document,
        title=page.source_title,
        pages=page.source_locator[:40],
    )
