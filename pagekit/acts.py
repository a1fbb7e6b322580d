"""Every act on a page in one transaction, and first the question whether it is allowed.

Wagtail opens no transaction round publish, unpublish, move, copy and page restrictions, and its screens, bulk
actions, commands and wagtail-localize all reach pages through the seven action classes below; so the fence stands
there (docs/decisions/0007).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.actions.unpublish import UnpublishAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction

from pagekit.documents import collection_moved

# Publishing a page inherits execute from publishing a revision; a test compares this list with Wagtail's.
ACTIONS: tuple[type[Any], ...] = (
    PublishRevisionAction,
    UnpublishAction,
    UnpublishPageAction,
    DeletePageAction,
    MovePageAction,
    CopyPageAction,
    CreatePageAliasAction,
)
__all__ = ["ACTIONS", "PublishPageRevisionAction", "Refused", "RefusedMiddleware", "Republication", "fence_all"]


class Republication(PublishPageRevisionAction):
    """Putting back what was public before, as it stood: approved then, so it needs no second approval."""


class Refused(Exception):  # noqa: N818 - it is no error of the program but the answer to a person
    """An act that a rule forbids; the text is the sentence shown to the person.

    Neither PermissionDenied nor ValidationError: the admin and wagtail-localize swallow those and commit
    what was written before.
    """

    def __init__(self, sentence: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


def subject_of(action: Any) -> Any:
    """The object an action works on, in its specific class: a page, a snippet."""
    instance = getattr(action, "page", None) or getattr(action, "instance", None) or getattr(action, "object", None)
    return instance.specific if isinstance(instance, Page) else instance


def fence(execute: Callable[..., Any]) -> Callable[..., Any]:
    """``execute`` inside one transaction, asked first whether the subject refuses the act."""
    if getattr(execute, "is_fenced", False):
        return execute

    @wraps(execute)
    def fenced(self: Any, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            refuse = getattr(subject_of(self), "refuse", None)
            if refuse is not None:
                refuse(self)
            return execute(self, *args, **kwargs)

    fenced.is_fenced = True  # type: ignore[attr-defined]  # a mark on a function
    return fenced


def atomic(method: Callable[..., Any]) -> Callable[..., Any]:
    if getattr(method, "is_fenced", False):
        return method

    @wraps(method)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            return method(self, *args, **kwargs)

    wrapped.is_fenced = True  # type: ignore[attr-defined]  # a mark on a function
    return wrapped


def told(move: Callable[..., Any]) -> Callable[..., Any]:
    """``move`` of a collection in one transaction with those who hear of it: Wagtail tells nobody."""
    if getattr(move, "is_fenced", False):
        return move

    @wraps(move)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            moved = move(self, *args, **kwargs)
            collection_moved.send(type(self), instance=self)
            return moved

    wrapped.is_fenced = True  # type: ignore[attr-defined]  # a mark on a function
    return wrapped


def fence_all() -> None:
    """Put the fence round the seven action classes, saving and deleting restrictions, and moving collections; once.

    The screen of a restriction saves its groups after the restriction, so it is one transaction too.
    """
    from wagtail.admin.views.page_privacy import SetPrivacyView  # noqa: PLC0415 - it asks for models while imported

    for action in ACTIONS:
        action.execute = fence(action.execute)
    for restriction in (PageViewRestriction, CollectionViewRestriction):
        restriction.save = atomic(restriction.save)
        restriction.delete = atomic(restriction.delete)
    SetPrivacyView.form_valid = atomic(SetPrivacyView.form_valid)
    Collection.move = told(Collection.move)


class RefusedMiddleware:
    """A refusal becomes a message and a way back; for JSON a 409 with the sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"success": False, "error": str(exception)}, status=409)
        messages.error(request, str(exception))
        back = request.headers.get("Referer", "")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
            back = "/"
        return HttpResponseRedirect(back)
