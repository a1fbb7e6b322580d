"""Reading words of the vocabularies."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, reduce
from operator import or_
from typing import Any, Self

from anyascii import anyascii
from django.db.models import CharField, Q, QuerySet, UniqueConstraint, Value
from django.utils import timezone
from modelcluster.models import get_all_child_relations


class VocabularyQuerySet(QuerySet[Any]):
    def current(self) -> Self:
        """Rows that were not merged into another."""
        return self.filter(merged_into=None)

    def named_like(self, text: str) -> Self:
        """Rows one of whose labels, codes or other names has every word of ``text`` in it, as ``with_words`` says."""
        return with_words(self, text, self.model.found_by)


def with_words(rows: Any, text: str, fields: Iterable[str]) -> Any:
    """Rows of a queryset one of whose ``fields`` has every word of ``text`` in it, in any case of letters.

    Also without Polish marks: no database of ours folds "Łódź" to "lodz", so the texts are compared here.
    """
    words = folded(text).split()
    read = rows.order_by().values_list("pk", *fields)
    found = {pk for pk, *texts in read if any(all(word in folded(one) for word in words) for one in texts if one)}
    return rows.filter(pk__in=found)


def folded(text: str) -> str:
    return str(anyascii(text)).lower()


class OrganisationQuerySet(VocabularyQuerySet):
    def collective(self) -> Self:
        return self.filter(is_collective=True)

    def answerable(self) -> Self:
        """Single bodies that can be asked and can answer; collectives have neither officials nor a clock."""
        return self.filter(is_collective=False)

    def held_by(self, user: Any, on: dt.date | None = None) -> Self:
        """The single bodies a person answers for on a day (today): those of the mandates, and the units below them.

        A unit is its own body, and the body it is a part of may answer for it, never the other way round.
        """
        if not getattr(user, "is_authenticated", False):
            return self.none()
        mandates = user.mandates.active(on).order_by().values("organisation")
        return self.answerable().filter(Q(pk__in=mandates) | Q(parent__in=mandates))


class MandateQuerySet(QuerySet[Any]):
    def active(self, on: dt.date | None = None) -> Self:
        """Mandates in force on a day (today)."""
        day = on or timezone.localdate()
        return self.filter(Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gte=day), user__is_active=True)

    def passed_to(self, user: Any) -> Self:
        """Mandates of others that ended the day before one of the user's began: same body, same role."""
        after = self.model._default_manager.active().filter(user=user)
        before = [
            Q(organisation=one.organisation_id, role=one.role, ends_on=one.starts_on - dt.timedelta(days=1))
            for one in after
        ]
        return self.filter(reduce(or_, before)).exclude(user=user) if before else self.none()


def led_on(model: Any, content: Mapping[str, Any]) -> dict[str, Any]:
    """What a revision keeps of a page of ``model``, each row of a vocabulary that was merged since as what it became.

    A row that is named twice by then stands once. One query, a second one where something was merged.
    """
    wanted: dict[Any, set[Any]] = defaultdict(set)
    for holder, values in holders(model, content):
        for name, vocabulary in named_by(holder).items():
            said = values.get(name)
            wanted[vocabulary].update(said if isinstance(said, list) else [said])
    became = merged_since(wanted)
    if not became:
        return {**content}
    led = led_row(model, content, became)
    for name, child in children_of(model).items():
        if rows := content.get(name):
            led[name] = each_once(child, [led_row(child, row, became) for row in rows])
    return led


@cache
def children_of(model: Any) -> dict[str, Any]:
    return {one.get_accessor_name(): one.related_model for one in get_all_child_relations(model)}


@cache
def named_by(model: Any) -> dict[str, Any]:
    """By the name of a field the vocabulary to whose rows it points."""
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return {one.name: one.related_model for one in fields if hasattr(one.related_model, "merged_into")}


def holders(model: Any, content: Mapping[str, Any]) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """What a revision keeps of the page, and of each of its small rows."""
    yield model, content
    for name, child in children_of(model).items():
        yield from ((child, row) for row in content.get(name) or ())


def merged_since(wanted: Mapping[Any, Iterable[Any]]) -> dict[Any, dict[int, int]]:
    """By vocabulary, of these rows those that were merged away, each with the row it is by now."""
    found: dict[Any, dict[int, int]] = {}
    asked = {vocabulary: {pk for pk in pks if pk} for vocabulary, pks in wanted.items()}
    labels = {vocabulary._meta.label: vocabulary for vocabulary, pks in asked.items() if pks}
    merged = [
        vocabulary._default_manager.filter(pk__in=asked[vocabulary])
        .exclude(merged_into=None)
        .order_by()
        .annotate(vocabulary=Value(label, CharField()))
        .values_list("vocabulary", "pk", "merged_into")
        for label, vocabulary in labels.items()
    ]
    for label, pk, into in merged[0].union(*merged[1:], all=True) if merged else ():
        found.setdefault(labels[label], {})[pk] = into
    if found:
        # What it became may have been merged in its turn.
        later = merged_since({vocabulary: rows.values() for vocabulary, rows in found.items()})
        for vocabulary, rows in found.items():
            rows.update({pk: later.get(vocabulary, {}).get(into, into) for pk, into in rows.items()})
    return found


def led_row(model: Any, values: Mapping[str, Any], became: Mapping[Any, Mapping[int, int]]) -> dict[str, Any]:
    led = {**values}
    for name, vocabulary in named_by(model).items():
        now, said = became.get(vocabulary, {}), values.get(name)
        if isinstance(said, list):
            led[name] = list(dict.fromkeys(now.get(pk, pk) for pk in said))
        elif said is not None and said in now:
            led[name] = now[said]
    return led


def each_once(model: Any, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the rows that say what an earlier one says, as far as its table holds that apart."""
    alone = [set(one.fields) for one in model._meta.constraints if isinstance(one, UniqueConstraint)]
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        told = alone[0] & set(row) if alone else set(row) - {"pk", "sort_order"}
        found.setdefault(json.dumps({name: row[name] for name in sorted(told)}, default=str), row)
    return list(found.values())
