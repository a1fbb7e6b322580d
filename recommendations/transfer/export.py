"""Recommendations in named columns for programs, and what their citations say. Only what is listed here goes out."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forums.templatetags.forum_tags import period
from recommendations.choices import LinkKind
from recommendations.models import Assignment, Recommendation, Wording
from recommendations.models.editorial import Tombstone
from recommendations.models.record import Record
from recommendations.models.wording import lines_of
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
        published_on=timezone.localdate(wording.published_at),
        is_restated=wording.kind == "restated",
        publisher=str(settings.SITE_NAME),
        address=address,
        source=fact.source_url or fact.source_title,
        keywords=keywords,
    )


def day(value: Any) -> str | None:
    return value.isoformat() if value else None


def moment(value: dt.datetime) -> str:
    """In local time, with its offset, to the second."""
    return timezone.localtime(value).isoformat(timespec="seconds")


def with_nulls(value: Any) -> Any:
    """The same for JSON: what is empty is null, wherever it stands; empty lists stay lists."""
    if isinstance(value, dict):
        return {name: with_nulls(one) for name, one in value.items()}
    if isinstance(value, list):
        return [with_nulls(one) for one in value]
    return None if value == "" else value


def wording_columns(wording: Wording, address: str) -> dict[str, Any]:
    return {
        "language": wording.language,
        "version": wording.number,
        "kind": wording.kind,
        "title": wording.title,
        "text": wording.text,
        "reason": wording.reason,
        "published_at": moment(wording.published_at),
        "address": address,
    }


def columns(record: Record, wordings: list[tuple[Wording, str]], *, address: str) -> dict[str, Any]:
    """The record without its log (``events.log_of``); ``wordings`` are the visible versions, each with its address."""
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
        "editorial_state": fact.editorial_state,
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
                "closure": row.closure,
                "last_information_on": day(row.last_information_on),
            }
            for row in record.assignments
        ],
        "links": [
            {"relation": str(related.relation), "reference": related.recommendation.reference}
            for related in record.related
        ],
    }


def tombstone_columns(tombstone: Tombstone) -> dict[str, Any]:
    """What stands in the place of the record of a recommendation that was taken off."""
    fact = tombstone.recommendation
    return {
        "reference": fact.reference,
        # Taken off the site without an act: no state of ours, which would say that it can be read.
        "editorial_state": fact.editorial_state if tombstone.act else "unpublished",
        "issuer": {"title": tombstone.issuer_page.title if tombstone.issuer_page else None},
        "year": tombstone.year,
        "withdrawn_on": day(tombstone.since) if tombstone.act else None,
        "not_public_since": day(tombstone.since),
        "reason": tombstone.act.reason if tombstone.act else None,
    }


@dataclass(frozen=True)
class Stamp:
    """When a list was taken out, and the absolute address of the question that it answers."""

    retrieved_at: dt.datetime
    question: str

    @property
    def day(self) -> dt.date:
        return timezone.localdate(self.retrieved_at)


@dataclass(frozen=True)
class Row:
    """One recommendation of a list, loaded as any reader may see it (recommendations.transfer.batches).

    ``wording`` is the newest one in the language of the page shown, None for a record older than the list of versions;
    addresses are absolute; ``asked`` are the rows still asked, essential ones first; ``links`` are the references of
    visible recommendations, by the kind of the link.
    """

    fact: Recommendation
    wording: Wording | None
    asked: tuple[Assignment, ...]
    evidence: int
    address: str
    version_address: str
    links: Mapping[str, list[str]]

    @property
    def is_informed(self) -> bool:
        """Whether the log says anything of its state, though perhaps not when."""
        return any(row.is_informed for row in self.asked)

    @property
    def citation(self) -> Citation | None:
        """What reference managers get; None where there is no version to cite."""
        if self.wording is None:
            return None
        keywords = (*self.fact.themes.all(), *self.fact.tags.all())
        return citation_of(
            self.fact,
            self.wording,
            address=self.version_address,
            keywords=tuple(dict.fromkeys(word.label for word in keywords)),
        )


Value = str | int | list[str] | None


@dataclass(frozen=True)
class Column:
    """One column of every tabular format. A list keeps its order: the second position is that of the second addressee.

    ``is_stamp`` columns say the same in every row; formats with a head of their own (JSON) say it there, once.
    """

    name: str
    meaning: Any
    value: Callable[[Row, Stamp], Value]
    is_stamp: bool = False


def _of_asked(value: Callable[[Assignment], Any]) -> Callable[[Row, Stamp], Value]:
    return lambda row, _stamp: [str(value(one) or "") for one in row.asked]


def _of_fact(name: str) -> Callable[[Row, Stamp], Value]:
    return lambda row, _stamp: getattr(row.fact, name) or ""


def _words(relation: str, name: str = "label") -> Callable[[Row, Stamp], Value]:
    return lambda row, _stamp: [str(getattr(word, name)) for word in getattr(row.fact, relation).all()]


def _of_wording(value: Callable[[Wording], Value]) -> Callable[[Row, Stamp], Value]:
    return lambda row, _stamp: None if row.wording is None else value(row.wording)


def _linked(kind: LinkKind) -> Callable[[Row, Stamp], Value]:
    return lambda row, _stamp: row.links.get(kind.value, [])


def _forum_title(row: Row, _stamp: Stamp) -> Value:
    group = row.fact.working_group
    forum: Any = group.forum if group else row.fact.forum
    return forum.page.title if forum is not None and forum.page else ""


COLUMNS: tuple[Column, ...] = (
    Column("reference", _("permanent reference"), _of_fact("reference")),
    Column("address", _("permanent address of the recommendation"), lambda row, _s: row.address),
    Column("language", _("language of title and wording"), lambda row, _s: row.fact.page.locale.language_code),
    Column("version", _("number of the published wording"), _of_wording(lambda one: one.number)),
    Column("version_address", _("permanent address of this version"), lambda row, _s: row.version_address),
    Column("version_published_on", _("day this version was published here"),
           _of_wording(lambda one: timezone.localdate(one.published_at).isoformat())),
    Column("title", _("short title, ours"), lambda row, _s: row.fact.page.title),
    Column("wording", _("what is recommended"), lambda row, _s: row.fact.page.text),
    Column("rationale", _("rationale, as plain text"), lambda row, _s: lines_of(row.fact.page.rationale)),
    Column("wording_kind", _("verbatim, or restated by the editors"), _of_fact("wording_kind")),
    Column("issuer", _("working group or forum that issued it"),
           lambda row, _s: row.fact.issuer.page.title if row.fact.issuer.page else ""),
    Column("issuer_kind", _("kind of the issuer"), lambda row, _s: row.fact.issuer.kind),
    Column("forum", _("forum or source that the issuer belongs to"), _forum_title),
    Column("issued_earliest", _("earliest day of issue"), lambda row, _s: day(row.fact.starts_on)),
    Column("issued_latest", _("latest day of issue"), lambda row, _s: day(row.fact.ends_on)),
    Column("issued_precision", _("how exactly the date is known"), _of_fact("precision")),
    Column("issued_words", _("the date in the words of the source"), _of_fact("date_words")),
    Column("source_kind", _("kind of the source"), _of_fact("source_kind")),
    Column("source_title", _("title of the source"), _of_fact("source_title")),
    Column("source_address", _("address of the source"), _of_fact("source_url")),
    Column("source_locator", _("page or paragraph in the source"), _of_fact("source_locator")),
    Column("levels", _("levels of government"), _words("levels", "level")),
    Column("themes", _("themes"), _words("themes")),
    Column("theme_codes", _("codes of the themes"), _words("themes", "code")),
    Column("affected_groups", _("whom it concerns"), _words("affected_groups")),
    Column("places", _("places"), _words("places")),
    Column("tags", _("tags"), _words("tags")),
    Column("repeats", _("references of those that it repeats"), _linked(LinkKind.REPEATS)),
    Column("narrows", _("references of those that it narrows"), _linked(LinkKind.NARROWS)),
    Column("splits", _("references of those that it splits"), _linked(LinkKind.SPLITS)),
    Column("merges", _("references of those that it merges"), _linked(LinkKind.MERGES)),
    Column("supersedes", _("references of those that it supersedes"), _linked(LinkKind.SUPERSEDES)),
    Column("identifiers", _("other identifiers: imported ids, old addresses"),
           lambda row, _s: [one.alias for one in row.fact.aliases.all()]),
    Column("state", _("state of the whole, code"), _of_fact("badge")),
    Column("state_words", _("state of the whole, in words"), lambda row, _s: str(row.fact.get_badge_display())),
    Column("last_information_on", _("day of the last information"),
           lambda row, _s: day(row.fact.last_information_on)),
    Column("addressees", _("whom it asks, essential ones first"), _of_asked(lambda one: one.organisation.label)),
    Column("addressee_codes", _("codes of the addressees"), _of_asked(lambda one: one.organisation.code)),
    Column("addressee_roles", _("essential or supporting, by addressee"), _of_asked(lambda one: one.role)),
    Column("positions", _("position, by addressee"), _of_asked(lambda one: one.position)),
    Column("implementations", _("implementation, by addressee"), _of_asked(lambda one: one.implementation)),
    Column("confirmations", _("whether somebody else confirmed it, by addressee"),
           _of_asked(lambda one: "confirmed" if one.is_confirmed else "")),
    Column("closures", _("why it was closed, by addressee"), _of_asked(lambda one: one.closure)),
    Column("evidence_count", _("pieces of evidence in the log"), lambda row, _s: row.evidence),
    Column("retrieved_on", _("day this list was taken out"), lambda _r, stamp: stamp.day.isoformat(), is_stamp=True),
    Column("question", _("address of the search that this list answers"), lambda _r, stamp: stamp.question,
           is_stamp=True),
)  # fmt: skip
"""The one list of columns for CSV, XLSX and JSON; described for readers in docs/export.md."""
