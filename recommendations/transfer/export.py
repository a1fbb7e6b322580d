"""One recommendation in named columns for programs, and what its citation says. Only what is listed here goes out."""

from typing import Any

from django.conf import settings

from forums.templatetags.forum_tags import period
from recommendations.models import Recommendation, Wording
from recommendations.models.record import Record
from recommendations.transfer.citation import Citation


def citation_of(fact: Recommendation, wording: Wording, *, address: str, keywords: tuple[str, ...] = ()) -> Citation:
    """The citation of one version; ``fact`` has the page of its issuer attached, ``address`` is the version's own."""
    issuer = fact.issuer.page
    return Citation(
        reference=fact.reference,
        version=wording.number,
        language=wording.language,
        title=wording.title,
        issuer=issuer.title if issuer else "",
        issued=period(fact) if fact.starts_on else "",
        issued_year=fact.years[0] if fact.years else None,
        published_on=wording.published_at.date(),
        is_restated=wording.kind == "restated",
        publisher=str(settings.SITE_NAME),
        address=address,
        source=fact.source_url or fact.source_title,
        keywords=keywords,
    )


def day(value: Any) -> str | None:
    return value.isoformat() if value else None


def wording_columns(wording: Wording, address: str) -> dict[str, Any]:
    return {
        "language": wording.language,
        "version": wording.number,
        "kind": wording.kind,
        "title": wording.title,
        "text": wording.text,
        "reason": wording.reason,
        "published_at": wording.published_at.isoformat(),
        "address": address,
    }


def columns(record: Record, wordings: list[tuple[Wording, str]], *, address: str) -> dict[str, Any]:
    """The whole record; ``wordings`` are the visible versions, each with its own address."""
    fact = record.fact
    issuer = fact.issuer
    return {
        "reference": fact.reference,
        "address": address,
        "wordings": [wording_columns(wording, own) for wording, own in wordings],
        "issued": {
            "earliest": day(fact.starts_on),
            "latest": day(fact.ends_on),
            "precision": fact.precision,
            "words": fact.date_words,
        },
        "issuer": {
            "type": "working_group" if fact.working_group_id else "forum",
            "kind": issuer.kind,
            "title": issuer.page.title if issuer.page else None,
        },
        "source": {
            "kind": fact.source_kind,
            "title": fact.source_title,
            "address": fact.source_url,
            "locator": fact.source_locator,
        },
        "levels": [str(level.value) for level in record.levels],
        "themes": [{"code": row.code, "label": row.label} for row in record.themes],
        "affected_groups": [{"code": row.code, "label": row.label} for row in record.affected_groups],
        "places": [{"code": row.code, "label": row.label} for row in record.places],
        "tags": [{"slug": row.slug, "label": row.label} for row in record.tags],
        "state": fact.badge,
        "last_information_on": day(fact.last_information_on),
        "addressees": [
            {
                "number": f"A{row.number}",
                "code": row.organisation.code,
                "label": row.organisation.label,
                "is_collective": row.organisation.is_collective,
                "role": row.role,
                "words": row.words,
                "member_of": row.member_of.organisation.code if row.member_of else None,
                "is_withdrawn": row.is_withdrawn,
                "position": row.position,
                "implementation": row.implementation,
                "is_confirmed": row.is_confirmed,
                "closure": row.closure or None,
                "last_information_on": day(row.last_information_on),
            }
            for row in record.assignments
        ],
        "links": [
            {"relation": str(related.relation), "reference": related.recommendation.reference}
            for related in record.related
        ],
    }
