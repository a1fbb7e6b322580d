"""Checks at start-up: every kind of page is either found by search or named here as one that is not."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from wagtail.models import get_page_models

from search.engines import elastic_faults
from search.facets import BY_NAME
from search.query import FACET_NAMES
from search.sync.subjects import FACTS

# Why each is not searched: it lists others, or explains the site, and its address is in every menu.
EXCLUDED = frozenset(
    {
        "cms.HomePage",
        "cms.ContentPage",
        "forums.ForumIndexPage",
        "recommendations.RecommendationIndexPage",
        "wagtailcore.Page",
    }
)


@register()
def every_page_type_is_placed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A new kind of page must not be forgotten by search."""
    indexed = {page for _, page in FACTS.values()}
    return [
        Error(
            f"Search neither indexes {model._meta.label} nor excludes it.",
            hint="Write a builder in search/documents, or add it to search.checks.EXCLUDED with a reason.",
            id="search.E001",
        )
        for model in get_page_models()
        if model not in indexed and model._meta.label not in EXCLUDED
    ]


@register()
def every_facet_is_described(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The names in the question and the descriptions for readers are one list."""
    unlike = set(FACET_NAMES) ^ set(BY_NAME)
    return [Error(f"Facets named in one place only: {', '.join(sorted(unlike))}.", id="search.E002")] if unlike else []


@register()
def engine_is_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A wrong name would only be noticed by the first reader."""
    if settings.SEARCH_ENGINE in {"embedded", "memory"}:
        return []
    return [
        Error(
            f'SEARCH_ENGINE is "{settings.SEARCH_ENGINE}", which is no engine.',
            hint='Set it to "embedded", or leave it out. ("memory" is for tests.)',
            id="search.E003",
        )
    ]


@register()
def elasticsearch_can_be_asked(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A wrong address or number is named here, before anything is sent anywhere."""
    hint = "See the table of variables in README.md."
    return [Error(fault, hint=hint, id="search.E004") for fault in elastic_faults()]
