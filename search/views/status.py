"""What the admin says of search: the status page, and the banner on the dashboard when something is amiss."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from search.documents import all_subjects
from search.engines import engine_state, get_engines
from search.engines.base import EngineUnavailable
from search.sync.drift import find_drift, record
from search.sync.missed import SHOWN_FROM, most_missed
from search.sync.status import State, Status, statuses

PERMISSION = "search.view_indexcheck"

CHECKED_AT_ONCE = 2000
"""A site with more things than this is checked by command: a request would take too long."""

STATES: dict[State, Any] = {
    State.UNAVAILABLE: _("does not answer"),
    State.MISSING: _("there is no index"),
    State.OUTDATED: _("built by other rules, or too old to be brought up to date"),
    State.BEHIND: _("behind"),
    State.DIFFERS: _("differs from the database"),
    State.CURRENT: _("current"),
}

REMEDIES: dict[State, tuple[Any, str]] = {
    State.UNAVAILABLE: (
        _("Readers get the titles that hold their words, without filters, until it answers. Nothing is lost."),
        "search_sync",
    ),
    State.MISSING: (_("Readers get the titles that hold their words, without filters."), "search_rebuild"),
    State.OUTDATED: (_("It goes on answering, but some words may not be found."), "search_rebuild"),
    State.BEHIND: (
        _("What was changed is not found until it is brought in; what was hidden is hidden."),
        "search_sync",
    ),
    State.DIFFERS: (_("Somebody has changed data past the site's own ways."), "search_check --repair"),
}


class StatusView(WagtailAdminTemplateMixin, TemplateView):
    """Engine, documents, what waits, the last check, questions that found nothing. A POST checks a small site."""

    template_name = "admin/search/status.html"
    page_title = _("Status of search")
    header_icon = "search"
    http_method_names = ("get", "head", "post", "options")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user: Any = request.user
        if not user.has_perm(PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "answering": engine_state(),
            "indexes": [described(status) for status in statuses()],
            "missed": most_missed(),
            "shown_from": SHOWN_FROM,
            "may_check": _is_small(),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        if not _is_small():
            raise PermissionDenied
        try:
            found = sum(record(find_drift(engine), engine).differences for engine in get_engines())
        except EngineUnavailable as problem:
            messages.error(request, str(problem))
        else:
            if found:
                text = ngettext(
                    "%(count)d document differs from the database. Run search_check --repair.",
                    "%(count)d documents differ from the database. Run search_check --repair.",
                    found,
                )
                messages.warning(request, text % {"count": found})
            else:
                messages.success(request, _("The index equals the database."))
        return redirect("search_status")


def described(status: Status) -> dict[str, Any]:
    """A status with the words for it, and the command that helps."""
    consequence, command = REMEDIES.get(status.state, ("", ""))
    return {"status": status, "state": STATES[status.state], "consequence": consequence, "command": command}


def _is_small() -> bool:
    return not any(place >= CHECKED_AT_ONCE for place, _subject in enumerate(all_subjects()))


class SearchPanel(Component):
    """The banner: which index is not well, what readers notice of it, and what to run."""

    name = "search_status"
    template_name = "admin/search/banner.html"
    order = 20

    def __init__(self, unwell: list[Status]) -> None:
        self.unwell = unwell

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"answering": engine_state(), "indexes": [described(status) for status in self.unwell]}


def banner(user: Any) -> SearchPanel | None:
    """For who may do something about it: the indexes that are not well; None if all are, and the chosen engine
    answers."""
    if not user.has_perm(PERMISSION):
        return None
    unwell = [status for status in statuses() if not status.is_well]
    return SearchPanel(unwell) if unwell or engine_state().is_degraded else None
