"""The append-only log of what addressees answered and did, its evidence and its assessments."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pagekit.constraints import is_known
from recommendations.choices import (
    Basis,
    Closure,
    EntryKind,
    EvidenceKind,
    FactPrecision,
    Finding,
    Implementation,
    Position,
)
from recommendations.models.assignment import Assignment
from recommendations.models.recommendation import Recommendation
from recommendations.querysets import EvidenceQuerySet, FollowUpQuerySet
from taxonomy.models import Organisation


class FollowUp(models.Model):
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="follow_ups")
    kind = models.CharField(_("kind"), max_length=12, choices=EntryKind.choices)
    position = models.CharField(_("position"), max_length=25, choices=Position.choices, blank=True)
    implementation = models.CharField(_("implementation"), max_length=25, choices=Implementation.choices, blank=True)
    closure = models.CharField(_("closure"), max_length=25, choices=Closure.choices, blank=True)
    text = models.TextField(_("text"), blank=True)
    language = models.CharField(_("language"), max_length=5, default="pl")
    missing = models.TextField(_("what is missing"), blank=True)
    refers_on = models.DateField(_("date the fact refers to"), null=True, blank=True)
    refers_precision = models.CharField(
        _("precision"), max_length=10, choices=FactPrecision.choices, default=FactPrecision.DAY
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    basis = models.CharField(_("basis"), max_length=20, choices=Basis.choices)
    declared_by = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="declarations"
    )
    # Blanked when a person asks for erasure; never shown. Empty with is_import: an import recorded it.
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_by_assessor = models.BooleanField(_("an assessor's entry"), default=False)
    competent_body = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    superseded_by = models.ForeignKey(Recommendation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    act = models.UUIDField(_("act"), null=True, blank=True, help_text=_("Shared by entries recorded in one act."))

    # Set by FollowUpQuerySet.with_public_assessments.
    public_assessments: "list[Assessment]"
    # Set by recommendations.models.record.entries_of: whether readers may see what superseded it.
    names_successor: bool

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up entry")
        verbose_name_plural = _("follow-up entries")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["assignment", "refers_on", "recorded_at", "id"], name="follow_up_order"),
            models.Index(fields=["-recorded_at"], name="follow_up_latest"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=(
                    Q(kind="position") & ~Q(position="") & Q(implementation="", closure="")
                    | Q(kind="report") & ~Q(implementation="") & Q(position="", closure="")
                    | Q(kind="closure") & ~Q(closure="") & Q(position="", implementation="")
                    | Q(kind__in=["reopening", "letter", "silence", "note"], position="", implementation="", closure="")
                ),
                name="follow_up_says_what_its_kind_says",
            ),
            models.CheckConstraint(
                condition=Q(refers_on=None, refers_precision="unknown")
                | (Q(refers_on__isnull=False) & ~Q(refers_precision="unknown")),
                name="follow_up_has_a_date_unless_unknown",
            ),
            models.CheckConstraint(
                condition=Q(basis="own_statement", declared_by__isnull=False)
                | Q(basis="published_source", declared_by=None),
                name="follow_up_own_statement_names_the_body",
            ),
            # "No answer yet" and "no information" are where a log starts; nobody says them.
            is_known("position", Position, "follow_up_position_is_known", but=Position.NO_ANSWER, is_optional=True),
            is_known(
                "implementation",
                Implementation,
                "follow_up_implementation_is_known",
                but=Implementation.NO_INFORMATION,
                is_optional=True,
            ),
            is_known("closure", Closure, "follow_up_closure_is_known", is_optional=True),
            is_known("refers_precision", FactPrecision, "follow_up_precision_is_known"),
            models.CheckConstraint(
                condition=~Q(text="") | ~(Q(kind__in=["reopening", "letter", "note"]) | Q(position="declined")),
                name="follow_up_has_words_where_it_needs_them",
            ),
            models.CheckConstraint(
                condition=Q(kind="report") | Q(missing="", is_by_assessor=False),
                name="follow_up_only_a_report_misses_or_is_assessed",
            ),
            models.CheckConstraint(
                condition=Q(competent_body__isnull=False) | ~(Q(position="not_competent") | Q(closure="not_competent")),
                name="follow_up_not_competent_names_the_body",
            ),
            models.CheckConstraint(
                condition=Q(superseded_by__isnull=False) | ~Q(closure="superseded"),
                name="follow_up_superseded_names_the_successor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} · {self.get_kind_display()} · {self.refers_on or '?'}"


class Assessment(models.Model):
    """What somebody other than the claimant found about one entry."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="assessments")
    finding = models.CharField(_("finding"), max_length=12, choices=Finding.choices)
    text = models.TextField(_("text"))
    assessed_on = models.DateField(_("assessed on"))
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    # A contradiction counts nowhere before this day: the right of reply.
    public_from = models.DateField(_("public from"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering: ClassVar[list[str]] = ["assessed_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            is_known("finding", Finding, "assessment_finding_is_known"),
            models.CheckConstraint(condition=~Q(text=""), name="assessment_says_something"),
            models.CheckConstraint(
                condition=Q(public_from__gte=F("assessed_on")), name="assessment_is_public_when_made_or_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.follow_up} · {self.get_finding_display()}"

    @property
    def public_at(self) -> dt.datetime:
        """The moment it becomes public: when it was written, but not before its day."""
        day = timezone.make_aware(dt.datetime.combine(self.public_from, dt.time.min))
        return max(self.recorded_at, day)

    @property
    def awaits_reply(self) -> bool:
        """Whether the institution's right of reply still runs: readers do not see it yet."""
        return self.public_from > timezone.localdate()


class Evidence(models.Model):
    """An address, a file or a citation in words; belongs to exactly one entry or assessment."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence")
    kind = models.CharField(_("kind"), max_length=12, choices=EvidenceKind.choices)
    title = models.CharField(_("title"), max_length=300, blank=True)
    url = models.URLField(_("address"), max_length=1000, blank=True)
    document = models.ForeignKey(
        "pagekit.CustomDocument", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    citation = models.TextField(_("citation"), blank=True)
    # Null where they were not asked for yet: with another default SQLite would rebuild the table, and drop the triggers
    # that make it append-only.
    issuer = models.CharField(_("issuer of the document"), max_length=200, blank=True, null=True)  # noqa: DJ001
    quote = models.TextField(_("words of the document"), blank=True, null=True)  # noqa: DJ001
    issued_on = models.DateField(_("date of the document"), null=True, blank=True)
    pages = models.CharField(_("pages"), max_length=60, blank=True)
    is_restricted = models.BooleanField(_("file not public"), default=False)
    restriction_reason = models.CharField(_("reason of the restriction"), max_length=300, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            is_known("kind", EvidenceKind, "evidence_kind_is_known"),
            models.CheckConstraint(
                condition=Q(follow_up__isnull=False, assessment=None) | Q(follow_up=None, assessment__isnull=False),
                name="evidence_belongs_to_one",
            ),
            models.CheckConstraint(
                condition=~Q(url="", document=None, citation=""),
                name="evidence_is_something",
            ),
            models.CheckConstraint(
                condition=Q(is_restricted=False) | ~Q(restriction_reason=""),
                name="evidence_is_restricted_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.citation or self.url or str(self.document)

    @property
    def entry(self) -> FollowUp | None:
        """The entry that it stands beside, or whose assessment rests on it."""
        return self.follow_up or (self.assessment.follow_up if self.assessment else None)

    @property
    def shown_title(self) -> str:
        """What it is called where readers see it; of a restricted file nothing but what was written about it."""
        document = self.document.title if self.document else ""
        return shown_title(self.title, self.citation, self.url, document, is_restricted=self.is_restricted)


def shown_title(title: str, citation: str, url: str, document: str, *, is_restricted: bool) -> str:
    """What a piece of evidence is called where readers see it; `document` is the title of its file."""
    if document and not url and not is_restricted:
        return title or document
    return title or citation or ("" if is_restricted else url)
