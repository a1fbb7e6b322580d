"""Forms of vocabulary rows: a code is given once, nobody points at a row that was merged away."""

import re
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from pagekit.newer import refuse_older
from pagekit.versions import fingerprint, newest, stored
from taxonomy.choices import OrganisationKind
from taxonomy.models import Organisation, Tag


class RowForm(WagtailAdminModelForm):
    """A form whose choices are rows that still stand, and whose code is closed once it was saved.

    It knows which state of the row was shown: a save over a newer one is refused, and nothing typed is lost.
    """

    data: Any
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # Of the database: what was typed stands in the instance once the form is checked.
            self.initial["seen"] = fingerprint(self.instance)
        if self.instance.pk and "code" in self.fields:
            self.fields["code"].disabled = True
        for field in self.fields.values():
            queryset: Any = getattr(field, "queryset", None)
            if hasattr(queryset, "current"):
                field.queryset = queryset.current()

    def is_valid(self) -> bool:
        valid: bool = super().is_valid()
        if not self.instance.pk or "seen" not in self.data:
            return valid
        newer = stored(self.instance)
        present = fingerprint(newer)
        if self.data["seen"] == present:
            return valid
        entry = newest(newer)
        refuse_older(self, newer, who=entry.user_display_name if entry and entry.user else "", besides={"seen"})
        # The next press knows of it.
        self.data = self.data.copy()
        self.data["seen"] = present
        return False


class PlaceForm(RowForm):
    def clean_reference_code(self) -> str | None:
        # Two places without a code are two places; two empty texts would be one value.
        code: str = self.cleaned_data["reference_code"] or ""
        # Else nothing that comes from this place could be published.
        if code and not re.fullmatch(r"[A-Z0-9]+", code):
            raise ValidationError(_("Write capital letters from A to Z or digits, without blanks: WRO, KRK."))
        return code or None


class OrganisationForm(RowForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        self.instance.is_collective = cleaned.get("kind") == OrganisationKind.CLASS
        return cleaned


OWN = _("Nobody changes their own mandates. Ask another administrator.")


class MandateForm(RowForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.current().answerable()
        self.fields["user"].queryset = self.fields["user"].queryset.filter(is_active=True).order_by("username")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.for_user is not None and self.for_user.pk in {
            self.instance.user_id,
            getattr(cleaned.get("user"), "pk", 0),
        }:
            self.add_error("user", OWN)
        return cleaned


class PassOnForm(forms.Form):
    """Who answers for the institution next, and from which day."""

    to: Any = forms.ModelChoiceField(
        label=_("To whom"),
        queryset=get_user_model().objects.none(),
        help_text=_("The account of the next contact or deputy; it needs no group and no access to the admin."),
        error_messages={"required": _("To whom: missing. Choose the account of the next person.")},
    )
    starts_on = forms.DateField(
        label=_("from"),
        initial=timezone.localdate,
        widget=AdminDateInput,
        help_text=_("The mandate that stands ends on the day before."),
    )

    def __init__(self, *args: Any, for_user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.queryset = get_user_model().objects.filter(is_active=True).order_by("username")
        self.for_user = for_user

    def clean_to(self) -> Any:
        if self.cleaned_data["to"] == self.for_user:
            raise ValidationError(OWN)
        return self.cleaned_data["to"]


class TagForm(RowForm):
    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        # Not iexact: SQLite folds only ASCII, and "Łódź" would stand beside "łódź".
        others = Tag.objects.exclude(pk=self.instance.pk).values_list("name", flat=True)
        if name.casefold() in {other.casefold() for other in others}:
            raise ValidationError(
                _("There is a tag “%(name)s” already. Merge this one into it instead of renaming it."),
                params={"name": name},
            )
        return name


class MergeForm(forms.Form):
    """Which row the merged one becomes."""

    into: Any = forms.ModelChoiceField(
        label=_("Merge into"),
        queryset=Tag.objects.none(),
        help_text=_("The row that stays. What the other one classified is classified by it from now on."),
        error_messages={
            "required": _("Merge into: missing. Choose the row that stays."),
            "invalid_choice": _("Merge into: this row was merged itself. Choose the row that it became."),
        },
    )
