"""Two rows of a vocabulary become one, and come apart again: the log keeps exactly what was moved."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry, Page

from pagekit.acts import Refused
from pagekit.models import source_language
from pagekit.versions import keep_version, values_of
from taxonomy.models import AffectedGroup, Organisation, Place, Tag, Theme

Label = Theme | AffectedGroup | Place | Tag
MERGED, TAKEN_BACK = "taxonomy.merge", "taxonomy.take_back_merge"


@dataclass(frozen=True)
class Table:
    """One that says what is classified by the rows of a vocabulary; ``word`` is the name of its key to them."""

    through: Any
    word: str

    @property
    def label(self) -> str:
        return str(self.through._meta.label_lower)

    @property
    def thing(self) -> Any:
        """The field of its key to what is classified: a fact, or the page that tells it."""
        return next(one for one in self.through._meta.concrete_fields if one.is_relation and one.name != self.word)

    def of(self, row: Label) -> Any:
        return self.through._default_manager.filter(**{self.word: row})

    def keys_of(self, things: Iterable[int]) -> dict[int, Any]:
        """By primary key what a fact shares with its pages."""
        found = self.thing.related_model._default_manager.filter(pk__in=list(things))
        return dict(found.values_list("pk", "translation_key"))

    def things_of(self, row: Label) -> set[int]:
        return set(self.of(row).values_list(self.thing.attname, flat=True))


def tables_of(model: type[Any]) -> list[Table]:
    """The tables that say what is classified by rows of ``model``, each once."""
    found: dict[str, Table] = {}
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.many_to_many and relation.auto_created:
            table = Table(relation.through, relation.field.m2m_reverse_field_name())
        elif relation.one_to_many and relation.related_model is not model and relation.field.name == "tag":
            table = Table(relation.related_model, "tag")
        else:
            continue
        found[table.label] = table
    return list(found.values())


def placed_by(model: type[Any]) -> dict[str, Any]:
    """By label, the models whose rows stand at one place each: facts, pages and bodies; none but for places."""
    every = model._meta.get_fields(include_hidden=True)
    relations = (one for one in every if one.one_to_many and one.field.name == "place")
    return {one.related_model._meta.label_lower: one.related_model for one in relations}


def keys_at(rows: Any) -> set[Any]:
    """What rows that stand at a place share with their pages; nothing for bodies."""
    is_paged = any(one.name == "translation_key" for one in rows.model._meta.get_fields())
    return set(rows.values_list("translation_key", flat=True)) if is_paged else set()


@transaction.atomic
def merge(row: Label, *, into: Label, by: Any = None) -> None:
    """Make ``row`` a synonym of ``into``: it stays, redirects and finds; what it classified ``into`` classifies.

    The log keeps what was moved, so that ``take_back`` finds it. Refused for rows of two vocabularies, for a row and
    itself, and where one was merged away already. Bodies are not merged: their assignments and log are history; one
    follows the other by a Succession.
    """
    if isinstance(row, Organisation) or type(row) is not type(into):
        raise Refused(_("Not merged: only two themes, groups, places or tags can become one."))
    if row.pk == into.pk:
        raise Refused(_("Not merged: choose another row to merge into."))
    hold(row, into)
    if row.merged_into_id or into.merged_into_id:
        raise Refused(_("Not merged: one of the two was merged before. Choose the row that it became."))
    if isinstance(row, Theme) and isinstance(into, Theme) and row in into.ancestors():
        raise Refused(_("Not merged: the other theme stands below this one. Move it first."))
    kept: dict[str, Any] = {"into": str(into), "target": into.pk, "tables": {}}
    keys: set[Any] = set()
    kept["children"] = move_children(children_of(row), below=into, by=by)
    kept["synonyms"] = list(row.merged.values_list("pk", flat=True))
    row.merged.update(merged_into=into)
    row.merged_into = into
    row.save(update_fields=["merged_into"])
    for table in tables_of(type(row)):
        both = table.things_of(row) & table.things_of(into)
        table.of(row).filter(**{f"{table.thing.attname}__in": both}).delete()
        moved = list(table.of(row).values_list("pk", table.thing.attname))
        table.of(row).update(**{table.word: into})
        kept["tables"][table.label] = {"moved": moved, "both": sorted(both)}
        keys.update(table.keys_of([thing for _pk, thing in moved] + sorted(both)).values())
    kept["placed"] = {}
    for label, model in placed_by(type(row)).items():
        there = model._default_manager.filter(place=row)
        keys.update(keys_at(there))
        kept["placed"][label] = list(there.values_list("pk", flat=True))
        there.update(place=into)
    kept["things"] = len(keys)
    log(instance=row, action=MERGED, user=by, data=kept)


def hold(*rows: Label) -> None:
    """One act after the other: of two that merge the same rows at once the second sees what the first did."""
    for held in type(rows[0])._default_manager.select_for_update().filter(pk__in=[row.pk for row in rows]):
        next(row for row in rows if row.pk == held.pk).merged_into_id = held.merged_into_id


def children_of(row: Label) -> Iterable[Theme]:
    return list(Theme.objects.filter(parent=row)) if isinstance(row, Theme) else []


def move_children(children: Iterable[Theme], *, below: Any, by: Any) -> list[int]:
    """Each is a version of the child; answer which were moved."""
    moved = []
    for child in children:
        before = values_of(child)
        type(child)._default_manager.filter(pk=child.pk).update(parent=below)
        keep_version(child, before, by=by)
        moved.append(child.pk)
    return moved


@dataclass(frozen=True)
class Return:
    """What comes back to a row when its merge is taken back, and what stays where somebody has left it since."""

    row: Any
    into: Any
    children: list[Theme]
    synonyms: list[Any]
    tables: list[tuple[Table, dict[str, set[int]]]]
    # What stands at a place, model by model.
    placed: list[Any] = field(default_factory=list)
    # By the key that a fact shares with its pages.
    things: set[Any] = field(default_factory=set)
    staying: set[Any] = field(default_factory=set)


def merge_of(row: Any) -> ModelLogEntry | None:
    """The entry of the log by which a row was merged away, where it can be taken back."""
    if not row.merged_into_id:
        return None
    found: ModelLogEntry | None = (
        ModelLogEntry.objects.for_instance(row).filter(action=MERGED, data__has_key="target").first()
    )
    return found


def return_of(row: Any) -> Return:
    """What ``take_back`` would do now.

    Things that were saved or published since the merge stay: their draft says what somebody wrote there, and would say
    so again at its publication; fact and page say the same. Refused for a row whose merge is not known, and while the
    other one is merged away itself.
    """
    entry = merge_of(row)
    if entry is None:
        raise Refused(_("Not taken back: what this merge moved is not known."))
    if entry.data["target"] != row.merged_into_id:
        raise Refused(
            _("Not taken back: “%(row)s” was merged away itself. Take that merge back first.")
            % {"row": entry.data["into"]}
        )
    into, model = row.merged_into, type(row)
    above = [row, *row.ancestors()] if isinstance(row, Theme) else []
    children = [
        child for child in children_of(into) if child.pk in entry.data.get("children", ()) and child not in above
    ]
    found = Return(row, into, children, list(into.merged.filter(pk__in=entry.data["synonyms"])), [])
    for table in tables_of(model):
        kept = entry.data["tables"].get(table.label, {"moved": [], "both": []})
        there, already = table.things_of(into), table.things_of(row)
        keys = table.keys_of([thing for _pk, thing in kept["moved"]] + kept["both"])
        touched = saved_since(entry.timestamp, keys.values())
        back = {pk for pk in there - already if pk in keys and keys[pk] not in touched}
        # The entry names the very row: whoever took a word off and chose the other anew wrote another.
        same = set(table.of(into).filter(pk__in=[pk for pk, _thing in kept["moved"]]).values_list("pk", flat=True))
        moved = {pk for pk, thing in kept["moved"] if pk in same and thing in back}
        both = back & set(kept["both"])
        found.tables.append((table, {"moved": moved, "both": both}))
        going = both | {thing for pk, thing in kept["moved"] if pk in moved}
        for pk, key in keys.items():
            (found.things if pk in going else found.staying).add(key)
    for label, placed in placed_by(model).items():
        there = placed._default_manager.filter(pk__in=entry.data.get("placed", {}).get(label, ()))
        keys_there = keys_at(there)
        back = there.filter(place=into)
        if touched := saved_since(entry.timestamp, keys_there):
            back = back.exclude(translation_key__in=touched)
        found.placed.append(back)
        returning = keys_at(back)
        found.things.update(returning)
        found.staying.update(keys_there - returning)
    return found


def source_pages(keys: Iterable[Any]) -> Any:
    """The pages in which facts of these keys were first written."""
    return Page.objects.filter(translation_key__in=list(keys), locale__language_code=source_language())


def saved_since(moment: Any, keys: Iterable[Any]) -> set[Any]:
    """The keys of those whose source page has a newer draft than that, or went public since as it was by then."""
    newer = source_pages(keys).filter(Q(latest_revision_created_at__gt=moment) | Q(last_published_at__gt=moment))
    return set(newer.values_list("translation_key", flat=True))


@transaction.atomic
def take_back(row: Label, *, by: Any) -> Return:
    """Undo the merge of ``row``: it is a row of its own again, with what ``return_of`` says; answer that."""
    hold(row)
    found = return_of(row)
    into = found.into
    move_children(found.children, below=row, by=by)
    into.merged.filter(pk__in=[one.pk for one in found.synonyms]).update(merged_into=row)
    for table, going in found.tables:
        table.of(into).filter(pk__in=going["moved"]).update(**{table.word: row})
        table.through._default_manager.bulk_create(
            table.through(**{table.thing.attname: thing, table.word: row}) for thing in sorted(going["both"])
        )
    for there in found.placed:
        there.update(place=row)
    row.merged_into = None
    # Both: search hears of rows that are saved, and each had words and things of the other.
    for changed in (row, into):
        changed.save(update_fields=["merged_into"])
    log(
        instance=row,
        action=TAKEN_BACK,
        user=by,
        data={"from": str(into), "things": len(found.things), "staying": len(found.staying)},
    )
    return found
