"""The form behind every page of ours: what publication will ask for is said already on submission, at its field."""

from typing import Any

from django import forms
from django.db import models
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.widgets import AdminAutoHeightTextInput

from pagekit.acts import Refused
from pagekit.fields import LinesFormField
from pagekit.newer import differing, kept_forms, refuse_older
from pagekit.publication import refuse_without_reason


def is_out_of_date(data: Any, latest: Any) -> bool:
    """Whether somebody has saved the page since the screen that sends ``data`` was opened or saved it itself.

    Wagtail asks this of its autosave alone; whoever presses the button would save over it.
    """
    if latest is None:
        return False
    if own := data.get("overwrite_revision_id"):
        return bool(own != str(latest.pk))
    if not (loaded := data.get("loaded_revision_id")):
        return False
    # An autosave keeps the id and writes anew.
    return bool((loaded, data.get("loaded_revision_created_at")) != (str(latest.pk), latest.created_at.isoformat()))


# As Wagtail's own, and with one way to end a line.
register_form_field_override(
    models.TextField, override={"widget": AdminAutoHeightTextInput, "form_class": LinesFormField}, exact_class=True
)
# Comments beside the text, which nobody saves over.
TALK = frozenset({"comment_notifications", "comments"})


def is_as_drafted(form: Any, row: Any, place: int) -> bool:
    """Whether a form without a key says what a row of the draft says that has none, and stands in its place."""
    before = forms.model_to_dict(row)
    said = {name: field for name, field in form.fields.items() if name not in {"id", "ORDER", "DELETE"}}
    is_there = "ORDER" not in form.fields or str(form["ORDER"].data) == str(place)
    return is_there and not any(field.has_changed(before.get(name), form[name].data) for name, field in said.items())


class ContentPageForm(WagtailAdminPageForm):
    """Offers no vocabulary row that was merged away; a draft may lack what a submission may not.

    A row that was merged since the draft was saved is shown as the row that it became. A save over a newer draft is
    refused, and nothing typed is lost.
    """

    is_older = False

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

    def is_valid(self) -> bool:
        valid: bool = super().is_valid()
        if not self.is_older and is_out_of_date(self.data, latest := self.instance.latest_revision):
            newer = latest.as_object()
            if latest.user == self.for_user and self.says_the_same(newer):
                # Saved by itself in the moment in which its own author pressed the button.
                return valid
            self.is_older = True
            who = latest.user.get_full_name() or latest.user.get_username() if latest.user else ""
            refuse_older(self, newer, who=who, besides=TALK)
        return valid and not self.is_older

    def has_changed(self) -> bool:
        """Whether to save would change the draft that the form shows.

        A row that the draft added has no key before it is published, so Django takes it for new whenever the form is
        sent; who only approves it would be its co-author, and may not approve.
        """
        if not super().has_changed():
            return False
        changed = [name for name, rows in self.formsets.items() if any(row.has_changed() for row in rows.forms)]
        return bool(self.changed_data) or not all(self.holds_the_drafts_rows(name) for name in changed)

    def holds_the_drafts_rows(self, name: str) -> bool:
        if name in TALK:
            return False
        drafted, rows = list(getattr(self.instance, name).all()), self.formsets[name]
        sent = rows.forms[: rows.initial_form_count()]
        if len(sent) != len(drafted) or any(row.has_changed() for row in rows.forms[len(sent) :]) or rows.deleted_forms:
            return False
        return all(
            is_as_drafted(row, one, place) if row.instance.pk is None else not row.has_changed()
            for place, (row, one) in enumerate(zip(sent, drafted, strict=True), 1)
        )

    def says_the_same(self, newer: Any) -> bool:
        """Whether to save would change no word and no row of ``newer``; a new row would come in twice."""
        new = any(not row.instance.pk for rows in self.formsets.values() for row in kept_forms(rows))
        return not new and next(differing(self, newer, besides=TALK), None) is None

    def get_field_updates_for_resave(self) -> list[tuple[str, str]]:
        """Besides what Wagtail tells the screen after it has saved by itself: which state it knows from now on."""
        latest = self.instance.latest_revision
        known = {"loaded_revision_id": str(latest.pk), "loaded_revision_created_at": latest.created_at.isoformat()}
        return [*super().get_field_updates_for_resave(), *known.items()]

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
