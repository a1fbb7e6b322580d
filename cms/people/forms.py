"""What an administrator says about a person: who it is, which roles, which institutions from when until when."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cms.people import roles
from forums.models import WorkingGroupPage
from notices.forms import TermForm
from taxonomy.models import Mandate, Organisation
from taxonomy.wagtail_hooks.choosers import organisation_chooser

# Rows that wait empty for another institution; saving brings new ones.
SPARE_ROWS = 2


class PersonForm(forms.Form):
    """Who is invited."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=150, help_text=_("The invitation goes there; it becomes the user name.")
    )
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of the mails, and of the administration.")
    )


class RolesForm(forms.Form):
    """Which roles a person has; none is needed to answer for an institution."""

    general = forms.MultipleChoiceField(
        label=_("For the whole site"),
        choices=list(roles.GENERAL.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Moderators approve and assess. Administrators keep people, and have no desk."),
    )
    groups: Any = forms.ModelMultipleChoiceField(
        label=_("Editor of working groups"),
        queryset=WorkingGroupPage.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    languages = forms.MultipleChoiceField(
        label=_("Translator into"), choices=roles.languages, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: Any = self.fields["groups"]
        groups.queryset = roles.group_pages()
        groups.label_from_instance = lambda page: page.title

    @property
    def names(self) -> set[str]:
        """The groups of rights that were chosen."""
        data = self.cleaned_data
        return roles.names_of(data["general"], data["groups"], data["languages"])


class MandateRowForm(TermForm):
    """One institution of the person; where it is said already, only role and days change."""

    mandate = forms.ModelChoiceField(queryset=Mandate.objects.none(), required=False, widget=forms.HiddenInput)
    organisation = forms.ModelChoiceField(
        label=_("Institution"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=organisation_chooser.widget_class,
    )
    field_order = ("mandate", "organisation", "role", "starts_on", "ends_on")

    def __init__(self, *args: Any, mandates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mandate: Any = self.fields["mandate"]
        mandate.queryset = mandates
        # By what was sent: another administrator may have changed the rows meanwhile.
        named = self.data.get(self.add_prefix("mandate")) if self.is_bound else self.initial.get("mandate")
        self.held: Mandate | None = next((one for one in mandates if str(one.pk) == str(named)), None)
        if self.held is not None:
            # Of which body a mandate is nobody changes: it is ended, and another one written.
            del self.fields["organisation"]
        else:
            chosen: Any = self.fields["organisation"]
            chosen.queryset = Organisation.objects.current().answerable()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "organisation" in self.fields and cleaned.get("ends_on") and not cleaned.get("organisation"):
            self.add_error("organisation", _("Institution: missing. Choose one, or empty this row."))
        return cleaned

    @property
    def body(self) -> Organisation | None:
        """The institution of the row; None for a spare row that was left empty."""
        return self.held.organisation if self.held is not None else self.cleaned_data.get("organisation")


class BaseMandateRows(forms.BaseFormSet):  # type: ignore[type-arg]  # takes no arguments at run time
    @property
    def media(self) -> forms.Media:
        """That of a spare row, which chooses: Django would ask the first, which holds a mandate and needs less."""
        return self.empty_form.media


MandateRows: Any = forms.formset_factory(
    MandateRowForm, BaseMandateRows, extra=SPARE_ROWS, max_num=200, absolute_max=200
)


def mandate_rows(mandates: Any, data: Any = None, organisation: Any = None) -> Any:
    """The rows of a person's mandates that are not over, then empty ones, the first perhaps for an ``organisation``."""
    held = list(mandates)
    initial: list[dict[str, Any]] = [
        {
            "mandate": one.pk,
            "role": one.role,
            "starts_on": one.starts_on,
            "ends_on": one.ends_on,
        }
        for one in held
    ]
    rows = MandateRows(data, prefix="mandates", initial=initial, form_kwargs={"mandates": mandates})
    if organisation is not None and data is None:
        rows.forms[len(held)].initial["organisation"] = organisation
    return rows


class ContactsFileForm(forms.Form):
    sheet = forms.FileField(
        label=_("Spreadsheet"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=_("XLSX or CSV, up to 2 MB and 200 contacts. You see what it would do before anything is done."),
    )
