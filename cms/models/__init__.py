"""The top floor's pages, the publisher's details, the moderation, and what was loaded."""

from cms.models.loaded import LoadedContent
from cms.models.moderation import ModerationTask
from cms.models.pages import ContentPage, HomePage
from cms.models.publisher import PublisherSettings

__all__ = ["ContentPage", "HomePage", "LoadedContent", "ModerationTask", "PublisherSettings"]
