"""Which answers are worth noting: a person's words, alone, and nothing found."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from search.query import SearchQuery
from search.sync import missed

_PROGRAM = re.compile(r"bot|crawl|spider|slurp|fetch|scan|monitor|curl|wget|python|java/|go-http", re.IGNORECASE)


def note_if_missed(request: HttpRequest, typed: SearchQuery, context: Mapping[str, Any]) -> None:
    """Note the question if it found nothing: not one with filters, which say nothing about words, nor one of a program,
    nor one that the index could not answer."""
    is_of_words_alone = typed.text and typed.page == 1 and not (typed.filters or typed.since or typed.until)
    is_answered = context["total"] or context.get("near_items") or context["is_from_database"]
    if not is_of_words_alone or is_answered or context.get("is_withheld"):
        return
    agent = request.headers.get("User-Agent", "")
    if request.method == "GET" and agent and not _PROGRAM.search(agent):
        missed.note(typed.text, typed.language)
