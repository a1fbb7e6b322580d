"""The port between search and an index: what is stored, what may be asked, and what failure looks like.

Engines analyse nothing. Words become keys before they come here, both in documents (`search.analysis`) and in
questions (`search.parser`), so that every engine gives the same hits, totals and facets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypedDict

from search.engines.keys import BITS, number_of
from search.query import ALERTS, FACET_NAMES, SearchQuery
from search.results import FacetCount, Listing, SearchResults
from search.tree import Tree

Positions = Sequence[tuple[str, ...]]
"""The words of a text in order: each position holds all keys of its word; an empty one is a gap no phrase spans."""


class Document(TypedDict):
    """One document: an object in one language. Facet values are stable ids, never labels.

    key         "<kind>:<pk>:<language>", such as "recommendation:12:pl" (`search.engines.keys`); unique in the index
    translation what all languages of one object share (a UUID as text)
    language    the language of the text
    shown_in    the interface languages in which this document is a hit
    title, lead, body, names   word positions as `search.analysis.analyse` gives them; they weigh 3, 1.5, 1 and 1
    surface     folded word forms of all four, with a gap between them: exact phrases and prefixes
    facets      facet name to values without repetition; names are those of `search.query.FACET_NAMES`
    addressed   one "organisation|position|implementation|closure" for each addressee (`search.engines.narrowing`)
    alerts      name of `search.query.ALERTS` to the ISO date from which it holds, for those that do or will
    last_date   ISO text of the last day of the period in which it was issued, or "" for no date
    sort_date   ISO text of its first day, or "" for no date: such documents come last by either date order
    sort_title  compared by code point; `search.analysis.sort_key` makes one that follows the Polish alphabet
    hash        anything that changes when the document does; returned by `stream`
    """

    key: str
    kind: str
    translation: str
    language: str
    shown_in: Sequence[str]
    title: Positions
    lead: Positions
    body: Positions
    names: Positions
    surface: Positions
    facets: Mapping[str, Sequence[str]]
    addressed: Sequence[str]
    alerts: Mapping[str, str]
    last_date: str
    sort_date: str
    sort_title: str
    hash: str


WEIGHTS: Mapping[str, float] = {"title": 3.0, "lead": 1.5, "body": 1.0, "names": 1.0}
"""How much a match in each part of a document counts."""

TEXTS: tuple[str, ...] = ("title", "lead", "body")
"""The parts of a document that are its own words, not the names by which it is found."""

EXACT = 10.0
"""What a phrase scores beside its words if it stands in the document exactly as typed: more than any part's weight."""

FURTHER = 0.5
"""Share of its score that each further alternative of a group adds to the best one: a document that speaks of housing
in three words is more about it than one that has a single one of them, but no three times as much."""

PREFIX_TERMS = 200
"""A prefix with more completions than this matches them all alike; one with fewer prefers the rarer."""

SCORE_DIGITS = 3
"""Scores are rounded to this before they order hits: engines add in different orders and precisions."""


MOST_VALUES, MOST_TEXTS = 10_000, 50_000
"""More distinct values than this no facet will ever have, and more texts of addressees that fit what is chosen; servers
send ten unless told, and refuse more than 65 000."""


@dataclass(frozen=True)
class Batch:
    """What one drain brings. A key must not be in both lists; a delete of an unknown key is no error.

    `number` is that of the last outbox row which the batch covers; the engine keeps it inside the index. `after` is the
    number that the index had when the batch was chosen: one that has a lower number by now (a rebuild was swapped in)
    lacks what lies between.
    """

    upserts: Sequence[Document] = ()
    deletes: Sequence[str] = ()
    number: int = 0
    after: int = 0


class EngineUnavailable(Exception):  # noqa: N818 - a state of the world, not a mistake of the caller
    """The one failure of every engine; the message says what to do. The cause is chained."""


