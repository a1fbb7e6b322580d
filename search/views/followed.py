"""What can be followed: a question in its one form, what it is called, where it stands, and what answers it.

A recommendation, an institution, a theme and any search are one thing here. A recommendation is named by its permanent
reference, which no parameter of the search can say; all others are what the search would be asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from pagekit.models import attach_pages
from recommendations.models import Recommendation
from recommendations.views.references import merged_into
from search.engines import get_engine
from search.engines.base import EngineUnavailable
from search.labels import Labels, labels_of, unnamed
from search.models import LONGEST_FOLLOWED, SavedSearch
from search.query import SearchQuery
from search.quoting import quoted
from search.sync import outbox
from search.templatetags.facet_tags import question_address
from search.views.page import Asked, selected
from search.views.touched import Touched
from search.views.whole import KIND, only_recommendations, whole

REFERENCE = "reference"


@dataclass(frozen=True)
class Followed:
    """A saved search for readers of one language; `feed` is the address of its Atom feed."""

    name: str
    address: str
    feed: str


def read_followed(params: QueryDict, language: str) -> SavedSearch | None:
    """What an address asks to follow, not saved; None where it names nothing that readers may see, or too much."""
    if REFERENCE in params:
        found = visible(str(params[REFERENCE]))
        return SavedSearch(question=QueryDict.fromkeys([REFERENCE], found.reference).urlencode()) if found else None
    asked = Asked.of(params, language)
    query = None if asked.is_withheld else only_recommendations(asked.typed)
    if query is None or not is_known(query, language):
        return None
    has_words = bool(query.text)
    plain = replace(
        query.without("kind"),
        sort="relevance",
        view="list",
        page=1,
        picks=(),
        is_literal=query.is_literal and has_words,
    )
    question = plain.encoded()
    if len(question) > LONGEST_FOLLOWED:
        return None
    return SavedSearch(question=question, language=language if has_words else "pl")


def visible(reference: str) -> Recommendation | None:
    """The recommendation of a reference that readers may see, or the one it was merged into."""
    # PostgreSQL refuses a NUL in any text.
    text = reference.strip().upper().replace("\x00", "")
    found = Recommendation.objects.visible_to().filter(reference=text).first()
    return merged_into(found, None) if found else None


def is_known(query: SearchQuery, language: str) -> bool:
    """Whether every filter names something: what finds nothing today because of a slip would never send a mail."""
    return not unnamed(query, labels_of([query], language))


def reference_of(saved: SavedSearch) -> str:
    """The reference of the one recommendation that is followed; empty for a search."""
    return QueryDict(saved.question).get(REFERENCE, "") if saved.question.startswith(f"{REFERENCE}=") else ""


def query_of(saved: SavedSearch) -> SearchQuery:
    # A digest reads thousands, and all of them we wrote ourselves: QueryDict would take twice as long.
    return SearchQuery.from_params(parse_qs(saved.question, keep_blank_values=True), language=saved.language)


def addressees_of(saved: SavedSearch) -> frozenset[str]:
    """The codes of the bodies that the question names: of others it wants no news. Empty: of all."""
    return frozenset() if reference_of(saved) else frozenset(query_of(saved).values("addressee"))


def found_by(saved: SavedSearch, touched: Touched | None = None) -> frozenset[int]:
    """The recommendations that readers get for it now, all of them or those of a few; EngineUnavailable if no engine
    answers."""
    if touched and touched.are_few and not reference_of(saved):
        query = query_of(saved)
        # What was asked when it was saved may name nothing any more that a search knows.
        return frozenset() if query.is_blank and saved.question else touched.found_by(query)
    every = all_found_by(saved)
    return every & touched.pks if touched else every


def all_found_by(saved: SavedSearch) -> frozenset[int]:
    if reference := reference_of(saved):
        found = visible(reference)
        return frozenset([found.pk] if found else [])
    return frozenset(whole(Asked.of(QueryDict(saved.question), saved.language)))


def refuse_unless_indexed(pks: Iterable[int]) -> None:
    """EngineUnavailable while the index has not followed the changes of any of these: it would leave them out."""
    if outbox.pending(get_engine().number) & {f"{KIND}:{pk}" for pk in pks}:
        raise EngineUnavailable("The index has not followed the newest changes yet: run search_sync.")


def followed(searches: Iterable[SavedSearch], language: str) -> list[Followed]:
    """What each is called and where it stands, in a number of queries that no length of the list changes."""
    wanted = [(reference_of(saved), query_of(saved)) for saved in searches]
    references = [reference for reference, _query in wanted if reference]
    facts = list(Recommendation.objects.visible_to().filter(reference__in=references)) if references else []
    attach_pages(facts, language)
    titles = {fact.reference: fact.page.title for fact in facts if fact.page}
    labels = labels_of((query for reference, query in wanted if not reference), language)
    return [
        recommendation_as_followed(reference, titles.get(reference, ""))
        if reference
        else search_as_followed(query, labels)
        for reference, query in wanted
    ]


def recommendation_as_followed(reference: str, title: str) -> Followed:
    return Followed(
        name=f"{reference} – {title}" if title else reference,
        address=reverse("reference", kwargs={"reference": reference}),
        feed=f"{reverse('status_feed')}?{REFERENCE}={reference}",
    )


def search_as_followed(query: SearchQuery, labels: Mapping[str, Labels]) -> Followed:
    """By the name of the one body or theme that it asks about, else by its words and filters."""
    question = query.encoded()
    alone = [(name, some[0]) for name, some in query.filters if len(some) == 1]
    if len(query.filters) == len(alone) == 1 and not query.text and not query.has_dates:
        name, value = alone[0]
        pages = {"addressee": "organisation", "theme": "theme"}
        if name in pages:
            feed = f"{reverse('status_feed')}?{question}"
            return Followed(labels[name][value].text, reverse(pages[name], args=[value]), feed)
    parts = [quoted([query.text])] if query.text else []
    parts += [f"{one['facet_label']}: {one['label']}" for one in selected(query, labels)]
    words = _("Search: %(text)s") % {"text": "; ".join(parts)} if parts else _("All recommendations")
    feed = reverse("search_feed") + (f"?{question}" if question else "")
    return Followed(words, question_address(query), feed)
