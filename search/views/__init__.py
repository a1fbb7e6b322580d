"""The search page."""

from search.views.page import SearchView

__all__ = ["SearchView"]
