"""What the keys of one page name: the rows of the database behind them, read once more as readers may."""

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.db.models import F, Q

from pagekit.models import CustomDocument, attach_pages, source_language
from pagekit.referrers import unrestricted
from recommendations import rules
from recommendations.models import Assignment, Recommendation
from search.documents.attachment import Attachment, attachments
from search.documents.layers import Layer, layers_of
from search.engines.keys import subject_in
from search.passages import Hints
from search.tree import Tree
from taxonomy.models import Organisation, Theme

MOST_PAGES = 8
"""Pages of one file that are read word by word at most."""


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
        return self.own | {issuer_of(fact) for fact in self.recommendations.values()}

    def layers(self, fact: Recommendation) -> Sequence[Layer]:
        """The log of a recommendation among these; one query for all of them."""
        if "layers" not in self.logs:
            pks = [each.pk for each in self.recommendations.values()]
            self.logs["layers"] = layers_of(pks)
        return self.logs["layers"].get(fact.pk, ())


NO_WORDS = Tree()


def find(keys: Iterable[str], language: str, tree: Tree = NO_WORDS) -> Found:
    """Load what these keys name, with the pages readers of this language see, and of files what may answer `tree`."""
    subjects = [subject_in(key) for key in keys]
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


def issuer_of(fact: Recommendation) -> str:
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
