"""Everything a reader sees of one recommendation, read in a number of queries that no length of its lists changes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import CharField, Exists, F, IntegerField, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from forums.models import Forum, ForumPage, WorkingGroup, WorkingGroupPage
from pagekit.models import AbstractFact, ContentPageQuerySet, source_language
from recommendations.choices import LinkKind
from recommendations.models.assignment import Assignment
from recommendations.models.editorial import EditorialAct
from recommendations.models.follow_up import Evidence, FollowUp
from recommendations.models.narrowing import Narrowing
from recommendations.models.page import RecommendationPage
from recommendations.models.recommendation import Recommendation, RecommendationLink
from recommendations.models.stage import ChosenRecommendation, chosen_of
from recommendations.models.wording import Wording
from recommendations.rules import Moment, summary_of
from taxonomy.choices import Level
from taxonomy.models import AffectedGroup, Place, Tag, Theme

LABELS = ("label_pl", "label_en", "label_uk", "label_ru")
VOCABULARIES: dict[str, type[Theme | AffectedGroup | Place]] = {
    "themes": Theme, "affected_groups": AffectedGroup, "places": Place,
}  # fmt: skip
# Themes and levels have an order of their own; the others stand by their labels.
LAST = Value(0, IntegerField())

LINKED_FROM = {
    LinkKind.REPEATS: _("is repeated by"),
    LinkKind.NARROWS: _("is narrowed by"),
    LinkKind.SPLITS: _("is split by"),
    LinkKind.MERGES: _("is merged by"),
    LinkKind.SUPERSEDES: _("is superseded by"),
}
# What took the place of this one, in the order in which it is said above the wording.
REPLACED = {
    LinkKind.SPLITS: _("This recommendation was split. Its parts:"),
    LinkKind.MERGES: _("This recommendation was merged into another:"),
    LinkKind.SUPERSEDES: _("This recommendation was superseded. In its place stands:"),
}
FACT_FIELDS = (
    "source_kind", "wording_kind", "source_title", "source_url", "source_locator",
    "starts_on", "ends_on", "precision", "date_words",
)  # fmt: skip


@dataclass(frozen=True)
class Related:
    """Another recommendation and how this one stands to it, in words."""

    relation: Any
    recommendation: Recommendation
    kind: str
    # Whether the other one names this one, and not this one the other.
    is_incoming: bool = False


@dataclass
class Record:
    """A recommendation and all that belongs to it; ``fact`` is an unsaved row while nothing was published."""

    page: RecommendationPage
    fact: Recommendation
    # Published wordings in the language of the page, newest first.
    wordings: list[Wording] = field(default_factory=list)
    # The newest wording of what this page translates; None for a source, whose newest stands above.
    original: Wording | None = None
    assignments: list[Assignment] = field(default_factory=list)
    # Newest first; each has ``public_assessments``, and each of those, like the entry, its evidence as ``pieces``.
    entries: list[FollowUp] = field(default_factory=list)
    themes: list[Theme] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    affected_groups: list[AffectedGroup] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)
    # Where it was ever chosen to be carried out; each has ``choice`` and ``actions``.
    chosen: list[ChosenRecommendation] = field(default_factory=list)
    document: Any = None
    # None where readers may not see it.
    issuer_page: Page | None = None
    # The past day as on which all this stands (recommendations.services.past); None: today.
    moment: Moment | None = None
    # Whether it had been issued by then.
    is_issued: bool = True

    @property
    def wording(self) -> Wording | None:
        """The newest published wording in the language of the page."""
        return self.wordings[0] if self.wordings else None

    @cached_property
    def archived(self) -> EditorialAct | None:
        """The act that put it into the archive; no query for what was never there."""
        return self.fact.editorial_acts.first() if self.fact.is_archived else None

    @property
    def narrowing(self) -> Narrowing:
        """What the files, the feed and the calendar of this recommendation ask for."""
        return Narrowing(reference=self.fact.reference)

    @property
    def is_restated(self) -> bool:
        return self.fact.wording_kind == "restated"

    @property
    def is_translated(self) -> bool:
        return not self.page.is_source

    @property
    def carried_out_in(self) -> list[ChosenRecommendation]:
        """Where its choice stands, and was not taken back as a mistake."""
        return [one for one in self.chosen if one.is_standing]

    @property
    def replaced_by(self) -> list[tuple[Any, list[Recommendation]]]:
        """In words what became of this one, each with the visible recommendations that it became."""
        became = [
            (words, [link.recommendation for link in self.related if link.is_incoming and link.kind == kind])
            for kind, words in REPLACED.items()
        ]
        return [(words, found) for words, found in became if found]

    @property
    def is_asked_again(self) -> bool:
        """Whether it has a page of its thread: it repeats another that readers may see, or is repeated by one."""
        return any(link.kind == LinkKind.REPEATS for link in self.related)


def record_of(page: RecommendationPage, *, is_preview: bool = False, above: Sequence[Page] = ()) -> Record:
    """What readers see on this page: the published fact, or the rows of the source page's draft.

    The draft is shown in a preview of the source page, and wherever nothing was published yet. ``above`` are
    the visible pages over this one, if they were read already: the issuer is mostly among them.
    """
    fact, wordings, original = fact_of(page)
    if fact is not None and not (is_preview and page.is_source):
        record = published_record(page, fact)
    else:
        record = draft_record(page, fact)
    record.fact.steps = summary_of(row.as_row for row in record.assignments).counts
    record.wordings, record.original = wordings, original
    # Known from the wordings: most recommendations were never chosen, and need no query to say so.
    if fact is not None and (not wordings or wordings[0].is_chosen):
        record.chosen = chosen_of(fact)
    issuers = issuers_of(fact) if fact else []
    attach_visible(
        [*issuers, *(related.recommendation for related in record.related)], page.locale.language_code, above
    )
    record.related = [related for related in record.related if related.recommendation.page]
    if fact is not None:
        record.issuer_page = fact.issuer.page
    elif above and issubclass(above[-1].specific_class, (ForumPage, WorkingGroupPage)):
        record.issuer_page = above[-1]
    if not record.fact.source_url:
        # Only the page knows the uploaded document.
        source = page.source_page()
        record.document = source.source_document if source else None
    return record


def fact_of(page: RecommendationPage) -> tuple[Recommendation | None, list[Wording], Wording | None]:
    """The fact of a page, the wordings published in its language, newest first, and the newest of its original."""
    language = page.locale.language_code
    found = list(
        Wording.objects.filter(
            recommendation__translation_key=page.translation_key, language__in={language, source_language()}
        )
        .select_related("recommendation__forum", "recommendation__working_group__forum")
        .annotate(is_chosen=Exists(ChosenRecommendation.objects.filter(recommendation=OuterRef("recommendation"))))
        .order_by("-number")
    )
    wordings = [one for one in found if one.language == language]
    original = next((one for one in found if one.language != language), None)
    if wordings:
        return wordings[0].recommendation, wordings, original
    facts = Recommendation.objects.select_related("forum", "working_group__forum")
    return facts.filter(translation_key=page.translation_key).first(), [], original


def issuers_of(fact: Recommendation) -> list[Forum | WorkingGroup]:
    group = fact.working_group
    return [issuer for issuer in (fact.forum, group, group.forum if group else None) if issuer]


def attach_visible(facts: Sequence[AbstractFact], language: str, above: Sequence[Page]) -> None:
    """Set ``page`` on facts of any kind, title and address only: from the pages above, else all in one query.

    As ``attach_pages`` does for one kind: the visible page in ``language``, else the visible source, else None.
    """
    pages = {one.translation_key: {one.locale.language_code: one} for one in above}
    missing = [fact.translation_key for fact in facts if fact.translation_key not in pages]
    if missing:
        visible = ContentPageQuerySet(Page).visible_to().filter(translation_key__in=missing)
        for one in visible.in_language(language, source_language()).select_related("locale"):
            pages.setdefault(one.translation_key, {})[one.locale.language_code] = one
    for fact in facts:
        found = pages.get(fact.translation_key, {})
        source = found.get(source_language())
        # What stands above was asked for with its source; elsewhere a translation is hidden with its source.
        fact.page = found.get(language, source) if source or fact.translation_key not in missing else None


def published_record(page: RecommendationPage, fact: Recommendation) -> Record:
    words = words_of(fact)
    return Record(
        page=page,
        fact=fact,
        assignments=assignments_of(fact),
        entries=entries_of(fact),
        themes=words["themes"],
        tags=words["tags"],
        affected_groups=words["affected_groups"],
        places=words["places"],
        levels=words["levels"],
        related=related_to(fact),
    )


def draft_record(page: RecommendationPage, fact: Recommendation | None) -> Record:
    """The record as the rows of the source page's draft would make it; the log is that of the fact."""
    source = page if page.is_source else page.source_page() or page
    draft = Recommendation(
        reference=fact.reference if fact else "",
        translation_key=page.translation_key,
        **{name: getattr(source, name) for name in FACT_FIELDS},
    )
    if fact:
        draft.pk, draft.forum, draft.working_group, draft.badge = fact.pk, fact.forum, fact.working_group, fact.badge
    return Record(
        page=page,
        fact=draft,
        assignments=drafted_assignments(source, fact),
        entries=entries_of(fact) if fact else [],
        themes=list(source.themes.all()),
        tags=list(source.tags.all()),
        affected_groups=list(source.affected_groups.all()),
        places=list(source.places.all()),
        levels=source.levels,
        related=[
            Related(link.get_kind_display(), link.target, link.kind) for link in source.links.all() if link.target
        ],
    )


