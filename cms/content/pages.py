"""Pages of the source language against the database: home, texts, forums, groups, recommendations."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from wagtail.models import Locale, Page, Site

from cms.content.publishing import Publisher
from cms.content.shapes import Names, Shape
from cms.content.texts import HOME, Draft
from cms.models import HomePage
from cms.roles import IMPORT_ACCOUNT
from pagekit.models import source_language
from recommendations.choices import EditorialState
from recommendations.models import PageIdentifier, Recommendation, RecommendationPage


class Pages:
    """Where each page of the files stands in the tree; recommendations by identifier, others by address."""

    def __init__(self, drafts: Iterable[Draft]) -> None:
        self.drafts = {draft.key: draft for draft in drafts}
        self.found: dict[str, Page] = {}

    def page(self, key: str) -> Any:
        """The page, or None where it does not exist yet."""
        if key not in self.found:
            page = self.look_up(self.drafts[key])
            if page is None:
                return None
            self.found[key] = page
        return self.found[key]

    def look_up(self, draft: Draft) -> Any:
        if draft.key == HOME:
            return HomePage.objects.sources().first()
        if draft.layout.model is RecommendationPage:
            return self.recommendations([draft.key]).get(draft.key)
        above = self.page(draft.parent)
        if above is None:
            return None
        return draft.layout.model.objects.child_of(above).filter(slug=draft.shape["slug"]).first()

    def gather(self, drafts: Iterable[Draft]) -> None:
        """Look up all recommendations among these at once; one by one each would cost a query."""
        self.found |= self.recommendations([one.key for one in drafts if one.layout.model is RecommendationPage])

    @staticmethod
    def recommendations(identifiers: list[str]) -> dict[str, Page]:
        rows = PageIdentifier.objects.filter(
            identifier__in=identifiers, page__locale__language_code=source_language()
        ).select_related("page")
        return {row.identifier: row.page for row in rows}


@dataclass
class PagePart:
    """One kind of page against the database; the parent comes before its children in ``drafts``."""

    name: str
    drafts: list[Draft]
    pages: Pages
    names: Names
    publisher: Publisher
    wanted: dict[str, Shape] = field(init=False)

    def __post_init__(self) -> None:
        self.wanted = {draft.key: draft.layout.as_merged(draft.shape, self.names) for draft in self.drafts}

    def place(self, key: str) -> str:
        return f"{self.pages.drafts[key].file}: {key}"

    def present(self) -> dict[str, Shape]:
        self.pages.gather(self.drafts)
        pages = {draft.key: self.pages.page(draft.key) for draft in self.drafts}
        # What was public once and is not now was taken off by somebody: it is not missing.
        known = [draft for draft in self.drafts if (page := pages[draft.key]) is not None and page.first_published_at]
        whole: dict[int, Any] = {}
        for layout in {id(draft.layout): draft.layout for draft in known}.values():
            whole |= layout.whole([pages[draft.key].pk for draft in known if draft.layout is layout])
        return {draft.key: draft.layout.read(whole[pages[draft.key].pk], self.names) for draft in known}

    def edited(self) -> set[str]:
        """Pages whose newest draft somebody other than the loader saved, and those that were taken off or archived."""
        mine = {draft.key for draft in self.drafts}
        pages = {key: page for key, page in self.pages.found.items() if key in mine}
        shelved = Recommendation.objects.exclude(editorial_state=EditorialState.PUBLISHED)
        untouched = set(
            Page.objects.live()
            .filter(pk__in=[page.pk for page in pages.values()], latest_revision__user__username=IMPORT_ACCOUNT)
            .exclude(translation_key__in=shelved.values("translation_key"))
            .values_list("pk", flat=True)
        )
        return {key for key, page in pages.items() if page.pk not in untouched}

    def write(self, key: str, shape: Shape) -> None:
        draft = self.pages.drafts[key]
        page = self.pages.page(key)
        if page is None:
            # An empty draft first: what it says comes with its revision, and into the tables when that is published.
            page = draft.layout.model(
                title=shape["title"], slug=shape["slug"], locale=Locale.objects.get(language_code=source_language())
            )
            above = self.pages.page(draft.parent)
            above.add_child(instance=page)
            # treebeard keeps the number of children on the row it read.
            above.refresh_from_db(fields=["numchild"])
        draft.layout.write(page, shape, self.names)
        self.publisher.publish(page)
        self.pages.found[key] = draft.layout.model.objects.get(pk=page.pk)
        if draft.layout.model is RecommendationPage:
            self.names.forget(Recommendation)


def adopt_home() -> HomePage:
    """The Polish home page as the root of the site, an empty draft where it is missing; Wagtail's welcome page goes."""
    home = HomePage.objects.sources().first()
    root = Page.get_first_root_node()
    if home is None:
        home = HomePage(
            title="Fora Polityk Migracyjnych", slug="fora", locale=Locale.objects.get(language_code=source_language())
        )
        root.add_child(instance=home)
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        site = Site(hostname="localhost", is_default_site=True)
    if site.root_page_id != home.pk:
        site.root_page = home
        site.site_name = "Fora Polityk Migracyjnych"
        site.save()
    Page.objects.child_of(root).exact_type(Page).filter(latest_revision=None, numchild=0).delete()
    return home
