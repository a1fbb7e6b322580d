"""What the pages of forums and groups show: their words, and the facts of the page they translate.

A page that was read from the database asks for its small rows together: one query for what would be one each. A
preview holds the rows of its draft in memory, and those are shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, cast

from django.db.models import CharField, F, IntegerField, Q, QuerySet, TextField, Value
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
from taxonomy.models import Organisation, Place, Theme

LABELS = ("label_pl", "label_en", "label_uk", "label_ru")


@dataclass(frozen=True)
class Small:
    """A kind of small rows: where they are read, by what they are ordered, and the texts they consist of."""

    model: type[Any]
    page: str
    order: str
    texts: tuple[str, ...]
    document: str = ""


SMALL = {
    "name": Small(ForumName, "page", "sort_order", ("name", "kind")),
    "venue": Small(ForumVenue, "page", "sort_order", ("name", "address", "note")),
    "link": Small(ForumLink, "page", "sort_order", ("title", "url")),
    "source": Small(ForumSource, "page", "sort_order", ("title", "url", "pages", "note"), "document_id"),
    "theme": Small(
        ForumPage.themes.through, "forumpage", "theme__position", tuple(f"theme__{name}" for name in ("code", *LABELS))
    ),
    "body": Small(
        ForumBody,
        "page",
        "sort_order",
        ("role", "note", *(f"organisation__{name}" for name in ("code", *LABELS))),
    ),
}
WIDTH = max(len(small.texts) for small in SMALL.values())
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


def texts(kind: str, page: ForumPage) -> QuerySet[Any, Any]:
    """The rows of one kind on a page as (kind, order, document, texts), alike for all kinds."""
    small = SMALL[kind]
    # Every column has a type of its own: PostgreSQL joins only what is alike.
    columns = [Cast(F(name), TextField()) for name in small.texts] + [Value("", TextField())] * WIDTH
    document = Cast(F(small.document) if small.document else Value(None, IntegerField()), IntegerField())
    return (
        small.model.objects.filter(**{small.page: page.pk})
        .order_by()
        .annotate(kind_of_row=Value(kind, CharField()), order=Cast(F(small.order), IntegerField()), file=document)
        .annotate(**{f"text_{number}": column for number, column in enumerate(columns[:WIDTH])})
        .values_list("kind_of_row", "order", "file", *(f"text_{number}" for number in range(WIDTH)))
    )


@dataclass
class SmallRows:
    names: list[ForumName] = field(default_factory=list)
    venues: list[ForumVenue] = field(default_factory=list)
    links: list[ForumLink] = field(default_factory=list)
    documents: list[ForumSource] = field(default_factory=list)
    themes: list[Theme] = field(default_factory=list)
    bodies: list[ForumBody] = field(default_factory=list)


def named(row: type[Any], values: list[str]) -> Any:
    """A theme or an organisation with nothing but its code and labels."""
    return row(**dict(zip(("code", *LABELS), values, strict=False)))


def small_rows(page: ForumPage) -> SmallRows:
    """The small rows of a forum, each kind in its order; one query, two where files are among them."""
    if is_draft(page):
        rows = (page.names, page.venues, page.links, page.sources, page.themes, page.bodies)
        return SmallRows(*(list(found.all()) for found in rows))
    first, *others = (texts(kind, page) for kind in SMALL)
    found = sorted(first.union(*others, all=True), key=lambda row: (row[1] is None, row[1]))
    files = CustomDocument.objects.in_bulk([key for row in found if (key := row[2])])
    shown = SmallRows()
    for kind, _order, file, *values in found:
        small = SMALL[kind]
        if kind == "theme":
            shown.themes.append(named(Theme, values))
        elif kind == "body":
            shown.bodies.append(ForumBody(role=values[0], note=values[1], organisation=named(Organisation, values[2:])))
        elif kind == "source":
            row = ForumSource(**dict(zip(small.texts, values, strict=False)))
            row.document = files.get(file)
            shown.documents.append(row)
        else:
            getattr(shown, f"{kind}s").append(small.model(**dict(zip(small.texts, values, strict=False))))
    return shown


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
    # The forums directly below that readers may see.
    parts: list[Forum]
    place: Place | None
    dates: list[ForumDate]
    rows: SmallRows
    bodies: list[tuple[str, list[ForumBody]]]

    @property
    def official_names(self) -> list[ForumName]:
        """Those that the title does not say already."""
        return [one for one in self.rows.names if one.kind == NameKind.OFFICIAL and one.name != self.page.title]

    @property
    def other_names(self) -> list[ForumName]:
        return [one for one in self.rows.names if one.kind != NameKind.OFFICIAL]

    @property
    def has_several_dates(self) -> bool:
        return len({(one.starts_on, one.ends_on, one.precision) for one in self.dates}) > 1

    @property
    def has_conflicting_dates(self) -> bool:
        """Whether two sources cannot both be right: "October 2013" and "25-27 October 2013" can."""
        return any(not one.agrees_with(other) for one, other in combinations(self.dates, 2))


def by_role(bodies: Iterable[ForumBody]) -> list[tuple[str, list[ForumBody]]]:
    found: dict[str, list[ForumBody]] = {}
    for body in bodies:
        found.setdefault(body.role, []).append(body)
    return [(str(role.label), found[role]) for role in ROLES if role in found]


def forum_sheet(page: ForumPage) -> ForumSheet:
    """What the page of a forum shows; facts are those of the page it translates, so a preview shows its own draft."""
    source = cast("ForumPage", original_of(page))
    below = Forum.objects.visible_to().filter(parent__translation_key=page.translation_key)
    found = Forum.objects.filter(Q(translation_key=page.translation_key) | Q(pk__in=below.values("pk")))
    forums = list(found.select_related("place").order_by(F("starts_on").asc(nulls_last=True), "id"))
    fact = next((one for one in forums if one.translation_key == page.translation_key), None)
    rows = small_rows(source)
    return ForumSheet(
        page=page,
        source=source,
        fact=fact,
        parts=[one for one in forums if one is not fact],
        place=place_of(source, fact),
        dates=list(source.claimed_dates.all()),
        rows=rows,
        bodies=by_role(rows.bodies),
    )


@dataclass(frozen=True)
class Area:
    title: str
    themes: list[Theme]


@dataclass(frozen=True)
class Effect:
    key: str
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
        rows = Theme.objects.filter(code__in=missing).select_related("merged_into")
        known |= {theme.code: theme.merged_into or theme for theme in rows}
    return [
        Area(value["title"], list(dict.fromkeys(known[code] for code in value.get("themes") or () if code in known)))
        for value in values
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
        effects=[
            Effect(str(block.id), block.value["text"], states.get(str(block.id), EffectState.OPEN))
            for block in page.effects
        ],
        hosts=list(hosts),
        links=list(source.links.all()),
    )
