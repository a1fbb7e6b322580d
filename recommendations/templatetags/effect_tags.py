"""What became of the effects that a working group announced, for its page."""

from django import template

from forums.models.sheets import GroupSheet
from recommendations.models.effect import JudgedEffect, judged

register = template.Library()


@register.simple_tag
def judged_effects(sheet: GroupSheet) -> list[JudgedEffect]:
    """The announced effects in their order, each with what became of it and what was said of it before."""
    return judged((one.key, one.text) for one in sheet.effects)
