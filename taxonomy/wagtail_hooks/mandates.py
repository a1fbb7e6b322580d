"""Mandates in the admin: given, ended, and passed on to the next person."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log
from wagtail.permissions import policy_registry

from pagekit.acts import Refused
from taxonomy.models import Mandate
from taxonomy.services.mandates import pass_mandate_on
from taxonomy.wagtail_hooks.forms import MandateForm, PassOnForm
from taxonomy.wagtail_hooks.rows import RowIndex, RowViewSet


class MandateIndex(RowIndex):
    def get_list_more_buttons(self, instance: Any) -> list[Button]:
        buttons: list[Button] = super().get_list_more_buttons(instance)
        is_over = instance.ends_on is not None and instance.ends_on < timezone.localdate()
        if not is_over and self.user_has_permission("change"):
            url = reverse("mandate:pass_on", args=[instance.pk])
            buttons.append(Button(_("Pass on to another person"), url=url, icon_name="arrow-right-full", priority=30))
        return buttons


class PassOnView(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]  # takes no arguments at run time
    """One act: the mandate ends, the next person's begins, and the institution's items are seen by that one."""

    header_icon = "arrow-right-full"
    page_title = _("Pass on to another person")
    form_class = PassOnForm
    template_name = "admin/taxonomy/pass_on.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        policy = policy_registry.get_by_type(Mandate)
        if not all(policy.user_has_permission(request.user, verb) for verb in ("add", "change")):
            raise PermissionDenied
        mandates = Mandate.objects.select_related("organisation", "user")
        self.mandate: Mandate = get_object_or_404(mandates, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.mandate)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("mandate:index"), "label": Mandate._meta.verbose_name_plural},
            {"url": reverse("mandate:edit", args=[self.mandate.pk]), "label": str(self.mandate)},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"for_user": self.request.user}

    def form_valid(self, form: PassOnForm) -> HttpResponse:
        to = form.cleaned_data["to"]
        try:
            after = pass_mandate_on(self.mandate, to=to, starts_on=form.cleaned_data["starts_on"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        log(instance=self.mandate, action="taxonomy.pass_on", user=self.request.user, data={"to": str(to)})
        messages.success(
            self.request,
            gettext("From %(day)s %(person)s answers for “%(body)s”.")
            % {"day": date_format(after.starts_on), "person": to, "body": after.organisation},
        )
        return redirect("mandate:index")

    def form_invalid(self, form: PassOnForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(
            mandate=self.mandate, action_url=self.request.path, submit_button_label=self.page_title, **kwargs
        )
        return context | {"media": context["form"].media}


class MandateViewSet(RowViewSet):
    model = Mandate
    index_view_class = MandateIndex
    icon = "key"
    is_merged = False
    # Who answered when is history; a mandate is given and ended by who may, never by a press on "restore".
    is_restored = False
    form_class = MandateForm
    row_panels = (
        FieldPanel(
            "user", help_text=_("The account of the official; it needs no group and has no access to the admin.")
        ),
        "organisation",
        "role",
        FieldRowPanel(
            ["starts_on", FieldPanel("ends_on", help_text=_("Empty: still in force. End it, never delete it."))]
        ),
    )
    list_display = ("organisation", "user", "role", "starts_on", "ends_on")
    list_filter = ("role",)
    search_fields = ("organisation__label_pl", "user__username")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("pass-on/<int:pk>/", PassOnView.as_view(), name="pass_on")]
