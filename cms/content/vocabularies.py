"""Themes, places, affected groups, tags and bodies: their files, their rows, and what differs."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from cms.content.publishing import Publisher
from cms.content.shapes import Shape, misfits
from cms.content.tables import Reader, Row, corrected
from cms.roles import IMPORT_ACCOUNT
from pagekit.versions import keep_version, values_of
from taxonomy.choices import OrganisationKind
from taxonomy.models import AffectedGroup, Organisation, OrganisationName, Place, Tag, Theme
from taxonomy.services.rows import write_affected_group, write_organisation, write_place, write_tag, write_theme

LABELS = ("label_pl", "label_en", "label_uk", "label_ru")
# The same of a body, whose name is its label.
NAMES = ("name_pl", "name_en", "name_uk", "name_ru")
# "MSW (2011-2015)", "MSWiA (do 2011 i od 2015)": a name with the years in which the body bore it.
DATED_NAME = re.compile(r"(?P<name>.+) \((?P<years>(do |od )?\d{4}.*)\)$")


@dataclass
class Vocabularies:
    themes: dict[str, Shape] = field(default_factory=dict)
    places: dict[str, Shape] = field(default_factory=dict)
    affected_groups: dict[str, Shape] = field(default_factory=dict)
    tags: dict[str, Shape] = field(default_factory=dict)
    organisations: dict[str, Shape] = field(default_factory=dict)
    place_by_name: dict[str, str] = field(default_factory=dict)


def read_vocabularies(reader: Reader, corrections: list[Row]) -> Vocabularies:
    found = Vocabularies()

    def table(name: str, *columns: str) -> list[Row]:
        rows = corrected(reader, reader.table(name, *columns), lambda _index, row: row[columns[0]], corrections)
        reader.once(rows, columns[0])
        return rows

    places = table("places.tsv", "code", "name_pl", *LABELS[1:], "region_pl", "reference_code", "adjectives")
    reader.once(places, "reference_code")
    for row in places:
        found.places[row["code"]] = {
            "label_pl": row["name_pl"],
            **{label: row[label] for label in LABELS[1:]},
            "region_pl": row["region_pl"],
            "reference_code": row["reference_code"] or None,
            "adjectives": "\n".join(row.listed("adjectives")),
        }
        check(reader, row, Place, found.places[row["code"]])
        found.place_by_name[row["name_pl"]] = row["code"]
    for position, row in enumerate(table("themes.tsv", "code", "parent", *LABELS, "definition_pl", "maps_from"), 1):
        if row["parent"] and row["parent"] not in found.themes:
            reader.fault(
                row, "parent", f"No theme {row['parent']} stands above.", "Write parents before their children."
            )
        found.themes[row["code"]] = {
            "parent": row["parent"],
            **{label: row[label] for label in LABELS},
            "definition_pl": row["definition_pl"],
            "synonyms": "\n".join(row.listed("maps_from")),
            "position": position,
        }
        check(reader, row, Theme, found.themes[row["code"]])
    for row in table("affected_groups.tsv", "code", *LABELS):
        found.affected_groups[row["code"]] = {label: row[label] for label in LABELS}
        check(reader, row, AffectedGroup, found.affected_groups[row["code"]])
    for row in table("tag_labels.tsv", *LABELS):
        found.tags[row["label_pl"]] = {label: row[label] for label in LABELS[1:]}
        check(reader, row, Tag, found.tags[row["label_pl"]])
    rows = table("organisations.tsv", "code", *NAMES, "kind", "level", "place", "parent", "aliases", "note")
    for row in parents_first(reader, rows):
        found.organisations[row["code"]] = organisation(reader, row, found.place_by_name)
    return found


def check(reader: Reader, row: Row, model: type[Any], shape: Shape) -> None:
    """A fault for each cell that the row of the vocabulary cannot hold."""
    key = {"name": row["label_pl"]} if model is Tag else {"code": row["code"]}
    for misfit in misfits(model, key | {column: value for column, value in shape.items() if column != "names"}):
        column = "label_pl" if misfit.column == "name" else misfit.column
        if column not in row.cells:
            column = NAMES[LABELS.index(column)]
        reader.fault(row, column, misfit.wrong, misfit.remedy)
    names: set[str] = set()
    for name, years, _is_former in shape.get("names", ()):
        for misfit in misfits(OrganisationName, {"name": name, "years": years}):
            reader.fault(row, "aliases", f"{name}: {misfit.wrong}", misfit.remedy)
        if name in names:
            reader.fault(row, "aliases", f"{name} stands twice.", "Keep one of the two.")
        names.add(name)


def parents_first(reader: Reader, rows: list[Row]) -> list[Row]:
    codes = {row["code"] for row in rows}
    ordered: dict[str, Row] = {}
    waiting = rows
    while waiting:
        ready = [row for row in waiting if not row["parent"] or row["parent"] in ordered or row["parent"] not in codes]
        if not ready:
            for row in waiting:
                reader.fault(row, "parent", "The parents form a circle.", "Let one of them have no parent.")
            break
        for row in ready:
            if row["parent"] and row["parent"] not in codes:
                reader.fault(
                    row, "parent", f"There is no {row['parent']}.", "Write a code of this file, or leave it empty."
                )
            ordered[row["code"]] = row
        waiting = [row for row in waiting if row["code"] not in ordered]
    return list(ordered.values())


def organisation(reader: Reader, row: Row, place_by_name: dict[str, str]) -> Shape:
    level = "" if row["level"] == "-" else row["level"]
    if row["place"] and row["place"] not in place_by_name:
        reader.fault(row, "place", f"There is no place {row['place']}.", "Add it to places.tsv or correct the name.")
    shape = {
        **{label: row[name] for label, name in zip(LABELS, NAMES, strict=True)},
        "kind": row["kind"],
        "level": level,
        "place": place_by_name.get(row["place"], ""),
        "parent": row["parent"],
        "is_collective": row["kind"] == OrganisationKind.CLASS,
        "names": [other_name(alias) for alias in row.listed("aliases")],
    }
    check(reader, row, Organisation, shape)
    return shape


def other_name(alias: str) -> list[Any]:
    """The name, its years, and whether it is a former one: no year stands open at the end."""
    dated = DATED_NAME.match(alias)
    if not dated:
        return [alias, "", False]
    return [dated["name"], dated["years"], "od " not in dated["years"]]


@dataclass
class VocabularyPart:
    """One vocabulary against the database."""

    name: str
    wanted: dict[str, Shape]
    file: str
    model: type[Any]
    save: Callable[..., Any]
    publisher: Publisher

    def place(self, key: str) -> str:
        return f"{self.file}: {key}"

    def present(self) -> dict[str, Shape]:
        columns = [column for column in next(iter(self.wanted.values()), {}) if column != "names"]
        rows = self.model._default_manager.select_related(
            *(column for column in columns if self.model._meta.get_field(column).is_relation)
        )
        names: dict[int, list[list[Any]]] = defaultdict(list)
        if self.model is Organisation:
            for name in OrganisationName.objects.order_by("id"):
                names[name.organisation_id].append([name.name, name.years, name.is_former])
        return {getattr(row, self.key): self.read(row, columns, names[row.pk]) for row in rows}

    def read(self, row: Any, columns: list[str], names: list[list[Any]]) -> Shape:
        shape = {}
        for column in columns:
            value = getattr(row, column)
            shape[column] = (value.code if value else "") if self.model._meta.get_field(column).is_relation else value
        if self.model is Organisation:
            shape["names"] = names
        return shape

    def edited(self) -> set[str]:
        """Rows with which somebody has done anything: made, changed, restored, merged. The log has it."""
        theirs = ModelLogEntry.objects.exclude(user__username=IMPORT_ACCOUNT).filter(
            content_type=ContentType.objects.get_for_model(self.model)
        )
        keys = [int(key) for key in theirs.values_list("object_id", flat=True) if key.isdigit()]
        return set(self.model._default_manager.filter(pk__in=keys).values_list(self.key, flat=True))

    @property
    def key(self) -> str:
        return "name" if self.model is Tag else "code"

    def write(self, key: str, shape: Shape) -> None:
        values = dict(shape)
        for column in values:
            if column != "names" and self.model._meta.get_field(column).is_relation:
                related = self.model._meta.get_field(column).related_model
                values[column] = related.objects.get(code=values[column]) if values[column] else None
        row = self.model._default_manager.filter(**{f"{self.key}__iexact": key}).first()
        before = values_of(row) if row else None
        row = self.save(key, **values)
        if before is None:
            log(instance=row, action="wagtail.create", user=self.publisher.writer, content_changed=True)
        else:
            keep_version(row, before, by=self.publisher.writer)


def vocabulary_parts(found: Vocabularies, publisher: Publisher) -> list[VocabularyPart]:
    return [
        VocabularyPart("places", found.places, "places.tsv", Place, write_place, publisher),
        VocabularyPart("themes", found.themes, "themes.tsv", Theme, write_theme, publisher),
        VocabularyPart(
            "affected groups",
            found.affected_groups,
            "affected_groups.tsv",
            AffectedGroup,
            write_affected_group,
            publisher,
        ),
        VocabularyPart("tags", found.tags, "tag_labels.tsv", Tag, write_tag, publisher),
        VocabularyPart(
            "organisations", found.organisations, "organisations.tsv", Organisation, write_organisation, publisher
        ),
    ]
