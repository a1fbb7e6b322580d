"""The follow-up in the admin: every addressee's row, and one screen for each act."""

from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permission_policies import BlanketPermissionPolicy
from wagtail.permissions import register_permission_policy

from pagekit.acts import Refused
from pagekit.models import attach_pages
from recommendations.choices import ACHIEVED, Closure, EntryKind, Implementation, Position
from recommendations.models import Assessment, Assignment, FollowUp, Recommendation
from recommendations.rules import state_of
from recommendations.services.actors import MODERATORS
from recommendations.services.items import overdue
from recommendations.services.log import entries_of
from recommendations.services.recording import Overtaken, newest_assessment, newest_entry
from recommendations.wagtail_hooks.acts import (
    ActForm,
    AssessForm,
    CloseForm,
    CloseWholeForm,
    EvidenceFormSet,
    LetterForm,
    NotOursForm,
    PositionForm,
    ReopenForm,
    ReportForm,
    SilenceForm,
    evidence_of,
)
from taxonomy.models import Organisation
from taxonomy.querysets import with_words

ASSESSED = frozenset({EntryKind.POSITION, EntryKind.REPORT, EntryKind.CLOSURE})
ACTS: dict[str, type[ActForm]] = {
    "position": PositionForm,
    "report": ReportForm,
    "letter": LetterForm,
    "silence": SilenceForm,
    "not-ours": NotOursForm,
    "close": CloseForm,
    "reopen": ReopenForm,
}
# What is offered where; the services decide what is written.
ON_OPEN_ROWS = frozenset({"letter", "silence", "not-ours", "close"})


def may_follow_up(user: Any) -> bool:
    """Moderators are the assessors; a superuser sees the screens, and the services decide what is written."""
    return bool(user.is_superuser or MODERATORS in user.roles)


class ModeratorsOnly(BlanketPermissionPolicy):
    """Rows of the follow-up are seen in the admin by moderators; they are changed by acts, never by hand."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and bool(user.is_active) and may_follow_up(user)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


register_permission_policy(Assignment, ModeratorsOnly(Assignment))


class AssignmentFilterSet(WagtailFilterSet):
    organisation = django_filters.ModelChoiceFilter(
        label=_("Institution"), queryset=lambda request: Organisation.objects.current()
    )
    position = django_filters.ChoiceFilter(label=_("Position"), choices=Position.choices)
    implementation = django_filters.ChoiceFilter(label=_("Implementation"), choices=Implementation.choices)
    closure = django_filters.ChoiceFilter(
        label=_("Closure"), choices=[("open", _("open")), *Closure.choices], method="closed_as"
    )
    overdue = django_filters.ChoiceFilter(label=_("Overdue"), choices=[("yes", _("only overdue"))], method="too_late")

    class Meta:
        model = Assignment
        fields = ()

    def closed_as(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(closure="" if value == "open" else value)

    def too_late(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        # Overdue depends on today and so is stored nowhere.
        return rows.filter(pk__in=overdue(timezone.localdate()).values("pk"))


class AssignmentIndex(generic.IndexView):
    model = Assignment
    any_permission_required = ("view",)
    filterset_class = AssignmentFilterSet
    default_ordering: Any = ("recommendation__reference", "number")
    search_fields = ("recommendation__reference", "organisation__label_pl", "recommendation__aliases__alias")
    search_backend_name = None
    paginate_by = 50
    item_url_name = ""
    columns = (
        TitleColumn(
            "reference",
            label=_("Recommendation"),
            accessor=lambda row: f"{row.recommendation.reference} A{row.number}",
            sort_key="recommendation__reference",
            get_url=lambda row: reverse("follow_up:item", args=[row.pk]),
        ),
        Column("title", label=_("Title"), accessor=lambda row: getattr(row.recommendation.page, "title", "–")),
        Column("organisation", label=_("Institution"), sort_key="organisation__label_pl"),
        Column("position", label=_("Position"), accessor="get_position_display", sort_key="position"),
        Column("implementation", label=_("Implementation"), accessor=lambda row: implementation_of(row)),
        Column("closure", label=_("Closure"), accessor="get_closure_display", sort_key="closure"),
        DateColumn("last_information_on", label=_("Last information"), sort_key="last_information_on"),
    )

    def get_base_queryset(self) -> QuerySet[Any]:
        return Assignment.objects.filter(is_withdrawn=False).select_related("organisation", "recommendation")

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.is_searching:
            return queryset
        found: QuerySet[Any] = with_words(queryset, self.search_query, self.search_fields)
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        attach_pages([row.recommendation for row in context["object_list"]])
        return context


def implementation_of(row: Assignment) -> str:
    text = row.get_implementation_display()
    if row.implementation not in ACHIEVED:
        return text
    mark = _("confirmed") if row.is_confirmed else _("claimed, not confirmed")
    return f"{text} ({mark})"


def refuse_strangers(user: Any, recommendation: Recommendation) -> None:
    """PermissionDenied for everybody but a moderator who may publish this very recommendation."""
    page = recommendation.source_page
    if not may_follow_up(user) or page is None or not page.permissions_for_user(user).can_publish():
        raise PermissionDenied


class RowMixin(WagtailAdminTemplateMixin):
    """A screen about one addressee's row, for who may publish its recommendation."""

    header_icon = "clipboard-list"
    row: Assignment

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.row = self.get_row()
        refuse_strangers(request.user, self.row.recommendation)
        attach_pages([self.row.recommendation])
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_row(self) -> Assignment:
        rows = Assignment.objects.filter(is_withdrawn=False)
        return get_object_or_404(
            rows.select_related("organisation", "taken_over_by", "recommendation"), pk=self.kwargs["pk"]
        )

    def get_page_subtitle(self) -> str:
        return str(self.row)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = [*self.breadcrumbs_items, {"url": reverse("follow_up:index"), "label": _("Follow-up")}]
        items.append({"url": reverse("follow_up:item", args=[self.row.pk]), "label": str(self.row)})
        return items


