"""What changed in a row, by whom and when, and the way back: the history of a vocabulary with its versions."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.history import HistoryView, LogEntryUserColumn
from wagtail.permissions import policy_registry

from pagekit.versions import SIDES, differences, restore, stored, summary, values_of, versions_of


class RowHistory(HistoryView):
    """Wagtail's list of what was done, each change with what it changed and the way to its versions."""

    version_url_name = ""

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("message", label=_("Action"), get_url=self.version_url, classname="title"),
            Column("what", label=_("What changed"), accessor=self.what_changed),
            LogEntryUserColumn("user", label=_("User"), width="20%"),
            DateColumn("timestamp", label=_("Date"), width="15%"),
        ]

    def version_url(self, entry: Any) -> str | None:
        if not self.version_url_name or "after" not in entry.data:
            return None
        return reverse(self.version_url_name, args=[self.object.pk, entry.pk])

    def what_changed(self, entry: Any) -> str:
        return summary(self.model, entry) if "after" in entry.data else ""


class VersionView(WagtailAdminTemplateMixin, TemplateView):
    """One change: before, after and now, field by field; either of the two states may be made the present one."""

    model: Any = None
    index_url_name = ""
    edit_url_name = ""
    history_url_name = ""
    header_icon = "history"
    page_title = _("Version")
    template_name = "admin/taxonomy/version.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not policy_registry.get_by_type(self.model).user_has_permission(request.user, "change"):
            raise PermissionDenied
        self.row = get_object_or_404(self.model, pk=kwargs["pk"])
        self.entry = get_object_or_404(versions_of(self.row), pk=kwargs["entry"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.row)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": self.model._meta.verbose_name_plural},
            {"url": reverse(self.edit_url_name, args=[self.row.pk]), "label": str(self.row)},
            {"url": reverse(self.history_url_name, args=[self.row.pk]), "label": gettext("History")},
            {"url": "", "label": self.get_page_title()},
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        side = request.POST.get("side", "")
        if side not in SIDES:
            return self.render_to_response(self.get_context_data(), status=422)
        try:
            restore(self.row, self.entry.data[side], by=request.user)
        except ValidationError as error:
            messages.error(request, gettext("Not restored: %(why)s") % {"why": " ".join(error.messages)})
            return self.render_to_response(self.get_context_data(), status=422)
        messages.success(request, gettext("Restored. What stood here until now is a version of its own."))
        return redirect(self.history_url_name, self.row.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        data, now = self.entry.data, values_of(stored(self.row))
        offered = {
            side: list(differences(self.model, now, {name: data[side][name] for name in now if name in data[side]}))
            for side in SIDES
        }
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "row": self.row,
            "entry": self.entry,
            "changes": list(differences(self.model, data["before"], data["after"])),
            "offered": offered,
        }
