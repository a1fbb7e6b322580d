"""The lists as they are now: the groups of moderators, and the names that vocabularies give to bodies and places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from search.expansion import Lists, TermGroup
from search.kept import Kept
from search.models import WordGroup
from search.query import LANGUAGES
from taxonomy.models import Organisation, Place, Theme


def current_lists() -> Lists:
    """What a question is read with; one small select where nothing changed since the last call of this process."""
    return _lists()


def all_groups(without: int | None = None, also: Iterable[TermGroup] = ()) -> Iterator[TermGroup]:
    """Every group in force, without one by its pk and with others instead: so a change is tried before it is made."""
    for group in WordGroup.objects.filter(is_active=True).order_by("pk"):
        if group.pk != without:
            yield group.terms
    yield from also
    yield from _names()


def _names() -> Iterator[TermGroup]:
    for organisation in Organisation.objects.current().filter(is_collective=False).prefetch_related("names"):
        names = ((name.name, "pl") for name in organisation.names.all())
        yield TermGroup("name", (*_labels(organisation), *names))
    for place in Place.objects.current():
        yield TermGroup("place", (*_labels(place), *((line, "pl") for line in _lines(place.adjectives))))
    for theme in Theme.objects.current().exclude(synonyms=""):
        yield TermGroup("synonym", (*_labels(theme), *((line, "pl") for line in _lines(theme.synonyms))))


def _labels(row: Organisation | Place | Theme) -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        if label := getattr(row, f"label_{language}"):
            yield label, language


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


_lists = Kept(lambda: Lists(all_groups()))
