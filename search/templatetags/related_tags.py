"""What lies near a recommendation, for its page."""

from django import template
from django.utils.translation import get_language
from wagtail.models import Locale

from pagekit.models import source_language
from recommendations.models import IntakeRow, RecommendationPage
from recommendations.models.record import Record
from search.views.near import near, near_drafts
from search.views.titles import Titled

register = template.Library()


@register.simple_tag
def recommendations_near(record: Record) -> list[Titled]:
    """At most five public recommendations near this one; none for a draft, and none while search is out of order."""
    if not record.fact.pk:
        return []
    themes = [theme.code for theme in record.themes]
    tags = [tag.slug for tag in record.tags]
    return near(record.fact, record.page, themes, tags, get_language() or "pl")


@register.simple_tag
def recommendations_like(draft: RecommendationPage) -> list[Titled]:
    """At most five public recommendations that ask for nearly the same as a draft, in its own language."""
    return near_drafts([draft], draft.locale.language_code)[0] if draft.text.strip() else []


@register.simple_tag
def recommendations_like_rows(rows: list[IntakeRow]) -> dict[int, list[Titled]]:
    """The same for rows of an intake, which are no drafts yet: by the number of the row."""
    asked = [row for row in rows if row.text.strip() and not row.is_dropped and not row.drafted_at]
    locale = Locale.objects.get(language_code=source_language())
    drafts = [
        RecommendationPage(title=row.title, text=row.text, translation_key=row.made_key, locale=locale) for row in asked
    ]
    found = near_drafts(drafts, locale.language_code)
    return {row.pk: alike for row, alike in zip(asked, found, strict=True)}
