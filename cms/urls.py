"""Mounts the admin, documents and each app's addresses; may know every app's urls."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.documents import urls as wagtaildocs_urls

from cms.sitemaps import SITEMAPS
from cms.views import healthz, robots
from pagekit.explorer import SiteHistory, WorkflowReport
from recommendations.urls import permanent_urlpatterns

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    # One door for everybody: the admin's own sign-in would be a second one without our lock of addresses.
    path("admin/login/", RedirectView.as_view(pattern_name="sign_in", query_string=True)),
    # Before Wagtail's own: a hook would add them behind.
    path("admin/reports/workflow/", require_admin_access(WorkflowReport.as_view())),
    path("admin/reports/workflow/results/", require_admin_access(WorkflowReport.as_view(results_only=True))),
    path("admin/reports/site-history/", require_admin_access(SiteHistory.as_view())),
    path("admin/reports/site-history/results/", require_admin_access(SiteHistory.as_view(results_only=True))),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    *permanent_urlpatterns,
    *i18n_patterns(
        path("_util/login/", RedirectView.as_view(pattern_name="sign_in", query_string=True)),
        path("", include("accounts.urls")),
        path("", include("notices.urls")),
        path("", include("recommendations.urls")),
        path("", include("search.urls")),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]

handler400 = "cms.views.bad_request"
handler403 = "cms.views.permission_denied"
handler404 = "cms.views.page_not_found"
handler500 = "cms.views.server_error"
