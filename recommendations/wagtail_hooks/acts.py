"""The forms of a moderator's acts on one addressee's row: each calls one service and knows no rule of its own."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput
from wagtail.documents.widgets import AdminDocumentChooser

from pagekit.acts import Refused
from pagekit.fields import LongTextField
from pagekit.models import CustomDocument
from recommendations.choices import (
    FIRST_FINDINGS,
    RECHECK_FINDINGS,
    Basis,
    Closure,
    EvidenceKind,
    Finding,
    Implementation,
    Position,
)
from recommendations.forms import LARGEST_ID, TEXT_LENGTH, LogForm, WhenField
from recommendations.models import Assignment, FollowUp, Recommendation
from recommendations.services.assessing import assess
from recommendations.services.evidence import EvidenceData
from recommendations.services.follow_up import (
    accept_not_ours,
    close,
    close_whole,
    record_letter,
    record_position,
    record_report,
    record_silence,
    reopen,
)
from recommendations.wagtail_hooks.choosers import recommendation_chooser
from taxonomy.models import Organisation
from taxonomy.wagtail_hooks.choosers import organisation_chooser

NOT_CHOSEN = [("", "---------")]
NO_CHANGE = "no_change"


class EvidenceForm(forms.Form):
    """One piece of evidence: an address, an uploaded file or a citation in words; empty rows are none."""

    kind = forms.ChoiceField(label=_("Kind of evidence"), required=False, choices=[*NOT_CHOSEN, *EvidenceKind.choices])
    url = forms.URLField(
        label=_("Address"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        error_messages={"invalid": _("Address: this is none. It begins with https:// or http://.")},
    )
    document = forms.ModelChoiceField(
        label=_("File"), required=False, queryset=CustomDocument.objects.all(), widget=AdminDocumentChooser
    )
    citation = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=1000,
        help_text=_("Where there is no address: number, date and title of the document."),
    )
    title = forms.CharField(label=_("Title"), required=False, max_length=300)
    issued_on = forms.DateField(label=_("Date of the document"), required=False, widget=AdminDateInput)
    pages = forms.CharField(label=_("Pages"), required=False, max_length=60)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if any(data.values()) and not data.get("kind") and "kind" not in self.errors:
            self.add_error("kind", _("Kind of evidence: missing. Choose what kind of document it is."))
        return data


EvidenceFormSet = forms.formset_factory(EvidenceForm, extra=2, max_num=6)


def evidence_of(formset: Any) -> list[EvidenceData]:
    """The pieces that were filled in, in their order."""
    rows = [form.cleaned_data for form in formset if any(form.cleaned_data.values())]
    return [EvidenceData(**{name: value or blank(name) for name, value in row.items()}) for row in rows]


def blank(name: str) -> Any:
    return None if name in {"document", "issued_on"} else ""


def body_field(label: Any, help_text: Any) -> Any:
    return forms.ModelChoiceField(
        label=label,
        required=False,
        queryset=Organisation.objects.current().answerable(),
        widget=organisation_chooser.widget_class,
        help_text=help_text,
    )


class ActForm(forms.Form):
    """What is asked for one act; ``record`` calls the service, which may refuse.

    ``seen`` and ``judged`` are the newest entry and the newest assessment when the form was opened.
    """

    title: Any = ""
    takes_evidence = True
    seen = forms.IntegerField(min_value=0, max_value=LARGEST_ID, widget=forms.HiddenInput)
    judged = forms.IntegerField(min_value=0, max_value=LARGEST_ID, widget=forms.HiddenInput)

    def refuse(self, refused: Refused) -> None:
        self.add_error(None, str(refused))

    def record(self, row: Assignment, *, by: Any, evidence: Sequence[EvidenceData]) -> Any:
        raise NotImplementedError


class SaidForm(LogForm, ActForm):
    """What an institution said or did, from a document."""

    when = WhenField(
        label=_("Date"),
        help_text=_("When it happened: a day (21.11.2026), a month (11.2026) or a year (2026)."),
        max_length=30,
    )
    basis = forms.ChoiceField(
        label=_("Basis"),
        choices=[
            (Basis.OWN_STATEMENT, _("the institution's own published statement")),
            (Basis.PUBLISHED_SOURCE, _("somebody else's published source")),
        ],
        initial=Basis.OWN_STATEMENT,
        widget=forms.RadioSelect,
    )
    text = LongTextField(
        label=_("In words"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One or two sentences; readers see them with the date. Institutions only, no names of persons."),
    )

    def said(self, by: Any, evidence: Sequence[EvidenceData]) -> dict[str, Any]:
        refers_on, precision = self.cleaned_data["when"]
        return {
            "recorded_by": by,
            "basis": self.cleaned_data["basis"],
            "text": self.cleaned_data["text"],
            "refers_on": refers_on,
            "refers_precision": precision,
            "evidence": evidence,
            "seen": self.cleaned_data["seen"],
            "judged": self.cleaned_data["judged"],
            "later": self.cleaned_data["later"] or 0,
        }


class PositionForm(SaidForm):
    title = _("Record a position")
    position = forms.ChoiceField(
        label=_("Position of the institution"),
        choices=[*NOT_CHOSEN, *(choice for choice in Position.choices if choice[0] != Position.NO_ANSWER)],
    )
    competent_body = body_field(_("Who is competent"), _("Only when the matter is not that of this institution."))
    field_order = ("seen", "later", "position", "competent_body", "when", "basis", "text")

    def record(self, row: Assignment, *, by: Any, evidence: Sequence[EvidenceData]) -> FollowUp:
        data = self.cleaned_data
        body = data["competent_body"] if data["position"] == Position.NOT_COMPETENT else None
        return record_position(row, position=data["position"], competent_body=body, **self.said(by, evidence))


class ReportForm(SaidForm):
    title = _("Record a report")
    implementation = forms.ChoiceField(
        label=_("How far it has got"),
        choices=[
            *NOT_CHOSEN,
            (NO_CHANGE, _("no change since the last entry")),
            *(choice for choice in Implementation.choices if choice[0] != Implementation.NO_INFORMATION),
        ],
    )
    missing = LongTextField(
        label=_("What is missing"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only for “partially implemented”: what has not been done."),
    )
    field_order = ("seen", "later", "implementation", "when", "basis", "text", "missing")

    def record(self, row: Assignment, *, by: Any, evidence: Sequence[EvidenceData]) -> FollowUp:
        chosen = self.cleaned_data["implementation"]
        return record_report(
            row,
            implementation=None if chosen == NO_CHANGE else chosen,
            missing=self.cleaned_data["missing"],
            **self.said(by, evidence),
        )


class LetterForm(ActForm):
    """What was sent to the institution: readers see it in the log with its day."""

    title = _("Record a letter")
    refers_on = forms.DateField(label=_("Sent on"), initial=timezone.localdate, widget=AdminDateInput)
    text = LongTextField(
        label=_("In words"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "What was asked and which office was written to, the deputy's or the head's. No names of persons: "
            "readers see it."
        ),
    )

    def record(self, row: Assignment, *, by: Any, evidence: Sequence[EvidenceData]) -> FollowUp:
        said = {"recorded_by": by, "basis": Basis.PUBLISHED_SOURCE, "evidence": evidence}
        return record_letter(row, **said, **self.cleaned_data)


class SilenceForm(LetterForm):
    """That no answer came, at the end of the reply ladder."""

    title = _("State that no answer came")
    refers_on = forms.DateField(label=_("No answer until"), initial=timezone.localdate, widget=AdminDateInput)
    text = LongTextField(
        label=_("In words"), required=False, max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )

    def record(self, row: Assignment, *, by: Any, evidence: Sequence[EvidenceData]) -> FollowUp:
        said = {"recorded_by": by, "basis": Basis.PUBLISHED_SOURCE, "evidence": evidence}
        return record_silence(row, **said, **self.cleaned_data)


class NotOursForm(ActForm):
    """Accepting that the matter is another body's: the one that the institution named."""

    title = _("Accept “not ours”")
    takes_evidence = False
    reason = LongTextField(
        label=_("Reason"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Readers see it with the date: why the matter is that of the body named."),
    )

    def record(self, row: Assignment, *, by: Any, evidence: Sequence[EvidenceData]) -> FollowUp:
        return accept_not_ours(row, recorded_by=by, **self.cleaned_data)


class CloseForm(ActForm):
    title = _("Close")
    closure = forms.ChoiceField(label=_("How it ends"), choices=[*NOT_CHOSEN, *Closure.choices])
    reason = LongTextField(
        label=_("Reason"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Readers see it with the date."),
    )
    competent_body = body_field(_("Who is competent"), _("Only for “not competent”: the row of this body opens."))
    superseded_by = forms.ModelChoiceField(
        label=_("Superseded by"),
        required=False,
        queryset=Recommendation.objects.all(),
        widget=recommendation_chooser.widget_class,
        help_text=_("Only for “superseded”."),
    )

    def record(self, row: Assignment, *, by: Any, evidence: Sequence[EvidenceData]) -> FollowUp:
        return close(row, recorded_by=by, evidence=evidence, **self.cleaned_data)


class CloseWholeForm(CloseForm):
    """Closing every open row of one recommendation by one act; who else is competent is a matter of one row."""

    title = _("Close the whole recommendation")
    closure = forms.ChoiceField(
        label=_("How it ends"),
        choices=[*NOT_CHOSEN, *(choice for choice in Closure.choices if choice[0] != Closure.NOT_COMPETENT)],
    )
    competent_body = None  # Django's way to drop an inherited field

    def record_whole(
        self, recommendation: Recommendation, *, by: Any, evidence: Sequence[EvidenceData]
    ) -> list[FollowUp]:
        return close_whole(recommendation, recorded_by=by, evidence=evidence, **self.cleaned_data)


class ReopenForm(ActForm):
    title = _("Reopen")
    reason = LongTextField(
        label=_("Reason"), required=False, max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
    )

    def record(self, row: Assignment, *, by: Any, evidence: Sequence[EvidenceData]) -> FollowUp:
        return reopen(row, recorded_by=by, evidence=evidence, **self.cleaned_data)


CHECKLIST = (
    ("opened", _("I opened every piece of evidence and read it.")),
    ("same", _("It is about this institution and about what this recommendation asks.")),
    ("dated", _("Its date and the date of the claim fit together.")),
    ("enough", _("Nothing that the recommendation asks for is left out, or what is missing is said.")),
)


class AssessForm(ActForm):
    """An assessor's finding about one entry; a contradiction is public after 14 days' right of reply."""

    title = _("Assess")
    finding = forms.ChoiceField(label=_("Finding"))
    checked = forms.MultipleChoiceField(
        label=_("Checklist"),
        required=False,
        choices=CHECKLIST,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("To confirm a claim, all of it."),
    )
    text = LongTextField(
        label=_("In words"),
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Readers see it. When you ask back: the question, and what would answer it."),
    )
    assessed_on = forms.DateField(label=_("Assessed on"), initial=timezone.localdate, widget=AdminDateInput)

    def __init__(self, *args: Any, is_recheck: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        findings = RECHECK_FINDINGS if is_recheck else FIRST_FINDINGS
        finding: Any = self.fields["finding"]
        finding.choices = [*NOT_CHOSEN, *((one.value, one.label) for one in findings)]
        finding.help_text = (
            _("“Weakened”: it was verified and is only claimed now. What contradicts it is public after 14 days.")
            if is_recheck
            else _("What contradicts a claim becomes public after 14 days: the institution may reply before.")
        )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        left = [str(label) for name, label in CHECKLIST if name not in data.get("checked", [])]
        if data.get("finding") == Finding.CONFIRMS and left and "checked" not in self.errors:
            self.add_error("checked", _("Checklist: not done. Confirm a claim after all of it, or ask back."))
        return data

    def record_about(self, entry: FollowUp, *, by: Any, evidence: Sequence[EvidenceData]) -> Any:
        found = {name: self.cleaned_data[name] for name in ("finding", "text", "assessed_on", "seen", "judged")}
        return assess(entry, recorded_by=by, evidence=evidence, **found)
