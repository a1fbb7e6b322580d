"""What forums add to the admin: flat lists of forums and of working groups, under one heading."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.base import ViewSetGroup

from forums.models import ForumPage, WorkingGroupPage
from pagekit.listings import ContentPageFilterSet, ContentPageIndex, ContentPageListing
from taxonomy.models import Place


class PlaceFilterSet(ContentPageFilterSet):
    place = django_filters.ModelChoiceFilter(label=_("City"), queryset=lambda request: Place.objects.current())


class ForumFilterSet(PlaceFilterSet):
    class Meta:
        model = ForumPage
        fields = ("kind",)


class WorkingGroupFilterSet(PlaceFilterSet):
    class Meta:
        model = WorkingGroupPage
        fields = ("kind", "set_state")


class WithPlaces(ContentPageIndex):
    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().prefetch_related("place")


class ForumListing(ContentPageListing):
    model = ForumPage
    name = "forum_pages"
    icon = "site"
    menu_label = _("Forums and other issuers")
    menu_name = "forum-pages"
    index_view_class = WithPlaces
    filterset_class = ForumFilterSet
    columns = ContentPageListing.columns_with(
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column("place", label=_("City"), accessor=lambda page: page.place or ""),
        above=_("Under"),
    )


class WorkingGroupListing(ContentPageListing):
    model = WorkingGroupPage
    name = "working_group_pages"
    icon = "group"
    menu_label = _("Working groups")
    menu_name = "working-group-pages"
    index_view_class = WithPlaces
    filterset_class = WorkingGroupFilterSet
    columns = ContentPageListing.columns_with(
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column("set_state", label=_("Recommendation set"), accessor="get_set_state_display", sort_key="set_state"),
        above=_("Forum"),
    )


class ForumGroup(ViewSetGroup):
    menu_label = _("Forums")
    menu_name = "forums"
    menu_icon = "site"
    menu_order = 50
    items = (ForumListing, WorkingGroupListing)


@hooks.register("register_admin_viewset")
def register_forums() -> Any:
    return ForumGroup()
