"""The form "something is wrong or new here" of a recommendation: for everybody, read by moderators alone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notices.choices import RemarkKind
from notices.forms import RemarkForm
from notices.services.remarks import send_remark
from notices.views.following import too_often
from pagekit.models import attach_pages
from recommendations.views.references import visible_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def remark_create(request: HttpRequest, reference: str) -> HttpResponse:
    found = visible_or_404(reference, request.user)
    form = RemarkForm(request.POST or None)
    if request.method == "POST":
        if response := too_often(request):
            return response
        if form.is_trap:
            return redirect("remark_sent", reference=found.reference)
        if form.is_valid():
            data = form.cleaned_data
            send_remark(
                found,
                kind=RemarkKind(data["kind"]),
                text=data["text"],
                link=data["link"],
                email=data["email"],
                language=get_language() or "pl",
            )
            return redirect("remark_sent", reference=found.reference)
    attach_pages([found])
    context = {"title": _("Is something wrong or new here?"), "recommendation": found, "form": form}
    return render(request, "notices/remark.html", context, status=422 if form.errors else 200)


@require_safe
def remark_sent(request: HttpRequest, reference: str) -> HttpResponse:
    found = visible_or_404(reference, request.user)
    attach_pages([found])
    return render(request, "notices/remark_sent.html", {"title": _("Thank you"), "recommendation": found})