class Engine(Protocol):
    """A search index. Its own failures are EngineUnavailable; a document it cannot take is a ValueError."""

    name: str

    def search(
        self,
        query: SearchQuery,
        tree: Tree,
        facets: Sequence[str] = (),
        masked: Collection[str] = (),
    ) -> SearchResults:
        """Answer one page.

        tree    `query.text` as `search.parser.parse` reads it; an empty tree matches every document
        facets  the facets to count, each without its own filter and with all the others
        masked  keys that must count nowhere: neither in hits, nor in totals, nor in facets

        Only documents whose `shown_in` holds `query.language` are seen. Hits are ordered by `query.order`; ties go
        by date, newest first, then by the number of the key, so that pages neither repeat nor lose a hit. The answer
        carries the `number` of the index that gave it. Which documents pass, and how a facet is counted,
        `search.engines.narrowing` says for all engines alike.
        """

    def every(self, query: SearchQuery, tree: Tree, masked: Collection[str] = ()) -> Listing:
        """As `search`, but all hits, as the numbers of their keys and from one state of the index: for lists that go on
        where pages end."""

    def vocabulary(self) -> Mapping[str, int]:
        """Every folded word form of the index (its surface stream) with the number of documents it stands in.

        May be as old as a minute, and knows nothing of the mask: what is made of it is asked of `search` before it is
        shown.
        """

    def frequencies(self, keys: Collection[str]) -> Mapping[str, int]:
        """How many documents hold each key in title, lead or body; a key in none of them is left out."""

    def apply(self, batch: Batch) -> bool:
        """Delete, replace and add in one commit, together with the batch's number: all of it or nothing.

        A batch with a number lower than the index already has is older than what is there, and one whose `after` is
        higher would leave a gap: nothing is done and the answer is False. The same number again is done again (drift
        repair). Raises EngineUnavailable if there is no index yet: a part of one would pass for the whole.
        """

    @property
    def number(self) -> int:
        """The number of the last batch in the index that would answer now; 0 if there is no index."""

    @property
    def fingerprint(self) -> str:
        """What the index was built with, as given to `rebuild`; "" if there is no index."""

    def stream(self) -> Iterator[tuple[str, str]]:
        """(key, hash) of every document, in no order, from one consistent state of the index."""

    def rebuild(self, documents: Iterable[Document], number: int, *, fingerprint: str = "") -> int:
        """Write a new generation from these documents, then swap it in; return how many were written.

        Until the swap, and if anything raises, the old generation goes on answering. `number` is the one noted
        before the first document was read: batches applied meanwhile went to the old generation, and because the
        new one says `number`, they are pending (and masked) again until they are drained once more.
        """


def order_text(order: str, document: Document) -> str:
    """A text whose ascending code point order is "newest", "oldest" or "title"; unique, as the number of the key ends
    it, in hexadecimal digits.

    No date comes last by either order of dates.
    """
    end = f"\0{number_of(document['key']):0{_DIGITS}x}"
    if order == "title":
        return f"{document['sort_title']}{end}"
    if order == "oldest":
        return f"{document['sort_date'] or _LAST}{end}"
    # With the mark behind it "2015" stands after "2015-05-14": the exact reverse of the order of texts.
    return f"{document['sort_date'].translate(_REVERSED)}{_LAST}{end}"


def number_at_end(text: str) -> int:
    """The number of the key in a text of `order_text`."""
    return int(text[-_DIGITS:], 16)


_DIGITS = BITS // 4
_LAST = "\uf8ff"
_REVERSED = str.maketrans("0123456789", "9876543210")


NOTHING = "_"
"""A key that no analysis gives. It stands alone in an empty part of a document: some engines leave documents without a
part out of its statistics, and would score differently from those that do not."""


def stream_of(document: Document, part: str) -> Positions:
    """The word positions of title, lead, body, names or surface as every engine stores them: never without a key."""
    positions: Positions = document[part]  # type: ignore[literal-required]  # one of these five
    return positions if any(positions) else ((NOTHING,),)


def days_of(document: Document) -> dict[str, str]:
    """The stored fields of `search.engines.narrowing.DAYS` that a document has."""
    days = {"sort_date": document["sort_date"], "last_date": document["last_date"]}
    days |= {f"alert_{name}": day for name, day in document["alerts"].items()}
    return {name: day for name, day in days.items() if day}


def counted(counts: Mapping[str, int], selected: Sequence[str]) -> tuple[FacetCount, ...]:
    """The values of one facet in the order of the contract, the selected ones among them even with no document."""
    without = [(0, value) for value in selected if not counts.get(value)]
    ordered = sorted([(-count, value) for value, count in counts.items() if count] + without)
    # As FacetCount itself makes them, in half of the time: a page has hundreds.
    return tuple([tuple.__new__(FacetCount, (value, -less, value in selected)) for less, value in ordered])


_FACETS = frozenset(FACET_NAMES) - {"alert"}


def checked(document: Document) -> Document:
    """The document, if its key, facets and alerts are known ones; ValueError otherwise: the caller's mistake, not the
    engine's."""
    number_of(document["key"])
    if unknown := document["facets"].keys() - _FACETS:
        raise ValueError(f"Document {document['key']} has unknown facets: {', '.join(sorted(unknown))}")
    if unknown := document["alerts"].keys() - ALERTS:
        raise ValueError(f"Document {document['key']} has unknown alerts: {', '.join(sorted(unknown))}")
    return document
