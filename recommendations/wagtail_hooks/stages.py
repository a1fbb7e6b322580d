"""Stages of action in the admin: who edits the forum or a group of it looks, who publishes its pages writes."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from pagekit.acts import Refused
from pagekit.models import attach_pages
from recommendations.choices import StageEntryKind
from recommendations.models import ActionStage, ChosenRecommendation, StageEntry
from recommendations.models.stage import attach_entries
from recommendations.services.stages import (
    RIGHT_TO_LOOK,
    choose,
    correct,
    forums_seen_by,
    forums_written_by,
    record_action,
    retract,
    write_stage,
)
from recommendations.wagtail_hooks.stage_forms import (
    AccountForm,
    BodyFormSet,
    ChooseForm,
    ReasonForm,
    RetractForm,
    StageForm,
    initial_of,
)


class StageScreen(WagtailAdminTemplateMixin):
    """A screen for who may look at stages at all; each asks for its own stage besides."""

    header_icon = "tasks"
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (request.user.is_active and request.user.has_perm(RIGHT_TO_LOOK)):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": reverse("stages:index"), "label": StageIndex.page_title}]


class StageIndex(StageScreen, TemplateView):
    template_name = "admin/recommendations/stages.html"
    page_title = _("Forum in Action")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stages = ActionStage.objects.filter(forum__in=forums_seen_by(self.request.user)).select_related("forum")
        found = list(stages.annotate(number=Count("chosen")).newest_first())
        attach_pages([stage.forum for stage in found])
        may_write = forums_written_by(self.request.user).exists()
        return super().get_context_data(stages=found, may_write=may_write, **kwargs)


class OfStage(StageScreen):
    """A screen about one stage; ``writes`` where it changes something."""

    writes = True
    stage: ActionStage

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.stage = self.get_stage()
        open_to = forums_written_by if self.writes else forums_seen_by
        if not open_to(request.user).filter(pk=self.stage.forum_id).exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_stage(self) -> ActionStage:
        return get_object_or_404(ActionStage.objects.select_related("forum"), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.stage)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        item = {"url": reverse("stages:item", args=[self.stage.pk]), "label": str(self.stage)}
        return [*super().get_breadcrumbs_items(), item]


class StageView(OfStage, TemplateView):
    """What was chosen and told, the mended entries too, with the acts for who may write."""

    template_name = "admin/recommendations/stage.html"
    writes = False

    def get_page_title(self) -> str:
        return str(self.stage)

    def get_page_subtitle(self) -> str:
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = list(self.stage.chosen.select_related("recommendation").order_by("pk"))
        attach_entries(chosen)
        attach_pages([one.recommendation for one in chosen])
        may_write = forums_written_by(self.request.user).filter(pk=self.stage.forum_id).exists()
        return super().get_context_data(stage=self.stage, chosen=chosen, may_write=may_write, **kwargs)


class StageFormView(StageScreen, FormView):  # type: ignore[type-arg]  # takes no arguments at run time
    """A form whose service may refuse: the sentence stands above it, and nothing typed is lost."""

    template_name = "admin/recommendations/stage_form.html"
    page_title: Any = ""

    def record(self, form: Any) -> ActionStage:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            stage = self.record(form)
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, gettext("Saved. Readers see it now."))
        return redirect("stages:item", stage.pk)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context |= {"action_url": self.request.path, "submit_button_label": _("Save"), "media": context["form"].media}
        return context


class StageCreate(StageFormView):
    form_class = StageForm
    page_title = _("Add a stage of action")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not forums_written_by(request.user).exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"user": self.request.user}

    def record(self, form: Any) -> ActionStage:
        return write_stage(form.instance, by=self.request.user)


class StageEdit(OfStage, StageCreate):
    page_title = _("Edit the stage")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.stage}


class ActView(OfStage, StageFormView):
    """An act in one stage, with the organisations that it names."""

    form_class: Any = ChooseForm
    takes_bodies = True
    initial_bodies: Any = ()

    def get_page_title(self) -> Any:
        return self.get_form_class().title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    @cached_property
    def bodies(self) -> Any:
        return BodyFormSet(self.request.POST or None, prefix="bodies", initial=self.initial_bodies)

    def form_valid(self, form: Any) -> HttpResponse:
        if self.takes_bodies and not self.bodies.is_valid():
            return self.form_invalid(form)
        return super().form_valid(form)

    def record(self, form: Any) -> ActionStage:
        recommendation = form.cleaned_data["recommendation"]
        choose(self.stage, recommendation, by=self.request.user, account=form.account(self.bodies))
        return self.stage

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.takes_bodies:
            context["bodies"] = self.bodies
            context["media"] += self.bodies.media
        return context


class ActionView(ActView):
    form_class = AccountForm
    chosen: ChosenRecommendation

    def get_stage(self) -> ActionStage:
        rows = ChosenRecommendation.objects.select_related("stage__forum", "recommendation")
        self.chosen = get_object_or_404(rows, pk=self.kwargs["pk"])
        return self.chosen.stage

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"chosen": self.chosen}

    def record(self, form: Any) -> ActionStage:
        record_action(self.chosen, by=self.request.user, account=form.account(self.bodies))
        return self.stage

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(chosen=self.chosen, **kwargs)


class CorrectView(ActionView):
    entry: StageEntry

    def get_stage(self) -> ActionStage:
        rows = StageEntry.objects.select_related("chosen__stage__forum", "chosen__recommendation")
        self.entry = get_object_or_404(rows, pk=self.kwargs["pk"])
        self.chosen = self.entry.chosen
        return self.chosen.stage

    def get_form_class(self) -> Any:
        return ReasonForm if self.entry.kind == StageEntryKind.CHOICE else AccountForm

    def get_page_title(self) -> Any:
        return _("Correct the entry")

    def get_initial(self) -> dict[str, Any]:
        return initial_of(self.entry)

    @property
    def initial_bodies(self) -> list[dict[str, Any]]:
        return [{"organisation": named.organisation_id} for named in self.entry.named.all()]

    def record(self, form: Any) -> ActionStage:
        correct(self.entry, by=self.request.user, account=form.account(self.bodies))
        return self.stage


class RetractView(CorrectView):
    takes_bodies = False

    def get_form_class(self) -> Any:
        return RetractForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        del kwargs["chosen"]
        return kwargs

    def get_page_title(self) -> Any:
        return RetractForm.title

    def record(self, form: Any) -> ActionStage:
        retract(self.entry, by=self.request.user, reason=form.cleaned_data["reason"])
        return self.stage


class StageMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.has_perm(RIGHT_TO_LOOK))


class ActionStageViewSet(ViewSet):
    name = "stages"
    icon = "tasks"
    menu_label = StageIndex.page_title
    menu_name = "stages"
    menu_order = 65
    add_to_admin_menu = True
    menu_item_class = StageMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", StageIndex.as_view(), name="index"),
            path("add/", StageCreate.as_view(), name="add"),
            path("<int:pk>/", StageView.as_view(), name="item"),
            path("<int:pk>/edit/", StageEdit.as_view(), name="edit"),
            path("<int:pk>/choose/", ActView.as_view(), name="choose"),
            path("chosen/<int:pk>/act/", ActionView.as_view(), name="act"),
            path("entry/<int:pk>/correct/", CorrectView.as_view(), name="correct"),
            path("entry/<int:pk>/retract/", RetractView.as_view(), name="retract"),
        ]
