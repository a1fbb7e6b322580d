"""Choosing a body by any name it bears or bore, in any case of letters and without Polish marks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from taxonomy.models import Organisation


class NameFilterForm(BaseFilterForm):
    q = forms.CharField(
        label=_("Search term"),
        widget=forms.TextInput(attrs={"placeholder": _("Name, former name or abbreviation")}),
        required=False,
    )

    def filter(self, objects: Any) -> Any:
        self.search_query = self.cleaned_data["q"]
        self.is_searching = bool(self.search_query)
        return objects.named_like(self.search_query) if self.is_searching else objects


def other_names(organisation: Organisation) -> str:
    return ", ".join(str(name) for name in organisation.names.all())


def what_it_is(organisation: Organisation) -> str:
    """The kind; a group of institutions says in words that it is one and has nobody who answers."""
    if organisation.is_collective:
        return str(_("group of institutions: nobody answers for it"))
    return organisation.get_kind_display()


class BodiesByName:
    filter_form_class = NameFilterForm

    def get_object_list(self) -> Any:
        return Organisation.objects.current().prefetch_related("names")

    @property
    def columns(self) -> list[Column]:
        return [
            *super().columns,  # type: ignore[misc]  # the view it is mixed into has it
            Column("kind", label=_("Kind"), accessor=what_it_is),
            Column("names", label=_("Other names"), accessor=other_names),
        ]


class ChooseBody(BodiesByName, ChooseView):
    pass


class ChooseBodyResults(BodiesByName, ChooseResultsView):
    pass


class OrganisationChooser(ChooserViewSet):
    model = Organisation
    icon = "group"
    choose_one_text = _("Choose an institution")
    choose_another_text = _("Choose another institution")
    edit_item_text = _("Edit this institution")
    choose_view_class = ChooseBody
    choose_results_view_class = ChooseBodyResults
    per_page = 20


# One for the whole admin: forms elsewhere take its widget.
organisation_chooser = OrganisationChooser("organisation_chooser")
