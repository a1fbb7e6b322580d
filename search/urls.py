from django.urls import path, re_path

from search.views import SearchView, compare, export, export_picks, feed, saved, suggest
from search.views.help import search_help

FORM = r"(?P<form>csv|xlsx|json|bib|ris|csl\.json)"

urlpatterns = [
    path("search/", SearchView.as_view(), name="search"),
    re_path(rf"^search/export\.{FORM}$", export, name="search_export"),
    path("search/feed/", feed, name="search_feed"),
    path("search/suggest/", suggest, name="search_suggest"),
    path("search/saved/", saved, name="search_saved"),
    path("search/help/", search_help, name="search_help"),
    path("search/compare/", compare, name="search_compare"),
    re_path(rf"^search/compare/export\.{FORM}$", export_picks, name="search_compare_export"),
]
