"""Security headers of every answer; strict for the public, as loose as Wagtail's editor needs for the admin."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest
from django.http.response import HttpResponseBase

PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), usb=(), interest-cohort=(), browsing-topics=()"
)

# Wagtail's date pickers print inline scripts and its rich text editor inline styles.
ADMIN_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "connect-src": [SELF],
    "frame-src": [SELF],
}


class HeadersMiddleware(CSPMiddleware):
    """django-csp's middleware with a path split, and the headers that Django does not send by itself."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if is_admin(request):
            parts.replace = {**(parts.replace or {}), **ADMIN_POLICY}
        return parts

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response = super().process_response(request, response)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if is_admin(request) or getattr(getattr(request, "user", None), "is_authenticated", False):
            # What a signed-in person sees must not wait in a shared cache or behind the back button.
            response.headers["Cache-Control"] = "no-store, private"
        return response


def is_admin(request: HttpRequest) -> bool:
    return request.path.startswith("/admin/")
