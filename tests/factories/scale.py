"""Many recommendations at once, written past the workflow: for tests of what must not grow with their number."""

import uuid
from typing import Any

from django.db import connection
from wagtail.models import Page

from recommendations.models import Assignment, Recommendation, RecommendationLevel, RecommendationPage


def copy_rows(model: Any, template_pk: Any, new_pks: list[Any]) -> None:
    """Insert copies of one row of a table under new primary keys."""
    table, key = model._meta.db_table, model._meta.pk.column
    others = [field.column for field in model._meta.local_concrete_fields if field.column != key]
    columns = ", ".join(f'"{name}"' for name in others)
    with connection.cursor() as cursor:
        cursor.executemany(
            f'INSERT INTO "{table}" ("{key}", {columns}) SELECT %s, {columns} FROM "{table}" WHERE "{key}" = %s',
            [(pk, template_pk) for pk in new_pks],
        )


def multiply(recommendation: Recommendation, times: int) -> None:
    """``times`` more published recommendations like this one, beside it, each with page, wording, rows and themes."""
    page = RecommendationPage.objects.sources().get(translation_key=recommendation.translation_key)
    parent = page.get_parent()
    steplen, first = Page.steplen, Page._str2int(page.path[-Page.steplen :])
    keys = [uuid.uuid4() for _n in range(times)]
    highest = Page._str2int(max(parent.get_children().values_list("path", flat=True))[-steplen:])
    fields = {field.attname: getattr(page, field.attname) for field in Page._meta.local_concrete_fields}
    fields = {name: value for name, value in fields.items() if name not in {"id", "path", "slug", "url_path"}}
    Page.objects.bulk_create(
        [
            Page(
                **fields
                | {
                    "path": parent.path + Page._int2str(highest + n).rjust(steplen, "0"),
                    "slug": f"kopia-{first}-{n}",
                    "url_path": f"{parent.url_path}kopia-{first}-{n}/",
                    "translation_key": key,
                    "title": f"{page.title} {n}",
                    "latest_revision_id": None,
                    "live_revision_id": None,
                }
            )
            for n, key in enumerate(keys, 1)
        ],
        batch_size=500,
    )
    Page.objects.filter(pk=parent.pk).update(numchild=parent.numchild + times)
    new = (
        dict(Page.objects.filter(translation_key__in=keys).values_list("translation_key", "pk"))
        if times <= 900
        else {
            key: pk
            for start in range(0, times, 900)
            for key, pk in Page.objects.filter(translation_key__in=keys[start : start + 900]).values_list(
                "translation_key", "pk"
            )
        }
    )
    copy_rows(RecommendationPage, page.pk, list(new.values()))
    values = {
        field.attname: getattr(recommendation, field.attname) for field in Recommendation._meta.local_concrete_fields
    }
    values = {
        name: value for name, value in values.items() if name not in {"id", "translation_key", "reference", "number"}
    }
    start = Recommendation.objects.count()
    facts = Recommendation.objects.bulk_create(
        [
            Recommendation(**values, translation_key=key, reference=f"KOPIA-{start + n:06d}", number=start + n)
            for n, key in enumerate(keys, 1)
        ],
        batch_size=500,
    )
    rows = list(recommendation.assignments.all())
    Assignment.objects.bulk_create(
        [
            Assignment(
                **{
                    field.attname: getattr(row, field.attname)
                    for field in Assignment._meta.local_concrete_fields
                    if field.attname not in {"id", "recommendation_id"}
                },
                recommendation_id=fact.pk,
            )
            for fact in facts
            for row in rows
        ],
        batch_size=500,
    )
    levels = list(recommendation.levels.all())
    RecommendationLevel.objects.bulk_create(
        [RecommendationLevel(recommendation=fact, level=row.level) for fact in facts for row in levels],
        batch_size=500,
    )
    for relation in ("themes", "affected_groups", "places"):
        through = getattr(Recommendation, relation).through
        column = next(
            f.attname for f in through._meta.local_concrete_fields if f.attname not in {"id", "recommendation_id"}
        )
        targets = list(getattr(recommendation, relation).values_list("pk", flat=True))
        through.objects.bulk_create(
            [through(**{"recommendation_id": fact.pk, column: target}) for fact in facts for target in targets],
            batch_size=500,
        )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Nobody else counts rows that are not committed; by the old counts a list of them takes minutes.
            cursor.execute("ANALYZE")