def assignments_of(fact: Recommendation) -> list[Assignment]:
    rows = fact.assignments.select_related("organisation", "taken_over_by", "member_of__organisation")
    return list(rows.order_by("role", "number"))


def drafted_assignments(source: RecommendationPage, fact: Recommendation | None) -> list[Assignment]:
    """Whom the draft asks, with what the log already says about each, and then the members of classes."""
    known = {row.organisation_id: row for row in (assignments_of(fact) if fact else [])}
    found = []
    for number, row in enumerate(source.addressees.all(), 1):
        assignment = known.pop(row.organisation_id, None) or Assignment(organisation=row.organisation, number=number)
        assignment.role, assignment.words, assignment.note = row.role, row.words, row.note
        found.append(assignment)
    return [*found, *(row for row in known.values() if row.member_of_id)]


def entries_of(fact: Recommendation) -> list[FollowUp]:
    """The log, newest first; assessments only from the day on which they are public. Three queries."""
    entries = list(
        FollowUp.objects.filter(assignment__recommendation=fact)
        .newest_first()
        .select_related("assignment__organisation", "declared_by", "competent_body", "superseded_by")
        .annotate(names_successor=Exists(Recommendation.objects.visible_to().filter(pk=OuterRef("superseded_by"))))
        .with_public_assessments()
    )
    for entry in entries:
        # What readers may not see is not named either; the entry itself is never written.
        entry.superseded_by = entry.superseded_by if entry.names_successor else None
    assessments = [assessment for entry in entries for assessment in entry.public_assessments]
    of_entry: dict[int, list[Evidence]] = defaultdict(list)
    of_assessment: dict[int, list[Evidence]] = defaultdict(list)
    if entries:
        given = Evidence.objects.filter(Q(follow_up__in=entries) | Q(assessment__in=assessments))
        for piece in given.select_related("document").order_by("id"):
            if piece.follow_up_id is not None:
                of_entry[piece.follow_up_id].append(piece)
            elif piece.assessment_id is not None:
                of_assessment[piece.assessment_id].append(piece)
    for entry in entries:
        entry.pieces = of_entry[entry.pk]
    for assessment in assessments:
        assessment.pieces = of_assessment[assessment.pk]
    return entries


