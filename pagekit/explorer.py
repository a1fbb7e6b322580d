"""Wagtail's tree of pages and two of its reports, asked less often than Wagtail would."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Model, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn, UserColumn
from wagtail.admin.views.pages.listing import ExplorableIndexView, GenericPageFilterSet
from wagtail.admin.views.reports.audit_logging import LogEntriesView
from wagtail.admin.views.reports.workflows import WorkflowView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import CollectionMember, Page, WorkflowState


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


class SiteHistory(LogEntriesView):
    """Wagtail reads what the entries are about kind by kind, and there are more kinds than a list may ask for."""

    def decorate_paginated_queryset(self, queryset: Any) -> list[Any]:
        keys = defaultdict(list)
        for row in queryset:
            keys[row["log_model_index"]].append(row["pk"])
        entries = {
            (index, entry.pk): entry
            for index, some in keys.items()
            for entry in self.log_models[index].objects.filter(pk__in=some)
        }
        people = get_user_model().objects.select_related("wagtail_userprofile")
        users = people.in_bulk({entry.user_id for entry in entries.values() if entry.user_id})
        for entry in entries.values():
            if entry.content_type_id:
                entry.content_type = ContentType.objects.get_for_id(entry.content_type_id)
        subjects, finder = subjects_of(entries.values()), AdminURLFinder(self.request.user)
        for entry in entries.values():
            entry._meta.get_field("user").set_cached_value(entry, users.get(entry.user_id))
            entry.edit_url = finder.get_edit_url(subjects.get((kind_of(entry), str(entry.object_id))))
        return [entries[row["log_model_index"], row["pk"]] for row in queryset]


def kind_of(entry: Any) -> type[Model] | None:
    """The model of what an entry of a log is about, Page for any kind of page; None where no code is left of it."""
    kind: type[Model] | None = entry.content_type.model_class() if entry.content_type else None
    return Page if issubclass(kind or object, Page) else kind


def subjects_of(entries: Iterable[Any]) -> dict[tuple[type[Model] | None, str], Model]:
    """What the entries are about, by kind and key, where it is still there: as much of it as a link to it needs."""
    wanted: dict[type[Model], set[str]] = defaultdict(set)
    for entry in entries:
        if kind := kind_of(entry):
            wanted[kind].add(str(entry.object_id))
    # Whether somebody may edit these depends on where they stand.
    placed = [kind for kind in wanted if issubclass(kind, (Page, CollectionMember))]
    found: dict[tuple[type[Model] | None, str], Model] = {
        (kind, str(key)): thing
        for kind in placed
        for key, thing in kind._default_manager.in_bulk(wanted.pop(kind)).items()
    }
    kinds = list(wanted)
    rows = [
        kind._default_manager.filter(pk__in=wanted[kind]).order_by().values_list(Value(at), Cast("pk", CharField()))
        for at, kind in enumerate(kinds)
    ]
    for at, key in rows[0].union(*rows[1:], all=True) if rows else ():
        found[kinds[at], key] = kinds[at](pk=key)
    return found
