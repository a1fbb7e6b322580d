"""From keys to what a reader sees: texts of the database with true matches marked, loaded once more as readers may."""

import heapq
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.db.models import F, Q
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from wagtail.models import Page

from pagekit.models import CustomDocument, attach_pages, source_language
from pagekit.referrers import unrestricted
from recommendations import rules
from recommendations.models import Assignment, FollowUp, Recommendation, StageEntry
from search.documents.assembly import plain
from search.documents.attachment import Attachment, attachments
from search.documents.issuer import issuer_value, texts_of
from search.documents.layers import STAGE, Layer, layers_of
from search.highlight import Look, Reader
from search.labels import Issuers
from search.passages import Hints, Patience, Text, best
from search.query import SearchQuery
from search.tree import Tree
from taxonomy.models import Organisation, Theme

logger = logging.getLogger(__name__)

MOST_PAGES = 8
"""Pages of one file that are read word by word at most."""

MOST_ATTACHED_TO = 3
ANCHORS = {"rationale": "rationale", "subject": "subject", "source": "origin"}
"""Where on the page of a recommendation the layers stand that are no entry of its log."""

KIND_WORDS: Mapping[str, Any] = {
    "recommendation": gettext_lazy("Recommendation"),
    "organisation": gettext_lazy("Institution"),
    "theme": gettext_lazy("Theme"),
    "document": gettext_lazy("Attached file"),
}

FACE = 1_000
"""Characters of a file's first page that are looked at for what to show of it."""


class FilePage(NamedTuple):
    number: int
    text: str


@dataclass(frozen=True)
class Found:
    """What was loaded for the keys of one page: facts by subject, before their pages are attached."""

    subjects: Sequence[str]
    language: str
    recommendations: dict[str, Recommendation]
    addressees: dict[int, list[str]]
    # Recommendations of which anything is known, be it without a date.
    informed: frozenset[int]
    organisations: dict[str, Organisation]
    themes: dict[str, Theme]
    files: dict[str, Attachment]
    pages: dict[int, list[FilePage]]
    # Logs, loaded when the first passage is looked for, once for all subjects.
    logs: dict[str, Any] = field(default_factory=dict)

    def split(self, at: int) -> tuple["Found", "Found"]:
        """The first so many subjects, and the others, over what was loaded for all."""
        return replace(self, subjects=self.subjects[:at]), replace(self, subjects=self.subjects[at:])

    @property
    def own(self) -> set[str]:
        """The facet values of the forums and groups that are hits themselves."""
        return {f"{s[0]}{s.partition(':')[2]}" for s in self.subjects if s.startswith(("forum:", "group:"))}

    @property
    def issuers(self) -> set[str]:
        """The facet values of the issuers to name: those that are hits and those that issued one."""
        return self.own | {_issuer_of(fact) for fact in self.recommendations.values()}

    def layers(self, fact: Recommendation) -> Sequence[Layer]:
        """The log of a recommendation among these; one query for all of them."""
        if "layers" not in self.logs:
            pks = [each.pk for each in self.recommendations.values()]
            self.logs["layers"] = layers_of(pks, labels_in=self.language)
        return self.logs["layers"].get(fact.pk, ())


@dataclass(frozen=True)
class Passage:
    """Words of a hit that are not on its face, with the place where they stand.

    name    "rationale", "subject", "source", or a layer of the log or a stage: "log", "evidence", "assessment", "stage"
    entry   the entry in which, or beside which, they stand
    """

    name: str
    text: SafeString
    language: str
    url: str
    entry: FollowUp | StageEntry | None = None


@dataclass(frozen=True)
class Item:
    """One hit as it is printed. `language` is that of its text, `issuer` the title of who issued it.

    said_in      the language of the excerpt, where it is not that of the title
    is_informed  whether anything is known of the state of a recommendation, be it without a date
    passages     where else it answers the question, if its face does not answer all of it
    page         of a file: the page that the excerpt is from and that the address opens
    attached_to  of a file: (title, address) of public pages
    """

    kind: str
    url: str
    title: SafeString
    language: str
    excerpt: SafeString | str = ""
    said_in: str = ""
    fact: Any = None
    issuer: str = ""
    addressees: Sequence[str] = ()
    is_informed: bool = False
    passages: Sequence[Passage] = ()
    page: int | None = None
    attached_to: Sequence[tuple[str, str]] = ()

    @property
    def kind_words(self) -> str:
        """What the reader calls such a thing; of forums and groups their own kind."""
        return str(KIND_WORDS.get(self.kind) or self.fact.get_kind_display())


