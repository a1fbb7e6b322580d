"""What a person gets by mail, in the account screen of the admin."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import BaseSettingsPanel, notifications_tab

from notices.forms import MailPreferenceForm
from notices.services.recipients import preference_of


class MailSettingsPanel(BaseSettingsPanel):
    """As on the public page of preferences."""

    name = "mails"
    title = _("Mails")
    tab = notifications_tab
    order = 100

    def get_form(self) -> Any:
        data = self.request.POST if self.request.method == "POST" else None
        return MailPreferenceForm(data, instance=preference_of(self.user), prefix=self.name)
