"""Blocks that only pages of forums and groups need."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from taxonomy.models import Theme


def theme_choices() -> list[tuple[str, str]]:
    return [(theme.code, str(theme)) for theme in Theme.objects.current()]


class AreaBlock(blocks.StructBlock):
    """One numbered area of a group's work; themes are codes, the same in every language."""

    title = blocks.CharBlock(label=_("Area"), max_length=300)
    themes = blocks.MultipleChoiceBlock(choices=theme_choices, required=False, label=_("Themes"))

    class Meta:
        icon = "list-ol"
        label = _("Area")


class EffectBlock(blocks.StructBlock):
    """An effect the group announced; the id of the block is the key of its fact."""

    text = blocks.TextBlock(label=_("Expected effect"), rows=2)

    class Meta:
        icon = "tick"
        label = _("Expected effect")


class SessionBlock(blocks.StructBlock):
    """One point of a forum's programme."""

    day = blocks.DateBlock(required=False, label=_("Day"))
    title = blocks.CharBlock(label=_("Title"), max_length=250)
    text = blocks.TextBlock(required=False, label=_("Description"), rows=3)

    class Meta:
        icon = "date"
        label = _("Point of the programme")


def stream(block: type[blocks.StructBlock], name: str) -> list[tuple[str, Any]]:
    return [(name, block())]
