"""What rows of an intake are compared with: pages that are there, their drafts, and earlier rows of the same piece."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision, WorkflowState

from pagekit.models import source_language
from recommendations.choices import Cell, Implementation, LinkKind
from recommendations.models import (
    Assignment,
    Intake,
    IntakeRow,
    PageIdentifier,
    Recommendation,
    RecommendationPage,
    Wording,
)
from recommendations.rules.proposals import folded
from recommendations.services.publication import resolve_references
from recommendations.transfer.said import PROSE, plain

RELATIONS = (
    "addressees",
    "themes",
    "affected_groups",
    "places",
    "tagged_items__tag",
    "identifiers",
    "proposals",
    "links__target",
)
InFile = Callable[[str], tuple[Any, str] | None]
"""For a name as it may stand in a column of links, the key and the external id of the row of the file that bears it."""


class Around:
    """What the rows of one lot have to be compared with, read in a number of queries that no lot changes."""

    def __init__(self, intake: Intake, rows: Sequence[IntakeRow], in_file: InFile) -> None:
        self.intake, self.in_file = intake, in_file
        self.twins = twins_of(intake, (row.external_id for row in rows))
        self.keys = known_keys({name for row in rows for name in named(row)})
        wanted = {row.key for row in rows} | {twin.made_key for twin in self.twins.values()} | {*self.keys.values()}
        pages = RecommendationPage.objects.sources().filter(translation_key__in=wanted)
        if intake.is_sheet:
            pages = pages.prefetch_related(*RELATIONS)
        self.pages = {page.translation_key: page for page in pages}
        # A draft that somebody deleted is as if it had never been made.
        self.twins = {name: twin for name, twin in self.twins.items() if twin.made_key in self.pages}
        self.links = self._links(rows)
        self.by_language: dict[str, dict[Any, Any]] = {}

    def page_of(self, row: IntakeRow, twin: IntakeRow | None) -> RecommendationPage | None:
        """What the row means; None for something new, and where its reference names nothing."""
        reference = row.cells.get(Cell.REFERENCE)
        if reference and reference not in self.keys:
            return None
        if twin is not None:
            return self.pages.get(twin.made_key)
        return next((self.pages[self.keys[name]] for name in named(row) if self.keys.get(name) in self.pages), None)

    def _links(self, rows: Sequence[IntakeRow]) -> dict[str, Any]:
        """By its name in a cell, the key of another recommendation: of the site, else of this file."""
        wanted = {name for row in rows for kind in LinkKind for name in row.cells.get(kind.value, ()) if name}
        if not wanted:
            return {}
        found = known_keys(wanted)
        in_file = {name: row for name in wanted - found.keys() if (row := self.in_file(folded(name)))}
        twins = twins_of(self.intake, (external_id for _key, external_id in in_file.values()))
        for name, (key, external_id) in in_file.items():
            found[name] = twins[external_id].made_key if external_id in twins else key
        return found

    @cached_property
    def _facts(self) -> dict[int, Any]:
        rows = Recommendation.objects.filter(translation_key__in=self.pages).values_list("pk", "translation_key")
        return dict(rows)

    @cached_property
    def opened(self) -> dict[Any, frozenset[int]]:
        """By key, the bodies that the follow-up added; they stand on no page."""
        found: dict[Any, set[int]] = defaultdict(set)
        rows = Assignment.objects.filter(recommendation__in=self._facts)
        for pk, body in rows.exclude(member_of=None, named_by=None).values_list("recommendation", "organisation"):
            found[self._facts[pk]].add(body)
        return {key: frozenset(bodies) for key, bodies in found.items()}

    @cached_property
    def _statuses(self) -> dict[Any, dict[int, str]]:
        """By key, how far each body is by the log."""
        found: dict[Any, dict[int, str]] = defaultdict(dict)
        rows = Assignment.objects.filter(recommendation__in=self._facts)
        for pk, body, status in rows.values_list("recommendation", "organisation", "implementation"):
            found[self._facts[pk]][body] = status
        return found

    def status_differs(self, page: RecommendationPage, statuses: Mapping[int, tuple[str, str]]) -> str:
        """Why a status is not taken over into what is published: the log says otherwise. Empty where it does not."""
        by_log = self._statuses.get(page.translation_key, {}) if statuses else {}
        for body, (code, name) in statuses.items():
            if code not in ("", Implementation.NO_INFORMATION) and code != by_log.get(body, code):
                told = _("The log says “%(now)s”, the file “%(name)s”. A status changes by an entry in the follow-up.")
                return told % {"now": Implementation(by_log[body]).label, "name": name[:60]}
        return ""

    @cached_property
    def versions(self) -> dict[Any, int]:
        rows = Wording.objects.filter(recommendation__in=self._facts, language=source_language()).order_by("number")
        return {self._facts[pk]: number for pk, number in rows.values_list("recommendation", "number")}

    @cached_property
    def in_workflow(self) -> set[int]:
        numbers = [str(page.pk) for page in self.pages.values() if page.has_unpublished_changes]
        page_type = ContentType.objects.get_for_model(Page)
        states = WorkflowState.objects.active().filter(base_content_type=page_type, object_id__in=numbers)
        return {int(number) for number in states.values_list("object_id", flat=True)}

    @cached_property
    def _drafts(self) -> dict[int, Revision]:
        wanted = [page.latest_revision_id for page in self.pages.values() if page.has_unpublished_changes]
        return Revision.objects.in_bulk([pk for pk in wanted if pk])

    def latest(self, page: Any) -> Any:
        """The page as its newest draft has it."""
        draft = self._drafts.get(page.latest_revision_id)
        return page if draft is None else draft.as_object()

    def prose_differs(self, page: RecommendationPage, values: Mapping[str, Any], language: str) -> str:
        """The first field of a translation that is not as the row has it; "language" where there is none."""
        found = self._translations(language).get(page.translation_key)
        if found is None:
            return str(Cell.LANGUAGE)
        return next((n for n in PROSE if n in values and plain(values[n]) != plain(getattr(found, n))), "")

    def _translations(self, language: str) -> dict[Any, Any]:
        if language not in self.by_language:
            pages = RecommendationPage.objects.in_language(language).live().filter(translation_key__in=self.pages)
            self.by_language[language] = {page.translation_key: page for page in pages}
        return self.by_language[language]


def named(row: IntakeRow) -> Iterator[str]:
    """By what the row may name a recommendation that is there: its reference first."""
    if reference := row.cells.get(Cell.REFERENCE):
        yield reference
    yield from filter(None, row.cells.get(Cell.IDENTIFIER, ()))


def known_keys(names: set[str]) -> dict[str, Any]:
    """By reference, alias or other identifier, the key of the recommendation that is there, published or a draft."""
    if not names:
        return {}
    drafts = PageIdentifier.objects.filter(identifier__in=names, page__locale__language_code=source_language())
    found: dict[str, Any] = dict(drafts.values_list("identifier", "page__translation_key"))
    return found | {name: fact.translation_key for name, fact in resolve_references(names).items()}


def twins_of(intake: Intake, external_ids: Iterable[str]) -> dict[str, IntakeRow]:
    """By external id, the row of an earlier intake for this issuer that made or changed a page from the same piece."""
    earlier = IntakeRow.objects.filter(intake__page=intake.page, external_id__in=list(external_ids))
    found = {}
    for row in earlier.exclude(intake=intake).select_related("joined_into", "intake").order_by("drafted_at", "pk"):
        made = row.joined_into or row
        if made.drafted_at:
            found[row.external_id] = made
    return found
