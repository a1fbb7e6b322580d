"""Contacts of institutions from a spreadsheet: taken in, looked at, confirmed; the file itself is kept nowhere."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from cms.people.forms import ContactsFileForm
from cms.people.views import INDEX, KeeperMixin
from notices.transfer.contacts import (
    HEADINGS,
    ContactPlan,
    carry_out,
    plan_contacts,
    read_contacts,
    template_csv,
    template_xlsx,
)
from pagekit.acts import Refused
from recommendations.transfer.formats import TYPES
from recommendations.transfer.sheets import Row

SALT = "cms.people.contacts"
HOURS = 2


class ContactsView(KeeperMixin, TemplateView):
    page_title = gettext_lazy("Contacts from a spreadsheet")
    header_icon = "table"
    template_name = "admin/cms/contacts.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.confirmed(request) if "rows" in request.POST else self.taken_in(request)

    def taken_in(self, request: HttpRequest) -> HttpResponse:
        form = ContactsFileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form=form, status=422)
        file = form.cleaned_data["sheet"]
        try:
            rows = read_contacts(file, file.name or "")
        except Refused as refused:
            form.add_error("sheet", str(refused))
            return self.show(form=form, status=422)
        return self.show_plan(rows)

    def confirmed(self, request: HttpRequest) -> HttpResponse:
        rows = self.unsealed(request.POST["rows"])
        if rows is None:
            form = ContactsFileForm()
            return self.show(
                form=form, refused=_("The confirmation is too old or damaged. Upload the sheet again."), status=422
            )
        try:
            done = carry_out(rows, by=request.user, is_inviting="is_inviting" in request.POST)
        except Refused as refused:
            # Something changed between the look and the confirmation: nothing was done, and the plan says what.
            return self.show_plan(rows, refused=str(refused))
        messages.success(
            request,
            _("Done: %(create)s new mandates, %(change)s changed, %(accounts)s accounts opened, %(invited)s invited.")
            % done.counts,
        )
        return redirect(INDEX)

    def show_plan(self, rows: list[Row], refused: str = "") -> HttpResponse:
        plan = plan_contacts(rows, by=self.request.user, is_inviting=True)
        return self.show(plan=plan, sealed=self.sealed(plan), refused=refused, status=409 if refused else 200)

    def show(self, status: int = 200, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context), status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", ContactsFileForm())
        return super().get_context_data(headings=HEADINGS.values(), **kwargs)

    def sealed(self, plan: ContactPlan) -> str:
        """The sound rows, signed for this administrator: they wait in the page, not on the server."""
        user: Any = self.request.user
        rows = [[contact.row.number, contact.row.values] for contact in plan.contacts]
        return signing.dumps({"user": user.pk, "rows": rows}, salt=SALT, compress=True)

    def unsealed(self, sealed: str) -> list[Row] | None:
        """The rows that were signed for this very administrator, or None."""
        user: Any = self.request.user
        try:
            found = signing.loads(sealed, salt=SALT, max_age=HOURS * 3600)
        except signing.BadSignature:
            return None
        return [Row(number, values) for number, values in found["rows"]] if found["user"] == user.pk else None


class ContactsTemplateView(KeeperMixin, View):
    """The empty sheet."""

    def get(self, request: HttpRequest, form: str) -> HttpResponse:
        content = template_xlsx() if form == "xlsx" else template_csv()
        disposition = f'attachment; filename="kontakty-instytucji.{form}"'
        return HttpResponse(content, content_type=TYPES[form], headers={"Content-Disposition": disposition})
