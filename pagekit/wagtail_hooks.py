"""What every page of ours brings to Wagtail: the door of documents."""

from typing import Any

from django.http import Http404, HttpRequest
from wagtail import hooks

from pagekit.documents import may_take


@hooks.register("before_serve_document")
def serve_only_what_is_visible(document: Any, request: HttpRequest) -> None:
    # A draft's file must not be there for who guesses its address; 404, because 403 would say that it exists.
    if not may_take(request.user, document):
        raise Http404
