"""What changed in a row, by whom and when, and the way back: the history of a vocabulary with its versions."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.history import HistoryView, LogEntryUserColumn

from pagekit.versions import SIDES, differences, restore, stored, summary, values_of, versions_of
from taxonomy.services.merging import MERGED, TAKEN_BACK, merge_of
from taxonomy.wagtail_hooks.screens import RowScreen

TOLD = {
    MERGED: _("merged into “%(into)s”, pages that went along: %(things)s"),
    TAKEN_BACK: _("taken back from “%(from)s”, pages that came along: %(things)s, stayed: %(staying)s"),
}


class RowHistory(HistoryView):
    """Wagtail's list of what was done, each change with what it changed and the way to its versions."""

    version_url_name = ""
    take_back_url_name = ""

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("message", label=_("Action"), get_url=self.version_url, classname="title"),
            Column("what", label=_("What changed"), accessor=self.what_changed),
            LogEntryUserColumn("user", label=_("User"), width="20%"),
            DateColumn("timestamp", label=_("Date"), width="15%"),
        ]

    def version_url(self, entry: Any) -> str | None:
        if self.take_back_url_name and self.standing_merge is not None and entry.pk == self.standing_merge.pk:
            return reverse(self.take_back_url_name, args=[self.object.pk])
        if not self.version_url_name or "after" not in entry.data:
            return None
        return reverse(self.version_url_name, args=[self.object.pk, entry.pk])

    @cached_property
    def standing_merge(self) -> Any:
        """The entry of the merge that can be taken back."""
        return merge_of(self.object) if self.take_back_url_name else None

    def what_changed(self, entry: Any) -> str:
        if entry.action in TOLD and "things" in entry.data:
            return str(TOLD[entry.action]) % entry.data
        return summary(self.model, entry) if "after" in entry.data else ""


class VersionView(RowScreen, TemplateView):
    """One change: before, after and now, field by field; either of the two states may be made the present one."""

    history_url_name = ""
    header_icon = "history"
    page_title = _("Version")
    template_name = "admin/taxonomy/version.html"

    @cached_property
    def entry(self) -> Any:
        return get_object_or_404(versions_of(self.row), pk=self.kwargs["entry"])

    def above(self) -> list[dict[str, Any]]:
        return [{"url": reverse(self.history_url_name, args=[self.row.pk]), "label": gettext("History")}]

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
