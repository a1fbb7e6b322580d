"""The list of recommendations in the admin: reference, issuer, badge, state of the draft, last change."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from pagekit.listings import ContentPageFilterSet, ContentPageIndex, ContentPageListing
from recommendations.choices import Badge
from recommendations.models import Recommendation, RecommendationPage
from taxonomy.models import Organisation, Theme


class RecommendationFilterSet(ContentPageFilterSet):
    badge = django_filters.ChoiceFilter(label=_("Badge"), choices=Badge.choices, method="with_badge")
    theme = django_filters.ModelChoiceFilter(
        label=_("Theme"), field_name="themes", queryset=lambda request: Theme.objects.current()
    )
    addressee = django_filters.ModelChoiceFilter(
        label=_("Addressee"), queryset=lambda request: Organisation.objects.current(), method="asking"
    )

    class Meta:
        model = RecommendationPage
        fields = ("source_kind", "wording_kind")

    def with_badge(self, pages: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        facts = Recommendation.objects.filter(badge=value)
        return pages.filter(translation_key__in=facts.order_by().values("translation_key"))

    def asking(self, pages: QuerySet[Any], name: str, value: Organisation) -> QuerySet[Any]:
        return pages.filter(pk__in=RecommendationPage.objects.filter(addressees__organisation=value).values("pk"))


class RecommendationIndex(ContentPageIndex):
    base_filterset_class = RecommendationFilterSet

    def found_otherwise(self, text: str) -> Q:
        """Pages by a part of their reference, or by another identifier."""
        named = Recommendation.objects.filter(reference__icontains=text.strip()).order_by()
        other = Recommendation.objects.filter(aliases__alias__iexact=text.strip()).order_by()
        return Q(translation_key__in=named.values("translation_key")) | Q(
            translation_key__in=other.values("translation_key")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        attach_facts(context["object_list"])
        return context


def attach_facts(pages: Iterable[Any]) -> None:
    """Set ``fact`` on each page: the recommendation it published, or None; one query."""
    wanted = list(pages)
    facts = Recommendation.objects.filter(translation_key__in=[page.translation_key for page in wanted])
    found = {fact.translation_key: fact for fact in facts}
    for page in wanted:
        page.fact = found.get(page.translation_key)


def reference_of(page: Any) -> str:
    return page.fact.reference if page.fact else "–"


def badge_of(page: Any) -> str:
    return page.fact.get_badge_display() if page.fact else ""


class RecommendationListing(ContentPageListing):
    model = RecommendationPage
    icon = "list-ol"
    menu_label = _("Recommendations")
    menu_name = "recommendations"
    menu_order = 60
    add_to_admin_menu = True
    index_view_class = RecommendationIndex
    filterset_class = RecommendationFilterSet
    columns = ContentPageListing.columns_with(
        Column("reference", label=_("Reference"), accessor=reference_of),
        Column("badge", label=_("Badge"), accessor=badge_of),
        above=_("Issuer"),
    )
