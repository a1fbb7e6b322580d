"""The expected effects of a group in the admin: what stands, what was said before, and a form for each."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from wagtail import hooks
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import HeaderButton
from wagtail.models import Page

from forums.choices import EffectState
from forums.models import ExpectedEffect, WorkingGroupPage
from pagekit.acts import Refused
from pagekit.fields import LongTextField
from recommendations.forms import LARGEST_ID, TEXT_LENGTH
from recommendations.models import EffectOutcome, Recommendation
from recommendations.models.effect import JudgedEffect, judged
from recommendations.services.effects import judge_effect, may_judge_effects
from recommendations.wagtail_hooks.choosers import recommendation_chooser


class EffectForm(forms.Form):
    """What became of an effect; ``seen`` is the newest judgement that stood on the screen."""

    seen = forms.IntegerField(min_value=0, max_value=LARGEST_ID, widget=forms.HiddenInput)
    state = forms.ChoiceField(label=_("State"), choices=EffectState.choices, widget=forms.RadioSelect)
    recommendation = forms.ModelChoiceField(
        label=_("Recommendation"),
        required=False,
        queryset=Recommendation.objects.all(),
        widget=recommendation_chooser.widget_class,
        help_text=_("By which the effect was reached, whole or in part; none where it was not."),
    )
    note = LongTextField(
        label=_("Note"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("On what it is known, or what is missing. Institutions only, no names of persons."),
    )
    judged_on = forms.DateField(label=_("Judged on"), widget=AdminDateInput)


class OfGroup(WagtailAdminTemplateMixin):
    """A screen about the effects of one group, for who edits its page; 404 before the group is public."""

    header_icon = "check"
    page_title = _("Expected effects")
    page: WorkingGroupPage
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.page = get_object_or_404(WorkingGroupPage.objects.sources(), pk=kwargs["page_id"])
        if not may_judge_effects(request.user, self.page):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    @cached_property
    def effects(self) -> list[JudgedEffect]:
        """As the public page has them: those of which a fact stands."""
        facts = ExpectedEffect.objects.filter(working_group__translation_key=self.page.translation_key)
        known = {str(key) for key in facts.values_list("key", flat=True)}
        return judged((str(one.id), one.value["text"]) for one in self.page.effects if str(one.id) in known)

    def get_page_subtitle(self) -> str:
        return str(self.page.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        page = {"url": reverse("wagtailadmin_explore", args=[self.page.pk]), "label": self.get_page_subtitle()}
        own = {"url": reverse("effects:index", args=[self.page.pk]), "label": OfGroup.page_title}
        return [*self.breadcrumbs_items, page, own]


class EffectsView(OfGroup, TemplateView):
    template_name = "admin/recommendations/effects.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(effects=self.effects, group_page=self.page, **kwargs)


class JudgeView(OfGroup, FormView):  # type: ignore[type-arg]  # takes no arguments at run time
    template_name = "admin/recommendations/effect_form.html"
    page_title = _("What became of the effect")
    form_class = EffectForm

    @cached_property
    def fact(self) -> ExpectedEffect:
        facts = ExpectedEffect.objects.filter(working_group__translation_key=self.page.translation_key)
        return get_object_or_404(facts, key=self.kwargs["key"])

    @property
    def effect(self) -> JudgedEffect | None:
        return next((one for one in self.effects if one.key == str(self.fact.key)), None)

    @property
    def outcome(self) -> EffectOutcome | None:
        return self.effect.outcome if self.effect else None

    def get_initial(self) -> dict[str, Any]:
        now = self.outcome
        if now is None:
            return {"seen": 0, "judged_on": timezone.localdate()}
        return {
            "seen": now.pk,
            "state": now.state,
            "recommendation": now.recommendation_id,
            "note": now.note,
            "judged_on": timezone.localdate(),
        }

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            judge_effect(self.fact, by=self.request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
            # What stands above is read anew, and the next save is a knowing one.
            del self.effects
            form.data = form.data.copy()
            form.data["seen"] = self.outcome.pk if self.outcome else 0
            return self.form_invalid(form)
        messages.success(self.request, gettext("Saved. Readers see it now."))
        return redirect("effects:index", self.page.pk)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(effect=self.effect, **kwargs)
        return context | {
            "action_url": self.request.path,
            "submit_button_label": _("Save"),
            "media": context["form"].media,
        }


class EffectViewSet(ViewSet):
    name = "effects"
    icon = "check"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("<int:page_id>/", EffectsView.as_view(), name="index"),
            path("<int:page_id>/<uuid:key>/", JudgeView.as_view(), name="judge"),
        ]


@hooks.register("register_page_header_buttons")
def judge_from_the_group(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[HeaderButton]:
    if may_judge_effects(user, page) and page.first_published_at:
        yield HeaderButton(
            OfGroup.page_title, url=reverse("effects:index", args=[page.pk]), icon_name="check", priority=17
        )
