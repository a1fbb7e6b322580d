"""What was asked again: recommendations joined by links of the kind "repeats", in either direction."""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from recommendations.choices import LinkKind
from recommendations.models.recommendation import RecommendationLink

_FEW = 500


def repeats(pks: Iterable[int]) -> dict[int, frozenset[int]]:
    """For each of these recommendations that repeats another or is repeated: all that ask the same, itself included.

    Visible or not; as many queries as the longest chain has steps.
    """
    near: dict[int, set[int]] = {}
    asked: set[int] = set()
    ahead = set(pks)
    while ahead:
        links = RecommendationLink.objects.filter(kind=LinkKind.REPEATS)
        if len(ahead) <= _FEW:
            links = links.filter(Q(source__in=ahead) | Q(target__in=ahead))
        for one, other in links.values_list("source_id", "target_id"):
            near.setdefault(one, set()).add(other)
            near.setdefault(other, set()).add(one)
        asked |= ahead
        ahead = set(near) - asked
    return {pk: frozenset(_reached(pk, near)) for pk in set(pks) & set(near)}


def _reached(start: int, near: Mapping[int, set[int]]) -> set[int]:
    found, ahead = {start}, [start]
    while ahead:
        for other in near[ahead.pop()] - found:
            found.add(other)
            ahead.append(other)
    return found
