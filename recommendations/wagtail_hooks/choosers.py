"""Choosing a published recommendation by its reference or its title."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from pagekit.models import attach_pages
from recommendations.models import Recommendation, RecommendationPage


class ReferenceFilterForm(BaseFilterForm):
    q = forms.CharField(
        label=_("Search term"),
        widget=forms.TextInput(attrs={"placeholder": _("Reference or words of the title")}),
        required=False,
    )

    def filter(self, objects: Any) -> Any:
        text = self.search_query = self.cleaned_data["q"].strip()
        self.is_searching = bool(text)
        if not text:
            return objects
        titled = RecommendationPage.objects.sources().filter(title__icontains=text).order_by()
        wanted = Q(translation_key__in=titled.values("translation_key"))
        return objects.filter(wanted | Q(reference__icontains=text) | Q(aliases__alias__icontains=text)).distinct()


class PublishedOnly:
    filter_form_class = ReferenceFilterForm
    request: Any

    def get_object_list(self) -> Any:
        return Recommendation.objects.visible_to(self.request.user)

    def get_results_page(self, request: Any) -> Any:
        page = super().get_results_page(request)  # type: ignore[misc]  # the view it is mixed into has it
        attach_pages(page.object_list)
        return page

    @property
    def columns(self) -> list[Column]:
        titles = Column("page", label=_("Title"), accessor=lambda fact: fact.page.title if fact.page else "")
        references, *others = super().columns  # type: ignore[misc]  # the view it is mixed into has it
        references.label = _("Reference")
        return [references, *others, titles]


class ChooseRecommendation(PublishedOnly, ChooseView):
    pass


class ChooseRecommendationResults(PublishedOnly, ChooseResultsView):
    pass


class RecommendationChooser(ChooserViewSet):
    model = Recommendation
    icon = "list-ol"
    choose_one_text = _("Choose a recommendation")
    choose_another_text = _("Choose another recommendation")
    choose_view_class = ChooseRecommendation
    choose_results_view_class = ChooseRecommendationResults
    per_page = 20


recommendation_chooser = RecommendationChooser("recommendation_chooser")
