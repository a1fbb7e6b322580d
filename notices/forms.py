"""What a person chooses: a password, which mails; who answers for whom; and the two forms that anybody may send."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import SetPasswordForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from notices import rules
from notices.choices import RemarkKind
from notices.models import MailPreference
from pagekit.fields import LongTextField
from recommendations.services.evidence import is_web_address
from taxonomy.choices import MandateRole
from taxonomy.models import Mandate
from taxonomy.services.mandates import officials

TEXT_LENGTH = 4000


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


def describe(form: forms.BaseForm) -> None:
    """Tie each hint to its field, for who hears the page."""
    for name, field in form.fields.items():
        if field.help_text:
            field.widget.attrs["aria-describedby"] = f"id_{name}-hint"


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


class TermForm(forms.Form):
    """As what somebody answers for an institution, and from when until when."""

    role = forms.ChoiceField(label=_("Role"), choices=MandateRole.choices, initial=MandateRole.CONTACT)
    starts_on = forms.DateField(label=_("First day"), widget=AdminDateInput, initial=timezone.localdate)
    ends_on = forms.DateField(
        label=_("Last day"), widget=AdminDateInput, required=False, help_text=_("Empty: still in force.")
    )


class OfficialForm(forms.Form):
    """One of the officials whom a moderator may name."""

    person: Any = forms.ModelChoiceField(
        label=_("Who"),
        queryset=get_user_model().objects.none(),
        help_text=_("Officials with an account. Whoever has none is invited by an administrator."),
        error_messages={"required": _("Who: missing. Choose the account of an official.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person: Any = self.fields["person"]
        # With what tells two people of one name apart.
        person.queryset = officials().prefetch_related("mandates__organisation").order_by("last_name", "username")
        person.label_from_instance = named


class ContactForm(TermForm, OfficialForm):
    """Which official answers for an institution; of a mandate that is there, only role and days change."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ("person", "role", "starts_on", "ends_on")

    def __init__(self, *args: Any, mandate: Mandate | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if mandate:
            del self.fields["person"]


class HeirForm(OfficialForm):
    """Which official answers in the place of who holds ``mandate``, and from which day."""

    starts_on = forms.DateField(
        label=_("from"),
        widget=AdminDateInput,
        initial=timezone.localdate,
        help_text=_("The mandate that stands ends on the day before."),
    )

    def __init__(self, *args: Any, mandate: Mandate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person: Any = self.fields["person"]
        person.label = _("To whom")
        person.error_messages["required"] = _("To whom: missing. Choose the account of the next person.")
        person.queryset = person.queryset.exclude(pk=mandate.user_id)


def named(person: Any) -> str:
    """A person as a moderator knows them: by name, and by what they answer or answered for."""
    bodies = dict.fromkeys(str(mandate.organisation) for mandate in person.mandates.all())
    return f"{person.get_full_name() or person.get_username()} · {', '.join(bodies)}"


class MailPreferenceForm(forms.ModelForm[MailPreference]):
    paused_until = day_field(required=False)

    class Meta:
        model = MailPreference
        fields: ClassVar[list[str]] = [
            "has_reminders",
            "has_receipts",
            "has_findings",
            "has_digests",
            "has_pages",
            "pace",
            "language",
            "paused_until",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        describe(self)

    def clean_paused_until(self) -> dt.date | None:
        until: dt.date | None = self.cleaned_data["paused_until"]
        # A pause that has ended may stand there until somebody empties it.
        if until is None or "paused_until" not in self.changed_data:
            return until
        return unless_faulty(until)


class OpenForm(forms.Form):
    """A form for everybody: with a field that people do not see and programs fill in."""

    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        describe(self)

    @property
    def is_trap(self) -> bool:
        """Whether a program filled it in: it is answered like anybody, and nothing is done."""
        return bool(self.data.get("website"))


def address_field(**values: Any) -> forms.EmailField:
    return forms.EmailField(
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("E-mail address: missing. Give the address to which the mails are to go."),
            "invalid": _("E-mail address: this is none. Write it as name@example.org."),
            "max_length": _("E-mail address: longer than any can be. Write it as name@example.org."),
        },
        **values,
    )


class FollowForm(OpenForm):
    email = address_field(label=_("E-mail address"))


class RemarkForm(OpenForm):
    kind = forms.ChoiceField(
        label=_("What is it about?"),
        choices=RemarkKind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("What is it about: missing. Choose one of the list."),
            "invalid_choice": _("What is it about: not known. Choose one of the list."),
        },
    )
    text = LongTextField(
        label=_("What do you want to tell us?"),
        max_length=TEXT_LENGTH,
        help_text=_("Only moderators read it; nothing of it is published. Please name no private persons."),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": _("What you want to tell us: missing. Write at least one sentence."),
            "max_length": _("What you want to tell us: longer than 4000 characters. Shorten it or link a document."),
        },
    )
    link = forms.CharField(
        label=_("Link to a source (not required)"),
        required=False,
        max_length=1000,
        help_text=_("The address of a page or document: https://…"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        error_messages={"max_length": _("Link: longer than 1000 characters. Give a shorter one.")},
    )
    email = address_field(
        label=_("E-mail address, if you want an answer (not required)"),
        required=False,
        help_text=_("Used for one answer and then deleted."),
    )

    def clean_link(self) -> str:
        link: str = self.cleaned_data["link"].strip()
        try:
            if link:
                is_web_address(link)
        except forms.ValidationError as fault:
            text = _("Link: this is no address of a page. Write it as https://example.org/page.")
            raise forms.ValidationError(text) from fault
        return link
