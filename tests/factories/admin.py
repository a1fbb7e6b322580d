"""What the admin's screen of a recommendation sends."""

from typing import Any

from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from recommendations.models import RecommendationPage


def form_of(page: RecommendationPage, **changes: Any) -> dict[str, Any]:
    """What the screen of this page sends, with ``changes``; ``addressees`` are rows of the inline form."""
    rows = [
        {"id": row.pk, "organisation": row.organisation_id, "role": row.role, "words": row.words, "note": row.note}
        for row in page.addressees.all()
    ]
    data: dict[str, Any] = {
        "title": page.title,
        "slug": page.slug,
        "text": page.text,
        "wording_kind": page.wording_kind,
        "rationale": rich_text(""),
        "source_kind": page.source_kind,
        "source_url": page.source_url,
        "starts_on": page.starts_on or "",
        "precision": page.precision,
        "tags": ", ".join(f'"{tag.name}"' for tag in page.tags.all()),
        "addressees": inline_formset(rows, initial=len(rows)),
        "links": inline_formset([]),
        "identifiers": inline_formset([]),
        "proposals": inline_formset([]),
        "comments": inline_formset([]),
        "change_reason": page.change_reason,
    }
    # Ticks repeat their name: a list inside would be numbered.
    themes = changes.pop("themes", [theme.pk for theme in page.themes.all()])
    return {**nested_form_data(data | changes), "themes": themes}


def edit_url(page: RecommendationPage) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])
