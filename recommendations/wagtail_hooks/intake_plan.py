"""The plan of an intake in the admin, its progress, the drafts it made, and undoing them; and the way to all of it."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin import messages as admin_messages
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.models import Page

from pagekit.acts import Refused
from pagekit.bulk import SubmitToModeration, act_on_each
from pagekit.pagination import paginate
from pagekit.submission import submit
from recommendations.choices import Cell, PlanKind, Step
from recommendations.models import Intake, IntakeRow, RecommendationPage
from recommendations.services.intake import may_take_in
from recommendations.transfer.background import order, report
from recommendations.transfer.intake import TO_DO, made_of, next_to_submit
from recommendations.transfer.said import COLUMNS as CELLS
from recommendations.wagtail_hooks.follow_up import shown_to
from recommendations.wagtail_hooks.intake import (
    PER_PAGE,
    IntakeIndex,
    IntakeMixin,
    RowsView,
    StartView,
    may_take_in_somewhere,
)
from recommendations.wagtail_hooks.intake_names import NamesView
from recommendations.wagtail_hooks.intake_sheets import ColumnsView, StatusesView

LINES_PER_PAGE = 100
# What the editor's form sends when a draft goes to moderation, for the first time or again.
SUBMITTED = {"action-submit", "action-restart-workflow"}


class PlanView(IntakeMixin, TemplateView):
    """What would be made of the rows; one button makes it. While something is being done, how far it is."""

    template_name = "admin/recommendations/intake_plan.html"
    page_title = _("What would be made")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.intake.step and not self.intake.is_planned and not self.intake.trouble:
            return HttpResponseRedirect(self.place_of_work)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            is_done = order(self.intake, Step.MAKE, by=request.user)
        except Refused as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(self.place_of_work)
        if not is_done:
            return redirect("intake:plan", self.intake.pk)
        made = self.intake.rows.exclude(drafted_at=None).count()
        told = ngettext(
            "%(number)d draft is made. Nobody outside the editors sees it.",
            "%(number)d drafts are made. Nobody outside the editors sees them.",
            made,
        )
        messages.success(request, told % {"number": made})
        return redirect("intake:drafts", self.intake.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        intake = self.intake
        if intake.step:
            return super().get_context_data(intake=intake, is_running=True, **kwargs)
        counts = report(intake)
        rows = intake.rows.filter(is_dropped=False)
        shown = self.request.GET.get("kind", "")
        if shown in PlanKind.values:
            rows = rows.filter(plan_kind=shown)
        elif shown == "refused":
            rows = rows.exclude(trouble="")
        part = paginate(self.request, rows, LINES_PER_PAGE)
        waits = rows.model.objects.filter(intake=intake, is_dropped=False, drafted_at=None, trouble="")
        return super().get_context_data(
            intake=intake,
            part=part,
            lines=[line_of(row, intake) for row in part],
            shown=shown,
            counts=[(kind.value, kind.label, counts[kind]) for kind in PlanKind if counts[kind]],
            refused_count=counts["refused"],
            made_count=counts["made"],
            new_count=waits.filter(plan_kind=PlanKind.CREATE).count(),
            change_count=waits.filter(plan_kind=PlanKind.CHANGE).count(),
            to_do=waits.filter(plan_kind__in=TO_DO).exists() and intake.is_planned,
            guess_count=sum(len(guesses) for guesses in rows.values_list("guesses", flat=True)),
            place_of_work=self.place_of_work,
            has_unknown_status=has_fault_in(intake, Cell.STATUSES),
            has_unknown_name=has_fault_in(intake, Cell.ADDRESSEES, Cell.THEMES),
            **kwargs,
        )


def has_fault_in(intake: Intake, *columns: Cell) -> bool:
    faulty = intake.rows.filter(is_dropped=False, plan_kind=PlanKind.ERROR)
    return bool(faulty.filter(plan__faults__has_any_keys=[column.value for column in columns]).exists())


def line_of(row: IntakeRow, intake: Intake) -> dict[str, Any]:
    told = [("", row.trouble)] if row.trouble else row.told
    return {
        "row": row,
        "name": intake.name_of(row),
        "part": (row.position - 1) // PER_PAGE + 1,
        "kind": row.plan_kind,
        "label": row.get_plan_kind_display(),
        "told": [(heading_of(column), intake.headings_of(column), sentence) for column, sentence in told],
        "missing": row.plan.get("missing", []),
        "proposed": row.plan.get("proposed", []),
        "fields": [heading_of(name) for name in row.plan.get("fields", [])],
    }


def heading_of(column: str) -> Any:
    """A column in words, whether it is one of a spreadsheet or a field of a page."""
    name = CELLS.get(column, column)
    if name in Cell.values:
        return Cell(name).label
    return {"": "", "links": _("links"), "identifiers": _("other identifiers"), "proposals": _("proposed names")}.get(
        name, name
    )


class DraftsView(IntakeMixin, TemplateView):
    """The drafts that were made, and the way to undo all of them."""

    template_name = "admin/recommendations/intake_drafts.html"
    page_title = _("Drafts made of the document")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "submit" in request.POST:
            return self.submit_all(request)
        if "sure" not in request.POST:
            messages.error(request, gettext("Nothing was taken back: tick that you mean it."))
            return redirect("intake:drafts", self.intake.pk)
        before = self.intake.rows.exclude(drafted_at=None).count()
        try:
            is_done = order(self.intake, Step.UNDO, by=request.user)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("intake:drafts", self.intake.pk)
        if not is_done:
            return redirect("intake:plan", self.intake.pk)
        told = ngettext("%(number)d draft is taken back.", "%(number)d drafts are taken back.", before)
        messages.success(request, told % {"number": before})
        return HttpResponseRedirect(self.place_of_work)

    def submit_all(self, request: HttpRequest) -> HttpResponse:
        """Send the drafts of this part of the list to moderation; what is refused is named and stays."""
        part = paginate(request, self.intake.rows.exclude(drafted_at=None), LINES_PER_PAGE)
        drafts = [made.page for made in made_of(list(part)) if made.may_be_sent(request.user)]
        if done := act_on_each(drafts, lambda draft: submit(draft, by=request.user), request):
            messages.success(request, SubmitToModeration.said(done))
        return HttpResponseRedirect(request.get_full_path())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.intake.rows.exclude(drafted_at=None)
        part = paginate(self.request, rows, LINES_PER_PAGE)
        made = made_of(list(part))
        return super().get_context_data(
            intake=self.intake,
            part=part,
            made=made,
            made_count=rows.count(),
            submit_count=sum(one.may_be_sent(self.request.user) for one in made),
            changed_count=sum(one.is_changed for one in made),
            refused_count=self.intake.rows.exclude(trouble="").count(),
            place_of_work=self.place_of_work,
            **kwargs,
        )


class IntakeViewSet(ViewSet):
    name = "intake"
    icon = "list-ol"
    menu_label = IntakeIndex.page_title
    menu_name = "intake"
    menu_order = 65
    add_to_admin_menu = True
    menu_item_class = shown_to(may_take_in_somewhere)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", IntakeIndex.as_view(), name="index"),
            path("from/<int:page_id>/", StartView.as_view(), name="start"),
            path("<int:pk>/", RowsView.as_view(), name="rows"),
            path("<int:pk>/columns/", ColumnsView.as_view(), name="columns"),
            path("<int:pk>/names/", NamesView.as_view(), name="names"),
            path("<int:pk>/statuses/", StatusesView.as_view(), name="statuses"),
            path("<int:pk>/plan/", PlanView.as_view(), name="plan"),
            path("<int:pk>/drafts/", DraftsView.as_view(), name="drafts"),
        ]


@hooks.register("after_edit_page")
def offer_the_next_draft(request: HttpRequest, page: Page) -> None:
    """After a draft went to moderation: the next one of its paper, and all of them. Nothing is done here."""
    if not SUBMITTED & {*request.POST} or not isinstance(page, RecommendationPage):
        return
    if (made := next_to_submit(page, request.user)) is None:
        return
    told = gettext("The next draft of “%(paper)s”: %(title)s")
    buttons = [
        admin_messages.button(reverse("wagtailadmin_pages:edit", args=[made.page.pk]), gettext("Open it")),
        admin_messages.button(reverse("intake:drafts", args=[made.row.intake_id]), gettext("Drafts made")),
    ]
    words = {"paper": made.row.intake.title, "title": made.page.get_admin_display_title()}
    admin_messages.info(request, told % words, buttons=buttons)


@hooks.register("register_page_header_buttons")
def start_from_the_issuer(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[HeaderButton]:
    if may_take_in(user, page):
        yield HeaderButton(
            _("Recommendations from a document"),
            url=reverse("intake:start", args=[page.pk]),
            icon_name="list-ol",
            priority=15,
        )
