"""Handing open items over to the successor: which successions left something behind, and one screen for the act."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from pagekit.acts import Refused
from pagekit.models import attach_pages
from recommendations.services.handover import hand_over, left_behind, may_hand_over, may_move_contacts
from taxonomy.models import Succession
from taxonomy.services.mandates import contacts_of


class HandoverForm(forms.Form):
    """Which of the open items the successor answers from now on; all of them unless some are unticked."""

    items: Any = forms.ModelMultipleChoiceField(
        label=_("Open items"), queryset=None, widget=forms.CheckboxSelectMultiple, required=False
    )
    with_contacts = forms.BooleanField(
        label=_("The contacts go along"),
        required=False,
        initial=True,
        help_text=_("Their mandates for the predecessor end today, and they answer for the successor from today."),
    )

    def __init__(self, *args: Any, succession: Succession, may_move: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items: Any = self.fields["items"]
        rows = left_behind(succession).select_related("recommendation")
        listed = list(rows)
        attach_pages([row.recommendation for row in listed])
        titles = {row.pk: row.recommendation.page.title for row in listed if row.recommendation.page}
        items.queryset = rows
        items.initial = [row.pk for row in listed]
        items.label_from_instance = lambda row: f"{row.recommendation.reference} A{row.number} {titles.get(row.pk, '')}"
        if not may_move:
            del self.fields["with_contacts"]


class HandoverMixin(WagtailAdminTemplateMixin):
    header_icon = "arrow-right-full"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_hand_over(request.user):
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response


class HandoverIndex(HandoverMixin, TemplateView):
    """The successions, those that left open items behind first."""

    template_name = "admin/recommendations/handovers.html"
    page_title = _("Handovers")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = Count(
            "predecessor__assignments",
            filter=Q(
                predecessor__assignments__closure="",
                predecessor__assignments__is_withdrawn=False,
                predecessor__assignments__taken_over_by=None,
            ),
            distinct=True,
        )
        taken = Count(
            "predecessor__taken_over",
            filter=Q(predecessor__taken_over__closure="", predecessor__taken_over__is_withdrawn=False),
            distinct=True,
        )
        successions = Succession.objects.select_related("predecessor", "successor").annotate(left=own + taken)
        return super().get_context_data(
            successions=successions.order_by("-left", "-starts_on", "pk"), today=timezone.localdate(), **kwargs
        )


class HandoverView(HandoverMixin, FormView):  # type: ignore[type-arg]  # takes no arguments at run time
    """One act for one succession: it says what moves, and what does not."""

    form_class = HandoverForm
    template_name = "admin/recommendations/handover.html"
    page_title = _("Hand over")
    succession: Succession
    may_move: bool

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        successions = Succession.objects.select_related("predecessor", "successor")
        self.succession = get_object_or_404(successions, pk=kwargs["pk"])
        self.may_move = may_move_contacts(request.user, self.succession)
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.succession)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("handover:index"), "label": HandoverIndex.page_title},
            {"url": "", "label": str(self.succession)},
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"succession": self.succession, "may_move": self.may_move}

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        try:
            done = hand_over(
                self.succession,
                by=self.request.user,
                only=[row.pk for row in data["items"]],
                with_contacts=data.get("with_contacts", False),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        items = ngettext("%(number)d item", "%(number)d items", done.items) % {"number": done.items}
        contacts = ngettext("%(number)d contact", "%(number)d contacts", done.contacts) % {"number": done.contacts}
        words = {"body": self.succession.successor, "items": items, "contacts": contacts}
        messages.success(self.request, gettext("Handed over to %(body)s: %(items)s, %(contacts)s.") % words)
        return redirect("handover:index")

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        contacts = contacts_of(self.succession.predecessor).select_related("user")
        return super().get_context_data(
            succession=self.succession,
            contacts=contacts.order_by("user__username"),
            may_move=self.may_move,
            action_url=self.request.path,
            submit_button_label=self.page_title,
            **kwargs,
        )
