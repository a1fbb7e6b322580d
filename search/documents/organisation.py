"""The documents of institutions: one each, found by any of its names in any language."""

from collections.abc import Iterable

from search.documents.assembly import assemble
from search.documents.words import Words, choice_words, joined, organisation_words, row_words
from search.engines.base import Document
from search.query import LANGUAGES
from taxonomy.choices import OrganisationKind
from taxonomy.models import Organisation


def organisation_documents(pks: Iterable[int]) -> list[Document]:
    rows = (
        Organisation.objects.current()
        .filter(pk__in=list(pks))
        .select_related("place", "parent")
        .prefetch_related("names", "merged__names", "place__merged")
    )
    return [
        assemble(
            subject=f"organisation:{row.pk}",
            translation=f"organisation-{row.pk}",
            language="pl",
            languages=LANGUAGES,
            title=row.label_pl,
            names=joined(_words(row)),
            facets={
                "kind": ("organisation",),
                "city": (row.place.code,) if row.place else (),
                "level": (row.level,) if row.level else (),
                "language": [code for code in LANGUAGES if getattr(row, f"label_{code}")],
            },
        )
        for row in rows
    ]


def _words(row: Organisation) -> Words:
    yield from organisation_words(row)
    yield row.code, "pl"
    for merged in row.merged.all():
        yield from organisation_words(merged)
    yield from choice_words(OrganisationKind(row.kind))
    if row.place:
        yield from row_words(row.place)
    if row.parent:
        yield row.parent.label_pl, "pl"
