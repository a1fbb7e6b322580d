"""The recommendations that a reader has picked: named in the address, in the order of the picking."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from recommendations.models import Recommendation
from recommendations.services.publication import resolve_references
from search.query import MAX_PICK, MAX_PICKS

PARAMETER = "pick"


@dataclass(frozen=True)
class Picks:
    """`pks` and `references` of what readers may see; `unknown` are the texts that name nothing they may see.

    What is hidden is as unknown as what never was. `left_out` counts what stood beyond the hundredth.
    """

    pks: tuple[int, ...] = ()
    references: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    left_out: int = 0

    @property
    def encoded(self) -> str:
        return encoded(self.references)

    def without(self, reference: str) -> str:
        """The query string without one of them; "" if it was the last."""
        return encoded(one for one in self.references if one != reference)


def encoded(references: Iterable[str]) -> str:
    return urlencode([(PARAMETER, reference) for reference in references])


def read_picks(request: HttpRequest) -> Picks:
    """The picks of an address. Several references may stand in one value, apart by commas or blanks; never raises."""
    texts = asked_for(request.GET)
    kept = texts[:MAX_PICKS]
    resolved = resolve_references(kept)
    facts = Recommendation.objects.visible_to().filter(pk__in={fact.pk for fact in resolved.values()})
    visible = dict(facts.values_list("pk", "reference")) if resolved else {}
    found = {fact.pk: visible[fact.pk] for text in kept if (fact := resolved.get(text)) and fact.pk in visible}
    unknown = tuple(text for text in kept if not ((fact := resolved.get(text)) and fact.pk in visible))
    return Picks(tuple(found), tuple(found.values()), unknown, len(texts) - len(kept))


def asked_for(params: QueryDict) -> list[str]:
    """The texts of the parameter, each once, in their order; at most twice as many as are ever looked up."""
    values = params.getlist(PARAMETER)[: MAX_PICKS * 2]
    return list(dict.fromkeys(text for value in values for text in _texts(value)))[: MAX_PICKS * 2]


def _texts(value: str) -> list[str]:
    """One alias may hold blanks ("II Forum grupa 3"), so a value is taken apart only where commas or lines part it."""
    clean = "".join(char if char.isprintable() else "\n" for char in value[: MAX_PICK * MAX_PICKS])
    return [
        text[:MAX_PICK] for part in clean.replace(",", "\n").replace(";", "\n").splitlines() if (text := part.strip())
    ]
