"""What became of the effects that a working group announced, for its page."""

from django import template

from forums.choices import EffectState
from forums.models.sheets import GroupSheet
from recommendations.models.effect import JudgedEffect, judged

register = template.Library()


@register.simple_tag
def judged_effects(sheet: GroupSheet) -> list[JudgedEffect]:
    """The announced effects in their order, each with what became of it; no query while all of them are open."""
    known = judged((one.key, one.text) for one in sheet.effects if one.state != EffectState.OPEN)
    found = {one.key: one for one in known}
    return [found.get(one.key) or JudgedEffect(one.key, one.text) for one in sheet.effects]
