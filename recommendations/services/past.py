"""What stood on a past day: rows, badges and the log put back in memory, from the log alone; nothing is written."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from recommendations import rules
from recommendations.choices import FactPrecision
from recommendations.models import Assignment, FollowUp, Recommendation
from recommendations.models.record import Record
from recommendations.models.stage import tell
from recommendations.querysets import WAITING_FIRST
from recommendations.rules import Moment
from recommendations.services.log import CACHES, entries_of, entry_of, judgement_of, summary_of
from taxonomy.models import Organisation

LONGEST = 10


@dataclass(frozen=True)
class AskedDay:
    """What an address says of the day: ``moment`` is None for today, ``typed`` what a form shows again.

    ``is_wrong``: no day, or one that is still to come; the state of today is shown then, and it is said.
    """

    moment: Moment | None = None
    typed: str = ""
    is_as_known: bool = False
    is_wrong: bool = False

    @property
    def query(self) -> str:
        """The day as a part of an address; empty for today."""
        if self.moment is None:
            return ""
        return self.moment.query


def asked_day(parameters: Mapping[str, str], today: dt.date | None = None) -> AskedDay:
    """The day that ``?on=2017-05-01&known=1`` asks for; never raises."""
    typed, is_as_known = parameters.get("on", "").strip(), parameters.get("known", "") == "1"
    if not typed:
        return AskedDay(is_as_known=is_as_known)
    now = today or timezone.localdate()
    try:
        day, precision = rules.written_date(typed)
    except ValueError:
        day, precision = now, ""
    if precision != FactPrecision.DAY or day > now:
        return AskedDay(typed=typed[: 2 * LONGEST], is_as_known=is_as_known, is_wrong=True)
    # Today is no past state: what is known today is what was known today.
    return AskedDay(Moment(day, is_as_known) if day < now else None, day.isoformat(), is_as_known)


def is_issued(fact: Recommendation, moment: Moment) -> bool:
    """Whether one recommendation had been issued by that day, and published here if only that counts."""
    published_on = timezone.localdate(fact.published_at)
    known = not moment.is_as_known or published_on <= moment.on
    return known and (fact.starts_on or published_on) <= moment.on


def put_back(
    rows: Iterable[Assignment],
    moment: Moment,
    entries: Mapping[int, Sequence[rules.Entry]] | None = None,
    today: dt.date | None = None,
) -> None:
    """Give the rows, in memory, the state of that day; ``entries`` are their logs, else follow_ups__assessments."""
    now = today or timezone.localdate()
    for row in rows:
        log = entries_of(row) if entries is None else entries.get(row.pk, ())
        state = rules.state_of(log, today=now, on=moment.on, known_on=moment.known_on(now))
        for name in CACHES:
            setattr(row, name, getattr(state, name))


def rows_on(organisation: Organisation, moment: Moment) -> list[Assignment]:
    """What a body had been asked by that day, as it stood then, in the order of the list of today; three queries."""
    issued = Recommendation.objects.visible_to().issued_by(moment)
    rows = list(
        Assignment.objects.filter(recommendation__in=issued, is_withdrawn=False)
        .addressed_to(organisation)
        .select_related("recommendation__forum", "recommendation__working_group__forum", "member_of__organisation")
        .prefetch_related("follow_ups__assessments")
    )
    put_back(rows, moment)
    # As by_what_is_open, of rows that no database holds.
    rows.sort(key=lambda row: row.recommendation.reference)
    rows.sort(key=lambda row: row.recommendation.starts_on or dt.date.min, reverse=True)
    rows.sort(
        key=lambda row: (bool(row.closure), row.closure, WAITING_FIRST.index(row.implementation), row.is_confirmed)
    )
    return rows


def put_badge_back(fact: Recommendation, rows: Sequence[Assignment]) -> None:
    """Give the recommendation, in memory, the badge, what it is mixed of, and the age that its rows make."""
    summary = summary_of(rows)
    fact.badge, fact.steps = summary.badge, summary.counts
    informed = [row.last_information_on for row in rows if row.last_information_on and not row.is_withdrawn]
    fact.last_information_on = max(informed, default=None)


def put_record_back(record: Record, moment: Moment, today: dt.date | None = None) -> None:
    """The record as it stood on that day: matrix, badge, timeline and what was chosen by then; no query."""
    now = today or timezone.localdate()
    known = moment.known_on(now)
    logs: dict[int, list[rules.Entry]] = defaultdict(list)
    stood: list[FollowUp] = []
    for follow_up in record.entries:
        entry = entry_of(follow_up, follow_up.public_assessments)
        logs[follow_up.assignment_id].append(entry)
        if rules.belongs(entry, moment.on, known):
            follow_up.public_assessments = [
                one for one in follow_up.public_assessments if rules.counts(judgement_of(one), moment.on, known)
            ]
            stood.append(follow_up)
    put_back(record.assignments, moment, logs, now)
    put_badge_back(record.fact, record.assignments)
    for chosen in record.chosen:
        tell(chosen, chosen.read, moment.on, known)
    record.entries, record.moment = stood, moment
    record.is_issued = is_issued(record.fact, moment)


def put_list_back(recommendations: Sequence[Recommendation], moment: Moment) -> None:
    """The recommendations of one page of a list as they stood on that day; three queries, whatever their number."""
    rows = Assignment.objects.filter(recommendation__in=recommendations).prefetch_related("follow_ups__assessments")
    of: dict[int, list[Assignment]] = defaultdict(list)
    for row in rows.order_by():
        of[row.recommendation_id].append(row)
    for fact in recommendations:
        put_back(of[fact.pk], moment)
        put_badge_back(fact, of[fact.pk])
