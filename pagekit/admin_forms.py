"""The form behind every page of ours: what publication will ask for is said already on submission, at its field."""

from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminPageForm

from pagekit.acts import Refused
from pagekit.publication import refuse_without_reason


class ContentPageForm(WagtailAdminPageForm):
    """Offers no vocabulary row that was merged away; a draft may lack what a submission may not.

    A row that was merged since the draft was saved is shown as the row that it became.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if hasattr(getattr(field, "queryset", None), "current"):
                self.offer_current(name, field)

    def offer_current(self, name: str, field: Any) -> None:
        field.queryset = field.queryset.current()
        if isinstance(field, forms.ModelMultipleChoiceField):
            rows = self.initial.get(name) or []
            self.initial[name] = list(dict.fromkeys(row.merged_into or row for row in rows))
            field.widget = forms.CheckboxSelectMultiple()
            field.choices = self.choices_of(name, field.queryset)
            field.help_text = ""

    def choices_of(self, name: str, rows: Any) -> list[tuple[int, str]]:
        """What a list of ticks offers, in its order."""
        return [(row.pk, str(row)) for row in rows]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.is_deferred_validation and self.instance.is_source:
            self.check_complete()
        return cleaned

    def check_complete(self) -> None:
        """Add an error to each field whose lack would have the publication refused."""
        if self.instance.pk and "change_reason" in self.fields:
            page = self.instance
            draft = type(page)(change_reason=self.cleaned_data.get("change_reason", ""))
            published = type(page).objects.filter(pk=page.pk).first()
            try:
                refuse_without_reason(draft, published)
            except Refused as refusal:
                self.add_error("change_reason", str(refusal))
