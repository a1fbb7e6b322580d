"""Signing in and out: one door for editors and officials alike."""

from typing import Any

from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied
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
        if request.method == "GET" and request.user.is_authenticated and self.is_shut(request):
            # Sent on, they would be sent back here for ever.
            raise PermissionDenied
        if request.method == "POST" and request.user.is_authenticated:
            # From the page that refused a form older than the session.
            kept.bring_in(request)
        return super().dispatch(request, *args, **kwargs)

    def is_shut(self, request: HttpRequest) -> bool:
        """Whether this person came from the administration, which lets only editors in."""
        user: Any = request.user
        came_from = self.get_redirect_url()
        return came_from.startswith(reverse("wagtailadmin_home")) and not user.has_perm("wagtailadmin.access_admin")

    def form_invalid(self, form: Any) -> HttpResponse:
        return locked_out(self.request) if is_address_locked(self.request) else super().form_invalid(form)

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
