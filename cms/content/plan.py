"""Compares what the files want with what the database has; the plan is printed before, or instead of, acting."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from cms.content.shapes import Shape


class Act(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    # Somebody has edited the row or page since it was loaded, or took it off: people's work is never overwritten by
    # files.
    KEPT = "kept"


class Part(Protocol):
    """One kind of thing that the files fill: vocabulary rows, pages, log entries, translations."""

    name: str
    wanted: dict[str, Shape]

    def place(self, key: str) -> str:
        """The file, and the row in it, that want this thing."""

    def present(self) -> dict[str, Shape]:
        """What the database has, by the same keys and in the same form as ``wanted``."""

    def edited(self) -> set[str]:
        """Keys that people have changed since the files wrote them."""

    def write(self, key: str, shape: Shape) -> None:
        """Bring one thing into the database; called in a transaction."""


@dataclass(frozen=True)
class Step:
    part: Part
    key: str
    act: Act
    changed: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.act:9} {self.part.name}: {self.key}" + (f" ({', '.join(self.changed)})" if self.changed else "")


@dataclass
class Plan:
    steps: list[Step] = field(default_factory=list)

    def to_do(self) -> list[Step]:
        return [step for step in self.steps if step.act in (Act.CREATE, Act.UPDATE)]

    def summary(self) -> Iterator[str]:
        """One line for each part: how many things of it are created, updated, unchanged, kept."""
        for name in dict.fromkeys(step.part.name for step in self.steps):
            counts = Counter(step.act for step in self.steps if step.part.name == name)
            yield f"{name}: " + ", ".join(f"{counts[act]} {act}" for act in Act if counts[act])


def steps_of(part: Part) -> Iterator[Step]:
    present = part.present()
    changed = {key: differing(wanted, present[key]) for key, wanted in part.wanted.items() if key in present}
    edited = part.edited() if any(changed.values()) else set()
    for key in part.wanted:
        if key not in present:
            yield Step(part, key, Act.CREATE)
        elif not changed[key]:
            yield Step(part, key, Act.UNCHANGED)
        else:
            yield Step(part, key, Act.KEPT if key in edited else Act.UPDATE, changed[key])


def differing(wanted: Shape, found: Shape) -> tuple[str, ...]:
    absent: Any = object()
    return tuple(name for name in {**wanted, **found} if wanted.get(name, absent) != found.get(name, absent))


def make_plan(parts: Iterable[Part]) -> Plan:
    return Plan([step for part in parts for step in steps_of(part)])
