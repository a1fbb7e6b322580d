"""What only the owner of the site can fill in."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permission_policies.sites import SitePermissionPolicy


class RightToSettings(SitePermissionPolicy):
    """There is one site, so a right to its settings is held for all sites or not at all.

    Wagtail's own asks at every page of the admin for rights that somebody holds for single sites.
    """

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return ModelPermissionPolicy(self.model).user_has_any_permission(user, actions)


@register_setting
class PublisherSettings(BaseSiteSetting):
    """Who publishes the site; what is not set is shown as not set, never invented."""

    publisher = models.CharField(_("publisher of the site"), max_length=200, blank=True)
    unit = models.CharField(_("unit responsible"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)

    panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [FieldPanel("publisher"), FieldPanel("unit"), FieldPanel("email"), FieldPanel("phone")],
            heading=_("Shown in the publication box of every page"),
        )
    ]

    class Meta:
        verbose_name = _("publisher of the site")

    @classmethod
    def get_permission_policy(cls) -> RightToSettings:
        return RightToSettings(cls)

    @property
    def missing(self) -> list[str]:
        """The names of the fields nobody has filled in yet."""
        return [
            str(self._meta.get_field(name).verbose_name)
            for name in ("publisher", "unit", "email", "phone")
            if not getattr(self, name)
        ]