def words_of(fact: Recommendation) -> dict[str, list[Any]]:
    """Themes, tags, affected groups, places and levels in one query: five would be a quarter of a page's budget.

    The rows of vocabularies are unsaved: they carry code and labels only.
    """

    def rows(words: Any, name: str, code: str = "code", order: Any = LAST, **labels: Any) -> Any:
        columns = {language: labels.get(language, F(language)) for language in LABELS}
        return words.order_by().values_list(Value(name, CharField()), F(code), order, *columns.values())

    found = rows(fact.themes, "themes", order=F("position")).union(
        rows(fact.tags.all(), "tags", "slug", label_pl=F("name")),
        rows(fact.affected_groups, "affected_groups"),
        rows(fact.places, "places"),
        rows(fact.levels, "levels", "level", order=F("pk"), **dict.fromkeys(LABELS, Value("", CharField()))),
        all=True,
    )
    words: dict[str, list[Any]] = defaultdict(list)
    for name, code, _order, *labels in sorted(found, key=lambda row: (row[0], row[2], row[3])):
        if name == "levels":
            words[name].append(Level(code))
        elif name == "tags":
            words[name].append(Tag(slug=code, name=labels[0], **dict(zip(LABELS[1:], labels[1:], strict=True))))
        else:
            words[name].append(VOCABULARIES[name](code=code, **dict(zip(LABELS, labels, strict=True))))
    return words


def related_to(fact: Recommendation) -> list[Related]:
    """Links both ways: what this one repeats, narrows ... and what repeats, narrows ... it."""
    links = (
        RecommendationLink.objects.filter(Q(source=fact) | Q(target=fact))
        .select_related("source", "target")
        .order_by("kind", "id")
    )
    return [
        Related(link.get_kind_display(), link.target, link.kind)
        if link.source_id == fact.pk
        else Related(LINKED_FROM[LinkKind(link.kind)], link.source, link.kind, is_incoming=True)
        for link in links
    ]
