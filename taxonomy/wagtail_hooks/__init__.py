"""Vocabularies in the admin: their lists and forms, what choosers find, and the screen that merges two rows."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from taxonomy.models import AffectedGroup, Mandate, Organisation, Place, Succession, Tag, Theme
from taxonomy.services.merging import MERGED, TAKEN_BACK
from taxonomy.wagtail_hooks.choosers import organisation_chooser
from taxonomy.wagtail_hooks.policies import keep_rows
from taxonomy.wagtail_hooks.viewsets import VocabularyGroup

# Before any screen asks for the policy of these models.
keep_rows(Theme, AffectedGroup, Place, Organisation, Succession, Mandate, Tag)


@hooks.register("register_admin_viewset")
def register_vocabularies() -> list[Any]:
    return [organisation_chooser, VocabularyGroup()]


@hooks.register("register_log_actions")
def register_merging(actions: Any) -> None:
    actions.register_action(MERGED, _("Merge"), _("Merged into another row"))
    actions.register_action(TAKEN_BACK, _("Take the merge back"), _("A merge taken back"))
    actions.register_action("taxonomy.pass_on", _("Pass on to another person"), _("Passed on to another person"))
