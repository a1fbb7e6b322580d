"""The search page, and what goes on from it."""

from search.views.compare import compare
from search.views.exports import export, export_picks
from search.views.feeds import feed
from search.views.page import SearchView
from search.views.saved import saved
from search.views.suggestions import suggest

__all__ = ["SearchView", "compare", "export", "export_picks", "feed", "saved", "suggest"]
