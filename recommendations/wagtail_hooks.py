"""What recommendations add to the admin."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks


@hooks.register("register_log_actions")
def register_change(actions: Any) -> None:
    actions.register_action("recommendations.change", _("Change after publication"), _("Published facts changed"))
