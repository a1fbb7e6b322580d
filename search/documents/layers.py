"""What readers see of a recommendation besides its page, entry by entry: the log, its evidence, the assessments, and
what was told of it in stages of action.

The index and the passages of hits take it from here, so that what is found is what can be shown.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils import timezone

from pagekit.models import source_language
from recommendations.models import (
    ChosenRecommendation,
    Evidence,
    FollowUp,
    StageEntry,
)
from recommendations.models.follow_up import shown_title

LOG, EVIDENCE, ASSESSMENT, STAGE = "log", "evidence", "assessment", "stage"
# Of one entry, what it says itself comes first.
ORDER = (LOG, EVIDENCE, ASSESSMENT, STAGE)


@dataclass(frozen=True)
class Layer:
    """A text of the log or of a stage: `name` is one of ORDER; it stands on the page at its `entry`.

    The entry is an unsaved row: it carries its key and the date that it refers to.
    """

    name: str
    text: str
    language: str
    entry: FollowUp | StageEntry | None = None


class _Entry(NamedTuple):
    """A row of the log or of a stage, in the order of the columns that are asked for."""

    recommendation: int
    pk: int
    refers_on: dt.date | None
    refers_precision: str
    recorded_at: dt.datetime


class _Told(NamedTuple):
    """What stands at an entry: `pk` is the key of the row that says it."""

    entry: _Entry
    kind: str
    pk: int
    texts: tuple[str, ...]
    language: str = ""


def layers_of(recommendations: Collection[int]) -> dict[int, list[Layer]]:
    """The layers of each of these recommendations, newest entry first; at most four queries for however many.

    Every submitted entry is public; an assessment from its day on; of a restricted file only what the page says of it.
    """
    # Plain lists of columns, one after the other: to put together one query of all kinds takes longer than to ask them.
    if not recommendations:
        return {}
    found: dict[int, list[Layer]] = {}
    for told in sorted([*_logged(recommendations), *_told_in_stages(recommendations)], key=_newest_first):
        entry = (StageEntry if told.kind == STAGE else FollowUp)(
            pk=told.entry.pk, refers_on=told.entry.refers_on, refers_precision=told.entry.refers_precision
        )
        language = told.language or source_language()
        layers = [Layer(told.kind, text, language, entry) for text in told.texts if text]
        found.setdefault(told.entry.recommendation, []).extend(layers)
    return found


def _logged(recommendations: Collection[int]) -> Iterator[_Told]:
    """The log with what was assessed of it and what proves it."""
    entries: dict[int, _Entry] = {}
    rows = FollowUp.objects.filter(assignment__recommendation__in=recommendations).order_by()
    assessed: dict[int, _Entry] = {}
    today = timezone.localdate()
    # An entry comes once for each of its assessments, once if it has none.
    for *columns, language, text, missing, assessment, public_from, finding in rows.values_list(
        *("assignment__recommendation", *_DATED, "language", "text", "missing"),
        *("assessments", "assessments__public_from", "assessments__text"),
    ):
        entry = _Entry(*columns)
        if entry.pk not in entries:
            entries[entry.pk] = entry
            yield _Told(entry, LOG, entry.pk, (text, missing), language)
        if public_from and public_from <= today:
            assessed[assessment] = entry
            yield _Told(entry, ASSESSMENT, assessment, (finding,))
    if not entries:
        return
    beside = Evidence.objects.filter(follow_up__assignment__recommendation__in=recommendations).order_by()
    behind = Evidence.objects.filter(assessment__in=assessed).order_by()
    pieces = [some.values_list("pk", "follow_up", "assessment", *_EVIDENCE) for some in (beside, behind)]
    for pk, at, assessment, *columns in pieces[0].union(pieces[1], all=True) if assessed else pieces[0]:
        # What was written since the entries were read comes with the next document.
        if found := entries.get(at) or assessed.get(assessment):
            yield _Told(found, EVIDENCE, pk, (_said_of(*columns),))


_DATED = ("pk", "refers_on", "refers_precision", "recorded_at")
_EVIDENCE = ("is_restricted", "title", "citation", "url", "document__title", "restriction_reason")


def _said_of(is_restricted: bool, title: str, citation: str, url: str, document: str | None, reason: str) -> str:
    """What the page says of a piece of evidence."""
    called = shown_title(title, citation, url, document or "", is_restricted=is_restricted)
    beside = citation if title and citation != title else ""
    return ". ".join(filter(None, (called, beside, reason if is_restricted else "")))


def _told_in_stages(recommendations: Collection[int]) -> Iterator[_Told]:
    # Few are chosen for a stage of action, and to see that is many times cheaper than to ask what was told there.
    chosen = ChosenRecommendation.objects.filter(recommendation__in=recommendations).order_by()
    if not (of := dict(chosen.values_list("pk", "recommendation"))):
        return
    rows = StageEntry.objects.visible_to().standing().filter(chosen__in=of).order_by()
    for at, *columns, text, result in rows.values_list("chosen", *_DATED, "text", "result"):
        entry = _Entry(of[at], *columns)
        yield _Told(entry, STAGE, entry.pk, (text, result))


def _newest_first(told: _Told) -> Any:
    entry = told.entry
    # The key last: what is written in another order is another document, and databases promise none.
    return (
        -(entry.refers_on or dt.date.min).toordinal(),
        -entry.recorded_at.timestamp(),
        -entry.pk,
        ORDER.index(told.kind),
        told.pk,
    )
