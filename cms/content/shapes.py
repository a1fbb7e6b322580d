"""A page as plain data, codes instead of keys: files and database compare, and one is written from the other."""

import datetime as dt
import html
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from pagekit.fields import safe_html
from recommendations.models import Recommendation, RecommendationAlias
from taxonomy.models import AffectedGroup, Organisation, Place, Tag, Theme

Shape = dict[str, Any]
# Ids of blocks are made from what they stand for: a second load finds the same ones, and effects keep their facts.
BLOCKS = uuid.UUID("5b0f7c3e-8c5f-4b55-9a0e-4f1f3f1a6d10")


@dataclass(frozen=True)
class Misfit:
    """A value that its field does not take; in a row of a page, which one, counted from 1."""

    column: str
    wrong: str
    remedy: str
    relation: str = ""
    position: int = 0


@dataclass(frozen=True)
class Layout:
    """Which parts of a page model the files speak about; everything else is left as people set it."""

    model: type[Any]
    fields: tuple[str, ...]
    many: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    children: dict[str, tuple[str, ...]] = field(default_factory=dict)
    has_tags: bool = False

    def whole(self, pks: list[int]) -> dict[int, Any]:
        """Pages by key with all that ``read`` asks for, in a few queries for all of them."""
        relations = [*self.many, *self.children, *(["tags"] if self.has_tags else [])]
        return dict(self.model.objects.prefetch_related(*relations).in_bulk(pks))

    def read(self, page: Any, names: "Names") -> Shape:
        """What the database says, in the form in which the files say it."""
        shape = {name: names.code_of(page._meta.get_field(name), page) for name in self.fields}
        for name in self.many:
            shape[name] = sorted(row.code for row in getattr(page, name).all())
        for name in self.streams:
            shape[name] = json.loads(json.dumps(getattr(page, name).get_prep_value(), default=str))
        for relation, columns in self.children.items():
            rows = getattr(page, relation).all()
            shape[relation] = [
                {column: names.code_of(row._meta.get_field(column), row) for column in columns} for row in rows
            ]
        if self.has_tags:
            shape["tags"] = sorted(tag.name for tag in page.tags.all())
        return shape

    def as_merged(self, shape: Shape, names: "Names") -> Shape:
        """The shape with the rows that words of it became: a merge is nobody's edit of the pages that it changed."""
        found = {name: names.now(self.model._meta.get_field(name).related_model, shape[name]) for name in self.many}
        if self.has_tags:
            found["tags"] = names.now(Tag, shape["tags"])
        return shape | {name: words for name, words in found.items() if words != sorted(shape[name])}

    def write(self, page: Any, shape: Shape, names: "Names") -> None:
        """Put ``shape`` on an unsaved change of ``page``."""
        for name in self.fields:
            concrete = page._meta.get_field(name)
            setattr(page, concrete.attname, names.key_of(concrete, shape[name]))
        for name in self.many:
            model = page._meta.get_field(name).related_model
            setattr(page, name, [names.row(model, code) for code in shape[name]])
        for name in self.streams:
            setattr(page, name, page._meta.get_field(name).to_python(json.dumps(shape[name])))
        for relation, columns in self.children.items():
            model = getattr(type(page), relation).rel.related_model
            rows = []
            for position, cells in enumerate(shape[relation]):
                values = {}
                for column in columns:
                    concrete = model._meta.get_field(column)
                    values[concrete.attname] = names.key_of(concrete, cells[column])
                rows.append(model(sort_order=position, **values))
            setattr(page, relation, rows)
        if self.has_tags:
            page.tags.set([names.row(Tag, name) for name in shape["tags"]])

    def misfits(self, shape: Shape) -> Iterator[Misfit]:
        """What the fields of the page and of its rows do not take: no screen checks what files bring."""
        yield from misfits(self.model, {name: shape[name] for name in self.fields})
        for relation in self.children:
            model = getattr(self.model, relation).rel.related_model
            for position, cells in enumerate(shape[relation], 1):
                for found in misfits(model, cells):
                    yield replace(found, relation=relation, position=position)


