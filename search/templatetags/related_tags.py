"""What lies near a recommendation, for its page."""

from django import template
from django.utils.translation import get_language

from recommendations.models import RecommendationPage
from recommendations.models.record import Record
from search.views.near import near, near_draft
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
    return near_draft(draft, draft.locale.language_code) if draft.text.strip() else []
