"""From keys to what a reader sees: texts of the database with true matches marked, loaded once more as readers may."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.safestring import SafeString

from pagekit.models import attach_pages
from recommendations.models import Assignment, Recommendation
from search.documents.assembly import plain
from search.documents.issuer import issuer_value
from search.labels import Issuers, value_of
from search.highlight import excerpt, highlight
from search.parser import Tree
from search.query import SearchQuery
from taxonomy.models import Organisation

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """What was loaded for the keys of one page: facts by subject, before their pages are attached."""

    subjects: Sequence[str]
    recommendations: dict[str, Recommendation]
    organisations: dict[str, Organisation]

    def split(self, at: int) -> tuple["Found", "Found"]:
        """The first so many subjects, and the others, over what was loaded for all."""
        return replace(self, subjects=self.subjects[:at]), replace(self, subjects=self.subjects[at:])

    @property
    def own(self) -> set[str]:
        """The facet values of the forums and groups that are hits themselves."""
        return {f"{s[0]}{s.partition(':')[2]}" for s in self.subjects if s.startswith(("forum:", "group:"))}

    @property
    def issuers(self) -> set[str]:
        """The facet values of the issuers to name: those that are hits and those that issued one."""
        found = self.own
        for recommendation in self.recommendations.values():
            found |= {issuer_value(recommendation.issuer), value_of(recommendation.issuer)}
        return found


@dataclass(frozen=True)
class Item:
    """One hit as it is printed. `language` is that of its text, `issuer` the title of who issued it."""

    kind: str
    url: str
    title: SafeString
    language: str
    excerpt: SafeString | str = ""
    fact: Any = None
    issuer: str = ""
    addressees: Sequence[Organisation] = ()


def find(keys: Iterable[str], language: str) -> Found:
    """Load recommendations, with the pages readers of this language see, and institutions."""
    subjects = [key.rpartition(":")[0] for key in keys]
    recommendations = {
        f"recommendation:{fact.pk}": fact
        for fact in Recommendation.objects.filter(pk__in=_pks(subjects, "recommendation"))
        .select_related("forum", "working_group")
        .prefetch_related(
            Prefetch(
                "assignments",
                Assignment.objects.filter(is_withdrawn=False).select_related("organisation"),
                to_attr="asked",
            )
        )
    }
    attach_pages(recommendations.values(), language)
    pks = _pks(subjects, "organisation")
    rows = Organisation.objects.current().filter(pk__in=pks).prefetch_related("names") if pks else []
    return Found(subjects, recommendations, {f"organisation:{row.pk}": row for row in rows})


def _pks(subjects: Iterable[str], kind: str) -> list[int]:
    return [int(subject.partition(":")[2]) for subject in subjects if subject.startswith(f"{kind}:")]


def items(found: Found, issuers: Issuers, query: SearchQuery, tree: Tree) -> list[Item]:
    """The hits in order. One that readers may not see is left out, and logged: the index should not have had it."""
    printed = []
    for subject in found.subjects:
        kind, _, pk = subject.partition(":")
        if kind == "recommendation":
            item = _recommendation(found.recommendations.get(subject), issuers, tree)
        elif kind == "organisation":
            item = _organisation(found.organisations.get(subject), query, tree)
        else:
            item = _issuer(kind, issuers.get(f"{kind[0]}{pk}"), issuers, tree)
        if item is None:
            logger.error("%s was a hit, but readers may not see it.", subject)
        else:
            printed.append(item)
    return printed


def _recommendation(fact: Any, issuers: Issuers, tree: Tree) -> Item | None:
    if fact is None or fact.page is None:
        return None
    page = fact.page
    language = page.locale.language_code
    issuer = issuers.get(value_of(fact.issuer))
    return Item(
        kind="recommendation",
        url=page.url or "",
        title=highlight(page.title, tree, language),
        language=language,
        excerpt=excerpt(page.text, tree, language),
        fact=fact,
        issuer=issuer.page.title if issuer and issuer.page else "",
        addressees=[assignment.organisation for assignment in fact.asked],
    )


def _issuer(kind: str, fact: Any, issuers: Issuers, tree: Tree) -> Item | None:
    if fact is None or fact.page is None:
        return None
    page = fact.page
    language = page.locale.language_code
    above = issuers.get(issuer_value(fact)) if kind == "group" else None
    texts = [page.lead, getattr(page, "topic", ""), plain(page.description)]
    return Item(
        kind=kind,
        url=page.url or "",
        title=highlight(page.title, tree, language),
        language=language,
        excerpt=excerpt(" ".join(filter(None, texts)), tree, language),
        fact=fact,
        issuer=above.page.title if above is not None and above is not fact and above.page else "",
    )


def _organisation(row: Organisation | None, query: SearchQuery, tree: Tree) -> Item | None:
    if row is None:
        return None
    names = " · ".join(str(name) for name in row.names.all())
    return Item(
        kind="organisation",
        url=reverse("organisation", kwargs={"code": row.code}),
        title=highlight(row.label_in(query.language), tree, query.language),
        language=query.language,
        excerpt=excerpt(names, tree, "pl"),
        fact=row,
    )