NO_WORDS = Tree()


def find(keys: Iterable[str], language: str, tree: Tree = NO_WORDS) -> Found:
    """Load what these keys name, with the pages readers of this language see, and of files what may answer `tree`."""
    subjects = [key.rpartition(":")[0] for key in keys]
    recommendations = {
        f"recommendation:{fact.pk}": fact
        for fact in Recommendation.objects.filter(pk__in=_pks(subjects, "recommendation"))
    }
    attach_pages(recommendations.values(), language, only=("text", "rationale"))
    addressees, informed = _addressees(recommendations.values(), language)
    organisations, themes = _pks(subjects, "organisation"), _pks(subjects, "theme")
    pks = _pks(subjects, "document")
    documents, pages = _files(pks, tree) if pks else ([], {})
    return Found(
        subjects,
        language,
        recommendations,
        addressees,
        informed,
        {f"organisation:{row.pk}": row for row in _current(Organisation, organisations).prefetch_related("names")}
        if organisations
        else {},
        {f"theme:{row.pk}": row for row in _current(Theme, themes)} if themes else {},
        {f"document:{file.document.pk}": file for file in attachments(documents)},
        pages,
    )


def _addressees(facts: Iterable[Recommendation], language: str) -> tuple[dict[int, list[str]], frozenset[int]]:
    """What those are called whom each of these asks, in their order, and of which anything is known; one query.

    What a mixed badge is mixed of (``fact.steps``) stands in the same rows.
    """
    found: dict[int, list[str]] = {}
    informed: set[int] = set()
    stand: dict[int, list[rules.Row]] = defaultdict(list)
    rows = Assignment.objects.filter(is_withdrawn=False, recommendation__in=[fact.pk for fact in facts])
    labels = (f"organisation__label_{language}", f"organisation__label_{source_language()}")
    state = ("position", "role", "implementation", "is_confirmed", "closure")
    for pk, label, polish, position, *standing in rows.values_list("recommendation", *labels, *state):
        row = rules.Row(*standing)
        found.setdefault(pk, []).append(label or polish)
        stand[pk].append(row)
        if rules.is_informed(position, row.implementation, row.closure):
            informed.add(pk)
    for fact in facts:
        fact.steps = rules.summary_of(stand[fact.pk]).counts
    return found, frozenset(informed)


def _issuer_of(fact: Recommendation) -> str:
    """The facet value of who issued it, told by the key alone."""
    return f"g{fact.working_group_id}" if fact.working_group_id else f"f{fact.forum_id}"


def _current(model: Any, pks: Iterable[int]) -> Any:
    return model.objects.current().filter(pk__in=pks)


def _files(pks: Collection[int], tree: Tree) -> tuple[list[CustomDocument], dict[int, list[FilePage]]]:
    """The files, of which some may be hidden, each with the pages that promise to answer the question; one query."""
    hints = Hints(tree)
    documents: dict[int, CustomDocument] = {}
    kept: dict[int, list[tuple[int, int, str]]] = {}
    rows = unrestricted(pks).annotate(number=F("texts__number"), page_text=F("texts__text"))
    if not hints.groups:
        rows = rows.filter(Q(texts=None) | Q(texts__number__lte=MOST_PAGES))
    # Read row by row: reports are long, and only few of their pages are kept.
    for row in rows.order_by("pk", "texts__number").iterator(chunk_size=100):
        documents.setdefault(row.pk, row)
        best_ones = kept.setdefault(row.pk, [])
        if row.number is None:
            continue
        entry = (len(hints.promised(row.page_text)), -row.number, row.page_text)
        if len(best_ones) < MOST_PAGES:
            heapq.heappush(best_ones, entry)
        else:
            heapq.heappushpop(best_ones, entry)
    return list(documents.values()), {
        pk: [FilePage(-number, text) for _promised, number, text in sorted(entries, reverse=True)]
        for pk, entries in kept.items()
    }


