"""Forums and groups as readers see them listed: trees of visible issuers; queries are constant."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forums.choices import GATHERINGS, SetState
from forums.models.forum import Forum
from forums.models.working_group import WorkingGroup
from pagekit.models import attach_pages


@dataclass
class Line:
    """An issuer in a list, with what stands below it; ``total`` counts the recommendations of all of that."""

    issuer: Forum | WorkingGroup
    own: int = 0
    parts: list["Line"] = field(default_factory=list)

    @property
    def page(self) -> Any:
        return self.issuer.page

    @property
    def is_gathering(self) -> bool:
        """Groups work at gatherings, wherever they are listed; of forums the kind says it."""
        return isinstance(self.issuer, WorkingGroup) or self.issuer.kind in GATHERINGS

    @property
    def total(self) -> int:
        return self.own + sum(part.total for part in self.parts)

    @property
    def is_lost(self) -> bool:
        """Nothing of what was recommended here is known, and a set is known to be missing."""
        states = {line.issuer.set_state for line in self.everything if isinstance(line.issuer, WorkingGroup)}
        return not self.total and SetState.NOT_RECOVERED in states

    @property
    def everything(self) -> Iterator["Line"]:
        yield self
        for part in self.parts:
            yield from part.everything


Counts = Mapping[Forum | WorkingGroup, int]


def lines_of(forums: Sequence[Forum], groups: Sequence[WorkingGroup], counts: Counts) -> list[Line]:
    """The visible issuers as trees, in the order given; what stands below a hidden one stands on its own."""
    issuers: list[Forum | WorkingGroup] = [*forums, *groups]
    shown = [issuer for issuer in issuers if issuer.page is not None]
    lines = {(type(issuer), issuer.pk): Line(issuer, counts.get(issuer, 0)) for issuer in shown}
    roots: list[Line] = []
    for (model, _key), line in lines.items():
        issuer = line.issuer
        above = [(model, issuer.parent_id)]
        if isinstance(issuer, WorkingGroup):
            above.append((Forum, issuer.forum_id))
        parent = next((lines[key] for key in above if key in lines), None)
        (parent.parts if parent else roots).append(line)
    return roots


def earliest_first(line: Line) -> tuple[bool, dt.date, int]:
    start = line.issuer.starts_on
    return (start is None, start or dt.date.max, line.issuer.pk)


@dataclass(frozen=True)
class IssuerLists:
    """Forums and workshops apart from other sources; in both, those that have recommendations lead."""

    gatherings: list[Line]
    lost: list[Line]
    others: list[Line]

    @property
    def count(self) -> int:
        return sum(1 for line in (*self.gatherings, *self.lost, *self.others) for _one in line.everything)


def issuer_lists(counts: Counts) -> IssuerLists:
    """All visible forums and groups, earliest first; ``counts`` says how many recommendations each issued itself.

    Five queries, whatever the number of issuers.
    """
    forums = Forum.objects.visible_to().select_related("place").order_by("starts_on", "id").with_pages()
    groups = WorkingGroup.objects.visible_to().in_order().select_related("place").with_pages()
    lines = sorted(lines_of(forums, groups, counts), key=earliest_first)
    return IssuerLists(
        gatherings=[line for line in lines if line.is_gathering and line.total],
        lost=[line for line in lines if line.is_gathering and not line.total],
        others=sorted((line for line in lines if not line.is_gathering), key=lambda line: not line.total),
    )


def parts_of(fact: Forum | WorkingGroup | None, counts: Counts, forums: Sequence[Forum] = ()) -> list[Line]:
    """What stands directly below a forum or group, with its own parts; nothing below a draft that has no fact.

    ``forums``: the forums below, which were read with it. Two queries: groups, and the pages of both.
    """
    if fact is None:
        return []
    groups = WorkingGroup.objects.visible_to().in_order().select_related("place")
    found = list(groups.filter(forum=fact) if isinstance(fact, Forum) else groups.filter(parent=fact))
    attach_pages([*forums, *found])
    return lines_of(forums, found, counts)
