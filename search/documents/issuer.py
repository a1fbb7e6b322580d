"""The documents of forums and groups, and the words by which what they issued is found."""

from collections.abc import Iterable, Iterator
from typing import Any

from forums.choices import ForumKind, GroupKind
from forums.models import Forum, ForumName, ForumPage, WorkingGroup, WorkingGroupPage
from search.documents.assembly import Pages, assemble, plain, shown_in, visible_pages, visible_titles
from search.documents.words import (
    Words,
    choice_words,
    joined,
    numbered,
    organisation_words,
    period_words,
    row_words,
    years,
)
from search.engines.base import Document
from taxonomy.models import Theme

Issuer = Forum | WorkingGroup


def with_ancestors(themes: Iterable[Theme], known: dict[int, Theme]) -> list[Theme]:
    """The themes and all above them, each once; `known` holds every theme by its primary key."""
    found: dict[int, Theme] = {}
    for theme in themes:
        above: Theme | None = known.get(theme.pk, theme)
        while above is not None and above.pk not in found:
            found[above.pk] = above
            above = known.get(above.parent_id) if above.parent_id else None
    return list(found.values())


def all_themes() -> dict[int, Theme]:
    """Every theme with what was merged into it, by primary key."""
    return {theme.pk: theme for theme in Theme.objects.prefetch_related("merged")}


def issuer_value(issuer: Issuer) -> str:
    """The value of the issuer facet: the forum, also for its groups; a group that has no forum stands for itself."""
    if isinstance(issuer, WorkingGroup):
        return f"f{issuer.forum_id}" if issuer.forum_id else f"g{issuer.pk}"
    return f"f{issuer.pk}"


class IssuerFacts:
    """Every forum and group with its place, and what each stands under: nothing of what they are called."""

    def __init__(self) -> None:
        forums = Forum.objects.select_related("place").prefetch_related("place__merged")
        groups = WorkingGroup.objects.select_related("place").prefetch_related("place__merged")
        self.forums: dict[int, Forum] = {forum.pk: forum for forum in forums}
        self.groups: dict[int, WorkingGroup] = {group.pk: group for group in groups}

    def above(self, issuer: Issuer) -> list[Issuer]:
        """The issuer and what it stands under, from the nearest up."""
        chain: list[Issuer] = []
        here: Issuer | None = issuer
        while here is not None and here not in chain:
            chain.append(here)
            if isinstance(here, WorkingGroup):
                here = self.groups.get(here.parent_id or 0) or self.forums.get(here.forum_id or 0)
            else:
                here = self.forums.get(here.parent_id or 0)
        return chain


class Issuers:
    """What issuers are called, read once for a chunk of documents or a page of hits: of every issuer, since they are
    few beside what they issued, or of those wanted and what they stand under.

    Of an issuer that readers may not see, no name is ever given.
    """

    def __init__(self, facts: IssuerFacts | None = None, wanted: Iterable[Issuer] | None = None) -> None:
        self.facts = facts or IssuerFacts()
        self.forums, self.groups = self.facts.forums, self.facts.groups
        every: Iterable[Issuer] = (*self.forums.values(), *self.groups.values())
        some = every if wanted is None else {one for issuer in wanted for one in self.facts.above(issuer)}
        self.pages = visible_titles(one.translation_key for one in some)
        self.forum_names = _names_of(titled.pk for titles in self.pages.values() for titled in titles.values())

    def words(self, issuer: Issuer) -> Words:
        """What the issuer and all above it are called, where readers may see them."""
        for one in self.facts.above(issuer):
            if pages := self.pages.get(one.translation_key):
                yield from self.own_words(one, pages)

    def own_words(self, issuer: Issuer, pages: Pages) -> Words:
        for language, page in pages.items():
            yield page.title, language
        if isinstance(issuer, Forum):
            for page in pages.values():
                for name in self.forum_names.get(page.pk, []):
                    yield name, "pl"
            yield from numbered(ForumKind(issuer.kind), issuer.number)
        else:
            yield from numbered(GroupKind(issuer.kind), issuer.number)

    def groups_of(self, forum: Forum) -> Iterator[tuple[WorkingGroup, Pages]]:
        """The visible groups of a forum."""
        for group in self.groups.values():
            if group.forum_id == forum.pk and (pages := self.pages.get(group.translation_key)):
                yield group, pages


def _names_of(pages: Iterable[int]) -> dict[int, list[str]]:
    """The other names of forums, by the primary keys of their pages."""
    names: dict[int, list[str]] = {}
    for page, name in ForumName.objects.filter(page__in=list(pages)).values_list("page", "name"):
        names.setdefault(page, []).append(name)
    return names


