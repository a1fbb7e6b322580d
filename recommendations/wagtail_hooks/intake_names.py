"""The names of an intake that no vocabulary has, on one screen: the editor ticks what is proposed to the moderator."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from accounts import kept
from pagekit.acts import Refused
from recommendations.choices import Step, Subject
from recommendations.rules.proposals import Key, folded
from recommendations.services.proposals import propose
from recommendations.transfer.background import order
from recommendations.transfer.planning import plan_intake
from recommendations.transfer.words import Words, lacking_names
from recommendations.wagtail_hooks.intake import IntakeMixin, number, typed_before
from taxonomy.choices import Level, OrganisationKind
from taxonomy.models import Theme

LONGEST_NAME = 200


class NamesView(IntakeMixin, TemplateView):
    template_name = "admin/recommendations/intake_names.html"
    page_title = _("Names that no vocabulary has")

    @kept.keeps_typed
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.intake.step or not self.lacking:
            return redirect(self.place_of_work)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def lacking(self) -> dict[Key, tuple[str, int]]:
        """By vocabulary and name, the name as it is written and in how many rows."""
        found = lacking_names(self.intake)
        return {(subject, folded(name)): (name, count) for subject, name, count in found}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(typed=typed_before(request)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        marks = {f"{subject}:{name}": (subject, name) for subject, name in self.lacking}
        wanted = [marks[mark] for mark in request.POST.getlist("name") if mark in marks]
        try:
            propose(self.intake, by=request.user, names={key: self.said_of(key, request.POST) for key in wanted})
        except Refused as refused:
            return self.render_to_response(self.get_context_data(request.POST, error=str(refused)), status=422)
        del self.intake
        if self.has_rows_to_look_at:
            plan_intake(self.intake, by=request.user)
        else:
            order(self.intake, Step.PLAN, by=request.user)
        return redirect("intake:plan", self.intake.pk)

    def said_of(self, key: Key, data: Any) -> dict[str, Any]:
        """What is proposed for a name: the fields of a PageProposal but its vocabulary."""
        mark = ":".join(key)
        label = self.lacking[key][0][:LONGEST_NAME]
        if key[0] == Subject.THEME:
            parent = Theme.objects.current().filter(pk=number(data.get(f"parent:{mark}", ""))).first()
            return {"label": label, "parent_id": parent.pk if parent else None}
        kind, level = data.get(f"kind:{mark}", ""), data.get(f"level:{mark}", "")
        return {
            "label": label,
            "kind": kind if kind in OrganisationKind.values else "",
            "level": level if level in Level.values else "",
        }

    def get_context_data(self, typed: Any = None, **kwargs: Any) -> dict[str, Any]:
        """``typed``: what was sent and is not kept; else what is proposed by now."""
        words = Words(self.intake)
        lines = [
            {
                "key": ":".join(key),
                "name": name,
                "count": count,
                "subject": Subject(key[0]),
                "alike": words.alike(key[0], name),
                "said": self.said_of(key, typed) if typed else words.proposal(*key),
                "is_ticked": ":".join(key) in typed.getlist("name") if typed else bool(words.proposal(*key)),
            }
            for key, (name, count) in self.lacking.items()
        ]
        return super().get_context_data(
            intake=self.intake,
            lines=lines,
            kinds=OrganisationKind.choices,
            levels=Level.choices,
            themes=Theme.objects.current(),
            place_of_work=self.place_of_work,
            **kwargs,
        )
