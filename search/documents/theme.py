"""The documents of themes: one each, found by its labels in every language, its synonyms and its definition."""

from collections.abc import Iterable

from search.documents.assembly import assemble
from search.documents.issuer import all_themes, with_ancestors
from search.documents.words import joined, row_words
from search.engines.base import Document
from search.query import LANGUAGES
from taxonomy.models import Theme


def theme_documents(pks: Iterable[int]) -> list[Document]:
    known = all_themes()
    return [
        assemble(
            subject=f"theme:{row.pk}",
            translation=f"theme-{row.pk}",
            language="pl",
            languages=LANGUAGES,
            title=row.label_pl,
            body=(row.definition_pl,),
            names=joined(row_words(row)),
            facets={
                "kind": ("theme",),
                "theme": [theme.code for theme in with_ancestors([row], known)],
                "language": [code for code in LANGUAGES if getattr(row, f"label_{code}")],
            },
        )
        for row in Theme.objects.current().filter(pk__in=list(pks)).prefetch_related("merged")
    ]