class RowView(RowMixin, TemplateView):
    """What the row says today, its whole log, and the acts that are open."""

    template_name = "admin/recommendations/assignment.html"

    def get_page_title(self) -> str:
        return str(self.row)

    def get_page_subtitle(self) -> str:
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": reverse("follow_up:index"), "label": _("Follow-up")}, {
            "url": "", "label": str(self.row)
        }]  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assessments = Assessment.objects.order_by("assessed_on", "pk").prefetch_related("evidence__document")
        entries = (
            self.row.follow_ups.newest_first()
            .select_related("declared_by", "competent_body", "superseded_by")
            .prefetch_related("evidence__document", Prefetch("assessments", assessments))
        )
        hidden = set(ON_OPEN_ROWS) if self.row.closure else {"reopen"}
        if self.row.position != Position.NOT_COMPETENT:
            hidden.add("not-ours")
        acts = [
            {"label": form.title, "url": reverse(f"follow_up:{name}", args=[self.row.pk])}
            for name, form in ACTS.items()
            if name not in hidden
        ]
        if not self.row.closure:
            whole = reverse("follow_up:whole", args=[self.row.recommendation_id])
            acts.append({"label": CloseWholeForm.title, "url": whole})
        return super().get_context_data(row=self.row, entries=entries, acts=acts, assessed=ASSESSED, **kwargs)


