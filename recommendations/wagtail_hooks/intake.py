"""A group's paper in the admin: paste or upload, and its rows; all without scripts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from accounts import kept
from forums.choices import GroupKind
from forums.models import WorkingGroupPage
from pagekit.acts import Refused
from pagekit.pagination import paginate
from recommendations.choices import Cell, SourceKind
from recommendations.models import Intake, IntakeRow
from recommendations.services.intake import MOST_ROWS, TYPED, Changed, change_rows, may_take_in
from recommendations.transfer.dates import period_in_words
from recommendations.transfer.papers import is_sheet, take_in
from recommendations.transfer.planning import period_of_issuer, plan_intake
from recommendations.transfer.sheet_intake import start_sheet
from recommendations.transfer.words import lacking_names
from recommendations.wagtail_hooks.intake_forms import DateForm, PaperForm, RowForm
from taxonomy.models import Organisation, Theme

PER_PAGE = 50
LISTED = 100
# The buttons of a row: the name of an act of the service, and what it is called.
ROW_ACTS = (
    ("up", _("Up")),
    ("down", _("Down")),
    ("join", _("Join to the one above")),
    ("split", _("Split at ---")),
    ("leave-out", _("Leave out")),
)
KINDS = {GroupKind.JURY: SourceKind.JURY, GroupKind.DEBATE: SourceKind.DEBATE}


def may_take_in_somewhere(user: Any) -> bool:
    return bool(PagePermissionPolicy().user_has_permission(user, "add"))


def typed_before(request: HttpRequest) -> QueryDict | None:
    """What was typed into this very form when its session was over, once; the person is told that it is not saved."""
    found = kept.take(request)
    if found is not None:
        messages.warning(
            request, gettext("What you typed before you signed in again stands below. It is not saved yet.")
        )
    return found


class IntakeMixin(WagtailAdminTemplateMixin):
    """One intake, for those who may make pages below its issuer; the same 404 for others and for none."""

    header_icon = "list-ol"
    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def intake(self) -> Intake:
        intake: Intake = get_object_or_404(Intake.objects.select_related("page", "document"), pk=self.kwargs["pk"])
        if not may_take_in(self.request.user, intake.page):
            raise Http404
        return intake

    @cached_property
    def has_rows_to_look_at(self) -> bool:
        """Whether its rows are few enough to be corrected one by one; longer spreadsheets are mended and sent anew."""
        return 0 < self.intake.rows.count() <= MOST_ROWS

    @property
    def place_of_work(self) -> str:
        """Where the editor goes on with it: the rows, or the columns of a spreadsheet that has none to look at."""
        is_long = self.intake.is_sheet and not self.has_rows_to_look_at
        return reverse(f"intake:{'columns' if is_long else 'rows'}", args=[self.intake.pk])

    def get_page_title(self) -> str:
        return f"{self.page_title}: {self.intake}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("intake:index"), "label": IntakeIndex.page_title},
            {"url": reverse("intake:rows", args=[self.intake.pk]), "label": str(self.intake)},
            {"url": "", "label": self.get_page_title()},
        ]


class IntakeIndex(WagtailAdminTemplateMixin, TemplateView):
    """The newest intakes of the issuers that the person edits."""

    template_name = "admin/recommendations/intakes.html"
    page_title = _("Papers taken in")
    header_icon = "list-ol"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_take_in_somewhere(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = PagePermissionPolicy().instances_user_has_permission_for(self.request.user, "add")
        intakes = (
            Intake.objects.filter(page__in=pages.order_by().values("pk"))
            .select_related("page", "created_by", "document")
            .annotate(taken_count=Count("rows", filter=Q(rows__is_dropped=False)), made_count=Count("rows__drafted_at"))
        )
        return super().get_context_data(intakes=intakes[:LISTED], **kwargs)


class StartView(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]  # takes no arguments at run time
    """From the page of a group or forum: the paper to be taken in."""

    form_class = PaperForm
    template_name = "admin/recommendations/intake_start.html"
    page_title = _("Recommendations from a document")
    header_icon = "list-ol"

    page: Page

    @kept.keeps_typed
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.page = get_object_or_404(Page, pk=kwargs["page_id"])
        if not may_take_in(request.user, self.page):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return f"{self.page_title}: {self.page.get_admin_display_title()}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("intake:index"), "label": IntakeIndex.page_title},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_initial(self) -> dict[str, Any]:
        if self.request.method == "GET" and (typed := typed_before(self.request)):
            return typed.dict()
        issuer: Any = self.page.specific
        is_group = isinstance(issuer, WorkingGroupPage)
        kind = KINDS.get(issuer.kind, SourceKind.WORKING_GROUP) if is_group else SourceKind.REPORT
        return {"source_kind": kind, "issued": period_in_words(period_of_issuer(issuer))}

    def form_valid(self, form: Any) -> HttpResponse:
        said, user = form.cleaned_data, self.request.user
        try:
            if is_sheet(said["file"]) and not said["text"].strip():
                del said["text"]
                return redirect("intake:columns", start_sheet(self.page, by=user, **said).pk)
            return redirect("intake:rows", take_in(self.page, by=user, **said).pk)
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            action_url=self.request.path, submit_button_label=_("Read it"), page=self.page, **kwargs
        )


class RowsView(IntakeMixin, TemplateView):
    """The rows of an intake: everything typed is kept whichever button is pressed, then its act is done."""

    template_name = "admin/recommendations/intake_rows.html"
    page_title = _("Rows of the document")

    @kept.keeps_typed
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.intake.step:
            return redirect("intake:plan", self.intake.pk)
        if self.intake.is_sheet and not self.has_rows_to_look_at:
            return redirect("intake:columns", self.intake.pk)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if typed := typed_before(request):
            filled = self.forms_of(self.rows_of_page(), data=typed)
            if number(typed.get("seen", "")) != self.intake.revision:
                self.show_newer(filled)
            return self.shown(filled, DateForm(typed, instance=self.intake))
        return self.shown(self.forms_of(self.rows_of_page()), DateForm(instance=self.intake))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        filled = self.forms_of(self.rows_of_page(), data=request.POST)
        issued = DateForm(request.POST, instance=self.intake)
        if not (all(form.is_valid() for form in filled.values()) and issued.is_valid()):
            return self.shown(filled, issued, error=gettext("Nothing was saved: mend what is marked below."))
        act, _colon, rest = request.POST.get("act", "").partition(":")
        row, _colon, field = rest.partition(":")
        try:
            change_rows(
                self.intake,
                by=request.user,
                seen=number(request.POST.get("seen", "")),
                typed={pk: form.cleaned_data for pk, form in filled.items()},
                act="" if act in {"save", "plan"} else act,
                row=number(row),
                field=field,
                issued=issued.cleaned_data["issued"],
            )
        except Changed as changed:
            del self.intake
            self.show_newer(filled)
            return self.shown(filled, issued, error=str(changed), status=409)
        except Refused as refused:
            return self.shown(filled, issued, error=str(refused))
        if act == "plan":
            plan_intake(self.intake, by=request.user)
            return redirect("intake:plan", self.intake.pk)
        here = f"{request.path}?{request.GET.urlencode()}" if request.GET else request.path
        return HttpResponseRedirect(f"{here}#row-{row}" if row.isdecimal() else here)

    def show_newer(self, filled: dict[int, RowForm]) -> None:
        """Beside what was typed in a form of older rows, what stands there now: the next save is a knowing one."""
        for row in self.intake.rows.filter(pk__in=list(filled)):
            typed = filled[row.pk]
            newer = {name: getattr(row, name) for name in TYPED}
            typed.newer = {name: text for name, text in newer.items() if text != (typed[name].value() or "").strip()}

    def rows_of_page(self) -> Any:
        rows = list(self.intake.rows.select_related("joined_into"))
        self.taken_count = sum(not row.is_dropped for row in rows)
        return paginate(self.request, rows, PER_PAGE)

    def forms_of(self, page: Any, data: Any = None) -> dict[int, RowForm]:
        """A form for each row of this part of the paper that can be changed, or that somebody just typed in."""
        self.part = page
        found = {}
        for row in page:
            prefix = f"row-{row.pk}"
            if not row.drafted_at and (not row.is_dropped or (data and f"{prefix}-text" in data)):
                found[row.pk] = RowForm(data, instance=row, prefix=prefix)
        return found

    def shown(
        self, forms_by_row: dict[int, RowForm], issued: DateForm, *, error: str = "", status: int = 422
    ) -> HttpResponse:
        context = self.get_context_data(
            intake=self.intake,
            part=self.part,
            rows=[(row, self.intake.name_of(row), forms_by_row.get(row.pk), more_of(row)) for row in self.part],
            taken_count=self.taken_count,
            guess_count=sum(len(row.guesses) for row in self.part if not row.is_dropped),
            lacks_names=bool(lacking_names(self.intake)),
            row_acts=ROW_ACTS,
            error=error,
            is_unsaved=issued.is_bound,
            known={
                name: model.objects.current().order_by("label_pl").values_list("label_pl", flat=True)
                for name, model in (("addressees", Organisation), ("themes", Theme))
            },
            issued=issued,
        )
        return self.render_to_response(context, status=status if error else 200)


def number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def more_of(row: IntakeRow) -> list[tuple[Any, str]]:
    """What the other columns of its spreadsheet say, for reading: the name of the column and its words."""
    return [
        (
            Cell(name).label,
            value if isinstance(value, str) else "; ".join(value.values() if isinstance(value, dict) else value),
        )
        for name, value in row.cells.items()
        if name in Cell.values and value
    ]
