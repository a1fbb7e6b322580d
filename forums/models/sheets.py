"""What the pages of forums and groups show: their words, and the facts of the page they translate.

A page that was read from the database asks for its small rows together: one query for what would be one each. A
preview holds the rows of its draft in memory, and those are shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import CharField, F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast

from forums.choices import BodyRole, EffectState, NameKind
from forums.models.forum import Forum
from forums.models.forum_page import (
    ForumBody,
    ForumDate,
    ForumLink,
    ForumName,
    ForumPage,
    ForumSource,
    ForumVenue,
)
from forums.models.working_group import WorkingGroup
from forums.models.working_group_page import GroupHost, GroupLink, WorkingGroupPage
from pagekit.models import CustomDocument
from pagekit.shown import original_of
from taxonomy.models import Place, Theme

# The small rows of a forum and the texts they consist of.
SMALL_ROWS: dict[type[Any], tuple[str, ...]] = {
    ForumName: ("name", "kind"),
    ForumVenue: ("name", "address", "note"),
    ForumLink: ("title", "url"),
    ForumSource: ("title", "url", "pages", "note"),
}
WIDTH = max(len(fields) for fields in SMALL_ROWS.values())
# In this order the roles stand in the margin.
ROLES = (
    BodyRole.ORGANISER,
    BodyRole.PUBLISHER,
    BodyRole.HOST,
    BodyRole.PARTNER,
    BodyRole.FUNDER,
    BodyRole.MEDIA_PATRON,
)


def is_draft(page: Any) -> bool:
    """Whether the page holds rows in memory that may differ from those in the database."""
    return page.pk is None or bool(getattr(page, "_cluster_related_objects", None))


def texts(model: type[Any], page: ForumPage) -> QuerySet[Any, Any]:
    """The rows of ``model`` on a page as (class, order, document, texts), alike for all models."""
    fields = SMALL_ROWS[model]
    # Every column has a type of its own: PostgreSQL joins only what is alike.
    columns = [Cast(F(name), TextField()) for name in fields] + [Value("", TextField())] * (WIDTH - len(fields))
    document = F("document_id") if model is ForumSource else Value(None, IntegerField())
    return (
        model.objects.filter(page_id=page.pk)
        .order_by()
        .annotate(kind_of_row=Value(model.__name__, CharField()), document_key=Cast(document, IntegerField()))
        .annotate(**{f"text_{number}": column for number, column in enumerate(columns)})
        .values_list("kind_of_row", "sort_order", "document_key", *(f"text_{number}" for number in range(WIDTH)))
    )


def small_rows(page: ForumPage) -> dict[type[Any], list[Any]]:
    """Names, venues, links and documents of a forum, each in its order; one query, two where files are among them."""
    if is_draft(page):
        return {
            ForumName: list(page.names.all()),
            ForumVenue: list(page.venues.all()),
            ForumLink: list(page.links.all()),
            ForumSource: list(page.sources.all()),
        }
    first, *others = (texts(model, page) for model in SMALL_ROWS)
    models = {model.__name__: model for model in SMALL_ROWS}
    found: dict[type[Any], list[Any]] = {model: [] for model in SMALL_ROWS}
    rows = sorted(first.union(*others, all=True), key=lambda row: (row[0], row[1] or 0))
    documents = CustomDocument.objects.in_bulk([key for row in rows if (key := row[2])])
    for name, order, document, *values in rows:
        model = models[name]
        row = model(sort_order=order, **dict(zip(SMALL_ROWS[model], values, strict=False)))
        if document:
            row.document = documents.get(document)
        found[model].append(row)
    return found


def place_of(page: Any, fact: Forum | WorkingGroup | None) -> Place | None:
    """The place named on the page; mostly the fact's, which was read with it."""
    if page.place_id is None:
        return None
    return fact.place if fact is not None and fact.place_id == page.place_id else cast("Place", page.place)


