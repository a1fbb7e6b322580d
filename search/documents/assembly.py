"""From texts to a document: which page speaks in which language, where it is a hit, and what tells two states apart."""

import calendar
import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar

from wagtail.models import Page
from wagtail.rich_text import get_text_for_indexing

from forums.choices import Precision
from forums.models import Period
from pagekit.models import ContentPageQuerySet, source_language
from search.analysis import Analysed, analyse, join, sort_key
from search.engines.base import Document
from search.query import LANGUAGES

T = TypeVar("T")

Pages = Mapping[str, Any]
"""The visible pages of one thing by language; its source page is always among them."""


TITLE_IN: Mapping[str, str] = {"recommendation": "title"}
"""The part of a document, and so the weight, that its title counts in; "names" for all others. Readers come for
recommendations: what only issued one, or is asked in it, stands behind it, however short its name is."""


class Titled(NamedTuple):
    """Of a page its key in the database and its title."""

    pk: int
    title: str


def visible_pages(model: Any, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """The pages readers see of these things, by key and language; none of a thing whose source is hidden."""
    rows = model.objects.visible_to().filter(translation_key__in=list(keys)).select_related("locale")
    return _with_source((page.translation_key, page.locale.language_code, page) for page in rows)


def visible_titles(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Titled]]:
    """As `visible_pages`, of things of any kind and many times cheaper."""
    # In one order always: what is written in another one is another document.
    rows = ContentPageQuerySet(Page).visible_to().filter(translation_key__in=list(keys)).order_by("pk")
    columns = rows.values_list("translation_key", "locale__language_code", "pk", "title")
    return _with_source((key, language, Titled(*titled)) for key, language, *titled in columns)


def _with_source(rows: Iterable[tuple[uuid.UUID, str, T]]) -> dict[uuid.UUID, dict[str, T]]:
    found: dict[uuid.UUID, dict[str, T]] = {}
    for key, language, page in rows:
        found.setdefault(key, {})[language] = page
    return {key: pages for key, pages in found.items() if source_language() in pages}


def shown_in(language: str, pages: Pages) -> tuple[str, ...]:
    """Where a page is a hit: a translation in its own language, the source wherever there is no translation."""
    if language != source_language():
        return (language,)
    return tuple(code for code in LANGUAGES if code == language or code not in pages)


def plain(html: str) -> str:
    """The text of rich text, without markup."""
    return " ".join(get_text_for_indexing(html).split()) if html else ""


def assemble(
    *,
    subject: str,
    translation: str,
    language: str,
    languages: Sequence[str],
    title: str,
    lead: str = "",
    body: Iterable[str] = (),
    more: Analysed | None = None,
    names: Analysed,
    facets: Mapping[str, Iterable[str]],
    addressed: Iterable[str] = (),
    alerts: Mapping[str, dt.date] | None = None,
    period: Period | None = None,
) -> Document:
    """A document of these texts; `more` is text for the body that was analysed already, in whatever language."""
    kind = subject.partition(":")[0]
    parts: dict[str, list[Analysed]] = {
        "title": [],
        "lead": [analyse(lead, language)] if lead else [],
        "body": [analyse(text, language) for text in body if text],
        "names": [names],
    }
    parts[TITLE_IN.get(kind, "names")].insert(0, analyse(title, language))
    if more:
        parts["body"].append(more)
    streams = {part: join(some) for part, some in parts.items()}
    document = Document(
        key=f"{subject}:{language}",
        kind=kind,
        translation=translation,
        language=language,
        shown_in=tuple(languages),
        title=streams["title"].positions,
        lead=streams["lead"].positions,
        body=streams["body"].positions,
        names=streams["names"].positions,
        surface=join(list(streams.values())).surface,
        facets={name: tuple(dict.fromkeys(values)) for name, values in facets.items() if values},
        addressed=tuple(addressed),
        alerts={name: day.isoformat() for name, day in (alerts or {}).items()},
        last_date=_last_date(period),
        sort_date=period.starts_on.isoformat() if period and period.starts_on else "",
        sort_title=sort_key(title),
        hash="",
    )
    document["hash"] = blake2b(json.dumps(document, sort_keys=True).encode(), digest_size=16).hexdigest()
    return document


def _last_date(period: Period | None) -> str:
    """The last day of what the source says of the time; "" where that is nothing, or only a bound."""
    if period is None or not period.is_dated or period.starts_on is None:
        return ""
    last = period.ends_on or period.starts_on
    is_rough = period.precision in {Precision.RANGE, Precision.ABOUT}
    if period.precision == Precision.YEAR or (
        is_rough and {(d.month, d.day) for d in (period.starts_on, last)} == {(1, 1)}
    ):
        # Two years that a source joins by a dash are kept as their first days, and so is "about 2014".
        last = last.replace(month=12, day=31)
    elif period.precision == Precision.MONTH or (period.precision == Precision.ABOUT and last.day == 1):
        last = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    return last.isoformat()