def misfits(model: type[models.Model], cells: Shape) -> Iterator[Misfit]:
    """What the fields of ``model`` do not take. What a relation names is looked up by those who read it."""
    for name, value in cells.items():
        concrete: Any = model._meta.get_field(name)
        if concrete.is_relation:
            continue
        try:
            concrete.clean(value, None)
        except ValidationError as error:
            yield Misfit(name, *told(concrete, value, error.error_list[0]))


def told(concrete: Any, value: Any, error: ValidationError) -> tuple[str, str]:
    """What is wrong with a value, and the remedy."""
    if error.code in {"blank", "null"}:
        return "The cell is empty.", "Write it."
    if error.code == "max_length":
        return f"The text is longer than {concrete.max_length} letters.", "Shorten it."
    if error.code == "invalid_choice":
        return f"There is no {value!r} here.", f"Write one of {', '.join(key for key, _label in concrete.choices)}."
    if isinstance(concrete, models.URLField):
        return f"{value!r} is no address of the web.", "Write one that begins with https:// or http://."
    if isinstance(concrete, models.SlugField):
        return f"{value!r} is no code.", "Write it with letters a to z, digits and hyphens."
    return f"{value!r}: {' '.join(error.messages)}", "Correct it."


class Names:
    """Keys of rows by the names that files use: codes, tag names, aliases. Reads each table once."""

    by: dict[type[Any], str] = {  # noqa: RUF012 - constant
        Theme: "code",
        Place: "code",
        AffectedGroup: "code",
        Organisation: "code",
        Tag: "name",
    }

    def __init__(self) -> None:
        self.rows: dict[type[Any], dict[str, Any]] = {}
        self.codes: dict[type[Any], dict[int, str]] = {}
        self.became: dict[type[Any], dict[str, str]] = {}

    def table(self, model: type[Any]) -> dict[str, Any]:
        if model not in self.rows:
            if model is Recommendation:
                aliases = RecommendationAlias.objects.select_related("recommendation").order_by("-id")
                self.rows[model] = {alias.alias: alias.recommendation for alias in aliases}
            else:
                self.rows[model] = {getattr(row, self.by[model]): row for row in model._default_manager.all()}
            self.codes[model] = {row.pk: name for name, row in self.rows[model].items()}
        return self.rows[model]

    def row(self, model: type[Any], name: str) -> Any:
        return self.table(model)[name]

    def now(self, model: type[Any], names: list[str]) -> list[str]:
        """The names of rows, sorted; for one that was merged away that of the row which it became."""
        if model not in self.became:
            merged, key = model._default_manager.exclude(merged_into=None), self.by[model]
            self.became[model] = dict(merged.values_list(key, f"merged_into__{key}"))
        return sorted({self.became[model].get(name, name) for name in names})

    def forget(self, model: type[Any]) -> None:
        self.rows.pop(model, None)
        self.codes.pop(model, None)

    def code_of(self, concrete: Any, row: Any) -> Any:
        value = getattr(row, concrete.attname)
        if concrete.is_relation:
            self.table(concrete.related_model)
            return self.codes[concrete.related_model].get(value, "") if value else ""
        return value.isoformat() if isinstance(value, dt.date) else value

    def key_of(self, concrete: Any, value: Any) -> Any:
        if concrete.is_relation:
            return self.row(concrete.related_model, value).pk if value else None
        return concrete.to_python(value) if isinstance(concrete, models.DateField) else value


def plain(value: Any) -> Any:
    """A value as shapes hold it: dates as text."""
    return value.isoformat() if isinstance(value, dt.date) else value


@cache
def paragraphs(*texts: str) -> str:
    """Rich text of plain paragraphs, as the field keeps it."""
    return safe_html("".join(f"<p>{html.escape(text, quote=False)}</p>" for text in texts))


def block(kind: str, owner: str, position: int, value: Any) -> Shape:
    return {"type": kind, "value": value, "id": str(uuid.uuid5(BLOCKS, f"{owner}/{kind}/{position}"))}


@cache
def bullets(*texts: str) -> str:
    """Rich text of a list of plain sentences; empty for none."""
    items = "".join(f"<li>{html.escape(text, quote=False)}</li>" for text in texts)
    return safe_html(f"<ul>{items}</ul>") if items else ""
