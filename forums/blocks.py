"""Blocks that only pages of forums and groups need."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from taxonomy.models import Theme


def theme_choices() -> list[tuple[str, str]]:
    return [(theme.code, str(theme)) for theme in Theme.objects.current()]


class ThemesBlock(blocks.MultipleChoiceBlock):
    """Codes of themes; one that was merged since is that of the theme it became."""

    def bulk_to_python(self, values: list[list[str]]) -> list[list[str]]:
        wanted = {code for codes in values for code in codes}
        rows = Theme.objects.filter(code__in=wanted).exclude(merged_into=None)
        now = dict(rows.values_list("code", "merged_into__code"))
        return [list(dict.fromkeys(now.get(code, code) for code in codes)) for codes in values]

    def to_python(self, value: list[str] | None) -> list[str]:
        return self.bulk_to_python([value or []])[0]


class AreaBlock(blocks.StructBlock):
    """One numbered area of a group's work; themes are codes, the same in every language."""

    title = blocks.CharBlock(label=_("Area"), max_length=300)
    themes = ThemesBlock(choices=theme_choices, required=False, label=_("Themes"))

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
