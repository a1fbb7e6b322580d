"""A spreadsheet in the admin: which column says what, and what its statuses mean; both kept for its source."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from accounts import kept
from pagekit.acts import Refused
from recommendations.choices import Cell, Implementation, Step
from recommendations.models import IntakeRow
from recommendations.rules.columns import SEPARATORS
from recommendations.transfer.background import order
from recommendations.transfer.columns import ENCODINGS, name_columns, noticed, row_of, samples
from recommendations.transfer.planning import plan_intake
from recommendations.transfer.sheet_intake import name_statuses, unknown_statuses
from recommendations.wagtail_hooks.intake import IntakeMixin, more_of, typed_before

ENCODING_NAMES = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE",
    "cp1250": "Windows 1250", "iso8859_2": "ISO 8859-2", "mac_latin2": "Macintosh CE", "mac_roman": "Macintosh Roman",
    "cp1252": "Windows 1252", "cp1251": "Windows 1251",
}  # fmt: skip
LONGEST_SAMPLE = 60


class SheetForm(forms.Form):
    """How the cells of the whole spreadsheet are read, and what each of its columns says."""

    separator = forms.ChoiceField(
        label=_("Between the names of one cell"),
        required=False,
        choices=[*((mark, mark) for mark in SEPARATORS), ("", _("line ends only"))],
        help_text=_("A line end always parts them."),
    )
    encoding = forms.ChoiceField(label=_("How the letters are read"))
    is_source = forms.BooleanField(
        label=_("The file is the source document of the drafts"),
        required=False,
        help_text=_("Readers can take it, with all its columns, once one of them is published."),
    )

    def __init__(self, columns: dict[str, Any], data: Any = None) -> None:
        self.columns = columns
        initial = {f"column-{place}": cell for place, cell in columns["cells"].items()}
        super().__init__(data, initial=initial | {name: columns[name] for name in ("separator", "is_source")})
        if columns["encoding"]:
            names = dict.fromkeys([columns["encoding"], *ENCODINGS])
            choices: list[tuple[str, Any]] = [(name, ENCODING_NAMES.get(name, name)) for name in names]
            self.fields["encoding"].choices = [("", _("choose")), *choices] if columns["is_doubtful"] else choices  # type: ignore[attr-defined]
            self.fields["encoding"].initial = "" if columns["is_doubtful"] else columns["encoding"]
        else:
            del self.fields["encoding"]
        for place, heading in enumerate(columns["headings"]):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=heading or _("column %(number)d") % {"number": place + 1},
                required=False,
                choices=[("", _("left out")), *Cell.choices],
            )

    @property
    def cells(self) -> dict[str, str]:
        said = self.cleaned_data if self.is_bound else self.initial
        return {
            name.removeprefix("column-"): value for name, value in said.items() if name.startswith("column-") and value
        }


class ColumnsView(IntakeMixin, TemplateView):
    """Which column says what: what is recognised is filled in and marked; below, the first rows as they would be."""

    template_name = "admin/recommendations/intake_columns.html"
    page_title = _("Columns of the spreadsheet")

    @kept.keeps_typed
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.intake.step:
            return redirect("intake:plan", self.intake.pk)
        if not self.intake.is_sheet:
            return redirect("intake:rows", self.intake.pk)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = SheetForm(self.intake.columns, typed_before(request))
        form.is_valid()
        return self.shown(form)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = SheetForm(self.intake.columns, request.POST)
        if not form.is_valid() or request.POST.get("act") == "preview":
            return self.shown(form, status=200 if form.is_valid() else 422)
        said = form.cleaned_data
        try:
            named = name_columns(
                self.intake,
                by=request.user,
                cells=form.cells,
                separator=said["separator"],
                encoding=said.get("encoding", ""),
                is_source=said["is_source"],
            )
            is_done = order(named, Step.READ, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.shown(form, status=422)
        return redirect("intake:rows" if is_done and self.has_rows_to_look_at else "intake:plan", self.intake.pk)

    def shown(self, form: SheetForm, *, status: int = 200) -> HttpResponse:
        columns = self.intake.columns
        said = form.cleaned_data if form.is_bound else {}
        encoding = said.get("encoding") or columns["encoding"]
        rows = samples(self.intake, encoding)
        fields = [
            (
                form[f"column-{place}"],
                heading,
                [row[place][:LONGEST_SAMPLE] for row in rows if row[place:] and row[place]][:3],
            )
            for place, heading in enumerate(columns["headings"])
        ]
        context = self.get_context_data(
            intake=self.intake,
            form=form,
            fields=fields,
            guessed=not columns["is_named"] and not columns["is_kept"],
            preview=[self.previewed(row_of(row, self.said_columns(form))) for row in rows],
            is_doubtful=columns["is_doubtful"],
            noticed=noticed(columns),
        )
        return self.render_to_response(context, status=status)

    def said_columns(self, form: SheetForm) -> dict[str, Any]:
        said = form.cleaned_data if form.is_bound else {}
        return self.intake.columns | {
            "cells": form.cells,
            "separator": said.get("separator", form.initial["separator"]),
        }

    @staticmethod
    def previewed(row: IntakeRow) -> tuple[IntakeRow, list[tuple[Any, str]]]:
        return row, more_of(row)


class StatusesView(IntakeMixin, TemplateView):
    """What each status means that the site does not know; asked once for all spreadsheets of the source."""

    template_name = "admin/recommendations/intake_statuses.html"
    page_title = _("Statuses of the spreadsheet")

    @kept.keeps_typed
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.intake.step or not self.unknown:
            return redirect("intake:plan", self.intake.pk)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def unknown(self) -> list[tuple[str, int]]:
        return unknown_statuses(self.intake) if self.intake.is_sheet else []

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        table = {name: request.POST.get(f"status-{place}", "") for place, (name, _count) in enumerate(self.unknown)}
        name_statuses(self.intake, by=request.user, table=table)
        if self.has_rows_to_look_at:
            plan_intake(self.intake, by=request.user)
        else:
            order(self.intake, Step.PLAN, by=request.user)
        return redirect("intake:plan", self.intake.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed: Any = typed_before(self.request) or {}
        unknown = [(name, count, typed.get(f"status-{place}", "")) for place, (name, count) in enumerate(self.unknown)]
        return super().get_context_data(intake=self.intake, unknown=unknown, choices=Implementation.choices, **kwargs)
