"""Everything a reader sees of one recommendation, read in a number of queries that no length of its lists changes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, F, IntegerField, Prefetch, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from forums.models import ForumPage, WorkingGroupPage
from pagekit.models import attach_pages
from recommendations.choices import LinkKind
from recommendations.models.assignment import Assignment
from recommendations.models.follow_up import Assessment, Evidence, FollowUp
from recommendations.models.lists import attach_issuer_pages
from recommendations.models.page import RecommendationPage
from recommendations.models.recommendation import Recommendation, RecommendationLink
from recommendations.models.wording import Wording
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
FACT_FIELDS = (
    "source_kind", "wording_kind", "source_title", "source_url", "source_locator",
    "starts_on", "ends_on", "precision", "date_words",
)  # fmt: skip


@dataclass(frozen=True)
class Related:
    """Another recommendation and how this one stands to it, in words."""

    relation: Any
    recommendation: Recommendation


@dataclass
class Record:
    """A recommendation and all that belongs to it; ``fact`` is an unsaved row while nothing was published."""

    page: RecommendationPage
    fact: Recommendation
    # Published wordings in the language of the page, newest first.
    wordings: list[Wording] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    # Newest first; each has ``public_assessments``, and each of those, like the entry, its evidence as ``pieces``.
    entries: list[FollowUp] = field(default_factory=list)
    themes: list[Theme] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    affected_groups: list[AffectedGroup] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)
    document: Any = None
    # None where readers may not see it.
    issuer_page: Page | None = None

    @property
    def wording(self) -> Wording | None:
        """The newest published wording in the language of the page."""
        return self.wordings[0] if self.wordings else None

    @property
    def is_restated(self) -> bool:
        return self.fact.wording_kind == "restated"


def record_of(page: RecommendationPage, *, is_preview: bool = False, above: Sequence[Page] = ()) -> Record:
    """What readers see on this page: the published fact, or the rows of the source page's draft.

    The draft is shown in a preview of the source page, and wherever nothing was published yet. ``above`` are
    the visible pages over this one, if they were read already: the issuer is mostly among them.
    """
    fact = (
        Recommendation.objects.select_related("forum", "working_group__forum")
        .filter(translation_key=page.translation_key)
        .first()
    )
    if fact is not None and not (is_preview and page.is_source):
        record = published_record(page, fact)
    else:
        record = draft_record(page, fact)
    if fact is not None:
        attach_issuer(fact, page, above)
        record.issuer_page = fact.issuer.page
    elif above and issubclass(above[-1].specific_class, (ForumPage, WorkingGroupPage)):
        record.issuer_page = above[-1]
    attach_pages([related.recommendation for related in record.related], page.locale.language_code)
    record.related = [related for related in record.related if related.recommendation.page]
    if not record.fact.source_url:
        # Only the page knows the uploaded document.
        source = page.source_page()
        record.document = source.source_document if source else None
    return record


def attach_issuer(fact: Recommendation, page: RecommendationPage, above: Sequence[Page]) -> None:
    """Set ``page`` on the issuer, and on the forum of a group: from the pages above, else from the database."""
    pages = {one.translation_key: one for one in above}
    group = fact.working_group
    facts = [one for one in (fact.forum, group, group.forum if group else None) if one]
    if all(one.translation_key in pages for one in facts):
        for one in facts:
            one.page = pages[one.translation_key]
    else:
        attach_issuer_pages([fact], page.locale.language_code)


def published_record(page: RecommendationPage, fact: Recommendation) -> Record:
    words = words_of(fact)
    return Record(
        page=page,
        fact=fact,
        wordings=list(fact.wordings.filter(language=page.locale.language_code).order_by("-number")),
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
        wordings=list(fact.wordings.filter(language=page.locale.language_code).order_by("-number")) if fact else [],
        assignments=drafted_assignments(source, fact),
        entries=entries_of(fact) if fact else [],
        themes=list(source.themes.all()),
        tags=list(source.tags.all()),
        affected_groups=list(source.affected_groups.all()),
        places=list(source.places.all()),
        levels=source.levels,
        related=[Related(link.get_kind_display(), link.target) for link in source.links.all()],
    )


def assignments_of(fact: Recommendation) -> list[Assignment]:
    return list(fact.assignments.select_related("organisation", "member_of__organisation").order_by("role", "number"))


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
    public = Assessment.objects.filter(public_from__lte=timezone.localdate()).order_by("-assessed_on", "-id")
    entries = list(
        FollowUp.objects.filter(assignment__recommendation=fact)
        .newest_first()
        .select_related("assignment__organisation", "declared_by", "competent_body")
        .prefetch_related(Prefetch("assessments", public, "public_assessments"))
    )
    assessments = [assessment for entry in entries for assessment in entry.public_assessments]
    of_entry: dict[int, list[Evidence]] = defaultdict(list)
    of_assessment: dict[int, list[Evidence]] = defaultdict(list)
    if entries:
        given = Evidence.objects.filter(Q(follow_up__in=entries) | Q(assessment__in=assessments))
        for piece in given.select_related("document").order_by("id"):
            if piece.follow_up_id:
                of_entry[piece.follow_up_id].append(piece)
            else:
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
    for name, code, order, *labels in sorted(found, key=lambda row: (row[0], row[2], row[3])):
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
        Related(link.get_kind_display(), link.target)
        if link.source_id == fact.pk
        else Related(LINKED_FROM[LinkKind(link.kind)], link.source)
        for link in links
    ]
