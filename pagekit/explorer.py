"""Wagtail's tree of pages and its report of workflows, asked less often than Wagtail would."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn, UserColumn
from wagtail.admin.views.pages.listing import ExplorableIndexView, GenericPageFilterSet
from wagtail.admin.views.reports.workflows import WorkflowView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page, WorkflowState


class ExplorerFilterSet(GenericPageFilterSet):
    """Without what our lists of pages do not offer either."""

    site = None
    owner = None


class Tree(ExplorableIndexView):
    """The list below a page; what is known of that page itself, its draft first, stands on its own screen."""

    def get_side_panels(self) -> MediaContainer:
        return MediaContainer()


class ExplorerViewSet(PageViewSet):
    """Wagtail's own screens of a page; the tree offers fewer filters."""

    model = Page
    index_view_class = Tree
    parent_models = (Page,)
    filterset_class = ExplorerFilterSet


def screen_of(state: WorkflowState) -> str:
    return reverse("wagtailadmin_pages:edit", args=[state.object_id])


def history_of(state: WorkflowState) -> str:
    return reverse("wagtailadmin_pages:workflow_history_detail", args=[state.object_id, state.pk])


class WorkflowReport(WorkflowView):
    """Moderation has one step, so the column of steps, for which Wagtail asks twice a line, would say nothing."""

    results_template_name = "wagtailadmin/reports/base_report_results.html"
    columns = (
        TitleColumn("page", label=_("Page"), accessor="content_object.get_admin_display_title", get_url=screen_of),
        Column("locale", label=_("Language"), accessor="content_object.locale"),
        TitleColumn("status", label=_("State"), accessor="get_status_display", get_url=history_of, width="15%"),
        UserColumn("requested_by", label=_("Requested by"), width="15%"),
        DateColumn("created_at", label=_("Started at"), width="12%"),
    )

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related("content_object__locale", "requested_by__wagtail_userprofile")
