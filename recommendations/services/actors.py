"""In which capacities somebody stands before an institution's row: official, moderator, import."""

import datetime as dt
from typing import Any

from recommendations import rules
from taxonomy.models import Organisation

MODERATORS = "Moderatorzy"
IMPORT_GROUP, IMPORT_ACCOUNT = "Import", "import"


def actors_of(user: Any, organisation: Organisation, today: dt.date | None = None) -> frozenset[rules.Actor]:
    """In which capacities a person may write about this very institution; none for a stranger."""
    if user is None or not user.is_authenticated:
        return frozenset()
    groups = set(user.groups.values_list("name", flat=True))
    actors = set()
    if user.username == IMPORT_ACCOUNT and IMPORT_GROUP in groups:
        # The import account cannot sign in and so counts as inactive.
        actors.add(rules.Actor.IMPORT)
    if user.is_active and MODERATORS in groups:
        actors.add(rules.Actor.MODERATOR)
    if Organisation.objects.held_by(user, today).filter(pk=organisation.pk).exists():
        actors.add(rules.Actor.OFFICIAL)
    return frozenset(actors)


def is_moderator(user: Any) -> bool:
    """Whether the person moderates and so assesses; of a closed account, whether it did."""
    return bool(user.groups.filter(name=MODERATORS).exists())
