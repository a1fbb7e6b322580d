"""Stages of action ("Forum w Działaniu"): what was chosen to be carried out, why and by whom, and what came of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pagekit.models import attach_pages
from pagekit.pagination import paginate
from recommendations.models import ActionStage, ChosenRecommendation
from recommendations.models.lists import attach_issuer_pages
from recommendations.models.stage import attach_entries
from recommendations.services.past import asked_day
from recommendations.views.browse import crumb

PER_PAGE = 50


@require_safe
def action_stages(request: HttpRequest) -> HttpResponse:
    """Every stage whose forum readers may see, the newest first."""
    stages: Any = paginate(request, ActionStage.objects.visible_to(request.user).newest_first().select_related("forum"))
    stages.object_list = list(stages.object_list)
    attach_pages([stage.forum for stage in stages.object_list])
    context = {
        "title": _("Forum in Action"),
        "description": _("Recommendations of forums that were chosen to be carried out, and what came of them."),
        "stages": stages,
        "moments": ChosenRecommendation.objects.visible_to(request.user).moments(),
        "day": asked_day(request.GET),
    }
    return render(request, "recommendations/action_stages.html", context)


@require_safe
def action_stage(request: HttpRequest, code: str) -> HttpResponse:
    """One stage: the chosen recommendations that readers may see, each with its choice and its actions."""
    stages = ActionStage.objects.visible_to(request.user).select_related("forum")
    stage = get_object_or_404(stages, code=code)
    attach_pages([stage.forum])
    visible = ChosenRecommendation.objects.visible_to(request.user).filter(stage=stage).order_by("pk")
    rows = visible.select_related("recommendation__forum", "recommendation__working_group__forum")
    rows = rows.prefetch_related("recommendation__assignments")
    chosen: Any = paginate(request, rows, PER_PAGE)
    chosen.object_list = list(chosen.object_list)
    attach_entries(chosen.object_list)
    recommendations = [one.recommendation for one in chosen.object_list]
    attach_pages(recommendations)
    attach_issuer_pages(recommendations)
    context = {
        "title": stage.label,
        "description": _("Recommendations that were chosen to be carried out, why and by whom, and what came of them."),
        "crumbs": [crumb(_("Forum in Action"), "action_stages")],
        "stage": stage,
        "chosen": chosen,
        "standing": visible.standing().count(),
        "moments": visible.moments(),
        "day": asked_day(request.GET),
    }
    return render(request, "recommendations/action_stage.html", context)
