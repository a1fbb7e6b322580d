"""Counts and badges as they stood on a past day, from the log alone: a few queries, and one pass over the log."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from django.db.models import Count, Q
from django.utils import timezone

from recommendations import rules
from recommendations.choices import REFRESHING, AddresseeRole, Position
from recommendations.models.assignment import Assignment
from recommendations.models.follow_up import Assessment
from recommendations.models.narrowing import Narrowing
from recommendations.models.recommendation import Recommendation
from recommendations.models.tally import Alike, Tally, kept, key_of, step_of, with_issuers, year_of
from recommendations.rules import Moment

# What one entry says: kind, position, implementation, closure, and what was found about it.
Said = tuple[str, str, str, str, tuple[rules.Judgement, ...]]
Log = tuple[Said, ...]


def past_tally_of(
    narrowing: Narrowing, moment: Moment, tops: Mapping[int, list[int]], mark: str, today: dt.date | None = None
) -> Tally:
    """As tally_of, for a narrowing to a past day; whom a recommendation asks, and its themes, are those of today."""
    now = today or timezone.localdate()

    def count() -> Tally:
        entries, state_of = _states(narrowing, moment, now)
        alike, themes = Counter[Alike](), defaultdict[int, Counter[str]](Counter)
        recommendations, organisations = set[int](), set[int]()
        tops_of = _tops_of(narrowing, tops)
        rows = with_issuers(narrowing.assignments()).values_list(
            "pk", "recommendation", "organisation", "of_forum", "of_group", "organisation__is_collective"
        )
        for row, recommendation, organisation, forum, group, is_collective in rows.order_by().iterator():
            state = state_of(row)
            done, is_confirmed = state.implementation, state.is_confirmed
            alike[forum, group, done, is_confirmed, state.closure, state.position, is_collective] += 1
            for top in tops_of[recommendation]:
                themes[top][step_of(done, is_confirmed)] += 1
            recommendations.add(recommendation)
            organisations.add(organisation)
        return Tally(len(recommendations), len(organisations), dict(alike), dict(themes), dict(entries))

    return kept(key_of(narrowing, tops, mark, now), count)


def past_badges(moment: Moment, mark: str, today: dt.date | None = None) -> dict[int, str]:
    """The badge on that day of each visible recommendation that had been issued by then; ``mark`` as of the figures.

    Whom each asks is of today.
    """
    now = today or timezone.localdate()
    asked = Assignment.objects.aggregate(
        essential=Count("pk", filter=Q(role=AddresseeRole.ESSENTIAL)), gone=Count("pk", filter=Q(is_withdrawn=True))
    )

    def count() -> dict[int, str]:
        narrowing = Narrowing(moment=moment)
        _entries, state_of = _states(narrowing, moment, now)
        rows: dict[int, list[rules.Row]] = {pk: [] for pk in narrowing.recommendations().values_list("pk", flat=True)}
        found = Assignment.objects.filter(recommendation__in=narrowing.recommendations()).order_by()
        for pk, recommendation, role, is_withdrawn in found.values_list("pk", "recommendation", "role", "is_withdrawn"):
            state = state_of(pk)
            rows[recommendation].append(
                rules.Row(role, state.implementation, state.is_confirmed, state.closure, is_withdrawn)
            )
        return {recommendation: str(rules.summary_of(of).badge) for recommendation, of in rows.items()}

    return kept(f"badges {mark} {asked} {moment} {now}", count)


def past_answers(moment: Moment, mark: str, today: dt.date | None = None) -> dict[int, int]:
    """By institution, on how many of its requests it had taken a position by that day; ``mark`` as of the figures."""
    now = today or timezone.localdate()

    def count() -> dict[int, int]:
        narrowing = Narrowing(moment=moment)
        _entries, state_of = _states(narrowing, moment, now)
        rows = narrowing.assignments().order_by().values_list("pk", "organisation")
        return dict(Counter(body for row, body in rows if state_of(row).position != Position.NO_ANSWER))

    return kept(f"answers {mark} {moment} {now}", count)


def _states(
    narrowing: Narrowing, moment: Moment, today: dt.date
) -> tuple[Counter[tuple[str, int | None]], Callable[[int], rules.State]]:
    """The entries counted by kind and year, and what says how far a row was on that day."""
    entries, logs = _read(narrowing)
    states: dict[Log, rules.State] = {}

    def state_of(row: int) -> rules.State:
        log = tuple(logs.get(row, ()))
        # Most logs say what others say: each is reckoned once.
        return states.get(log) or states.setdefault(log, _state_of(log, moment, today))

    return entries, state_of


def _state_of(log: Log, moment: Moment, today: dt.date) -> rules.State:
    """What a log amounts to, whose entries stand in order and all belong to the day."""
    midnight = dt.datetime.combine(moment.on, dt.time(), dt.UTC)
    entries = [
        rules.Entry(kind, midnight, moment.on, None, place, position, done, closure, judgements=judgements)
        for place, (kind, position, done, closure, judgements) in enumerate(log)
    ]
    return rules.state_of(entries, today=today, on=moment.on, known_on=moment.known_on(today))


def _read(narrowing: Narrowing) -> tuple[Counter[tuple[str, int | None]], dict[int, list[Said]]]:
    """How many entries there are by kind and year, and the log of each row in its order; two queries."""
    found: dict[int, list[rules.Judgement]] = defaultdict(list)
    assessments = Assessment.objects.filter(follow_up__assignment__recommendation__in=narrowing.recommendations())
    judged = assessments.order_by().values_list("follow_up", "finding", "assessed_on", "public_from", "pk")
    for entry, finding, assessed_on, public_from, pk in judged:
        found[entry].append(rules.Judgement(finding, assessed_on, public_from, pk))
    entries, logs = Counter[tuple[str, int | None]](), defaultdict[int, list[Said]](list)
    log = narrowing.entries().filter(kind__in=REFRESHING).in_order().annotate(year=year_of("refers_on"))
    for pk, row, kind, position, done, closure, year in log.values_list(
        "pk", "assignment", "kind", "position", "implementation", "closure", "year"
    ).iterator():
        entries[kind, int(year) if year else None] += 1
        logs[row].append((kind, position, done, closure, tuple(found.get(pk, ()))))
    return entries, logs


def _tops_of(narrowing: Narrowing, tops: Mapping[int, Iterable[int]]) -> dict[int, set[int]]:
    """Under which of the themes at the top each recommendation stands; one query."""
    top_of = {theme: top for top, themes in tops.items() for theme in themes}
    found: dict[int, set[int]] = defaultdict(set)
    themed = Recommendation.themes.through.objects.filter(recommendation__in=narrowing.recommendations())
    for recommendation, theme in themed.values_list("recommendation", "theme"):
        if theme in top_of:
            found[recommendation].add(top_of[theme])
    return found
