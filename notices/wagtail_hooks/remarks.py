"""What readers tell us, on moderators' screens."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from wagtail.admin.viewsets.base import ViewSet

from notices.choices import CLOSED_REMARKS, RemarkState
from notices.models import Remark
from notices.services.remarks import finish, take_up, turn_down
from notices.wagtail_hooks.moderators import ModeratorsMixin
from pagekit.acts import Refused
from pagekit.fields import LongTextField
from pagekit.models import attach_pages
from pagekit.pagination import paginate
from recommendations.models import FollowUp
from recommendations.templatetags.recommendation_tags import refers_to
from recommendations.wagtail_hooks.follow_up import may_follow_up, shown_to

PER_PAGE = 25
TITLE = _("Remarks of readers")


def words_of(entry: FollowUp) -> str:
    value = entry.get_position_display() or entry.get_implementation_display() or entry.get_closure_display()
    said = (f"A{entry.assignment.number}", entry.get_kind_display(), value, refers_to(entry))
    return " · ".join(filter(None, said))


class DecisionForm(forms.Form):
    """What becomes of a remark; the service says what is needed for it."""

    state = forms.ChoiceField(
        label=_("Decision"),
        choices=[(one.value, one.label) for one in RemarkState if one != RemarkState.NEW],
        widget=forms.RadioSelect,
    )
    entry: Any = forms.ModelChoiceField(
        label=_("Entry it led to"), queryset=FollowUp.objects.none(), required=False, empty_label=_("none")
    )
    answer = LongTextField(
        label=_("Reason, or what came of it"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed for “turned down”. It is mailed to who left an address, and shown nowhere."),
    )

    def __init__(self, *args: Any, remark: Remark, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remark = remark
        entries = FollowUp.objects.filter(assignment__recommendation=remark.recommendation_id)
        entry: Any = self.fields["entry"]
        entry.label_from_instance = words_of
        entry.queryset = entries.select_related("assignment").order_by("-recorded_at", "-pk")

    def record(self, by: Any) -> None:
        data = self.cleaned_data
        acts: dict[str, Callable[[], None]] = {
            RemarkState.TAKEN_UP: lambda: take_up(self.remark, by=by),
            RemarkState.TURNED_DOWN: lambda: turn_down(self.remark, by=by, reason=data["answer"]),
            RemarkState.DONE: lambda: finish(self.remark, by=by, entry=data["entry"], answer=data["answer"]),
        }
        acts[data["state"]]()


class RemarkIndex(ModeratorsMixin, TemplateView):
    """Remarks in one state, the oldest first where they wait, with the counts of all states."""

    template_name = "admin/notices/remarks.html"
    page_title = TITLE
    name: str = RemarkState.NEW

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": TITLE}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Remark.objects.order_by().values_list("state").annotate(count=Count("pk"))
        counts: dict[str, int] = dict(rows)
        order = "-closed_at" if self.name in CLOSED_REMARKS else "created_at"
        found = Remark.objects.filter(state=self.name).select_related("recommendation").order_by(order, "pk")
        page = paginate(self.request, found, PER_PAGE, count=counts.get(self.name, 0))
        remarks = list(page.object_list)
        attach_pages([remark.recommendation for remark in remarks])
        tabs = [
            {"label": one.label, "count": counts.get(one, 0), "url": address_of(one), "is_current": one == self.name}
            for one in RemarkState
        ]
        return super().get_context_data(tabs=tabs, remarks=remarks, list_page=page, **kwargs)


def address_of(state: str) -> str:
    return reverse("remarks:index" if state == RemarkState.NEW else f"remarks:{state}")


class RemarkView(ModeratorsMixin, FormView):  # type: ignore[type-arg]  # takes no arguments at run time
    """One remark and the decision about it; a closed one is only read."""

    form_class = DecisionForm
    template_name = "admin/notices/remark.html"
    page_title = TITLE
    remark: Remark

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = Remark.objects.select_related("recommendation", "handled_by", "entry")
        self.remark = get_object_or_404(rows, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.remark)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        listed = {"url": reverse("remarks:index"), "label": TITLE}
        return [*self.breadcrumbs_items, listed, {"url": "", "label": str(self.remark)}]

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"remark": self.remark}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            form.record(self.request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, gettext("Saved."))
        return redirect("remarks:index")

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        attach_pages([self.remark.recommendation])
        return super().get_context_data(
            remark=self.remark,
            is_closed=self.remark.state in CLOSED_REMARKS,
            action_url=self.request.path,
            submit_button_label=_("Save"),
            **kwargs,
        )


class RemarkViewSet(ViewSet):
    name = "remarks"
    icon = "comment"
    menu_label = _("From readers")
    # Behind the follow-up.
    menu_order = 72
    add_to_admin_menu = True
    menu_item_class = shown_to(may_follow_up)

    def get_urlpatterns(self) -> list[URLPattern]:
        others = [
            path(f"{state.replace('_', '-')}/", RemarkIndex.as_view(name=state), name=state)
            for state in RemarkState
            if state != RemarkState.NEW
        ]
        return [
            path("", RemarkIndex.as_view(), name="index"),
            *others,
            path("<int:pk>/", RemarkView.as_view(), name="remark"),
        ]
