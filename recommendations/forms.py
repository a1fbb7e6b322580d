"""The official's reply: one form for everything an institution may say about one item."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from recommendations.choices import (
    ACHIEVED,
    Basis,
    EvidenceKind,
    FactPrecision,
    Implementation,
    Position,
)
from recommendations.models import Assignment, FollowUp
from recommendations.services.evidence import EvidenceData, is_web_address
from recommendations.services.follow_up import record_position, record_report
from taxonomy.models import Organisation

TEXT_LENGTH = 5000
LARGEST_ID = 2**63 - 1
_DAY = re.compile(r"(?:(?P<day>[0-9]{1,2})\.)?(?:(?P<month>[0-9]{1,2})\.)?(?P<year>[0-9]{4})")
_ISO = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{1,2}))?(?:-(?P<day>[0-9]{1,2}))?")


class Answer(models.TextChoices):
    """What an official can say, in the order of the form."""

    NO_CHANGE = "no_change", _("No change since the last entry")
    IN_PROGRESS = "in_progress", _("A new step: in progress")
    IMPLEMENTED = "implemented", _("Done, and I have proof")
    PARTIALLY_IMPLEMENTED = "partially_implemented", _("Done in part")
    NOT_STARTED = "not_started", _("Not started")
    STALLED = "stalled", _("Stalled: work has stopped")
    POSITION = "position", _("Our position: accepted, declined, not ours ...")


PLAIN = frozenset({Answer.IN_PROGRESS, Answer.NOT_STARTED, Answer.STALLED})


def answers_for(assignment: Assignment) -> list[tuple[str, Any]]:
    """What may be answered about the row as it stands: nothing is offered that the rules would refuse."""
    offered = [Answer.POSITION]
    if not assignment.closure:
        implementation = assignment.implementation
        offered.append(Answer.IMPLEMENTED)
        if implementation != Implementation.NO_INFORMATION:
            offered.append(Answer.NO_CHANGE)
        if implementation != Implementation.IMPLEMENTED:
            offered.append(Answer.PARTIALLY_IMPLEMENTED)
        if implementation not in ACHIEVED:
            offered.extend(PLAIN)
    return [(answer.value, answer.label) for answer in Answer if answer in offered]


class WhenField(forms.CharField):
    """A day, a month or a year; cleans to (first day, precision)."""

    default_error_messages = {  # noqa: RUF012 - Django's own way
        "required": _("Date: missing. Write the day (21.11.2026), the month (11.2026) or the year (2026)."),
        "invalid": _("Date: this is no date. Write the day (21.11.2026), the month (11.2026) or the year (2026)."),
        "future": _("Date: it lies in the future. Write when it happened, at the latest today."),
    }

    def clean(self, value: Any) -> tuple[dt.date, str]:
        text = super().clean(value)
        found = _DAY.fullmatch(text) or _ISO.fullmatch(text)
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        year, month, day = (int(found[part]) if found[part] else None for part in ("year", "month", "day"))
        if day and not month:
            # "11.2026" reads as a day without a month: it is the month.
            day, month = None, day
        try:
            first = dt.date(year or 0, month or 1, day or 1)
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        if first > timezone.localdate():
            raise forms.ValidationError(self.error_messages["future"], code="future")
        precision = FactPrecision.DAY if day else FactPrecision.MONTH if month else FactPrecision.YEAR
        return first, precision


class ReplyForm(forms.Form):
    """One answer of an institution; ``seen`` is the newest entry that stood on the page."""

    seen = forms.IntegerField(min_value=0, max_value=LARGEST_ID, widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=_("What do you report?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Answer: missing. Choose what you report."),
            "invalid_choice": _("Answer: this cannot be reported as the item stands. Choose one of the list."),
        },
    )
    position = forms.ChoiceField(
        label=_("Position of the institution"),
        required=False,
        help_text=_("Only when you answer with a position."),
        choices=[("", "---------")] + [choice for choice in Position.choices if choice[0] != Position.NO_ANSWER],
        error_messages={"invalid_choice": _("Position: not known. Choose one of the list.")},
    )
    competent_body = forms.ModelChoiceField(
        label=_("Who is competent"),
        required=False,
        queryset=Organisation.objects.none(),
        help_text=_("Only when the matter is not that of your institution."),
        error_messages={"invalid_choice": _("Who is competent: not known. Choose one of the list.")},
    )
    when = WhenField(
        label=_("Date"),
        help_text=_("When it happened: a day (21.11.2026), a month (11.2026) or a year (2026)."),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "is-short", "autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("What happened"),
        required=False,
        max_length=TEXT_LENGTH,
        help_text=_("One or two sentences; readers see them with the date and the name of the institution."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": _("What happened: longer than 5000 characters. Shorten it or link a document.")},
    )
    missing = forms.CharField(
        label=_("What is missing"),
        required=False,
        max_length=TEXT_LENGTH,
        help_text=_("Only for “done in part”: what has not been done."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("What is missing: longer than 5000 characters. Shorten it.")},
    )
    evidence_kind = forms.ChoiceField(
        label=_("Kind of evidence"),
        required=False,
        choices=[("", "---------"), *EvidenceKind.choices],
        error_messages={"invalid_choice": _("Kind of evidence: not known. Choose one of the list.")},
    )
    evidence_url = forms.CharField(
        label=_("Web address of the evidence"),
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=_("For example the page of the resolution; it begins with https://."),
        error_messages={"max_length": _("Web address of the evidence: longer than 1000 characters. Shorten it.")},
    )
    evidence_citation = forms.CharField(
        label=_("Evidence in words"),
        required=False,
        max_length=1000,
        help_text=_("Where there is no address: number, date and title of the document."),
        error_messages={"max_length": _("Evidence in words: longer than 1000 characters. Shorten it.")},
    )

    def __init__(self, *args: Any, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.assignment = assignment
        answer: Any = self.fields["answer"]
        answer.choices = answers_for(assignment)
        body: Any = self.fields["competent_body"]
        body.queryset = Organisation.objects.current().answerable().exclude(pk=assignment.organisation_id)
        for name, field in self.fields.items():
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{name}-hint"

    def clean_evidence_url(self) -> str:
        url: str = self.cleaned_data["evidence_url"]
        if url:
            try:
                is_web_address(url)
            except forms.ValidationError as error:
                raise forms.ValidationError(
                    _("Web address of the evidence: this is none. It begins with https:// or http://.")
                ) from error
        return url

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        answer = data.get("answer")
        has_evidence = bool(data.get("evidence_url") or data.get("evidence_citation"))
        if answer in PLAIN and not data.get("text"):
            self.need("text", _("What happened: missing. Write it in a sentence."))
        if answer == Answer.PARTIALLY_IMPLEMENTED and not data.get("missing"):
            self.need("missing", _("What is missing: empty. Write what has not been done."))
        if answer == Answer.IMPLEMENTED and not has_evidence:
            self.need("evidence_url", _("Web address of the evidence: missing. Give an address, or name it in words."))
        if answer == Answer.POSITION:
            self.need_of_position(data, has_evidence=has_evidence)
        if has_evidence and not data.get("evidence_kind"):
            self.need("evidence_kind", _("Kind of evidence: missing. Choose what kind of document it is."))
        if data.get("evidence_kind") and not has_evidence:
            self.need("evidence_url", _("Web address of the evidence: missing. Give an address, or name it in words."))
        return data

    def need_of_position(self, data: dict[str, Any], *, has_evidence: bool) -> None:
        position = data.get("position")
        if not position:
            self.need("position", _("Position: missing. Choose one of the list."))
        elif position == Position.DECLINED and not data.get("text"):
            self.need("text", _("What happened: missing. Write the reasons why the institution declines."))
        elif position == Position.NOT_COMPETENT and not data.get("competent_body"):
            self.need("competent_body", _("Who is competent: missing. Choose the institution whose matter it is."))
        elif not data.get("text") and not has_evidence:
            self.need("text", _("What happened: missing. Write the answer, or give the document that holds it."))

    def need(self, name: str, sentence: Any) -> None:
        """An error at a field, unless the field already has one."""
        if name not in self.errors:
            self.add_error(name, forms.ValidationError(sentence, code="required"))

    def save(self, user: Any) -> FollowUp:
        """Record the answer as the institution's own statement; Refused (Overtaken) as the services say."""
        data = self.cleaned_data
        refers_on, precision = data["when"]
        said: dict[str, Any] = {
            "recorded_by": user,
            "basis": Basis.OWN_STATEMENT,
            "text": data["text"],
            "refers_on": refers_on,
            "refers_precision": precision,
            "evidence": self.evidence(),
            "language": get_language() or "pl",
            "seen": data["seen"],
        }
        answer = data["answer"]
        if answer == Answer.POSITION:
            body = data["competent_body"] if data["position"] == Position.NOT_COMPETENT else None
            return record_position(self.assignment, position=data["position"], competent_body=body, **said)
        implementation = None if answer == Answer.NO_CHANGE else answer
        missing = data["missing"] if answer == Answer.PARTIALLY_IMPLEMENTED else ""
        return record_report(self.assignment, implementation=implementation, missing=missing, **said)

    def evidence(self) -> list[EvidenceData]:
        data = self.cleaned_data
        if not (data["evidence_url"] or data["evidence_citation"]):
            return []
        return [
            EvidenceData(
                kind=data["evidence_kind"], url=data["evidence_url"], citation=data["evidence_citation"].strip()
            )
        ]
