"""The form at the door."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A page that puts the cursor into a field takes readers of the keyboard past its way to the content.
        self.fields["username"].widget.attrs.pop("autofocus", None)
