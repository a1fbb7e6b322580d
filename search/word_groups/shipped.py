"""The lists that come with the project, and how they are brought into a database without undoing anybody's edits."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from django.db import transaction

from search.expansion import TermGroup
from search.models import WordGroup, WordsVersion

FILE = Path(__file__).with_name("shipped.tsv")
"""Columns: code, kind, and the words and phrases of each language with a bar between them; a dictionary's forms."""

COLUMNS = ("words_pl", "words_en", "words_uk", "words_ru")


def rows() -> Iterator[dict[str, str]]:
    """The lines of the file; words stand one a line, as the database keeps them."""
    with FILE.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row | {column: row[column].replace("|", "\n") for column in COLUMNS}


def shipped_groups() -> Iterator[TermGroup]:
    """The groups of the file, without any database."""
    for row in rows():
        yield WordGroup(**row).terms


def load_shipped() -> int:
    """Add the groups that are new and renew those that nobody edited; return how many were written.

    A group that a person changed or switched off is theirs: it is left as it is. One that the file no longer has goes,
    unless a person changed it. Twice changes nothing.
    """
    with transaction.atomic():
        known = {group.code: group for group in WordGroup.objects.exclude(code="")}
        new, renewed = [], []
        gone = {code for code, group in known.items() if _is_as_shipped(group)}
        for row in rows():
            digest = digest_of(row)
            gone.discard(row["code"])
            group = known.get(row["code"])
            if group is None:
                new.append(WordGroup(**row, shipped_as=digest))
            elif group.shipped_as != digest and _is_as_shipped(group):
                for column in ("kind", *COLUMNS):
                    setattr(group, column, row[column])
                group.shipped_as = digest
                renewed.append(group)
        if new or renewed or gone:
            WordGroup.objects.filter(code__in=gone).delete()
            WordGroup.objects.bulk_create(new)
            WordGroup.objects.bulk_update(renewed, ["kind", "shipped_as", *COLUMNS])
            WordsVersion.raise_()
    return len(new) + len(renewed) + len(gone)


def _is_as_shipped(group: WordGroup) -> bool:
    return group.is_active and group.shipped_as == digest_of(group.as_row())


def digest_of(row: dict[str, str]) -> str:
    """What tells one state of a group from another."""
    return blake2b("\0".join(row[column] for column in ("kind", *COLUMNS)).encode(), digest_size=16).hexdigest()
