"""What readers see of a recommendation besides its page, entry by entry: the log, its evidence, the assessments, and
what was told of it in stages of action.

The index and the passages of hits take it from here, so that what is found is what can be shown.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.utils import timezone

from pagekit.models import source_language
from recommendations.models import Assessment, Evidence, FollowUp, Recommendation, RecommendationTag, StageEntry
from recommendations.models.follow_up import shown_title

LOG, EVIDENCE, ASSESSMENT, STAGE = "log", "evidence", "assessment", "stage"
# Of one entry, what it says itself comes first.
ORDER = (LOG, EVIDENCE, ASSESSMENT, STAGE)
SUBJECT = "subject"

MOST_TEXTS = 5
# Columns that some kinds of row lack. Their types are those of the first rows, the entries themselves.
NO_TEXT, NO_DAY, NO_MOMENT = Value("", TextField()), Value(None, DateField()), Value(None, DateTimeField())
NO_ENTRY, NO_WORD, OPEN = Value(None, BigIntegerField()), Value("", CharField()), Value(False, BooleanField())


@dataclass(frozen=True)
class Layer:
    """A text of the log or of a stage: `name` is one of ORDER; it stands on the page at its `entry`.

    The entry is an unsaved row: it carries its key and the date that it refers to. SUBJECT has none.
    """

    name: str
    text: str
    language: str
    entry: FollowUp | StageEntry | None = None


def layers_of(recommendations: Collection[int], *, labels_in: str = "") -> dict[int, list[Layer]]:
    """The layers of each of these recommendations, newest entry first; one query for however many.

    Every submitted entry is public; an assessment from its day on; of a restricted file only what the page says of it.
    With `labels_in` a language, the last layer is SUBJECT: themes, affected groups, places and tags in that language.
    """
    if not recommendations:
        return {}
    public: dict[str, Any] = {"public_from__lte": timezone.localdate()}
    public_evidence: dict[str, Any] = {f"assessment__{name}": value for name, value in public.items()}
    # Entry by entry: as a list to look into, all that is visible on the site would be gathered for each page of hits.
    shown = StageEntry.objects.visible_to().standing().order_by().filter(pk=OuterRef("pk"))
    told: dict[str, Any] = {"pk": Subquery(shown.values("pk"))}
    rows = _rows(LOG, FollowUp, recommendations, "", "text", "missing").union(
        _rows(ASSESSMENT, Assessment, recommendations, "follow_up", "text", **public),
        _rows(EVIDENCE, Evidence, recommendations, "follow_up", *_EVIDENCE),
        _rows(EVIDENCE, Evidence, recommendations, "assessment__follow_up", *_EVIDENCE, **public_evidence),
        _rows(STAGE, StageEntry, recommendations, "", "text", "result", to="chosen__recommendation", **told),
        *(_subjects(recommendations, labels_in) if labels_in else ()),
        all=True,
    )
    found: dict[int, list[Layer]] = {}
    subjects: dict[int, list[str]] = {}
    for row in sorted(rows, key=_newest_first):
        if row[0] == SUBJECT:
            subjects.setdefault(row[1], []).append(next(filter(None, row[-MOST_TEXTS:]), ""))
        else:
            found.setdefault(row[1], []).extend(_layers(row))
    for pk, some in subjects.items():
        found.setdefault(pk, []).append(Layer(SUBJECT, " · ".join(some), labels_in))
    return found


def _subjects(recommendations: Collection[int], language: str) -> "Iterator[QuerySet[Any, Any]]":
    """The labels of each recommendation, in the columns of the log: in this language, then as first written."""
    through: tuple[tuple[Any, str, str, str], ...] = (
        (Recommendation.themes.through, "recommendation", "theme", "label_pl"),
        (Recommendation.affected_groups.through, "recommendation", "affectedgroup", "label_pl"),
        (Recommendation.places.through, "recommendation", "place", "label_pl"),
        (RecommendationTag, "content_object", "tag", "name"),
    )
    for model, to, word, first in through:
        names = [first] if language == source_language() else [f"label_{language}", first]
        yield (
            model.objects.filter(**{f"{to}__in": recommendations})
            .order_by()
            .values_list(
                Value(SUBJECT, CharField()),
                to,
                *(NO_ENTRY, "pk", NO_DAY, NO_WORD, NO_MOMENT, NO_WORD, OPEN),
                *_texts(f"{word}__{name}" for name in names),
            )
        )


_EVIDENCE = ("title", "citation", "url", "document__title", "restriction_reason")


def _rows(
    kind: str,
    model: Any,
    recommendations: Collection[int],
    entry: str,
    *texts: str,
    to: str = "assignment__recommendation",
    **public: Any,
) -> "QuerySet[Any, Any]":
    """Rows of one kind, alike for all; `entry` is the way to the entry, `texts` the columns to read."""
    way = f"{entry}__" if entry else ""
    return (
        model.objects.filter(**{f"{way}{to}__in": recommendations}, **public)
        .order_by()
        .values_list(
            Value(kind, CharField()),
            f"{way}{to}",
            entry or "pk",
            "pk",
            f"{way}refers_on",
            f"{way}refers_precision",
            f"{way}recorded_at",
            "language" if kind == LOG else Value(source_language(), CharField()),
            "is_restricted" if kind == EVIDENCE else OPEN,
            *_texts(texts),
        )
    )


def _texts(names: Iterable[str]) -> list[Any]:
    columns: list[Any] = list(names)
    return columns + [NO_TEXT] * (MOST_TEXTS - len(columns))


def _newest_first(row: Any) -> Any:
    kind, _recommendation, entry, pk, day, _precision, moment, *_others = row
    if kind == SUBJECT:
        return 1, 0, 0, 0, pk
    # The key last: what is written in another order is another document, and databases promise none.
    return -(day or dt.date.min).toordinal(), -moment.timestamp(), -entry, ORDER.index(kind), pk


def _layers(row: Any) -> Iterator[Layer]:
    kind, _recommendation, entry_pk, _pk, day, precision, _moment, language, closed, *texts = row
    entry = (StageEntry if kind == STAGE else FollowUp)(pk=entry_pk, refers_on=day, refers_precision=precision)
    if kind == EVIDENCE:
        # Without a file of its own there is no title of one.
        title, citation, url, document, reason = (text or "" for text in texts)
        called = shown_title(title, citation, url, document, is_restricted=closed)
        beside = citation if title and citation != title else ""
        texts = [". ".join(filter(None, (called, beside, reason if closed else "")))]
    for text in texts:
        if text:
            yield Layer(kind, text, language, entry)
