"""The items of an institution as a sheet: taken out, filled in elsewhere, brought back, looked at, confirmed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import kept
from pagekit.acts import Refused
from recommendations.services.items import held_by, items_of
from recommendations.transfer import items
from recommendations.transfer.formats import TYPES
from recommendations.transfer.plan import Plan, carry_out, plan_for
from recommendations.transfer.rows import read_rows
from recommendations.transfer.sheets import Row

SALT = "recommendations.items_sheet"
HOURS = 2
# Below Django's limit for a form; two hundred long answers go into it.
LONGEST = 1_500_000


@require_safe
@never_cache
@login_required
def my_items_file(request: HttpRequest, form: str) -> HttpResponse:
    """All items of the person, open ones first, as XLSX or CSV."""
    found = items_of(request.user, timezone.localdate())
    content = items.as_xlsx(found) if form == "xlsx" else items.as_csv(found)
    name = f"moja-instytucja-{timezone.localdate():%Y-%m-%d}.{form}"
    return HttpResponse(
        content, content_type=TYPES[form], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@kept.keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def my_items_sheet(request: HttpRequest) -> HttpResponse:
    """Take the file in, show what it would do, and do it once confirmed; the file itself is kept nowhere."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    if request.method == "POST" and "rows" in request.POST:
        return confirmed(request)
    if request.method == "POST":
        return brought_back(request)
    carried = kept.take(request)
    rows = unsealed(request, carried.get("rows", "")) if carried else None
    return plan_page(request, rows) if rows else sheet_page(request)


def brought_back(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("sheet")
    if file is None:
        return sheet_page(request, error=_("File: missing. Choose the sheet that you filled in."))
    try:
        rows = read_rows(file, file.name or "")
    except Refused as refused:
        return sheet_page(request, error=str(refused))
    if not rows:
        return sheet_page(request, error=_("Nothing is answered in this sheet. Fill in the columns of the answer."))
    return plan_page(request, rows)


def confirmed(request: HttpRequest) -> HttpResponse:
    rows = unsealed(request, request.POST["rows"])
    if rows is None:
        return sheet_page(request, error=_("The confirmation is too old or damaged. Upload the sheet again."))
    try:
        number = carry_out(request.user, rows)
    except Refused as refused:
        # Something changed between the look and the confirmation: nothing was recorded, and the plan says what.
        return plan_page(request, rows, error=str(refused))
    if not number:
        messages.success(request, _("These answers are saved already; nothing was saved twice."))
        return redirect("my_institution")
    messages.success(
        request,
        ngettext(
            "Thank you. %(number)s entry is saved; readers see it at once.",
            "Thank you. %(number)s entries are saved; readers see them at once.",
            number,
        )
        % {"number": number},
    )
    return redirect("my_institution")


def sheet_page(request: HttpRequest, error: str = "") -> HttpResponse:
    return render(
        request,
        "recommendations/items_sheet.html",
        {"title": _("Answer in a spreadsheet"), "error": error, "item_count": held_by(request.user).count()},
        status=422 if error else 200,
    )


def plan_page(request: HttpRequest, rows: list[Row], error: str = "") -> HttpResponse:
    plan = plan_for(request.user, rows)
    sealed = seal(request, plan)
    if len(sealed) > LONGEST:
        return sheet_page(request, error=_("The answers are too long together. Send the sheet in parts."))
    return render(
        request,
        "recommendations/items_plan.html",
        {"title": _("What the sheet would change"), "plan": plan, "rows": sealed, "error": error},
        status=409 if error else 200,
    )


def seal(request: HttpRequest, plan: Plan) -> str:
    """The sound rows, signed for this person: they wait in the page, not on the server."""
    user: Any = request.user
    rows = [[action.row.number, action.row.values] for action in plan.actions]
    return signing.dumps({"user": user.pk, "rows": rows}, salt=SALT, compress=True)


def unsealed(request: HttpRequest, sealed: str) -> list[Row] | None:
    """The rows that were signed for this very person, or None."""
    try:
        found = signing.loads(sealed, salt=SALT, max_age=HOURS * 3600)
    except signing.BadSignature:
        return None
    user: Any = request.user
    return [Row(number, values) for number, values in found["rows"]] if found["user"] == user.pk else None
