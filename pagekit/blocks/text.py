"""Running text of a page."""

from django.utils.translation import gettext_lazy as _

from pagekit.fields import SafeRichTextBlock


class TextBlock(SafeRichTextBlock):
    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "components/rich_text.html"
