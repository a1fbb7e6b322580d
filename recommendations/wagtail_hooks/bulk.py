"""The bulk action of the list of recommendations: themes, tags, addressees and levels of all that are ticked."""

from typing import Any

from django import forms
from django.contrib import messages
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.models import Page

from pagekit.acts import Refused
from recommendations.services.classification import (
    WordChange,
    change_words,
    hindrance_to_change,
    may_change_words,
)
from taxonomy.choices import Level
from taxonomy.models import Organisation, Tag, Theme

REASON_LENGTH = 250


class WordsForm(forms.Form):
    act = forms.ChoiceField(
        label=_("What to do"),
        choices=[("add", _("add to each page")), ("remove", _("remove from each page"))],
        initial="add",
        widget=forms.RadioSelect,
    )
    themes = forms.ModelMultipleChoiceField(label=_("Themes"), queryset=Theme.objects.none(), required=False)
    tags: Any = forms.ModelMultipleChoiceField(label=_("Tags"), queryset=Tag.objects.none(), required=False)
    addressees = forms.ModelMultipleChoiceField(
        label=_("Addressees"), queryset=Organisation.objects.none(), required=False
    )
    levels = forms.MultipleChoiceField(
        label=_("Levels"), choices=Level.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Reason of the change"),
        required=False,
        max_length=REASON_LENGTH,
        help_text=_("Pages that are public already need it to be published; readers see it with the date."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = {
            "themes": Theme.objects.current(),
            "tags": Tag.objects.filter(merged_into=None).order_by("name"),
            "addressees": Organisation.objects.current(),
        }
        for name, found in rows.items():
            field: Any = self.fields[name]
            field.queryset = found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not any(data.get(name) for name in ("themes", "tags", "addressees", "levels")):
            raise forms.ValidationError(_("Nothing is chosen. Choose a theme, a tag, an addressee or a level."))
        return data

    def change(self) -> WordChange:
        data = dict(self.cleaned_data)
        return WordChange(is_adding=data.pop("act") == "add", **data)


class ChangeWords(PageBulkAction):
    display_name = _("Themes, tags, addressees, levels")
    action_type = "change_words"
    aria_label = _("Change themes, tags, addressees and levels of the selected recommendations")
    template_name = "admin/recommendations/change_words.html"
    action_priority = 50
    form_class = WordsForm

    def check_perm(self, page: Page) -> bool:
        return may_change_words(self.request.user, page)

    def object_context(self, page: Page) -> dict[str, Any]:
        return {**super().object_context(page), "hindrance": hindrance_to_change(self.request.user, page)}

    def get_execution_context(self) -> dict[str, Any]:
        self.skipped: list[tuple[Page, str]] = []
        form: Any = self.cleaned_form
        return {**super().get_execution_context(), "change": form.change(), "skipped": self.skipped}

    @classmethod
    def execute_action(cls, objects: list[Page], **context: Any) -> tuple[int, int]:
        """Each page for itself: one that is skipped keeps no other from its draft."""
        saved = 0
        for page in objects:
            try:
                saved += change_words(page, by=context["user"], change=context["change"])
            except Refused as refused:
                context["skipped"].append((page, str(refused)))
        return saved, 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        for page, why in self.skipped:
            title = page.get_admin_display_title()
            messages.warning(self.request, gettext("Skipped: “%(title)s”. %(why)s") % {"title": title, "why": why})
        return ngettext(
            "%(number)d draft is saved. Readers see it once a moderator has approved it.",
            "%(number)d drafts are saved. Readers see them once a moderator has approved them.",
            num_parent_objects,
        ) % {"number": num_parent_objects}
