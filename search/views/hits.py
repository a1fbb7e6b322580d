"""From keys to what a reader sees: texts of the database with true matches marked, loaded once more as readers may."""

import logging
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from wagtail.models import Page

from pagekit.models import source_language
from recommendations.models import FollowUp, StageEntry
from search.documents.assembly import plain
from search.documents.attachment import Attachment
from search.documents.called import Called, Name
from search.documents.issuer import issuer_value, texts_of
from search.documents.layers import STAGE, Layer
from search.documents.words import read_as
from search.highlight import Look, Reader, unanswered
from search.labels import Issuers
from search.passages import Patience, Text, best
from search.query import SearchQuery
from search.tree import Tree
from search.views.loaded import Found, issuer_of
from taxonomy.models import Organisation, Theme

logger = logging.getLogger(__name__)

MOST_ATTACHED_TO = 3
NAMED = 4
"""Addressees that a hit of the list names; the others are counted."""

MOST_FURTHER = 2
"""Passages of the text of a forum or group, besides its excerpt."""

ANCHORS = {"text": "content", "rationale": "rationale", "source": "origin"}
"""Where on the page of a recommendation the layers stand that are no entry of its log."""

KIND_WORDS: Mapping[str, Any] = {
    "recommendation": gettext_lazy("Recommendation"),
    "organisation": gettext_lazy("Institution"),
    "theme": gettext_lazy("Theme"),
    "document": gettext_lazy("Attached file"),
}

MOST_NAMES = 6
"""Other names of an institution that a hit shows."""

FACE = 1_000
"""Characters of a file's first page that are looked at for what to show of it."""


@dataclass(frozen=True)
class Passage:
    """Words of a hit that are not on its face, with the place where they stand.

    name    "text", "rationale", "source", or a layer of the log or a stage: "log", "evidence", "assessment", "stage"
    entry   the entry in which, or beside which, they stand
    """

    name: str
    text: SafeString
    language: str
    url: str
    entry: FollowUp | StageEntry | None = None


class Named(NamedTuple):
    """A name by which a hit is found and that it does not show elsewhere; `of` is what that is (`documents.called`)."""

    of: str
    text: SafeString
    language: str


@dataclass(frozen=True)
class Item:
    """One hit as it is printed. `language` is that of its text, `issuer` the title of who issued it.

    kind_words   what the reader calls such a thing; of forums and groups their own kind
    said_in      the language of the excerpt, where it is not that of the title
    is_informed  whether anything is known of the state of a recommendation, be it without a date
    reference    of a recommendation
    passages     where else it answers the question, if its face does not answer all of it
    named        by which names it answers what neither its face nor a passage does
    page         of a file: the page that the excerpt is from and that the address opens
    attached_to  of a file: (title, address) of public pages
    """

    kind: str
    kind_words: SafeString | str
    url: str
    title: SafeString
    language: str
    excerpt: SafeString | str = ""
    said_in: str = ""
    fact: Any = None
    issuer: str = ""
    addressees: Sequence[str] = ()
    is_informed: bool = False
    reference: SafeString | str = ""
    passages: Sequence[Passage] = ()
    named: Sequence[Named] = ()
    page: int | None = None
    attached_to: Sequence[tuple[str, str]] = ()


def items(found: Found, issuers: Issuers, query: SearchQuery, tree: Tree) -> list[Item]:
    """The hits in order. One that readers may not see is left out, and logged: the index should not have had it."""
    printer = _Printer(found, issuers, query, tree)
    printed = []
    for subject in found.subjects:
        item = printer.item(subject)
        if item is None:
            logger.error("%s was a hit, but readers may not see it.", subject)
        else:
            printed.append(item)
    return printed


