"""What the pages of forums and groups show: their words, and the facts of the page they translate."""

from dataclasses import dataclass

from forums.choices import BodyRole, EffectState, NameKind
from forums.models.forum import Forum
from forums.models.forum_page import ForumBody, ForumDate, ForumName, ForumPage
from forums.models.working_group import WorkingGroup
from forums.models.working_group_page import WorkingGroupPage
from taxonomy.models import Theme


@dataclass(frozen=True)
class ForumSheet:
    """A forum page with the facts of its source; ``fact`` is None while nothing was published."""

    page: ForumPage
    source: ForumPage
    fact: Forum | None
    dates: list[ForumDate]
    official_names: list[ForumName]
    other_names: list[ForumName]
    bodies: list[tuple[str, list[ForumBody]]]

    @property
    def has_conflicting_dates(self) -> bool:
        return len({(one.starts_on, one.ends_on, one.precision) for one in self.dates}) > 1

    @property
    def followed(self) -> ForumDate | None:
        return next((one for one in self.dates if one.is_followed), None)


# In this order they stand in the margin.
ROLES = (
    BodyRole.ORGANISER,
    BodyRole.PUBLISHER,
    BodyRole.HOST,
    BodyRole.PARTNER,
    BodyRole.FUNDER,
    BodyRole.MEDIA_PATRON,
)


def forum_sheet(page: ForumPage) -> ForumSheet:
    """What the page of a forum shows; facts are those of the page it translates, so a preview shows its own draft."""
    source = page.source_page() or page
    names = list(source.names.all())
    bodies = list(source.bodies.select_related("organisation"))
    found: dict[str, list[ForumBody]] = {}
    for body in bodies:
        found.setdefault(body.role, []).append(body)
    return ForumSheet(
        page=page,
        source=source,
        fact=Forum.objects.filter(translation_key=page.translation_key).first(),
        dates=list(source.claimed_dates.all()),
        official_names=[one for one in names if one.kind == NameKind.OFFICIAL and one.name != page.title],
        other_names=[one for one in names if one.kind != NameKind.OFFICIAL],
        bodies=[(str(role.label), found[role]) for role in ROLES if role in found],
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
    areas: list[Area]
    effects: list[Effect]


def group_sheet(page: WorkingGroupPage) -> GroupSheet:
    """What the page of a group shows: its words in the reader's language, all facts from the page it translates."""
    source = page.source_page() or page
    fact = WorkingGroup.objects.filter(translation_key=page.translation_key).first()
    codes = {code for block in page.areas for code in block.value["themes"] or ()}
    themes = {theme.code: theme for theme in Theme.objects.filter(code__in=codes)} if codes else {}
    known = fact.effects.all() if fact and page.effects else []
    states = {str(effect.key): EffectState(effect.state) for effect in known}
    return GroupSheet(
        page=page,
        source=source,
        fact=fact,
        areas=[
            Area(block.value["title"], [themes[code] for code in block.value["themes"] or () if code in themes])
            for block in page.areas
        ],
        # An effect without a fact is a draft's: open, as all are born.
        effects=[Effect(block.value["text"], states.get(str(block.id), EffectState.OPEN)) for block in page.effects],
    )
