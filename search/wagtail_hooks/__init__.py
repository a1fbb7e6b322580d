"""What search adds to the admin."""

from search.wagtail_hooks import status

__all__ = ["status"]
