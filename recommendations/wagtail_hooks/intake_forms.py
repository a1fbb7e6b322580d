"""The forms of an intake: the paper, its date, and one of its rows."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pagekit.acts import Refused
from recommendations.models import Intake, IntakeRow
from recommendations.services.intake import TYPED
from recommendations.transfer.dates import issued_on

# What of a row is a list of names of a vocabulary, and how the field is called that adds one.
LISTED = {"addressees": _("Add an institution from the list"), "themes": _("Add a theme from the list")}


class DateForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no arguments at run time
    """When all of a paper was issued; a permanent number is made of it, so nobody's date is taken unseen."""

    class Meta:
        model = Intake
        fields: tuple[str, ...] = ("issued",)

    def clean_issued(self) -> str:
        text: str = self.cleaned_data["issued"]
        try:
            issued_on(text)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return text


class PaperForm(DateForm):
    """Where the recommendations come from: a file or a text, and what is said of it on every draft."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_(
            "DOCX, PDF with text, HTML or TXT up to 20 MB, XLSX, ODS or CSV with named columns. It becomes the source "
            "document of each draft; readers can take it only once something that links it is published. A saved web "
            "page is read and not kept."
        ),
        widget=forms.FileInput(attrs={"accept": ".docx,.pdf,.html,.htm,.txt,.xlsx,.ods,.csv"}),
    )
    text = forms.CharField(
        label=_("or the text, pasted"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 12})
    )
    title = forms.CharField(
        label=_("source"),
        max_length=300,
        required=False,
        help_text=_("The title of the document as readers will see it; the name of the file if you leave it empty."),
    )
    source_url: Any = Intake._meta.get_field("source_url").formfield(assume_scheme="https")
    field_order = ("file", "text", "title", "issued", "source_url")

    class Meta:
        model = Intake
        fields = ("title", "issued", "source_url", "source_kind", "wording_kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issued"].required = True

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not said.get("title") and "title" not in self.errors:
            file = said.get("file")
            said["title"] = PurePosixPath(file.name).stem[:300] if file else ""
            if not file:
                self.add_error("title", _("Say what the text is taken from: readers see it as the source."))
        return said


def adder_of(name: str) -> forms.TextInput:
    """A field that offers the names of a vocabulary; browsers find them as one types."""
    label = LISTED[name]
    return forms.TextInput(
        attrs={
            "list": f"known-{name}",
            "aria-label": label,
            "placeholder": label,
            "data-adds-to": name,
            "autocomplete": "off",
        }
    )


class RowForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no arguments at run time
    class Meta:
        model = IntakeRow
        fields = TYPED
        widgets = {  # noqa: RUF012 - Django's way
            "text": forms.Textarea(attrs={"rows": 4}),
            "rationale": forms.Textarea(attrs={"rows": 2}),
            "addressees": forms.Textarea(attrs={"rows": 2}),
            "themes": forms.Textarea(attrs={"rows": 2}),
        }

    # What somebody else saved since the form was opened, by field.
    newer: dict[str, str] = {}  # noqa: RUF012 - never changed in place

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in LISTED:
            self.fields[f"add_{name}"] = forms.CharField(max_length=250, required=False, widget=adder_of(name))

    def clean(self) -> dict[str, Any]:
        """What was chosen from a list becomes the last line of its field."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for name in LISTED:
            said[name] = "\n".join(filter(None, (said.get(name, "").strip(), said.get(f"add_{name}", ""))))
        return said

    def fields_to_show(self) -> Iterator[tuple[Any, str, str, Any]]:
        """Each field, why it was guessed in words, what is newer than what was typed, and what adds a line to it."""
        for name in TYPED:
            adder = self[f"add_{name}"] if name in LISTED else ""
            yield self[name], self.instance.why(name), self.newer.get(name, ""), adder
