"""The official's reply: one form for everything an institution may say about one item."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pagekit.acts import Refused
from pagekit.fields import LongTextField
from recommendations import rules
from recommendations.choices import CHOSEN_POSITIONS, PLAIN_ANSWERS, Answer, EvidenceKind, FactPrecision, Position
from recommendations.models import Assignment, FollowUp, ReplyDraft
from recommendations.services.evidence import (
    EvidenceData,
    file_fault,
    is_web_address,
    take_file,
)
from recommendations.services.recording import Preceded
from recommendations.services.reply import answers_for, record_reply
from taxonomy.models import Organisation

TEXT_LENGTH = 5000
LARGEST_ID = 2**63 - 1
EVIDENCE = (
    "evidence_kind",
    "evidence_url",
    "evidence_file",
    "evidence_citation",
    "evidence_issuer",
    "evidence_issued_on",
    "evidence_pages",
    "evidence_quote",
    "evidence_is_restricted",
    "evidence_restriction_reason",
)
UNASKED = frozenset({"seen", "later", "tab", "draft_at"})
PLAIN_FIELDS = ("when", "text", *EVIDENCE)
# What is asked for each answer; what else was filled in counts for nothing.
FIELDS_OF: dict[str, tuple[str, ...]] = {
    Answer.NO_CHANGE: ("text",),
    Answer.IN_PROGRESS: PLAIN_FIELDS,
    Answer.NOT_STARTED: PLAIN_FIELDS,
    Answer.STALLED: PLAIN_FIELDS,
    Answer.IMPLEMENTED: PLAIN_FIELDS,
    Answer.PARTIALLY_IMPLEMENTED: (*PLAIN_FIELDS, "missing"),
    Answer.NOT_OURS: ("competent_body", "text", *EVIDENCE),
    Answer.POSITION: ("position", *PLAIN_FIELDS),
}


class WhenField(forms.CharField):
    """A day, a month or a year; cleans to (first day, precision)."""

    default_error_messages = {  # noqa: RUF012 - Django's own way
        "required": _("Date: missing. Write the day (21.11.2026), the month (11.2026) or the year (2026)."),
        "invalid": _("Date: this is no date. Write the day (21.11.2026), the month (11.2026) or the year (2026)."),
        "future": _("Date: it lies in the future. Write when it happened, at the latest today."),
        "early": _("Date: it lies before 1989. Check the year."),
    }

    def clean(self, value: Any) -> tuple[dt.date, str]:
        text = super().clean(value)
        try:
            first, precision = rules.written_date(text)
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        if first > timezone.localdate():
            raise forms.ValidationError(self.error_messages["future"], code="future")
        if first < rules.FIRST_DAY:
            raise forms.ValidationError(self.error_messages["early"], code="early")
        return first, precision


class LogForm(forms.Form):
    """What becomes an entry; ``later``: the entry of a later date that was shown as staying the state, once asked."""

    later = forms.IntegerField(min_value=0, max_value=LARGEST_ID, required=False, widget=forms.HiddenInput)

    def refuse(self, refused: Refused) -> None:
        """Say why nothing was saved; where the date was asked about, the next press takes it as meant."""
        if not isinstance(refused, Preceded):
            self.add_error(None, str(refused))
            return
        sent: Any = self.data
        data = sent.copy()
        data["later"] = str(refused.later.pk)
        self.data = data
        self.add_error("when", str(refused))


class ReplyForm(LogForm):
    """One answer of an institution; ``seen`` is the newest entry that stood on the page."""

    seen = forms.IntegerField(min_value=0, max_value=LARGEST_ID, widget=forms.HiddenInput)
    # This opened form, and the draft that it was opened over: two tabs keep no draft over each other unseen.
    tab = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    draft_at = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
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
        choices=[("", "---------"), *((one.value, one.label) for one in CHOSEN_POSITIONS)],
        error_messages={"invalid_choice": _("Position: not known. Choose one of the list.")},
    )
    competent_body = forms.ModelChoiceField(
        label=_("Who is competent"),
        required=False,
        queryset=Organisation.objects.none(),
        help_text=_("A moderator reads it; when it is accepted, that institution is asked instead of yours."),
        error_messages={"invalid_choice": _("Who is competent: not known. Choose one of the list.")},
    )
    when = WhenField(
        label=_("Date"),
        help_text=_("When it happened: a day (21.11.2026), a month (11.2026) or a year (2026)."),
        max_length=30,
        widget=forms.TextInput(attrs={"class": "is-short", "autocomplete": "off"}),
    )
    text = LongTextField(
        label=_("What happened"),
        required=False,
        max_length=TEXT_LENGTH,
        help_text=_("One or two sentences; readers see them with the date and the name of the institution."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": _("What happened: longer than 5000 characters. Shorten it or link a document.")},
    )
    missing = LongTextField(
        label=_("What is missing"),
        required=False,
        max_length=TEXT_LENGTH,
        help_text=_("What has not been done."),
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
    evidence_file = forms.FileField(
        label=_("Or a file"),
        required=False,
        max_length=200,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in settings.WAGTAILDOCS_EXTENSIONS)}),
        help_text=format_lazy(_("{kinds}, up to 10 MB."), kinds=", ".join(settings.WAGTAILDOCS_EXTENSIONS)),
        error_messages={"max_length": _("File: its name is longer than 200 characters. Rename it.")},
    )
    evidence_citation = forms.CharField(
        label=_("Evidence in words"),
        required=False,
        max_length=1000,
        help_text=_("Where there is no address: number, date and title of the document."),
        error_messages={"max_length": _("Evidence in words: longer than 1000 characters. Shorten it.")},
    )
    evidence_issuer = forms.CharField(
        label=_("Who issued it"),
        required=False,
        max_length=200,
        error_messages={"max_length": _("Who issued it: longer than 200 characters. Shorten it.")},
    )
    evidence_issued_on = forms.CharField(
        label=_("Date of the document"),
        required=False,
        max_length=30,
        help_text=_("A day: 21.11.2026."),
        widget=forms.TextInput(attrs={"class": "is-short", "autocomplete": "off"}),
        error_messages={"max_length": _("Date of the document: this is no day. Write it as 21.11.2026.")},
    )
    evidence_pages = forms.CharField(
        label=_("Page or paragraph"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "is-short"}),
        error_messages={"max_length": _("Page or paragraph: longer than 60 characters. Shorten it.")},
    )
    evidence_quote = LongTextField(
        label=_("The words that prove it"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("The words that prove it: longer than 1000 characters. Shorten them.")},
    )
    evidence_is_restricted = forms.BooleanField(
        label=_("The file must not be public"),
        required=False,
        help_text=_("Readers see then that there is a file and why they cannot open it; moderators read it."),
    )
    evidence_restriction_reason = forms.CharField(
        label=_("Why the file is not public"),
        required=False,
        max_length=300,
        error_messages={"max_length": _("Why the file is not public: longer than 300 characters. Shorten it.")},
    )

    def __init__(self, *args: Any, assignment: Assignment, draft: ReplyDraft | None = None, **kwargs: Any) -> None:
        """``draft``: where a file waits that was sent with an earlier try."""
        super().__init__(*args, **kwargs)
        self.assignment = assignment
        self.draft = draft if draft and draft.file else None
        answer: Any = self.fields["answer"]
        answer.choices = answers_for(assignment)
        body: Any = self.fields["competent_body"]
        body.queryset = Organisation.objects.current().answerable().exclude(pk=assignment.organisation_id)
        for name, field in self.fields.items():
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{name}-hint"

    @property
    def shown_with(self) -> dict[str, str]:
        """By field, the answers with which it is asked: the style sheet shows it with them alone."""
        return {name: " ".join(answer for answer, names in FIELDS_OF.items() if name in names) for name in self.fields}

    @property
    def has_details(self) -> bool:
        """Whether anything stands, or is wrong, in what is asked about the evidence besides where it is."""
        return any(self[name].value() or self[name].errors for name in EVIDENCE[4:])

    @property
    def kept_file(self) -> str:
        """The name of the file that waits in the draft."""
        return self.draft.file_name if self.draft else ""

    def typed(self) -> dict[str, str]:
        """What was typed, as a draft keeps it; not the file, nor what was just asked about."""
        names = set(self.fields) - {"evidence_file", "later", "draft_at"}
        return {name: self.data[name] for name in names if name in self.data}

    def clean_evidence_url(self) -> str:
        url: str = self.cleaned_data["evidence_url"]
        if url:
            try:
                is_web_address(url)
            except forms.ValidationError as error:
                if error.code == "inner":
                    raise
                raise forms.ValidationError(
                    _("Web address of the evidence: this is none. It begins with https:// or http://.")
                ) from error
        return url

    def clean_evidence_issued_on(self) -> dt.date | None:
        text = self.cleaned_data["evidence_issued_on"]
        if not text:
            return None
        try:
            day, precision = rules.written_date(text)
        except ValueError:
            day, precision = timezone.localdate(), ""
        if precision != FactPrecision.DAY:
            raise forms.ValidationError(_("Date of the document: this is no day. Write it as 21.11.2026."))
        if day > timezone.localdate():
            raise forms.ValidationError(
                _("Date of the document: it lies in the future. Give the day on which it was issued.")
            )
        if day < rules.FIRST_DOCUMENT:
            raise forms.ValidationError(_("Date of the document: it lies before 1918. Check the year."))
        return day

    def clean_evidence_file(self) -> Any:
        file: Any = self.cleaned_data["evidence_file"]
        if file and (fault := file_fault(file, file.name or "", self.assignment.organisation)):
            raise forms.ValidationError(fault, code="not_taken")
        return file

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        answer = data.get("answer")
        asked = FIELDS_OF.get(answer or "", tuple(self.fields))
        for name in set(self.fields) - {*UNASKED, "answer", *asked}:
            self.errors.pop(name, None)
            data[name] = None if name == "evidence_issued_on" else ""
        if answer and "when" not in asked:
            data["when"] = timezone.localdate(), FactPrecision.DAY
        # One that was not taken is complained of at its own field.
        is_refused = "evidence_file" in self.errors
        has_file = bool(data.get("evidence_file") or self.draft or is_refused) and "evidence_file" in asked
        has_evidence = bool(data.get("evidence_url") or data.get("evidence_citation") or has_file)
        has_text = bool(data.get("text"))
        if answer in PLAIN_ANSWERS and not has_text:
            self.need("text", _("What happened: missing. Write it in a sentence."))
        if answer == Answer.PARTIALLY_IMPLEMENTED and not data.get("missing"):
            self.need("missing", _("What is missing: empty. Write what has not been done."))
        if answer == Answer.IMPLEMENTED and not has_evidence:
            self.need("evidence_url", _("Web address of the evidence: missing. Give an address, or name it in words."))
        if answer == Answer.POSITION:
            self.need_of_position(data.get("position"), has_text=has_text, has_evidence=has_evidence)
        if answer == Answer.NOT_OURS:
            if not data.get("competent_body"):
                self.need("competent_body", _("Who is competent: missing. Choose the institution whose matter it is."))
            if not has_text and not has_evidence:
                self.need("text", _("What happened: missing. Write why the matter is not that of your institution."))
        self.need_of_evidence(data, has_evidence=has_evidence, has_file=has_file)
        return data

    def need_of_position(self, position: Any, *, has_text: bool, has_evidence: bool) -> None:
        if not position:
            self.need("position", _("Position: missing. Choose one of the list."))
        elif position == Position.DECLINED and not has_text:
            self.need("text", _("What happened: missing. Write the reasons why the institution declines."))
        elif not has_text and not has_evidence:
            self.need("text", _("What happened: missing. Write the answer, or give the document that holds it."))

    def need_of_evidence(self, data: dict[str, Any], *, has_evidence: bool, has_file: bool) -> None:
        about = ("evidence_kind", "evidence_issuer", "evidence_issued_on", "evidence_pages", "evidence_quote")
        if has_evidence and not data.get("evidence_kind"):
            self.need("evidence_kind", _("Kind of evidence: missing. Choose what kind of document it is."))
        if not has_evidence and any(data.get(name) for name in about):
            self.need("evidence_url", _("Web address of the evidence: missing. Give an address, or name it in words."))
        if data.get("evidence_is_restricted") and not has_file:
            self.need(
                "evidence_file", _("File: missing. Only a file can be closed to readers; add it or leave it public.")
            )
        if data.get("evidence_is_restricted") and not data.get("evidence_restriction_reason"):
            self.need("evidence_restriction_reason", _("Why the file is not public: missing. Write it in a sentence."))

    def need(self, name: str, sentence: Any) -> None:
        """An error at a field, unless the field already has one."""
        if name not in self.errors:
            self.add_error(name, forms.ValidationError(sentence, code="required"))

    def save(self, user: Any) -> FollowUp:
        """Record the answer as the institution's own statement; Refused (Overtaken) as the services say."""
        data = self.cleaned_data
        refers_on, precision = data["when"]
        document = None
        try:
            with transaction.atomic():
                if "evidence_file" in FIELDS_OF[data["answer"]]:
                    document = self.take_file(user)
                return record_reply(
                    self.assignment,
                    answer=data["answer"],
                    recorded_by=user,
                    position=data["position"],
                    competent_body=data["competent_body"] or None,
                    missing=data["missing"],
                    text=data["text"],
                    refers_on=refers_on,
                    refers_precision=precision,
                    evidence=self.evidence(document),
                    language=get_language() or "pl",
                    seen=data["seen"],
                    later=data["later"] or 0,
                )
        except BaseException:
            if document is not None:
                # The row went with the transaction; the file did not.
                document.file.storage.delete(document.file.name)
            raise

    def take_file(self, user: Any) -> Any:
        """The document made of the file sent now, else of the one that waits; None without any."""
        file, name = self.cleaned_data["evidence_file"], ""
        if file:
            name = file.name
        elif self.draft:
            file, name = self.draft.file, self.draft.file_name
        if not file:
            return None
        return take_file(file, name, title=self.cleaned_data["evidence_citation"].strip()[:200], by=user)

    def evidence(self, document: Any = None) -> list[EvidenceData]:
        data = self.cleaned_data
        if not (data["evidence_url"] or data["evidence_citation"] or document):
            return []
        return [
            EvidenceData(
                kind=data["evidence_kind"],
                url=data["evidence_url"],
                document=document,
                citation=data["evidence_citation"].strip(),
                issuer=data["evidence_issuer"].strip(),
                issued_on=data["evidence_issued_on"] or None,
                pages=data["evidence_pages"].strip(),
                quote=data["evidence_quote"].strip(),
                is_restricted=bool(data["evidence_is_restricted"]),
                restriction_reason=data["evidence_restriction_reason"].strip()
                if data["evidence_is_restricted"]
                else "",
            )
        ]