@dataclass(frozen=True)
class ForumSheet:
    """A forum page with the facts of its source; ``fact`` is None while nothing was published."""

    page: ForumPage
    source: ForumPage
    fact: Forum | None
    place: Place | None
    dates: list[ForumDate]
    names: list[ForumName]
    venues: list[ForumVenue]
    links: list[ForumLink]
    documents: list[ForumSource]
    bodies: list[tuple[str, list[ForumBody]]] = field(default_factory=list)

    @property
    def official_names(self) -> list[ForumName]:
        """Those that the title does not say already."""
        return [one for one in self.names if one.kind == NameKind.OFFICIAL and one.name != self.page.title]

    @property
    def other_names(self) -> list[ForumName]:
        return [one for one in self.names if one.kind != NameKind.OFFICIAL]

    @property
    def has_conflicting_dates(self) -> bool:
        return len({(one.starts_on, one.ends_on, one.precision) for one in self.dates}) > 1


def by_role(bodies: Iterable[ForumBody]) -> list[tuple[str, list[ForumBody]]]:
    found: dict[str, list[ForumBody]] = {}
    for body in bodies:
        found.setdefault(body.role, []).append(body)
    return [(str(role.label), found[role]) for role in ROLES if role in found]


def forum_sheet(page: ForumPage) -> ForumSheet:
    """What the page of a forum shows; facts are those of the page it translates, so a preview shows its own draft."""
    source = cast("ForumPage", original_of(page))
    fact = Forum.objects.filter(translation_key=page.translation_key).select_related("place").first()
    rows = small_rows(source)
    bodies = source.bodies.all() if is_draft(source) else source.bodies.select_related("organisation")
    return ForumSheet(
        page=page,
        source=source,
        fact=fact,
        place=place_of(source, fact),
        dates=list(source.claimed_dates.all()),
        names=rows[ForumName],
        venues=rows[ForumVenue],
        links=rows[ForumLink],
        documents=rows[ForumSource],
        bodies=by_role(bodies),
    )


@dataclass(frozen=True)
class Area:
    title: str
    themes: list[Theme]


@dataclass(frozen=True)
class Effect:
    text: str
    state: EffectState


@dataclass(frozen=True)
class GroupSheet:
    """A group page with the facts of its source; ``fact`` is None while nothing was published."""

    page: WorkingGroupPage
    source: WorkingGroupPage
    fact: WorkingGroup | None
    place: Place | None
    themes: list[Theme]
    areas: list[Area]
    effects: list[Effect]
    hosts: list[GroupHost]
    links: list[GroupLink]


def areas_of(page: WorkingGroupPage, themes: Iterable[Theme]) -> list[Area]:
    """The areas in the reader's words with their themes; ``themes`` are those already read."""
    # Read raw: asking a block for its choices costs a query for every area.
    values = [block["value"] for block in page.areas.raw_data]
    known = {theme.code: theme for theme in themes}
    codes = {code for value in values for code in value.get("themes") or ()}
    if missing := codes - set(known):
        known |= {theme.code: theme for theme in Theme.objects.filter(code__in=missing)}
    return [
        Area(value["title"], [known[code] for code in value.get("themes") or () if code in known]) for value in values
    ]


def group_sheet(page: WorkingGroupPage) -> GroupSheet:
    """What the page of a group shows: its words in the reader's language, all facts from the page it translates."""
    source = cast("WorkingGroupPage", original_of(page))
    fact = WorkingGroup.objects.filter(translation_key=page.translation_key).select_related("place").first()
    known = fact.effects.all() if fact and page.effects else []
    states = {str(effect.key): EffectState(effect.state) for effect in known}
    themes = list(source.themes.all())
    hosts = source.hosts.all() if is_draft(source) else source.hosts.select_related("organisation")
    return GroupSheet(
        page=page,
        source=source,
        fact=fact,
        place=place_of(source, fact),
        themes=themes,
        areas=areas_of(page, themes),
        # An effect without a fact is a draft's: open, as all are born.
        effects=[Effect(block.value["text"], states.get(str(block.id), EffectState.OPEN)) for block in page.effects],
        hosts=list(hosts),
        links=list(source.links.all()),
    )
