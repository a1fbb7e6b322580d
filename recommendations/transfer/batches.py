"""Recommendations of a long list, loaded a batch at a time as any reader may see them at that moment."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from pagekit.models import attach_pages
from recommendations.models import Assignment, Evidence, Recommendation, RecommendationLink, Wording
from recommendations.models.lists import attach_issuer_pages
from recommendations.transfer.export import Row

BATCH = 500
"""How many recommendations are in memory at once; the queries of a batch do not grow with it."""

Absolute = Callable[[str], str]


def batches(pks: Iterable[int], language: str, absolute: Absolute) -> Iterator[list[Row]]:
    """The rows of these recommendations in this order; whoever may not be seen when its batch is read is left out.

    ``absolute`` makes a path an address. The language is active only while a batch is read, not while it is written.
    """
    waiting = iter(pks)
    while chunk := list(islice(waiting, BATCH)):
        yield rows(chunk, language, absolute)


def rows(pks: Sequence[int], language: str, absolute: Absolute) -> list[Row]:
    """One batch, in a constant number of queries."""
    with override(language):
        facts = list(
            Recommendation.objects.visible_to()
            .filter(pk__in=pks)
            .select_related("forum", "working_group__forum")
            .prefetch_related("themes", "affected_groups", "places", "levels", "tags", "aliases")
        )
        attach_pages(facts, language)
        attach_issuer_pages(facts, language)
        # A page that vanished between the two queries takes its recommendation with it.
        shown = {fact.pk: fact for fact in facts if fact.page}
        asked, evidence, wordings, links = _asked(shown), _evidence(shown), _wordings(shown), _links(shown)
        return [
            _row(shown[pk], asked.get(pk, []), evidence[pk], wordings.get(pk), links[pk], absolute)
            for pk in dict.fromkeys(pks)
            if pk in shown
        ]


def _row(
    fact: Recommendation,
    asked: list[Assignment],
    evidence: int,
    wording: Wording | None,
    links: dict[str, list[str]],
    absolute: Absolute,
) -> Row:
    return Row(
        fact=fact,
        wording=wording,
        asked=tuple(asked),
        evidence=evidence,
        address=absolute(reverse("reference", kwargs={"reference": fact.reference})),
        version_address=absolute(wording.path(fact.reference)) if wording else "",
        links=links,
    )


def _asked(facts: dict[int, Recommendation]) -> dict[int, list[Assignment]]:
    found: dict[int, list[Assignment]] = {}
    rows = Assignment.objects.filter(recommendation__in=facts, is_withdrawn=False).select_related("organisation")
    for row in rows.order_by("role", "number"):
        found.setdefault(row.recommendation_id, []).append(row)
    return found


def _links(facts: dict[int, Recommendation]) -> dict[int, dict[str, list[str]]]:
    """By recommendation and kind, the references of what it is linked to and any reader may see."""
    found: dict[int, dict[str, list[str]]] = {pk: {} for pk in facts}
    rows = RecommendationLink.objects.filter(source__in=facts, target__in=Recommendation.objects.visible_to())
    for pk, kind, reference in rows.order_by("target__reference").values_list("source", "kind", "target__reference"):
        found[pk].setdefault(kind, []).append(reference)
    return found


def _evidence(facts: dict[int, Recommendation]) -> Counter[int]:
    public = Q(follow_up__assignment__recommendation__in=facts) | Q(
        assessment__follow_up__assignment__recommendation__in=facts,
        assessment__public_from__lte=timezone.localdate(),
    )
    of: Any = Coalesce("follow_up__assignment__recommendation", "assessment__follow_up__assignment__recommendation")
    return Counter(Evidence.objects.filter(public).annotate(of=of).values_list("of", flat=True))


def _wordings(facts: dict[int, Recommendation]) -> dict[int, Wording]:
    """The newest wording of each in the language of the page that is shown."""
    languages = {pk: fact.page.locale.language_code for pk, fact in facts.items()}
    rows = Wording.objects.filter(recommendation__in=facts, language__in=set(languages.values())).order_by("number")
    return {row.recommendation_id: row for row in rows if row.language == languages[row.recommendation_id]}
