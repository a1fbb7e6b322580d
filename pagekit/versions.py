"""Versions of rows that are no pages: each change is kept in the log with what stood before and after, and restored.

A version is the state that an entry of the log left; the state before the first one is kept with it. Fields that no
form offers (into which row it was merged) belong to no version.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from modelcluster.models import ClusterableModel, get_serializable_data_for_fields, model_from_serializable_data
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from pagekit.newer import words_of

CHANGED, RESTORED = "pagekit.change_row", "pagekit.restore_row"
SIDES = ("before", "after")


def values_of(row: Any) -> dict[str, Any]:
    """What stands in the row and in those that belong to it, as JSON holds it."""
    clustered = isinstance(row, ClusterableModel)
    values = row.serializable_data() if clustered else get_serializable_data_for_fields(row)
    fixed = {"pk", *(field.name for field in row._meta.concrete_fields if field.is_relation and not field.editable)}
    kept: dict[str, Any] = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
    return {name: value for name, value in kept.items() if name not in fixed}


def fingerprint(row: Model) -> str:
    """A short text that changes with anything that ``values_of`` tells."""
    return hashlib.sha256(json.dumps(values_of(row), sort_keys=True).encode()).hexdigest()[:20]


def stored(row: Model) -> Any:
    return type(row)._default_manager.get(pk=row.pk)


def keep_version(row: Model, before: dict[str, Any], *, by: Any, action: str = CHANGED) -> ModelLogEntry | None:
    """Log what a change of the row made of ``before``; None where nothing changed."""
    after = values_of(stored(row))
    if after == before:
        return None
    entry: ModelLogEntry = log(
        instance=row, action=action, user=by, content_changed=True, data={"before": before, "after": after}
    )
    return entry


def versions_of(row: Model) -> Any:
    """The entries of the log that hold versions, newest first."""
    return ModelLogEntry.objects.for_instance(row).filter(action__in=(CHANGED, RESTORED)).select_related("user")


def newest(row: Model) -> ModelLogEntry | None:
    found: ModelLogEntry | None = versions_of(row).first()
    return found


@transaction.atomic
def restore(row: Model, values: dict[str, Any], *, by: Any) -> None:
    """Make the row what a version says, as a change of its own; ValidationError where that cannot stand any more."""
    model: Any = type(row)
    now = model._default_manager.select_for_update().get(pk=row.pk)
    before = values_of(now)
    wanted = {"pk": row.pk} | before | {name: value for name, value in values.items() if name in before}
    if issubclass(model, ClusterableModel):
        made = model.from_serializable_data(wanted, check_fks=False)
    else:
        made = model_from_serializable_data(model, wanted, check_fks=False)
    for field in model._meta.concrete_fields:
        if field.name not in before and not field.primary_key:
            setattr(made, field.attname, getattr(now, field.attname))
    made.full_clean()
    made.save()
    keep_version(made, before, by=by, action=RESTORED)


@dataclass(frozen=True)
class Difference:
    label: str
    before: str
    after: str


def differences(model: type[Model], before: dict[str, Any], after: dict[str, Any]) -> Iterator[Difference]:
    """The fields that differ, in the order of the model, as people read them."""
    for name in after:
        if before.get(name) != after[name]:
            yield Difference(label_of(model, name), *(said(model, name, side.get(name)) for side in (before, after)))


def label_of(model: type[Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    found = field.related_model._meta.verbose_name_plural if field.one_to_many else field.verbose_name
    return str(capfirst(found))


def said(model: type[Model], name: str, value: Any) -> str:
    field: Any = model._meta.get_field(name)
    if field.one_to_many:
        rows = (model_from_serializable_data(field.related_model, one, check_fks=False) for one in value or [])
        return ", ".join(str(one) for one in rows)
    if field.many_to_one:
        return words_of(field.related_model._default_manager.filter(pk=value).first()) if value else ""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value) or "")
    return words_of(value)


def summary(model: type[Model], entry: ModelLogEntry) -> str:
    """One line of what an entry changed."""
    changed = differences(model, entry.data["before"], entry.data["after"])
    parts = [f"{one.label}: „{one.before}” → „{one.after}”" for one in changed]
    return "; ".join(parts) or _("nothing")