class ActView(RowMixin, FormView):  # type: ignore[type-arg]  # takes no arguments at run time
    """One act: what was refused is said above the form, and nothing typed is lost."""

    form_class: type[ActForm] = ActForm
    template_name = "admin/recommendations/act.html"
    newer: list[FollowUp]
    found: list[Assessment]

    def get_page_title(self) -> Any:
        return self.form_class.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get_initial(self) -> dict[str, Any]:
        return self.standing()

    def standing(self) -> dict[str, Any]:
        """What stands now and the form has seen."""
        return {"seen": newest_entry(self.row), "judged": newest_assessment(self.row)}

    def disowned_in_favour_of(self) -> Any:
        """Whom the newest “not ours” names, on the screen that accepts it."""
        if self.form_class is not NotOursForm:
            return None
        replies = self.row.follow_ups.filter(position=Position.NOT_COMPETENT).select_related("competent_body")
        return replies.newest_first().first()

    @cached_property
    def evidence(self) -> Any:
        return EvidenceFormSet(self.request.POST or None, prefix="evidence")

    def record(self, form: Any) -> None:
        pieces = evidence_of(self.evidence) if self.form_class.takes_evidence else []
        form.record(self.row, by=self.request.user, evidence=pieces)

    def saved(self) -> str:
        return gettext("Saved. Readers see the entry with its date.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        self.newer, self.found = [], []
        # Both are asked, so that the faults of both are shown at once.
        if not all([form.is_valid(), not self.form_class.takes_evidence or self.evidence.is_valid()]):
            return self.form_invalid(form)
        try:
            self.record(form)
        except Overtaken as overtaken:
            # The same words over the log as it stands now: whoever has read it may save again.
            self.newer, self.found = overtaken.newer, overtaken.found
            data = request.POST.copy()
            for name, newest in self.standing().items():
                data[name] = str(newest)
            form = self.form_class(**self.get_form_kwargs() | {"data": data})
            form.add_error(None, str(overtaken))
            return self.form_invalid(form)
        except Refused as refused:
            form.refuse(refused)
            return self.form_invalid(form)
        messages.success(request, self.saved())
        return redirect("follow_up:item", self.row.pk)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(
            row=self.row,
            evidence=self.evidence if self.form_class.takes_evidence else None,
            disowned=self.disowned_in_favour_of(),
            newer=getattr(self, "newer", []),
            found=getattr(self, "found", []),
            action_url=self.request.path,
            submit_button_label=self.form_class.title,
            **kwargs,
        )
        context["media"] = context["form"].media + (context["evidence"].media if context["evidence"] else forms.Media())
        return context


class AssessView(ActView):
    form_class = AssessForm
    entry: FollowUp
    written: Assessment

    def get_row(self) -> Assignment:
        entries = FollowUp.objects.select_related(
            "assignment__organisation", "assignment__taken_over_by", "assignment__recommendation", "declared_by"
        ).prefetch_related("evidence__document")
        self.entry = get_object_or_404(entries, pk=self.kwargs["pk"], assignment__is_withdrawn=False)
        return self.entry.assignment

    def get_form_kwargs(self) -> dict[str, Any]:
        now = state_of(entries_of(self.row), today=timezone.localdate())
        is_standing = now.is_confirmed and self.entry.implementation == now.implementation
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"is_recheck": is_standing}

    def record(self, form: Any) -> None:
        self.written = form.record_about(self.entry, by=self.request.user, evidence=evidence_of(self.evidence))

    def saved(self) -> str:
        if self.written.public_from <= timezone.localdate():
            return super().saved()
        said = gettext("Saved. Readers see the assessment from %(day)s; until then the institution may reply.")
        return said % {"day": date_format(self.written.public_from)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(entry=self.entry, **kwargs)


class CloseWholeView(ActView):
    """Closing every open row of a recommendation by one act: all of them are shown, and all close or none."""

    form_class = CloseWholeForm

    def get_row(self) -> Assignment:
        rows = Assignment.objects.open().filter(is_withdrawn=False, recommendation=self.kwargs["pk"])
        self.rows = list(
            rows.select_related("organisation", "taken_over_by", "recommendation").order_by("role", "number")
        )
        if not self.rows:
            raise Http404
        return self.rows[0]

    def get_page_subtitle(self) -> str:
        return self.row.recommendation.reference

    def standing(self) -> dict[str, Any]:
        return {
            "seen": max(newest_entry(row) for row in self.rows),
            "judged": max(newest_assessment(row) for row in self.rows),
        }

    def record(self, form: Any) -> None:
        form.record_whole(self.row.recommendation, by=self.request.user, evidence=evidence_of(self.evidence))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=self.rows, **kwargs)


def shown_to(may_see: Callable[[Any], bool]) -> type[MenuItem]:
    def is_shown(self: MenuItem, request: HttpRequest) -> bool:
        return may_see(request.user)

    return type("FollowUpMenuItem", (MenuItem,), {"is_shown": is_shown})


class AssignmentViewSet(ViewSet):
    name = "follow_up"
    icon = "clipboard-list"
    menu_label = _("All addressees")
    menu_item_class = shown_to(may_follow_up)
    page_title: Any = menu_label

    def index(self, view: type[AssignmentIndex], **kwargs: Any) -> Callable[..., Any]:
        return view.as_view(
            page_title=self.menu_label,
            header_icon=self.icon,
            index_url_name=self.get_url_name("index"),
            index_results_url_name=self.get_url_name("index_results"),
            **kwargs,
        )

    def get_urlpatterns(self) -> list[URLPattern]:
        acts = [path(f"<int:pk>/{name}/", ActView.as_view(form_class=form), name=name) for name, form in ACTS.items()]
        return [
            path("", self.index(AssignmentIndex), name="index"),
            path("results/", self.index(AssignmentIndex, results_only=True), name="index_results"),
            path("<int:pk>/", RowView.as_view(), name="item"),
            *acts,
            path("entry/<int:pk>/assess/", AssessView.as_view(), name="assess"),
            path("whole/<int:pk>/close/", CloseWholeView.as_view(), name="whole"),
        ]
