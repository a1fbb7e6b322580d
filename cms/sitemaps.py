"""Every public address in every language it exists in, for search engines; what a reader may not see is not there."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Exists, OuterRef
from django.urls import reverse, translate_url
from django.utils.translation import override
from wagtail.models import Page

from pagekit.models import AbstractContentPage, ContentPageQuerySet, source_language
from recommendations.models import ActionStage, Assignment, Recommendation
from recommendations.models.browsing import counted_badges
from taxonomy.models import Organisation, Place, Tag, Theme


@dataclass
class Entry:
    """One address, when it last changed, and the same in other languages (codes to paths)."""

    path: str
    changed_at: dt.datetime | None = None
    languages: dict[str, str] = field(default_factory=dict)


class LanguageSitemap(Sitemap[Entry]):
    """A sitemap whose entries know their own languages, which Django's assumes to be always all."""

    def entries(self) -> Iterable[Entry]:
        raise NotImplementedError

    def items(self) -> list[Entry]:
        # Addresses are built in the source's language, whoever asks.
        with override(source_language()):
            return list(self.entries())

    def location(self, item: Entry) -> str:
        return item.path

    def lastmod(self, item: Entry) -> dt.datetime | None:
        return item.changed_at

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        urls = super().get_urls(page, site, protocol)
        domain = f"{self.get_protocol(protocol)}://{self.get_domain(site)}"
        for url in urls:
            languages = url["item"].languages
            url["alternates"] = [{"lang_code": code, "location": domain + path} for code, path in languages.items()]
            if url["alternates"] and source_language() in languages:
                url["alternates"].append({"lang_code": "x-default", "location": domain + languages[source_language()]})
        return urls


class PagesSitemap(LanguageSitemap):
    """All visible pages; a translation is listed while its source is visible."""

    def entries(self) -> Iterator[Entry]:
        visible = ContentPageQuerySet(Page).visible_to().type(AbstractContentPage)
        by_key: dict[Any, list[Page]] = defaultdict(list)
        for page in visible.select_related("locale").order_by("path"):
            by_key[page.translation_key].append(page)
        for versions in by_key.values():
            paths = {page.locale.language_code: page.get_url() for page in versions}
            if source_language() in paths:
                for page in versions:
                    yield Entry(
                        paths[page.locale.language_code], page.last_published_at, paths if len(paths) > 1 else {}
                    )


class BrowsingSitemap(LanguageSitemap):
    """The lists by theme, tag, place and institution, the stages of action, and each row that leads to something."""

    LISTS = ("theme_list", "tag_list", "place_list", "organisation_list", "standing", "status_list", "changes")

    def entries(self) -> Iterator[Entry]:
        for path in self.paths():
            languages = {code: translate_url(path, code) for code, _name in settings.LANGUAGES}
            for address in languages.values():
                yield Entry(address, None, languages)

    def paths(self) -> Iterator[str]:
        visible = Recommendation.objects.visible_to()
        yield from (reverse(name) for name in self.LISTS)
        for badge in counted_badges():
            yield reverse("status", args=[badge])
        if stages := ActionStage.objects.visible_to().newest_first():
            yield reverse("action_stages")
            yield from (stage.get_absolute_url() for stage in stages)
        for theme in Theme.objects.current().filter(Exists(visible.filter(themes=OuterRef("pk")))):
            yield reverse("theme", args=[theme.code])
        for place in Place.objects.current().filter(Exists(visible.filter(places=OuterRef("pk")))):
            yield reverse("place", args=[place.code])
        for tag in Tag.objects.filter(merged_into=None).filter(Exists(visible.filter(tagged__tag=OuterRef("pk")))):
            yield reverse("tag", args=[tag.slug])
        asked = Assignment.objects.visible_to().filter(organisation=OuterRef("pk"))
        for organisation in Organisation.objects.current().filter(Exists(asked)):
            yield reverse("organisation", args=[organisation.code])


SITEMAPS = {"pages": PagesSitemap, "browsing": BrowsingSitemap}