def _pks(subjects: Iterable[str], kind: str) -> list[int]:
    return [int(subject.partition(":")[2]) for subject in subjects if subject.startswith(f"{kind}:")]


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

    def recommendation(self, fact: Any) -> Item | None:
        if fact is None or fact.page is None:
            return None
        page = fact.page
        language = page.locale.language_code
        issuer = self.issuers.get(_issuer_of(fact))
        issued_by = issuer.page.title if issuer and issuer.page else ""
        addressees: Sequence[str] = self.found.addressees.get(fact.pk, ())
        title, wording = self.look(page.title, language), self.look(page.text, language)
        missing = self.asked - title.groups - wording.groups
        if missing:
            # What stands on the face of the hit anyway needs no passage, only its marks.
            face = [self.look(text, self.query.language) for text in (fact.reference, issued_by, *addressees)]
            missing = missing.difference(*(seen.groups for seen in face))
            issued_by, *addressees = (seen.whole() for seen in face[1:])
        return Item(
            kind="recommendation",
            url=page.url or "",
            title=title.whole(),
            language=language,
            excerpt=wording.excerpt(),
            fact=fact,
            issuer=issued_by,
            addressees=addressees,
            is_informed=fact.pk in self.found.informed,
            passages=self.passages(fact, missing) if missing else (),
        )

    def passages(self, fact: Any, missing: frozenset[int]) -> list[Passage]:
        """Where else a recommendation answers what its face does not: the one place that answers most of it."""
        page = fact.page
        layers = [
            Layer("rationale", plain(page.rationale), page.locale.language_code),
            *self.found.layers(fact),
            Layer("source", fact.source_title, source_language()),
        ]
        place = best([Text(layer.text, layer.language) for layer in layers], self.reader, missing, self.patience)
        if place is None:
            return []
        number, seen = place
        layer = layers[number]
        prefix = "stage-entry" if layer.name == STAGE else "entry"
        anchor = f"{prefix}-{layer.entry.pk}" if layer.entry else ANCHORS[layer.name]
        return [Passage(layer.name, seen.excerpt(), layer.language, f"{page.url}#{anchor}", layer.entry)]

    def issuer(self, kind: str, fact: Any) -> Item | None:
        if fact is None or fact.page is None:
            return None
        page = fact.page
        language = page.locale.language_code
        above = self.issuers.get(issuer_value(fact)) if kind == "group" else None
        text = "\n".join(filter(None, [page.lead, *texts_of(page)]))
        return Item(
            kind=kind,
            url=page.url or "",
            title=self.look(page.title, language).whole(),
            language=language,
            excerpt=self.look(text, language).excerpt(),
            fact=fact,
            issuer=above.page.title if above is not None and above is not fact and above.page else "",
        )

    def organisation(self, row: Organisation | None) -> Item | None:
        if row is None:
            return None
        names = " · ".join(str(name) for name in row.names.all())
        return Item(
            kind="organisation",
            url=reverse("organisation", kwargs={"code": row.code}),
            title=self.look(row.label_in(self.query.language), self.query.language).whole(),
            language=self.query.language,
            excerpt=self.look(names, "pl").excerpt(),
            fact=row,
        )

    def theme(self, row: Theme | None) -> Item | None:
        if row is None:
            return None
        return Item(
            kind="theme",
            url=reverse("theme", kwargs={"code": row.code}),
            title=self.look(row.label_in(self.query.language), self.query.language).whole(),
            language=self.query.language,
            excerpt=self.look(row.definition_pl, "pl").excerpt(),
            said_in="pl",
            fact=row,
        )

    def file(self, file: Attachment | None) -> Item | None:
        if file is None:
            return None
        title = self.look(file.titles[0], "pl")
        pages = self.found.pages.get(file.document.pk, [])
        missing = self.asked - title.groups or self.asked
        place = best([Text(page.text, "pl") for page in pages], self.reader, missing, self.patience)
        number = pages[place[0]].number if place else None
        if place:
            said = place[1]
        else:
            # Where no page says more than the title does, the first one tells what the file is.
            first = min(pages, key=lambda page: page.number, default=None)
            said = self.look(first.text[:FACE] if first else "", "pl")
        return Item(
            kind="document",
            url=file.document.page_url(number),
            title=title.whole(),
            language=self.query.language,
            excerpt=said.excerpt(),
            fact=file.document,
            page=number,
            attached_to=self.attached_to(file)[:MOST_ATTACHED_TO],
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