def forum_documents(pks: Iterable[int]) -> list[Document]:
    issuers, themes = Issuers(), all_themes()
    facts = list(
        Forum.objects.filter(pk__in=list(pks)).select_related("place").prefetch_related("themes", "place__merged")
    )
    pages_of = visible_pages(ForumPage, [fact.translation_key for fact in facts])
    bodies = _bodies(ForumPage, facts, "bodies")
    documents = []
    for fact in facts:
        pages = pages_of.get(fact.translation_key)
        if not pages:
            continue
        names = joined([*_forum_words(fact, issuers, themes, bodies)])
        groups = list(issuers.groups_of(fact))
        for language, page in pages.items():
            texts = (*texts_of(page), *(_own(other, language).title for _, other in groups))
            documents.append(_document("forum", fact, page, pages, page.lead, texts, names, themes, issuers))
    return documents


def group_documents(pks: Iterable[int]) -> list[Document]:
    issuers, themes = Issuers(), all_themes()
    facts = list(
        WorkingGroup.objects.filter(pk__in=list(pks))
        .select_related("place")
        .prefetch_related("themes", "place__merged")
    )
    pages_of = visible_pages(WorkingGroupPage, [fact.translation_key for fact in facts])
    bodies = _bodies(WorkingGroupPage, facts, "hosts")
    documents = []
    for fact in facts:
        pages = pages_of.get(fact.translation_key)
        if not pages:
            continue
        names = joined([*_group_words(fact, issuers, themes, bodies)])
        for page in pages.values():
            documents.append(_document("group", fact, page, pages, page.lead, texts_of(page), names, themes, issuers))
    return documents


def texts_of(page: ForumPage | WorkingGroupPage) -> tuple[str, ...]:
    """What the page says below its lead."""
    if isinstance(page, ForumPage):
        return (
            plain(page.description),
            page.participants,
            plain(page.not_known),
            *(f"{point['title']}. {point['text']}" for point in _values(page.programme)),
        )
    return (
        page.topic,
        plain(page.description),
        *(area["title"] for area in _values(page.areas)),
        *(effect["text"] for effect in _values(page.effects)),
        page.set_note,
    )


def _values(stream: Any) -> Iterator[dict[str, Any]]:
    # As stored: making blocks of them would ask the database for the choices of each.
    for block in stream.raw_data:
        yield block["value"]


def _own(pages: Pages, language: str) -> Any:
    return pages.get(language) or next(iter(pages.values()))


def _bodies(model: Any, facts: list[Any], relation: str) -> dict[Any, Any]:
    """The source pages of the facts with the institutions of one relation, in a constant number of queries."""
    pages = (
        model.objects.sources()
        .filter(translation_key__in=[fact.translation_key for fact in facts])
        .prefetch_related(f"{relation}__organisation__names")
    )
    return {page.translation_key: getattr(page, relation).all() for page in pages}


def _shared_words(fact: Issuer, issuers: Issuers, themes: dict[int, Theme]) -> Words:
    yield from issuers.words(fact)
    yield from period_words(fact)
    for theme in with_ancestors(fact.themes.all(), themes):
        yield from row_words(theme)
    if fact.place:
        yield from row_words(fact.place)


def _forum_words(fact: Forum, issuers: Issuers, themes: dict[int, Theme], bodies: dict[Any, Any]) -> Words:
    yield from _shared_words(fact, issuers, themes)
    yield from choice_words(ForumKind(fact.kind))
    yield fact.programme_code, "pl"
    for row in bodies.get(fact.translation_key, ()):
        yield from organisation_words(row.organisation)


def _group_words(fact: WorkingGroup, issuers: Issuers, themes: dict[int, Theme], bodies: dict[Any, Any]) -> Words:
    yield from _shared_words(fact, issuers, themes)
    yield from choice_words(GroupKind(fact.kind))
    for row in bodies.get(fact.translation_key, ()):
        yield from organisation_words(row.organisation)


def _document(
    kind: str,
    fact: Any,
    page: Any,
    pages: Pages,
    lead: str,
    body: Iterable[str],
    names: Any,
    themes: dict[int, Theme],
    issuers: Issuers,
) -> Document:
    language = page.locale.language_code
    return assemble(
        subject=f"{kind}:{fact.pk}",
        translation=str(fact.translation_key),
        language=language,
        languages=shown_in(language, pages),
        title=page.title,
        lead=lead,
        body=body,
        names=names,
        facets={
            "kind": (kind,),
            "issuer": (issuer_value(fact),),
            "group": (f"g{fact.pk}",) if kind == "group" else (),
            "year": years(fact),
            "city": (fact.place.code,) if fact.place else (),
            "theme": [theme.code for theme in with_ancestors(fact.themes.all(), themes)],
            "language": sorted(pages),
        },
        period=fact,
    )
