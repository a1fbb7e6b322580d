"""Suggestions while somebody types: words, titles, references and labels, each of which leads to something visible."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from axes.helpers import get_client_ip_address
from django.core.cache import cache
from django.db.models import F, Value
from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pagekit.models import attach_pages
from recommendations.models import Recommendation
from search.engines import get_engine
from search.engines.base import Engine, EngineUnavailable
from search.engines.keys import subject_in
from search.parser import parse
from search.query import SearchQuery
from search.results import SearchResults
from search.suggest import ROUND, Labelled, Typed, Vocabulary, folded, labels_for, standing, written
from search.templatetags.facet_tags import question_address
from search.tree import Group, Prefix, Tree, Word
from search.views.answers import Asking
from search.views.titles import KINDS, Titled, titled
from taxonomy.models import Organisation, Place, Tag, Theme

FRESH = 60.0
"""Seconds for which words are kept although the index has changed: reading all of them costs 50 ms."""

MOST_REFERENCES, MOST_WORDS, MOST_LABELS, MOST_TITLES = 3, 4, 3, 4
TRIED_WORDS = 10 * ROUND
"""Completions that are looked up at most, so that some are left when forms of one word and hidden ones are out."""

READ_TITLES = 20
MOST_ASKED, WINDOW = 60, 10
"""Requests of one address within so many seconds; people who type send a tenth of that."""

FACETS: Mapping[str, Any] = {"theme": Theme, "addressee": Organisation, "city": Place, "tag": Tag}


@dataclass(frozen=True)
class Suggestion:
    """One line: `text` as it stands, `kind` and `detail` in words beside it, `url` where it leads.

    `completes` is the whole question that the text makes, "" for what leads elsewhere.
    """

    text: str
    kind: str
    url: str
    detail: str = ""
    completes: str = ""

    def as_json(self) -> dict[str, str]:
        return {
            "text": self.text,
            "kind": self.kind,
            "url": self.url,
            "detail": self.detail,
            "completes": self.completes,
        }


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """At most fourteen suggestions for `?q=`; none if no engine answers: typing goes on without them."""
    if is_too_often(request):
        return JsonResponse({"suggestions": []}, status=429, headers={"Retry-After": str(WINDOW)})
    text = request.GET.get("q", "")
    query = SearchQuery(text=text, language=get_language() or "pl")
    # A blank at the end says that the word is whole; cleaning took it away.
    typed = Typed.read(f"{query.text} " if query.text and text[-1:].isspace() else query.text)
    try:
        found = list(suggestions(query, typed)) if len(query.text) > 1 else []
    except EngineUnavailable:
        found = []
    response = JsonResponse(
        {"q": query.text, "suggestions": [one.as_json() for one in found]}, json_dumps_params={"ensure_ascii": False}
    )
    # What is unpublished must not go on being suggested out of a cache.
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def is_too_often(request: HttpRequest) -> bool:
    key = f"suggest:{get_client_ip_address(request)}:{int(time.time() // WINDOW)}"
    cache.add(key, 0, WINDOW * 2)
    try:
        return cache.incr(key) > MOST_ASKED
    except ValueError:
        # The cache has just forgotten it: then it was not much.
        return False


def suggestions(query: SearchQuery, typed: Typed) -> Iterator[Suggestion]:
    """References, words, labels, titles: what completes the question first, then what answers it at once."""
    engine = get_engine()
    asking = _Asking(engine, query)
    vocabulary = _vocabulary(engine)
    yield from _references(query)
    yield from _words(asking, typed, vocabulary)
    labels = list(_labels(asking, _all_labels(query.language)))
    yield from labels
    # The page of a theme or an institution is called as its label is: one of them is enough.
    yield from _titles(asking, typed, {label.text for label in labels})


class _Asking:
    """Small questions in the reader's language and about everything visible."""

    def __init__(self, engine: Engine, query: SearchQuery) -> None:
        self.asking, self.query = Asking(engine), query
        self.bare = SearchQuery(language=query.language, today=query.today)

    def __call__(
        self, tree: Tree, *, size: int = 1, facets: Sequence[str] = (), kinds: tuple[str, ...] = ()
    ) -> SearchResults:
        query = replace(self.bare, page_size=size, filters=(("kind", kinds),) if kinds else ())
        return self.asking.search(query, tree, facets)


def _references(query: SearchQuery) -> list[Suggestion]:
    start = query.text.upper()
    if " " in start or not start.isascii() or not any(char.isdecimal() or char == "-" for char in start):
        return []
    facts = list(
        Recommendation.objects.visible_to().filter(reference__startswith=start).order_by("reference")[:MOST_REFERENCES]
    )
    attach_pages(facts, query.language)
    return [
        Suggestion(fact.reference, _("Recommendation"), fact.page.url or "", fact.page.title)
        for fact in facts
        if fact.page
    ]


