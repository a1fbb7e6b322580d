"""The answer of an engine: keys in order, a total, and facet counts. Labels and texts come from the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Hit(NamedTuple):
    """One document that matches; a score compares hits of one answer and means nothing else."""

    key: str
    score: float = 0.0


class FacetCount(NamedTuple):  # a page has hundreds: a frozen dataclass takes three times as long to make
    """A value of a facet. `count` is the total a reader would see with this value as the facet's only choice."""

    value: str
    count: int  # type: ignore[assignment]  # hides the method of tuples, which nobody asks
    is_selected: bool = False


@dataclass(frozen=True)
class SearchResults:
    """One page of hits.

    total       documents that match in all, filters included; `hits` holds those of the asked page only
    is_partial  no document holds all words, so these hold at least 60 % of them; decided by text and language alone,
                never by filters, else a facet's count would not be what a click on it gives
    number      the number of the last batch in the index that answered; if it is lower than the one the mask was made
                for, a rebuild was swapped in between, and the question must be asked again with a new mask
    facets      for each facet asked, its values by falling count, then by value; selected values stay, even with 0
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    is_partial: bool = False
    number: int = 0
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the hits, in order."""
        return tuple(hit.key for hit in self.hits)


@dataclass(frozen=True)
class Listing:
    """Every hit of a question at once, and what `SearchResults` says beside its page.

    hits  the numbers of their keys, in order (`search.engines.keys`): of a hundred thousand hits nobody reads the texts
    """

    hits: Sequence[int] = ()
    is_partial: bool = False
    number: int = 0
