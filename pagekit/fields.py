"""Texts that people write: rich text that cannot carry a dangerous address, and long texts that are not cut."""

import re
from typing import TYPE_CHECKING, Any

import nh3
from django import forms
from django.db import models
from django.utils.html import strip_tags
from wagtail.blocks import RichTextBlock
from wagtail.fields import RichTextField
from wagtail.rich_text import RichText

# What a text of ours may contain; headings start below the page's own.
FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]
MARKS = re.compile(r' data-block-key="[^"]*"')
SCHEMES = {"http", "https", "mailto", "tel"}
TAGS = {"p", "h2", "h3", "b", "strong", "i", "em", "ol", "ul", "li", "a", "br"}
ATTRIBUTES = {
    "a": {"href", "linktype", "id"},
    "p": {"data-block-key"},
    "h2": {"data-block-key"},
    "h3": {"data-block-key"},
    "li": {"data-block-key"},
}


def safe_html(source: str) -> str:
    """The rich text without tags, attributes and schemes outside the lists above; text stays."""
    return nh3.clean(source, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)


def as_compared(source: str) -> str:
    """A text without what screens change by themselves: marks of paragraphs, and how lines end."""
    return "\n".join(MARKS.sub("", source).splitlines())


if TYPE_CHECKING:
    # Wagtail ships no types; what its field reads and writes is a text.
    TextBase = models.TextField[str, str]
else:
    TextBase = RichTextField


class LinesFormField(forms.CharField):
    """Lines end one way, whatever a browser makes of them: who only approves what it shows has changed nothing."""

    def to_python(self, value: Any) -> Any:
        return "\n".join((super().to_python(value) or "").splitlines())

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.to_python(initial), data))


class RichTextFormField(forms.CharField):
    """Takes a paragraph without a word for the empty text that it is.

    A form that is sent before its editor has started sends one, and would count as changed by who only approves it. So
    would the marks that the editor gives to paragraphs that have none.
    """

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return value if strip_tags(value).strip() else ""

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        before, now = (as_compared(safe_html(self.to_python(text) or "")) for text in (initial, data))
        return before != now


class LongTextField(forms.CharField):
    """A text of several lines that no paste is cut off from: one that is too long is said to be so, and stays.

    Browsers drop in silence whatever does not fit into ``maxlength``.
    """

    widget = forms.Textarea

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs: dict[str, Any] = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class SafeRichTextField(TextBase):
    """A rich text field that is cleaned on its way into the database, so imports and APIs pass the same door."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("features", FEATURES)
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return safe_html(value) if value else value

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": RichTextFormField, **kwargs})


class SafeRichTextBlock(RichTextBlock):
    """The same for a block."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("features", FEATURES)
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: RichText) -> Any:
        return safe_html(super().get_prep_value(value))
