"""What search adds to the admin."""

from search.wagtail_hooks import status, words

__all__ = ["status", "words"]
