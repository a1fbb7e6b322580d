"""The documents of attached files: one each, with the text of its pages and the names of what it is attached to.

Only what any reader may take has one (`pagekit.referrers`), and it says nothing of what else refers to
the file: an unpublished recommendation, a restricted piece of evidence.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from wagtail.models import Page

from forums.choices import Precision
from forums.models import Forum, ForumPage, ForumSource, Period, WorkingGroup
from pagekit.models import CustomDocument, DocumentText
from pagekit.referrers import Related, referrers_of, unrestricted
from recommendations.models import Evidence, Recommendation
from search.documents.assembly import assemble
from search.documents.issuer import Issuer, Issuers, all_themes, issuer_value, with_ancestors
from search.documents.recommendation import places_of
from search.documents.words import Words, joined, years
from search.engines.base import Document
from search.query import LANGUAGES
from taxonomy.models import Place, Theme

AT_ONCE = 20
"""Files whose text is in memory together."""

MOST_REFERENCES = 50
"""A report may be the source of hundreds of recommendations; so many of their references find it."""

Fact = Recommendation | Forum | WorkingGroup


RELATED: Related = {
    Evidence: (
        "document",
        "follow_up__assignment__recommendation",
        "assessment__follow_up__assignment__recommendation",
    )
}


@dataclass
class Attachment:
    """A file that any reader may take.

    titles  what it is called where readers see it, never empty: a piece of evidence has a title of its own
    period  when it was issued, if evidence says so
    pages   the visible pages that refer to it, each in its language
    proves  the recommendations in whose log it is evidence
    """

    document: CustomDocument
    titles: list[str] = field(default_factory=list)
    period: Period | None = None
    pages: list[Page] = field(default_factory=list)
    proves: list[Recommendation] = field(default_factory=list)

    @property
    def keys(self) -> list[uuid.UUID]:
        """The translation keys of what it is attached to."""
        return list(dict.fromkeys(thing.translation_key for thing in (*self.pages, *self.proves)))


def attachment_documents(pks: Iterable[int]) -> list[Document]:
    found = attachments(list(unrestricted(pks).order_by("pk")))
    if not found:
        return []
    facts = _facts({key for one in found for key in one.keys})
    issuers, themes = Issuers(), all_themes()
    documents = []
    for start in range(0, len(found), AT_ONCE):
        some = found[start : start + AT_ONCE]
        texts: dict[int, list[str]] = {}
        rows = DocumentText.objects.filter(document__in=[one.document for one in some]).order_by("document", "number")
        for pk, text in rows.values_list("document", "text"):
            texts.setdefault(pk, []).append(text)
        for one in some:
            about = [facts[key] for key in one.keys if key in facts]
            documents.append(_document(one, texts.get(one.document.pk, ()), about, issuers, themes))
    return documents


def attachments(documents: Sequence[CustomDocument]) -> list[Attachment]:
    """Those of these unrestricted files that any reader may take; the number of queries does not grow with them."""
    if not documents:
        return []
    referrers = referrers_of([document.pk for document in documents], related=RELATED)
    called = _called_by_forums(referrers)
    found = []
    for document in documents:
        one = Attachment(document)
        for thing in referrers.get(document.pk, ()):
            if isinstance(thing, Page):
                one.pages.append(thing)
                one.titles += called.get((thing.pk, document.pk), [document.title])
            elif isinstance(thing, Evidence):
                _add_evidence(one, thing)
        if one.titles:
            one.titles = list(dict.fromkeys(one.titles))
            found.append(one)
    return found


def _add_evidence(one: Attachment, piece: Evidence) -> None:
    entry = piece.entry
    if entry is None:
        return
    if entry.assignment.recommendation not in one.proves:
        one.proves.append(entry.assignment.recommendation)
    one.titles.append(piece.title or str(one.document.title))
    if one.period is None and piece.issued_on:
        # A day of its own, in the shape that periods have.
        one.period = Forum(starts_on=piece.issued_on, precision=Precision.DAY)


def _called_by_forums(referrers: Mapping[int, Sequence[Model]]) -> dict[tuple[int, int], list[str]]:
    """What a forum calls its sources, by page and file."""
    things = (thing for some in referrers.values() for thing in some)
    pages = {thing.pk for thing in things if isinstance(thing, Page) and thing.specific_class is ForumPage}
    called: dict[tuple[int, int], list[str]] = {}
    if pages:
        rows = ForumSource.objects.filter(page__in=pages, document__in=list(referrers)).order_by("sort_order")
        for page, document, title in rows.values_list("page", "document", "title"):
            called.setdefault((page, document), []).append(title)
    return called


def _facts(keys: Collection[uuid.UUID]) -> dict[uuid.UUID, Fact]:
    """The facts of these pages; pages that explain the site have none."""
    recommendations = Recommendation.objects.select_related("forum", "working_group").prefetch_related("places")
    querysets: Sequence[Any] = (recommendations, Forum.objects, WorkingGroup.objects)
    return {
        fact.translation_key: fact
        for rows in querysets
        for fact in rows.filter(translation_key__in=keys).prefetch_related("themes")
    }


def _document(
    one: Attachment, texts: Iterable[str], about: Sequence[Fact], issuers: Issuers, themes: Mapping[int, Theme]
) -> Document:
    period = one.period or next((fact for fact in about if fact.starts_on), None)
    issued_by = _issuers(about, issuers)
    return assemble(
        subject=f"document:{one.document.pk}",
        translation=f"document-{one.document.pk}",
        # In whatever language it is: Polish reads every Latin word, and words in Cyrillic are known by their letters.
        language="pl",
        languages=LANGUAGES,
        title=one.titles[0],
        body=texts,
        names=joined(_words(one, about, issued_by, issuers)),
        facets={
            "kind": ("document",),
            "issuer": [issuer_value(issuer) for issuer in issued_by],
            "group": [f"g{issuer.pk}" for issuer in issued_by if isinstance(issuer, WorkingGroup)],
            "year": years(period) if period else (),
            "city": [place.code for fact in about for place in _places(fact, issuers)],
            "theme": [theme.code for fact in about for theme in with_ancestors(fact.themes.all(), dict(themes))],
        },
        period=period,
    )


def _issuers(about: Iterable[Fact], issuers: Issuers) -> list[Issuer]:
    found = (fact.issuer if isinstance(fact, Recommendation) else fact for fact in about)
    return list(dict.fromkeys(found))


def _places(fact: Fact, issuers: Issuers) -> list[Place]:
    if isinstance(fact, Recommendation):
        return places_of(fact, issuers)
    known = issuers.forums.get(fact.pk) if isinstance(fact, Forum) else issuers.groups.get(fact.pk)
    return [known.place] if known and known.place else []


def _words(one: Attachment, about: Sequence[Fact], issued_by: Iterable[Issuer], issuers: Issuers) -> Words:
    for title in one.titles[1:]:
        yield title, "pl"
    yield one.document.filename, "pl"
    for fact in [fact for fact in about if isinstance(fact, Recommendation)][:MOST_REFERENCES]:
        yield fact.reference, "pl"
    for issuer in issued_by:
        yield from issuers.words(issuer)
