"""How many recommendations that any reader may see stand under each word of a vocabulary; constant queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from recommendations.choices import Position
from recommendations.models.assignment import Assignment
from recommendations.models.recommendation import Recommendation
from recommendations.querysets import RecommendationQuerySet
from recommendations.rules import Moment
from taxonomy.choices import OrganisationKind
from taxonomy.models import Organisation, Place, Tag, Theme


@dataclass
class Branch:
    """A theme, what stands below it, and how many recommendations it and all below it have."""

    theme: Theme
    children: list["Branch"] = field(default_factory=list)
    found: set[int] = field(default_factory=set)

    @property
    def count(self) -> int:
        return len(self.found)

    def themes(self) -> list[Theme]:
        """The theme and all themes below it."""
        return [self.theme, *(theme for child in self.children for theme in child.themes())]

    def gather(self) -> set[int]:
        """Take in what the branches below have: a recommendation under two of them counts once."""
        for child in self.children:
            self.found |= child.gather()
        return self.found


def issued(moment: Moment | None) -> RecommendationQuerySet:
    """What any reader sees today, of a past day only what had been issued then."""
    visible = Recommendation.objects.visible_to()
    return (visible.issued_by(moment) if moment else visible).order_by()


def theme_branches(moment: Moment | None = None) -> dict[int, Branch]:
    """Every current theme by its key, with all that stands below it, or stood there by a past day; two queries."""
    branches = {theme.pk: Branch(theme) for theme in Theme.objects.current()}
    pairs = Recommendation.themes.through.objects.filter(recommendation__in=issued(moment).values("pk"))
    for theme, recommendation in pairs.values_list("theme_id", "recommendation_id"):
        if theme in branches:
            branches[theme].found.add(recommendation)
    for branch in branches.values():
        # The kept rows carry their parents, so the way up costs no query.
        if above := branches.get(branch.theme.parent_id or 0):
            branch.theme.parent = above.theme
            above.children.append(branch)
    for branch in branches.values():
        if branch.theme.parent_id not in branches:
            branch.gather()
    return branches


def roots(branches: dict[int, Branch]) -> list[Branch]:
    return [branch for branch in branches.values() if branch.theme.parent_id not in branches]


def counted_badges() -> dict[str, int]:
    """How many visible recommendations have each state today; states that none has are left out."""
    found = Recommendation.objects.visible_to().order_by().values_list("badge").annotate(count=Count("pk"))
    return dict(found)


def counted_tags(moment: Moment | None = None) -> QuerySet[Tag]:
    """Tags of visible recommendations with ``count``: a tag that only a draft has is nobody's business."""
    return (
        Tag.objects.filter(merged_into=None, recommendation_tags__content_object__in=issued(moment))
        .annotate(count=Count("recommendation_tags__content_object", distinct=True))
        .order_by("name")
    )


def counted_places(moment: Moment | None = None) -> QuerySet[Place]:
    """Places of visible recommendations with ``count``."""
    return (
        Place.objects.current()
        .filter(recommendations__in=issued(moment))
        .annotate(count=Count("recommendations", distinct=True))
        .order_by("label_pl")
    )


def counted_organisations(moment: Moment | None = None) -> QuerySet[Organisation]:
    """Bodies of which something visible was asked, with ``asked`` and ``answered``, by kind and name.

    With a ``moment`` by what had been issued then; ``answered`` is today's (``past_answers`` has that of the day).
    """
    asked = Assignment.objects.asked().visible_to()
    if moment:
        asked = asked.filter(recommendation__in=issued(moment).values("pk"))
    kinds = [When(kind=kind, then=Value(place)) for place, kind in enumerate(OrganisationKind)]
    return (
        Organisation.objects.current()
        .filter(assignments__in=asked)
        .annotate(
            asked=Count("assignments", distinct=True),
            answered=Count("assignments", filter=~Q(assignments__position=Position.NO_ANSWER), distinct=True),
        )
        .order_by(Case(*kinds, default=Value(len(kinds)), output_field=IntegerField()), "label_pl")
    )


@dataclass(frozen=True)
class Standing:
    """What one body was asked and what became of it, in numbers."""

    asked: int
    answered: int
    open: int
    closed: int
    # Rows opened because the body belongs to a group of institutions that was asked.
    as_member: int


def standing_in(rows: Sequence[Assignment]) -> Standing:
    """The same of rows in hand: those of a past day."""
    own = [row for row in rows if not row.member_of_id]
    answered = [row for row in own if row.position != Position.NO_ANSWER]
    is_open = [row for row in own if row.is_open]
    as_member = sum(bool(row.member_of_id) for row in rows)
    return Standing(len(own), len(answered), len(is_open), len(own) - len(is_open), as_member)


def standing_of(organisation: Organisation) -> Standing:
    own = Q(is_withdrawn=False, member_of=None)
    numbers: dict[str, Any] = (
        Assignment.objects.visible_to()
        .filter(organisation=organisation)
        .aggregate(
            asked=Count("pk", filter=own),
            answered=Count("pk", filter=own & ~Q(position=Position.NO_ANSWER)),
            open=Count("pk", filter=own & Q(closure="")),
            closed=Count("pk", filter=own & ~Q(closure="")),
            as_member=Count("pk", filter=Q(is_withdrawn=False) & ~Q(member_of=None)),
        )
    )
    return Standing(**numbers)
