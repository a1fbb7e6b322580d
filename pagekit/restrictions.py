"""The question whether a page restriction hides a page, as one condition of a query."""

from typing import Any

from django.conf import settings
from django.db.models import BooleanField, F, Func
from wagtail.models import Locale, Page, PageViewRestriction


class Unrestricted(Func):
    """True of a page at or above which no restriction stands, nor at or above the source that it translates.

    Written as SQL: every page of the site asks this three to six times, and to build the same from querysets takes
    Django longer (1.8 ms) than the rest of the query and its answer.

    The restrictions come first by CROSS JOIN, which SQLite takes as the order: of a table that was empty when it was
    analysed it believes that it is long, and would look through all pages for each page.
    """

    output_field = BooleanField()
    template = (
        "NOT EXISTS (SELECT 1 FROM {restriction} by_whom CROSS JOIN {page} hidden WHERE hidden.id = by_whom.page_id"
        " AND (SUBSTR({path}, 1, LENGTH(hidden.path)) = hidden.path OR EXISTS (SELECT 1 FROM {page} written_as"
        " JOIN {locale} spoken ON spoken.id = written_as.locale_id WHERE written_as.translation_key = {key}"
        " AND spoken.language_code = %s AND SUBSTR(written_as.path, 1, LENGTH(hidden.path)) = hidden.path)))"
    )

    def __init__(self) -> None:
        super().__init__(F("path"), F("translation_key"))

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        (path, path_values), (key, key_values) = (compiler.compile(one) for one in self.get_source_expressions())
        quote = connection.ops.quote_name
        names = {"restriction": PageViewRestriction, "page": Page, "locale": Locale}
        tables = {name: quote(model._meta.db_table) for name, model in names.items()}
        return self.template.format(path=path, key=key, **tables), [*path_values, *key_values, settings.LANGUAGE_CODE]
