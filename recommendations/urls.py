"""The addresses of this app: inside the language prefixes, and the permanent ones that stand outside them."""

from django.urls import path, re_path

from recommendations.views import browse, feeds, items_sheet, my_institution, references, reply, stages, standing

urlpatterns = [
    path("tematy/", browse.theme_list, name="theme_list"),
    path("tematy/<slug:code>/", browse.theme, name="theme"),
    path("tagi/", browse.tag_list, name="tag_list"),
    path("tagi/<slug:slug>/", browse.tag, name="tag"),
    path("miejsca/", browse.place_list, name="place_list"),
    path("miejsca/<slug:code>/", browse.place, name="place"),
    path("instytucje/", browse.organisation_list, name="organisation_list"),
    path("instytucje/<slug:code>/", browse.organisation, name="organisation"),
    path("zmiany/", browse.changes, name="changes"),
    path("stan-realizacji/", standing.standing, name="standing"),
    re_path(r"^stan-realizacji/wpisy\.(?P<form>csv|json)$", standing.status_events, name="status_events"),
    path("stan-realizacji/wpisy.atom", feeds.status_feed, name="status_feed"),
    path("stan-realizacji/terminy.ics", feeds.deadlines, name="deadlines"),
    path("stan-realizacji/<slug:name>.csv", standing.chart, name="standing_chart"),
    path("stan-realizacji/status/", browse.status_list, name="status_list"),
    path("stan-realizacji/status/<slug:code>/", browse.status, name="status"),
    path("watek/<str:reference>/", references.thread, name="thread"),
    path("w-dzialaniu/", stages.action_stages, name="action_stages"),
    path("w-dzialaniu/<slug:code>/", stages.action_stage, name="action_stage"),
    path("moja-instytucja/", my_institution.my_institution, name="my_institution"),
    path("moja-instytucja/arkusz/", items_sheet.my_items_sheet, name="my_items_sheet"),
    re_path(r"^moja-instytucja/arkusz\.(?P<form>xlsx|csv)$", items_sheet.my_items_file, name="my_items_file"),
    path("moja-instytucja/<int:assignment>/", reply.follow_up_create, name="follow_up_create"),
    path("moja-instytucja/<int:assignment>/szkic/", reply.follow_up_draft, name="follow_up_draft"),
]

# The shortest reading of the reference, so that ".csl.json" is not taken for a reference that ends in ".csl".
FORM = r"\.(?P<form>csl\.json|json|bib|ris)"
REFERENCE = r"^r/(?P<reference>[^/]+?)"
VERSION = r"/(?:(?P<language>[a-z]{2})/)?v(?P<number>[0-9]{1,6})"
permanent_urlpatterns = [
    re_path(rf"{REFERENCE}{FORM}$", references.handed_over, name="reference_form"),
    re_path(rf"{REFERENCE}{VERSION}{FORM}$", references.handed_over, name="reference_version_form"),
    re_path(rf"{REFERENCE}{VERSION}$", references.reference_version, name="reference_version"),
    re_path(r"^r/(?P<reference>[^/]+)$", references.reference, name="reference"),
    # Addresses of the site end in a slash, so people put one here, too.
    re_path(r"^(?P<path>r/[^/]+(?:/(?:[a-z]{2}/)?v[0-9]{1,6})?)/$", references.without_slash, name="reference_slash"),
]
