"""Lists are cut into pages; whatever stands in ?page=, a reader gets a page."""

import math
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PER_PAGE = 20


def page_number(raw: str) -> int:
    """The number that ``raw`` means: the first page for anything that is no positive whole number."""
    # int() takes other scripts' digits, blanks, signs and underscores; more than nine digits are no page of ours.
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 9 and int(raw) else 1


def paginate(
    request: HttpRequest,
    queryset: QuerySet[Any] | Sequence[Any],
    per_page: int = PER_PAGE,
    *,
    count: int | None = None,
) -> Page[Any]:
    """The page of ``queryset`` that ``?page=`` asks for; never raises.

    A number past the end gives the last page, anything else the first; an empty list has one empty page.
    ``count`` is the number of rows where it is known; else the database is asked.
    """
    paginator = Paginator(queryset, per_page)
    if count is not None:
        paginator.count = count
    last = max(1, math.ceil(paginator.count / per_page))
    return paginator.page(min(page_number(request.GET.get("page", "")), last))
