"""Signing in and out: one door for editors and officials alike."""

from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from accounts import kept
from accounts.forms import SignInForm
from accounts.lockout import is_address_locked, locked_out


class SignInView(LoginView):
    """Takes editors to the admin and officials to their institution, or where they came from on this site."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and is_address_locked(request):
            return locked_out(request)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        kept.bring_in(self.request)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # A wrong password must not lose what is carried along.
        return super().get_context_data(**kwargs) | {"kept": self.request.POST.get(kept.FIELD, "")[: kept.LONGEST]}

    def get_default_redirect_url(self) -> str:
        user: Any = self.request.user
        return reverse("wagtailadmin_home" if user.has_perm("wagtailadmin.access_admin") else "my_institution")
