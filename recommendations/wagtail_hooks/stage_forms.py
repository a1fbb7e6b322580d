"""The forms of stages of action: each collects what one service asks for and knows no rule of its own."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput, SlugInput

from forums.models import Forum
from pagekit.fields import LongTextField
from pagekit.models import source_language
from recommendations.choices import FactPrecision
from recommendations.forms import TEXT_LENGTH, WhenField
from recommendations.models import ActionStage, ChosenRecommendation, FollowUp, Recommendation, StageEntry
from recommendations.services.stages import Account, forums_written_by
from recommendations.wagtail_hooks.acts import body_field
from recommendations.wagtail_hooks.choosers import recommendation_chooser

WRITTEN = {FactPrecision.DAY: "%d.%m.%Y", FactPrecision.MONTH: "%m.%Y", FactPrecision.YEAR: "%Y"}


def address_field() -> forms.URLField:
    return forms.URLField(label=_("Address of the source"), required=False, max_length=1000, assume_scheme="https")


class StageForm(forms.ModelForm[ActionStage]):
    source_url = address_field()

    class Meta:
        model = ActionStage
        fields = (
            "label_pl", "label_en", "label_uk", "label_ru", "code", "forum", "description", "source_title",
            "source_url", "starts_on", "ends_on", "precision", "date_words",
        )  # fmt: skip
        widgets = {  # noqa: RUF012 - Django's own way
            "code": SlugInput,
            "starts_on": AdminDateInput,
            "ends_on": AdminDateInput,
            "description": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # They stand in addresses and never change.
            del self.fields["code"], self.fields["forum"]
            return
        field: Any = self.fields["forum"]
        field.queryset = forums_written_by(user)
        forums: list[Forum] = field.queryset.with_pages(source_language())
        named = sorted((str(forum.page.title), forum.pk) for forum in forums if forum.page)
        field.choices = [("", "---------"), *((pk, title) for title, pk in named)]


class WhenKnownField(WhenField):
    """As its parent; empty where nobody knows the date."""

    def clean(self, value: Any) -> Any:
        return super().clean(value) if value and value.strip() else (None, FactPrecision.UNKNOWN)


class AccountForm(forms.Form):
    """What was told, when and where; who chose or acted stands in the rows below."""

    title: Any = _("Record an action")
    text = LongTextField(label=_("What was done"), max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 4}))
    result: Any = LongTextField(
        label=_("Result"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What came of it, as far as the source says; leave it empty where it does not."),
    )
    when = WhenKnownField(
        label=_("Date"),
        required=False,
        max_length=30,
        help_text=_("A day (21.11.2026), a month (11.2026) or a year (2026); empty where the source gives none."),
    )
    source_title = forms.CharField(label=_("Source"), required=False, max_length=300)
    source_url = address_field()
    follow_up: Any = forms.ModelChoiceField(
        label=_("The same step in the addressee's log"),
        required=False,
        queryset=FollowUp.objects.none(),
        help_text=_("Only a link: an action moves no addressee's status. That is done in the follow-up."),
    )

    def __init__(self, *args: Any, chosen: ChosenRecommendation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if chosen is not None and "follow_up" in self.fields:
            entries = FollowUp.objects.filter(assignment__recommendation=chosen.recommendation_id).newest_first()
            field: Any = self.fields["follow_up"]
            field.queryset = entries.select_related("assignment__recommendation", "assignment__organisation")

    def account(self, bodies: Any) -> Account:
        data = self.cleaned_data
        refers_on, precision = data["when"]
        return Account(
            text=data["text"],
            bodies=[form.cleaned_data["organisation"] for form in bodies if form.cleaned_data.get("organisation")],
            refers_on=refers_on,
            refers_precision=precision,
            source_title=data["source_title"],
            source_url=data["source_url"],
            result=data.get("result", ""),
            follow_up=data.get("follow_up"),
        )


class ReasonForm(AccountForm):
    """Why it was chosen: a choice has no result and no entry of a log."""

    text = LongTextField(
        label=_("Why it was chosen"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("As the source gives it. Institutions only, no names of persons."),
    )
    result: Any = None
    follow_up: Any = None


class ChooseForm(ReasonForm):
    title = _("Add a chosen recommendation")
    recommendation = forms.ModelChoiceField(
        label=_("Recommendation"), queryset=Recommendation.objects.all(), widget=recommendation_chooser.widget_class
    )
    field_order = ("recommendation", "text")


class RetractForm(forms.Form):
    title = _("Take the entry back")
    reason = LongTextField(
        label=_("Reason"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was wrong about it. The entry stays readable, with this reason beside it."),
    )


class BodyForm(forms.Form):
    organisation = body_field(_("By whom"), "")


BodyFormSet = forms.formset_factory(BodyForm, extra=3, max_num=12)


def initial_of(entry: StageEntry) -> dict[str, Any]:
    """What a form that corrects the entry begins with."""
    day: dt.date | None = entry.refers_on
    pattern = WRITTEN.get(FactPrecision(entry.refers_precision))
    return {
        "text": entry.text,
        "result": entry.result,
        "when": day.strftime(pattern) if day and pattern else "",
        "source_title": entry.source_title,
        "source_url": entry.source_url,
        "follow_up": entry.follow_up_id,
    }
