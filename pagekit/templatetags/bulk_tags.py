"""The acts on many pages at once that a list of the admin offers."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.admin.widgets.button import Button, ButtonWithDropdown, ListingButton

from pagekit.bulk import is_offered

register = template.Library()

# As many as Wagtail shows beside each other.
SHOWN = 4


@register.inclusion_tag("wagtailadmin/shared/buttons.html", takes_context=True)
def offered_bulk_actions(context: template.Context, app_label: str, model_name: str) -> dict[str, Any]:
    """Wagtail's buttons of those acts that the person may do to any of the rows."""
    user = context["request"].user
    acts = [
        act
        for act in bulk_action_registry.get_bulk_actions_for_model(app_label, model_name)
        if is_offered(act, user, model_name)
    ]
    acts.sort(key=lambda act: act.action_priority)

    def button(act: Any, kind: type[Button], **looks: Any) -> Button:
        # Wagtail's script adds what is ticked, and where to go on afterwards.
        attrs = {"aria-label": act.aria_label, "data-bulk-action-button": ""}
        url = reverse("wagtail_bulk_action", args=[app_label, model_name, act.action_type])
        return kind(act.display_name, url, attrs=attrs, priority=act.action_priority, **looks)

    buttons: list[Any] = [
        button(act, ListingButton, classname=" ".join(sorted(act.classes | {"bulk-action-btn"})))
        for act in acts[:SHOWN]
    ]
    if rest := acts[SHOWN:]:
        buttons.append(
            ButtonWithDropdown(
                label=_("More"),
                attrs={"title": _("More bulk actions")},
                classname="button button-secondary button-small",
                buttons=[button(act, Button) for act in rest],
            )
        )
    return {"buttons": buttons}
