"""What recommendations add to the admin: their list, papers taken in, stages of action, the follow-up, and choosers."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from recommendations.services.stages import LOG_ACTION
from recommendations.wagtail_hooks.bulk import ChangeWords
from recommendations.wagtail_hooks.choosers import recommendation_chooser
from recommendations.wagtail_hooks.desk import FollowUpGroup
from recommendations.wagtail_hooks.editorial import EditorialViewSet
from recommendations.wagtail_hooks.effects import EffectViewSet
from recommendations.wagtail_hooks.intake_plan import IntakeViewSet
from recommendations.wagtail_hooks.pages import RecommendationListing
from recommendations.wagtail_hooks.proposals import ProposalViewSet
from recommendations.wagtail_hooks.publishing import SetViewSet
from recommendations.wagtail_hooks.stages import ActionStageViewSet
from recommendations.wagtail_hooks.writing import WritingViewSet


@hooks.register("register_log_actions")
def register_change(actions: Any) -> None:
    actions.register_action("recommendations.change", _("Change after publication"), _("Published facts changed"))
    actions.register_action("recommendations.hand_over", _("Handover"), _("Open items handed over to the successor"))
    actions.register_action("recommendations.archived", _("Archive"), _("Moved to the archive"))
    actions.register_action("recommendations.withdrawn", _("Withdrawal"), _("Withdrawn from publication"))
    actions.register_action("recommendations.published", _("Restoration"), _("Restored"))
    actions.register_action(LOG_ACTION, _("Stage of action"), _("Stage of action saved"))


hooks.register("register_bulk_action", ChangeWords)


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[Any]:
    return [
        recommendation_chooser,
        RecommendationListing("recommendation_pages"),
        ActionStageViewSet(),
        IntakeViewSet(),
        SetViewSet(),
        EffectViewSet(),
        WritingViewSet(),
        ProposalViewSet(),
        FollowUpGroup(),
        EditorialViewSet(),
    ]