class _Printer:
    """Prints the hits of one page, which share the patience for reading long texts."""

    def __init__(self, found: Found, issuers: Issuers, query: SearchQuery, tree: Tree) -> None:
        self.found = found
        self.issuers = issuers
        self.query = query
        self.reader = Reader(tree)
        self.patience = Patience()
        self.asked = frozenset(range(len(self.reader.groups)))
        self.names: dict[Name, frozenset[int]] = {}
        here = set(found.subjects)
        self.called = Called(
            [fact for subject, fact in found.recommendations.items() if subject in here],
            [fact for value in found.own if (fact := issuers.get(value)) is not None and fact.page is not None],
            [file for subject, file in found.files.items() if subject in here],
        )

    def item(self, subject: str) -> Item | None:
        kind, _, pk = subject.partition(":")
        match kind:
            case "recommendation":
                return self.recommendation(self.found.recommendations.get(subject))
            case "organisation":
                return self.organisation(self.found.organisations.get(subject))
            case "theme":
                return self.theme(self.found.themes.get(subject))
            case "document":
                return self.file(self.found.files.get(subject))
        return self.issuer(kind, self.issuers.get(f"{kind[0]}{pk}"))

    def look(self, text: str, language: str) -> Look:
        return self.reader.look(text, language)

    def left(self, answered: Set[int]) -> frozenset[int]:
        return unanswered(self.reader.tree, answered)

    def recommendation(self, fact: Any) -> Item | None:
        if fact is None or fact.page is None:
            return None
        page = fact.page
        language = page.locale.language_code
        issuer = self.issuers.get(issuer_of(fact))
        reference: SafeString | str = fact.reference
        issued_by = issuer.page.title if issuer and issuer.page else ""
        addressees: Sequence[str] = self.found.addressees.get(fact.pk, ())
        title, wording = self.look(page.title, language), self.look(page.text, language)
        said = wording.excerpt()
        answered = title.groups | said.groups
        missing = self.left(answered)
        passages: Sequence[Passage] = ()
        if missing:
            # What stands on the face of the hit anyway needs no passage, only its marks.
            face = [self.look(text, self.query.language) for text in (reference, issued_by, *addressees)]
            missing = self.left(answered.union(*(seen.groups for seen in face[: 2 + NAMED])))
            reference, issued_by, *addressees = (seen.whole() for seen in face)
        if missing:
            passages, missing = self.passages(fact, missing)
        return Item(
            kind="recommendation",
            kind_words=str(KIND_WORDS["recommendation"]),
            url=page.url or "",
            title=title.whole(),
            language=language,
            excerpt=said.text,
            fact=fact,
            reference=reference,
            issuer=issued_by,
            addressees=addressees,
            is_informed=fact.pk in self.found.informed,
            passages=passages,
            named=self.named(fact, missing),
        )

    def passages(self, fact: Any, missing: frozenset[int]) -> tuple[list[Passage], frozenset[int]]:
        """Where else a recommendation answers what its face does not: the one place that answers most of it; and what
        that leaves unanswered."""
        page = fact.page
        layers = [
            Layer("text", page.text, page.locale.language_code),
            Layer("rationale", plain(page.rationale), page.locale.language_code),
            *self.found.layers(fact),
            Layer("source", fact.source_title, source_language()),
        ]
        place = best([Text(layer.text, layer.language) for layer in layers], self.reader, missing, self.patience)
        if place is None:
            return [], missing
        number, seen = place
        layer = layers[number]
        prefix = "stage-entry" if layer.name == STAGE else "entry"
        anchor = f"{prefix}-{layer.entry.pk}" if layer.entry else ANCHORS[layer.name]
        said = seen.excerpt(wanted=missing)
        passage = Passage(layer.name, said.text, layer.language, f"{page.url}#{anchor}", layer.entry)
        return [passage], self.left(self.asked - missing | said.groups)

    def named(self, thing: Any, missing: frozenset[int]) -> list[Named]:
        """By which names a hit answers what is missing: as few as will do, of those that say
        the same of it the one in the reader's language."""
        found: list[Named] = []
        if not missing:
            return found
        # As they come: who issued it is the last of them, and the only one that costs queries of its own.
        for _of, some in groupby(self.called.of(thing), key=attrgetter("of")):
            for name in sorted(some, key=lambda name: name.spoken not in ("", self.query.language)):
                if missing & self.answered(name):
                    seen = self.look(name.text, name.read_as)
                    found.append(Named(name.of, seen.whole(), name.spoken or self.query.language))
                    missing = self.left(self.asked - missing | seen.groups)
            if not missing:
                break
        return found

    def answered(self, name: Name) -> frozenset[int]:
        """The groups that a name answers; the hits of a page have most of their names in common."""
        if name not in self.names:
            may_answer = self.reader.may_answer(name.keys)
            self.names[name] = self.look(name.text, name.read_as).groups if may_answer else frozenset()
        return self.names[name]

    def issuer(self, kind: str, fact: Any) -> Item | None:
        if fact is None or fact.page is None:
            return None
        page = fact.page
        language = page.locale.language_code
        above = self.issuers.get(issuer_value(fact)) if kind == "group" else None
        title = self.look(page.title, language)
        text = self.look("\n".join(filter(None, [page.lead, *texts_of(page)])), language)
        issued_by = above.page.title if above is not None and above is not fact and above.page else ""
        origin = self.look(issued_by, self.query.language)
        said = text.excerpt()
        of_kind = fact.get_kind_display()
        called = self.look(of_kind, read_as(of_kind, self.query.language))
        missing = self.left(title.groups.union(said.groups, origin.groups, called.groups))
        passages: list[Passage] = []
        while missing & text.groups and len(passages) < MOST_FURTHER:
            further = text.excerpt(wanted=missing)
            passages.append(Passage("text", further.text, language, f"{page.url}#{ANCHORS['text']}"))
            missing = self.left(self.asked - missing | further.groups)
        return Item(
            kind=kind,
            kind_words=called.whole(),
            url=page.url or "",
            title=title.whole(),
            language=language,
            excerpt=said.text,
            fact=fact,
            issuer=origin.whole(),
            passages=passages,
            named=self.named(fact, missing),
        )

    def organisation(self, row: Organisation | None) -> Item | None:
        if row is None:
            return None
        title = self.look(row.label_in(self.query.language), self.query.language)
        # Each by itself, so that no phrase is marked across two of them; those that answer come first.
        names = [self.look(str(name), "pl") for name in row.names.all()]
        names = sorted(names, key=lambda name: not name.groups)[:MOST_NAMES]
        return Item(
            kind="organisation",
            kind_words=str(KIND_WORDS["organisation"]),
            url=reverse("organisation", kwargs={"code": row.code}),
            title=title.whole(),
            language=self.query.language,
            excerpt=SafeString(" · ".join(name.whole() for name in names)),
            fact=row,
            named=self.named(row, self.left(title.groups.union(*(name.groups for name in names)))),
        )

    def theme(self, row: Theme | None) -> Item | None:
        if row is None:
            return None
        title = self.look(row.label_in(self.query.language), self.query.language)
        definition = self.look(row.definition_pl, "pl").excerpt()
        return Item(
            kind="theme",
            kind_words=str(KIND_WORDS["theme"]),
            url=reverse("theme", kwargs={"code": row.code}),
            title=title.whole(),
            language=self.query.language,
            excerpt=definition.text,
            said_in="pl",
            fact=row,
            named=self.named(row, self.left(title.groups | definition.groups)),
        )

    def file(self, file: Attachment | None) -> Item | None:
        if file is None:
            return None
        title = self.look(file.titles[0], "pl")
        pages = self.found.pages.get(file.document.pk, [])
        missing = self.left(title.groups) or self.asked
        place = best([Text(page.text, "pl") for page in pages], self.reader, missing, self.patience)
        number = pages[place[0]].number if place else None
        if place:
            said = place[1].excerpt()
        else:
            # Where no page says more than the title does, the first one tells what the file is.
            first = min(pages, key=lambda page: page.number, default=None)
            said = self.look(first.text[:FACE] if first else "", "pl").excerpt()
        attached_to = [(self.look(words, "pl"), url) for words, url in self.attached_to(file)[:MOST_ATTACHED_TO]]
        answered = title.groups.union(said.groups, *(seen.groups for seen, _url in attached_to))
        return Item(
            kind="document",
            kind_words=str(KIND_WORDS["document"]),
            url=file.document.page_url(number),
            title=title.whole(),
            language=self.query.language,
            excerpt=said.text,
            fact=file.document,
            page=number,
            attached_to=[(seen.whole(), url) for seen, url in attached_to],
            named=self.named(file, self.left(answered)),
        )

    def attached_to(self, file: Attachment) -> list[tuple[str, str]]:
        """The pages that refer to a file, each in one language, and the references in whose log it is evidence."""
        pages: dict[Any, Page] = {}
        for page in file.pages:
            if page.translation_key not in pages or page.locale.language_code == self.query.language:
                pages[page.translation_key] = page
        proved = [fact.reference for fact in file.proves if fact.translation_key not in pages]
        return [
            *((page.title, page.url or "") for page in pages.values()),
            *((reference, reverse("reference", kwargs={"reference": reference})) for reference in proved),
        ]
