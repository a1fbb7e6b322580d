"""What a person chooses: a password, which mails, in what language, from when on again."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notices import rules
from notices.models import MailPreference


class DayInput(forms.DateInput):
    input_type = "date"


def day_field(**values: Any) -> forms.DateField:
    return forms.DateField(
        label=_("No mail until"),
        widget=DayInput(format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        help_text=_("The first day on which mails are wanted again, at most 180 days off."),
        error_messages={
            "invalid": _("No mail until: this is no day. Write it as 21.11.2026."),
            "required": _("No mail until: missing. Give a day."),
        },
        **values,
    )


class PasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # takes no arguments at run time
    """The password of an invited person, twice, under the site's own conditions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            # A page that puts the cursor into a field takes readers of the keyboard past its way to the content.
            field.widget.attrs.pop("autofocus", None)
            # The conditions stand above both fields, as a list.
            field.help_text = ""
            described = f"conditions id_{name}-error" if name in self.errors else "conditions"
            field.widget.attrs["aria-describedby"] = described


class PauseForm(forms.Form):
    until = day_field()

    def clean_until(self) -> dt.date:
        return unless_faulty(self.cleaned_data["until"])


def unless_faulty(until: dt.date) -> dt.date:
    if fault := rules.pause_fault(until, today=timezone.localdate()):
        raise forms.ValidationError(str(fault))
    return until


class MailPreferenceForm(forms.ModelForm[MailPreference]):
    paused_until = day_field(required=False)

    class Meta:
        model = MailPreference
        fields: ClassVar[list[str]] = ["has_reminders", "has_receipts", "has_findings", "language", "paused_until"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{name}-hint"

    def clean_paused_until(self) -> dt.date | None:
        until: dt.date | None = self.cleaned_data["paused_until"]
        # A pause that has ended may stand there until somebody empties it.
        if until is None or "paused_until" not in self.changed_data:
            return until
        return unless_faulty(until)
