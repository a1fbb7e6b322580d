"""What readers see of a recommendation besides its page: the log, its evidence and the assessments, entry by entry.

The index and the passages of hits take it from here, so that what is found is what can be shown.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    F,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from pagekit.models import source_language
from recommendations.models import Assessment, Evidence, FollowUp, Recommendation, RecommendationTag
from recommendations.models.follow_up import shown_title
from search.query import LANGUAGES

LOG, EVIDENCE, ASSESSMENT = "log", "evidence", "assessment"
# Of one entry, what it says itself comes first.
ORDER = (LOG, EVIDENCE, ASSESSMENT)
SUBJECT = "subject"

COLUMNS = ("kind_of_row", "recommendation", "entry", "day", "precision", "moment", "words_in")
TEXTS = ("text_0", "text_1", "text_2", "text_3", "text_4")


@dataclass(frozen=True)
class Layer:
    """A text of the log: `name` is LOG, EVIDENCE or ASSESSMENT; it stands on the page at its `entry`.

    The entry is an unsaved row: it carries its key and the date that it refers to. SUBJECT has none.
    """

    name: str
    text: str
    language: str
    entry: FollowUp | None = None


def layers_of(recommendations: Collection[int], *, labels_in: str = "") -> dict[int, list[Layer]]:
    """The layers of each of these recommendations, newest entry first; one query for however many.

    Every submitted entry is public; an assessment from its day on; of a restricted file only what the page says of it.
    With `labels_in` a language, the last layer is SUBJECT: themes, affected groups, places and tags in that language.
    """
    if not recommendations:
        return {}
    entries = FollowUp.objects.filter(assignment__recommendation__in=recommendations)
    public = Q(public_from__lte=timezone.localdate())
    assessments = Assessment.objects.filter(public, follow_up__assignment__recommendation__in=recommendations)
    rows = _rows(LOG, entries, "", "language", "text", "missing").union(
        _rows(ASSESSMENT, assessments, "follow_up", "", "text"),
        _rows(EVIDENCE, Evidence.objects.filter(follow_up__in=entries), "follow_up", "", *_EVIDENCE),
        _rows(EVIDENCE, Evidence.objects.filter(assessment__in=assessments), "assessment__follow_up", "", *_EVIDENCE),
        *(_subjects(recommendations) if labels_in else ()),
        all=True,
    )
    found: dict[int, list[Layer]] = {}
    subjects: dict[int, list[str]] = {}
    for row in sorted(rows, key=_newest_first):
        if row[0] == SUBJECT:
            labels = dict(zip(LANGUAGES, row[-len(TEXTS) :], strict=False))
            subjects.setdefault(row[1], []).append(labels[labels_in] or labels[source_language()])
        else:
            found.setdefault(row[1], []).extend(_layers(row))
    for pk, some in subjects.items():
        found.setdefault(pk, []).append(Layer(SUBJECT, " · ".join(some), labels_in))
    return found


def _subjects(recommendations: Collection[int]) -> "Iterator[QuerySet[Any, Any]]":
    """The labels of each recommendation, in the columns of the log."""
    through: tuple[tuple[Any, str, str, str], ...] = (
        (Recommendation.themes.through, "recommendation", "theme", "label_pl"),
        (Recommendation.affected_groups.through, "recommendation", "affectedgroup", "label_pl"),
        (Recommendation.places.through, "recommendation", "place", "label_pl"),
        (RecommendationTag, "content_object", "tag", "name"),
    )
    nothing = Value(None)
    for model, to, word, first in through:
        names = (first, *(f"label_{language}" for language in LANGUAGES[1:]))
        columns = [*(Cast(F(f"{word}__{name}"), TextField()) for name in names), Value("", TextField())]
        yield (
            model.objects.filter(**{f"{to}__in": recommendations})
            .order_by()
            .annotate(
                kind_of_row=Value(SUBJECT, CharField()),
                recommendation_key=F(f"{to}_id"),
                entry=Cast(nothing, BigIntegerField()),
                day=Cast(nothing, DateField()),
                precision=Value("", CharField()),
                moment=Cast(nothing, DateTimeField()),
                words_in=Value("", CharField()),
                closed=Value(False, BooleanField()),
            )
            .annotate(**dict(zip(TEXTS, columns, strict=True)))
            .values_list(COLUMNS[0], "recommendation_key", *COLUMNS[2:], "closed", *TEXTS)
        )


_EVIDENCE = ("title", "citation", "url", "document__title", "restriction_reason")


def _rows(kind: str, rows: Any, entry: str, language: str, *texts: str) -> "QuerySet[Any, Any]":
    """Rows of one kind, alike for all; `entry` is the way to the entry, `texts` the columns to read."""
    way = f"{entry}__" if entry else ""
    restricted = F("is_restricted") if kind == EVIDENCE else Value(False, BooleanField())
    blank = Value("", TextField())
    columns = [Coalesce(Cast(F(name), TextField()), blank) for name in texts] + [blank] * len(TEXTS)
    return (
        rows.order_by()
        .annotate(
            kind_of_row=Value(kind, CharField()),
            recommendation=F(f"{way}assignment__recommendation_id"),
            entry=F(f"{way}pk"),
            day=F(f"{way}refers_on"),
            precision=F(f"{way}refers_precision"),
            moment=F(f"{way}recorded_at"),
            words_in=F(language) if language else Value(source_language(), CharField()),
            closed=restricted,
        )
        .annotate(**dict(zip(TEXTS, columns, strict=False)))
        .values_list(*COLUMNS, "closed", *TEXTS)
    )


def _newest_first(row: Any) -> Any:
    kind, _recommendation, entry, day, _precision, moment, *_others = row
    if kind == SUBJECT:
        return 1, 0, 0, 0
    return -(day or dt.date.min).toordinal(), -moment.timestamp(), -entry, ORDER.index(kind)


def _layers(row: Any) -> Iterator[Layer]:
    kind, _recommendation, entry_pk, day, precision, _moment, language, closed, *texts = row
    entry = FollowUp(pk=entry_pk, refers_on=day, refers_precision=precision)
    if kind == EVIDENCE:
        title, citation, url, document, reason = texts
        called = shown_title(title, citation, url, document, is_restricted=closed)
        beside = citation if title and citation != title else ""
        texts = [". ".join(filter(None, (called, beside, reason if closed else "")))]
    for text in texts:
        if text:
            yield Layer(kind, text, language, entry)
