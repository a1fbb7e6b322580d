"""Hits as lines of a list. In Python: a page has twenty of them, and a template for each takes three times as long."""

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any

from django import template
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forums.templatetags.forum_tags import period_mark
from pagekit.templatetags.pagekit_tags import age_mark, lang_mark
from recommendations.templatetags.recommendation_tags import refers_to
from recommendations.templatetags.state_tags import badge_mark
from search.facets import BY_NAME
from search.templatetags.go_on_tags import addressed_to, pick_box
from search.views.hits import Item, Named, Passage

register = template.Library()

DOT = '<span aria-hidden="true">·</span>'

PLACES: Mapping[str, Any] = {
    "text": gettext_lazy("Further in the text"),
    "rationale": gettext_lazy("In the rationale"),
    "source": gettext_lazy("In the title of the source"),
    "log": gettext_lazy("In the log, %(date)s"),
    "stage": gettext_lazy("In what was done after the forum, %(date)s"),
    "evidence": gettext_lazy("In the evidence, entry of %(date)s"),
    "assessment": gettext_lazy("In the assessment, entry of %(date)s"),
}
"""Where a passage stands, by the name of its layer; a date is that of its entry."""

NAMES: Mapping[str, Any] = {
    **{name: facet.label for name, facet in BY_NAME.items()},
    "kind": gettext_lazy("Kind"),
    # A month is one of its names.
    "year": gettext_lazy("Date"),
    "reference": gettext_lazy("Reference"),
    "body": gettext_lazy("Institution"),
    "file": gettext_lazy("File"),
    "name": gettext_lazy("Also called"),
}
"""What a name by which a hit is found is of the hit (`search.documents.called`)."""


@register.simple_tag
def hit_lines(items: Iterable[Item], picks: Collection[str] = ()) -> SafeString:
    """The hits as <li>; `picks` are the references that the address ticks."""
    return mark_safe("\n".join(f"<li>{_hit(item, picks)}</li>" for item in items))  # noqa: S308 - every text is escaped


def _hit(item: Item, picks: Collection[str]) -> str:
    lang = lang_mark(item.language)
    lines = [
        f'<p class="ref"><span class="kind">{conditional_escape(item.kind_words)}</span> {_reference(item)}</p>',
        f'<h3><a href="{escape(item.url)}"{lang and lang_mark(item.language, is_link=True)}>{item.title}</a></h3>',
    ]
    if item.excerpt:
        spoken = lang_mark(item.said_in) if item.said_in else lang
        lines.append(f'<p class="said"{spoken}>{conditional_escape(item.excerpt)}</p>')
    lines += map(_passage, item.passages)
    if item.named:
        said = f" {DOT} ".join(_names(of, some) for of, some in groupby(item.named, key=attrgetter("of")))
        lines.append(f'<p class="passage">{said}</p>')
    meta = [_origin(item)]
    if item.addressees:
        meta += (DOT, addressed_to(item.addressees))
    if lang:
        words = escape(_("only in Polish"))
        meta += (DOT, f'<span class="language">{words}</span>')
    lines.append(f'<p class="meta">{" ".join(meta)}</p>')
    if item.kind == "recommendation":
        lines += (_standing(item), pick_box(item.fact.reference, picks))
    return f'<article class="hit is-{item.kind}">{"".join(lines)}</article>'


def _reference(item: Item) -> str:
    if item.kind == "recommendation":
        return conditional_escape(item.reference)
    if item.kind != "document":
        return ""
    said: list[str] = [escape(item.fact.file_extension.upper())]
    if item.page:
        said += (DOT, escape(_("page %(number)s") % {"number": item.page}))
    if not item.fact.is_searchable:
        words = escape(_("text not searchable"))
        said.append(f"<small>({words})</small>")
    return " ".join(said)


def _passage(passage: Passage) -> str:
    return (
        f'<p class="passage"><a href="{escape(passage.url)}">{escape(_place(passage))}</a>:'
        f" <span{lang_mark(passage.language)}>{passage.text}</span></p>"
    )


def _names(of: str, some: Iterable[Named]) -> str:
    """What the hit is called as one thing: its tags, its addressees ..."""
    return f"{escape(NAMES[of])}: {', '.join(f'<span{lang_mark(name.language)}>{name.text}</span>' for name in some)}"


def _place(passage: Passage) -> str:
    words = str(PLACES[passage.name])
    return words % {"date": refers_to(passage.entry)} if passage.entry else words


def _origin(item: Item) -> str:
    """Where a hit comes from, and when; what else it is by its kind."""
    match item.kind:
        case "organisation":
            kind, level = item.fact.get_kind_display(), item.fact.get_level_display()
            return escape(f"{kind}, {level}" if item.fact.level else kind)
        case "theme":
            return escape(_("the recommendations of this theme and of those below it"))
        case "document":
            links = (f'<a href="{escape(url)}">{conditional_escape(title)}</a>' for title, url in item.attached_to)
            words = escape(_("attached to:"))
            return f"{words} {', '.join(links)}" if item.attached_to else ""
    return f"{conditional_escape(item.issuer)}{', ' if item.issuer else ''}{period_mark(item.fact)}"


def _standing(item: Item) -> str:
    said: list[str] = [badge_mark(item.fact)]
    if item.fact.is_archived:
        words = escape(_("archived"))
        said.append(f'<span class="meta">{words}</span>')
    said.append(age_mark(item.fact.last_information_on, is_known=item.is_informed))
    return f'<p class="standing">{" ".join(said)}</p>'
