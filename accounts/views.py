"""Signing in and out: one door for editors and officials alike."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from accounts.lockout import is_address_locked, locked_out


class SignInForm(AuthenticationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A page that puts the cursor into a field takes readers of the keyboard past its way to the content.
        self.fields["username"].widget.attrs.pop("autofocus", None)


class SignInView(LoginView):
    """Takes editors to the admin and officials to their institution, or where they came from on this site."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and is_address_locked(request):
            return locked_out(request)
        return super().dispatch(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        user: Any = self.request.user
        return reverse("wagtailadmin_home" if user.has_perm("wagtailadmin.access_admin") else "my_institution")
