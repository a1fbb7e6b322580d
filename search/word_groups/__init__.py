"""The lists of words that questions know of: shipped with the project, kept in the database, edited by moderators."""

from search.word_groups.current import current_lists
from search.word_groups.shipped import load_shipped, shipped_groups

__all__ = ["current_lists", "load_shipped", "shipped_groups"]