def _words(asking: _Asking, typed: Typed, vocabulary: Vocabulary) -> Iterator[Suggestion]:
    if not typed.start:
        return
    language = asking.query.language
    head = parse(typed.head, language)

    def holder(forms: Sequence[str]) -> str:
        completed = Group(tuple(Word(form, is_surface=True) for form in forms))
        results = asking(Tree((*head.required, completed), head.excluded))
        return results.keys[0] if results.total and not results.is_partial else ""

    forms = vocabulary.completions(typed.start, TRIED_WORDS)
    found = list(islice(standing(forms, language, holder), MOST_WORDS))
    if asking.asking.is_approximate:
        return
    texts = {one.subject: one for one in titled([key for _form, key in found], language)}
    for form, key in found:
        one = texts.get(subject_in(key))
        word = written(form, [(text, one.language) for text in one.texts] if one else ())
        text = f"{typed.head}{word}"
        if total := asking(parse(text, language)).total:
            query = SearchQuery(text=text, language=language)
            yield Suggestion(query.text, _("Word"), question_address(query), str(total), query.text)


def _labels(asking: _Asking, labels: Sequence[Labelled]) -> Iterator[Suggestion]:
    counted = asking(Tree(), facets=tuple(FACETS)).facets
    counts = {(facet, one.value): one.count for facet, some in counted.items() for one in some if one.count}
    kinds = {"theme": _("Theme"), "addressee": _("Addressee"), "city": _("City"), "tag": _("Tag")}
    for one in labels_for(asking.query.text, labels, counts)[:MOST_LABELS]:
        query = SearchQuery(filters=((one.facet, (one.value,)),), language=asking.query.language)
        count = str(counts[one.facet, one.value])
        yield Suggestion(one.label, kinds[one.facet], question_address(query), count)


def _titles(asking: _Asking, typed: Typed, said: Collection[str]) -> Iterator[Suggestion]:
    """Things whose title goes on from what is typed and was not `said` yet."""
    language = asking.query.language
    tree = parse(typed.head if typed.start else typed.text, language)
    if typed.start:
        tree = Tree((*tree.required, Group((Prefix(typed.start),))), tree.excluded)
    if not tree.required:
        return
    results = asking(tree, size=READ_TITLES, kinds=KINDS)
    words = folded(typed.text)
    if not words or results.is_partial:
        return
    count = 0
    for one in titled(results.keys, language):
        if one.url and one.title not in said and any(word.startswith(words[-1]) for word in folded(one.title)):
            yield Suggestion(one.title, _kind_of(one), one.url, getattr(one.fact, "reference", ""))
            count += 1
        if count == MOST_TITLES:
            return


def _kind_of(one: Titled) -> str:
    words = {"recommendation": _("Recommendation"), "organisation": _("Institution"), "theme": _("Theme")}
    return words.get(one.kind) or str(one.fact.get_kind_display())


class _Known:
    """The words of an index, as they were at most a minute ago; each is asked for again before it is suggested."""

    def __init__(self, engine: Engine) -> None:
        self.number = engine.number
        self.read_at = time.monotonic()
        self.vocabulary = Vocabulary(engine.vocabulary())

    def is_good(self, engine: Engine) -> bool:
        return self.number == engine.number or time.monotonic() - self.read_at < FRESH


_lock = Lock()
_of_engines: WeakKeyDictionary[Engine, _Known] = WeakKeyDictionary()


def _vocabulary(engine: Engine) -> Vocabulary:
    with _lock:
        known = _of_engines.get(engine)
        if known is None or not known.is_good(engine):
            known = _of_engines[engine] = _Known(engine)
        return known.vocabulary


def _all_labels(language: str) -> list[Labelled]:
    """Every label in one query; which of them readers may be shown, the counts of a question say.

    Not kept: a label that was renamed because of what it said must be gone at once.
    """
    queries = []
    for facet, model in FACETS.items():
        rows = model.objects.filter(merged_into=None)
        own = F(f"label_{language}") if model is not Tag or language != "pl" else F("name")
        source = F("name") if model is Tag else F("label_pl")
        value = F("slug") if model is Tag else F("code")
        queries.append(rows.order_by().values_list(Value(facet), value, own, source))
    return [
        Labelled(facet, value, own or source, folded(own or source))
        for facet, value, own, source in queries[0].union(*queries[1:], all=True)
    ]
