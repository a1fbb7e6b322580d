"""What frames every page: the menus and ways out, who publishes, whether the reader answers for an institution."""

from typing import Any

from django import template
from wagtail.models import Site

from cms.models import PublisherSettings
from cms.navigation import Frame, frame_of
from pagekit.templatetags.pagekit_tags import page_in

register = template.Library()


@register.simple_tag(takes_context=True)
def site_frame(context: template.Context) -> Frame:
    """The frame of what is shown; an empty one without a request."""
    request = context.get("request")
    return frame_of(request, page_in(context)) if request is not None else Frame()


@register.simple_tag(takes_context=True)
def publisher(context: template.Context) -> PublisherSettings:
    """Who publishes; an empty row, all "not set", where the address belongs to no site."""
    request = context.get("request")
    site = Site.find_for_request(request) if request is not None else None
    return PublisherSettings.for_site(site) if site else PublisherSettings()


@register.simple_tag
def holds_mandate(user: Any) -> bool:
    """Whether the person answers for an institution today."""
    return bool(getattr(user, "is_authenticated", False) and user.mandates.active().exists())
