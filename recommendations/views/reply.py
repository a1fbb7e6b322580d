"""The official's reply to one item: one form, and the draft of what is typed into it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import date as date_filter
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import kept
from pagekit.acts import Refused
from pagekit.models import attach_pages
from recommendations.choices import PLAIN_MOVES, EntryKind, Implementation
from recommendations.forms import ReplyForm
from recommendations.models import Assignment, FollowUp, ReplyDraft
from recommendations.services.drafts import draft_of, forget_draft, keep_draft, mark_of
from recommendations.services.items import held_by
from recommendations.services.log import staying_over
from recommendations.services.recording import Overtaken, newest_entry
from recommendations.services.reply import voice_of


def item(request: HttpRequest, assignment: int) -> Assignment:
    """One item of the person; another institution's does not exist here (404)."""
    rows = held_by(request.user).select_related(
        "organisation__parent", "taken_over_by__parent", "recommendation__forum", "recommendation__working_group__forum"
    )
    row: Assignment = get_object_or_404(rows, pk=assignment)
    return row


@kept.keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def follow_up_create(request: HttpRequest, assignment: int) -> HttpResponse:
    """Answer for one item, or keep the answer as a draft; nothing that was typed is lost on the way."""
    if not request.user.is_authenticated:
        # With the answer that was chosen on the page before.
        return redirect_to_login(request.get_full_path())
    row = item(request, assignment)
    if request.method == "POST":
        return answered(request, row)
    if carried := kept.take(request):
        form = ReplyForm(carried, assignment=row)
        if save_draft(request, row, form, user=request.user) is None:
            return unkept(request, row, form)
    draft = draft_of(request.user, row)
    values = first_values(row, request.GET.get("answer", ""), draft)
    return form_page(request, row, ReplyForm(assignment=row, draft=draft, initial=values))


def first_values(row: Assignment, answer: str, draft: ReplyDraft | None = None) -> dict[str, Any]:
    """What stands in the form when it opens: the draft, and above it the answer that was just clicked."""
    today = timezone.localdate().strftime("%d.%m.%Y")
    values: dict[str, Any] = {"seen": newest_entry(row), "when": today} | (draft.data if draft else {})
    values |= {"tab": get_random_string(16), "draft_at": mark_of(draft)}
    return values | ({"answer": answer} if answer else {})


def answered(request: HttpRequest, row: Assignment) -> HttpResponse:
    if "discard" in request.POST:
        forget_draft(row, user=request.user, way="")
        messages.success(request, _("The draft is deleted."))
        return redirect(request.path)
    draft = draft_of(request.user, row)
    drops_file = "drop_file" in request.POST
    form = ReplyForm(request.POST, request.FILES, assignment=row, draft=None if drops_file else draft)
    if "keep" in request.POST:
        if save_draft(request, row, form, user=request.user, drops_file=drops_file):
            messages.success(request, _("Saved as a draft. Only you see it."))
            return redirect(request.path)
        return unkept(request, row, form)
    newer: list[FollowUp] = []
    if form.is_valid():
        try:
            entry = form.save(request.user)
        except Overtaken as overtaken:
            # The same words over the log as it stands now: whoever has read it may save again.
            newer = overtaken.newer
            draft = save_draft(request, row, form, user=request.user, drops_file=drops_file) or draft
            data = request.POST.copy()
            data["seen"] = str(newest_entry(row))
            form = ReplyForm(data, assignment=Assignment.objects.get(pk=row.pk), draft=draft)
            form.add_error(None, str(overtaken))
        except Refused as refused:
            form.refuse(refused)
        else:
            forget_draft(row, user=request.user)
            said = _("Thank you. Saved: readers see the entry with its date at once.")
            if staying_over(entry):
                said = _("Thank you. Saved in the history; an entry of a later date stays the state.")
            messages.success(request, said)
            return redirect("my_institution")
    if not newer:
        draft = save_draft(request, row, form, user=request.user, drops_file=drops_file)
        form.draft = draft if draft and draft.file else None
    return form_page(request, row, form, newer=newer, status=409 if newer else 422)


def unkept(request: HttpRequest, row: Assignment, form: ReplyForm) -> HttpResponse:
    """What was typed and not kept, beside the draft that is; the next press keeps it: the other was read."""
    other = draft_of(request.user, row)
    typed = {"seen": newest_entry(row), **form.typed(), "draft_at": mark_of(other)}
    return form_page(request, row, ReplyForm(assignment=row, draft=other, initial=typed), other=other, status=409)


def save_draft(
    request: HttpRequest,
    row: Assignment,
    form: ReplyForm,
    *,
    user: Any,
    drops_file: bool = False,
    way: str = "",
) -> ReplyDraft | None:
    """Keep what the form holds, with its file where that is sound; tell the person when it cannot be kept."""
    file = form.cleaned_data.get("evidence_file") if form.is_valid() or form.files else None
    try:
        return keep_draft(
            row,
            user=user,
            data=form.typed(),
            file=file or None,
            drops_file=drops_file,
            way=way,
            base=form.data.get("draft_at"),
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return None


def form_page(
    request: HttpRequest,
    row: Assignment,
    form: ReplyForm,
    newer: Sequence[FollowUp] = (),
    other: ReplyDraft | None = None,
    status: int = 200,
) -> HttpResponse:
    """``other``: the draft that another tab has kept, beside what was typed in this one."""
    voice = voice_of(request.user, row.answering)
    context = form_context(row, form, newer) | {
        "draft": draft_of(request.user, row) if not form.is_bound and other is None else None,
        "other": other,
        "voice": voice if voice != row.answering else None,
        "keeps_drafts": True,
    }
    return render(request, "recommendations/follow_up_form.html", context, status=status)


def form_context(row: Assignment, form: ReplyForm, newer: Sequence[FollowUp] = ()) -> dict[str, Any]:
    """What the page of the form shows to anybody who may answer; ``newer``: what was added while it was filled in."""
    attach_pages([row.recommendation])
    entries = row.follow_ups.newest_first().select_related("declared_by")
    entries = entries.prefetch_related("evidence__document", "assessments__evidence__document")
    reports = [entry.implementation for entry in row.follow_ups.filter(kind=EntryKind.REPORT).order_by("-pk")[:2]]
    return {
        "title": _("Answer for %(institution)s") % {"institution": row.organisation},
        "assignment": row,
        "recommendation": row.recommendation,
        "form": form,
        # Said twice in a row, "no change" proposes that the work has stopped (domain rules, "Clock").
        "is_repeated": len(reports) > len(set(reports)) and reports[0] in PLAIN_MOVES - {Implementation.STALLED},
        "entries": entries[:10],
        "newer": newer,
    }


@require_POST
@never_cache
def follow_up_draft(request: HttpRequest, assignment: int) -> HttpResponse:
    """What the script of the form saves while somebody types; files wait for the button."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": "signed out"}, status=401)
    row = item(request, assignment)
    form = ReplyForm(request.POST, assignment=row)
    try:
        draft = keep_draft(row, user=request.user, data=form.typed(), base=form.data.get("draft_at"))
    except Refused as refused:
        return JsonResponse({"error": str(refused)}, status=409)
    if draft is None:
        return HttpResponse(status=204)
    at = date_filter(timezone.localtime(draft.saved_at), "H:i")
    return JsonResponse({"said": _("Draft saved %(time)s") % {"time": at}})
