"""The badge of a whole recommendation: its least advanced open essential addressee; pure ("Four things")."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from recommendations.choices import SCALE, AddresseeRole, Badge, Implementation


@dataclass(frozen=True)
class Row:
    """One addressee as the badge sees it."""

    role: str
    implementation: str
    is_confirmed: bool = False
    closure: str = ""
    is_withdrawn: bool = False


@dataclass(frozen=True)
class Summary:
    """The badge and how many deciding open rows stand on each step."""

    badge: str
    counts: Mapping[str, int] = field(default_factory=dict)


def step_of(row: Row) -> str:
    """Where an addressee stands on the scale: a partial claim not yet confirmed counts as in progress."""
    if row.implementation == Implementation.PARTIALLY_IMPLEMENTED and not row.is_confirmed:
        return Badge.IN_PROGRESS
    if row.implementation == Implementation.IMPLEMENTED:
        return Badge.VERIFIED if row.is_confirmed else Badge.DECLARED
    return Badge(row.implementation)


def summary_of(rows: Iterable[Row]) -> Summary:
    """The least advanced open essential addressee (any open one where none is essential); never an average."""
    asked = [row for row in rows if not row.is_withdrawn]
    deciding = [row for row in asked if row.role == AddresseeRole.ESSENTIAL] or asked
    steps = [step_of(row) for row in deciding if not row.closure]
    if steps:
        places = [SCALE.index(Badge(step)) for step in steps]
        is_mixed = max(places) - min(places) > 1
        return Summary(Badge.MIXED if is_mixed else SCALE[min(places)], Counter(steps))
    closures = {row.closure for row in deciding}
    if not closures:
        return Summary(Badge.NO_INFORMATION)
    return Summary(Badge(f"closed_{closures.pop()}") if len(closures) == 1 else Badge.CLOSED_MIXED)
