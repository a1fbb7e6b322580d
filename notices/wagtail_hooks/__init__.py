"""The desk's screens about mail, and what the admin's history says about accounts and invitations."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogFormatter

from notices.wagtail_hooks.campaign import CampaignViewSet
from notices.wagtail_hooks.contacts import ContactsViewSet
from notices.wagtail_hooks.preferences import MailSettingsPanel
from notices.wagtail_hooks.remarks import RemarkViewSet


@hooks.register("register_admin_viewset")
def register_viewsets() -> Any:
    return [RemarkViewSet(), ContactsViewSet(), CampaignViewSet()]


@hooks.register("register_account_settings_panel")
def offer_mail_settings(request: HttpRequest, user: Any, profile: Any) -> Any:
    return MailSettingsPanel(request, user, profile)


@hooks.register("register_log_actions")
def register_invitations(actions: Any) -> None:
    actions.register_action("notices.open_account", _("Account opened"), _("Account opened"))
    actions.register_action("notices.invite", _("Invite"), _("Invited by mail"))
    actions.register_action("notices.revoke_invitation", _("Revoke the invitation"), _("Invitation revoked"))
    actions.register_action("notices.accept_invitation", _("Accept the invitation"), _("Invitation accepted"))
    actions.register_action("notices.end_access", _("End the access"), _("Access ended"))
    actions.register_action("notices.restore_access", _("Restore the access"), _("Access restored"))

    @actions.register_action("notices.roles")
    class RolesFormatter(LogFormatter):
        label = _("Change the roles")

        def format_message(self, log_entry: Any) -> str:
            names = [f"+ {name}" for name in log_entry.data["added"]]
            names += [f"− {name}" for name in log_entry.data["removed"]]
            return gettext("Roles changed: %(names)s") % {"names": ", ".join(names)}
