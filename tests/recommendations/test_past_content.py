"""The whole real content: what the log says of today is what the caches hold, and of any day what it said then."""

import datetime as dt
import random

import pytest
from django.utils import timezone

from recommendations import rules
from recommendations.models import Assignment, FollowUp, Recommendation
from recommendations.models.figures import below_tops
from recommendations.models.narrowing import Narrowing
from recommendations.models.past_tally import past_tally_of
from recommendations.models.tally import mark_of, tally_of
from recommendations.rules import Moment
from recommendations.services.log import CACHES, entries_of
from recommendations.services.past import put_back, put_list_back
from taxonomy.models import Theme

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("content_db"),
    pytest.mark.xdist_group("content"),
]


def test_the_state_on_today_is_what_the_caches_hold() -> None:
    today = timezone.localdate()
    kept = {row.pk: [getattr(row, name) for name in CACHES] for row in Assignment.objects.all()}
    rows = list(Assignment.objects.prefetch_related("follow_ups__assessments"))
    put_back(rows, Moment(today))

    assert {row.pk: [getattr(row, name) for name in CACHES] for row in rows} == kept
    assert len(kept) > 150


@pytest.mark.parametrize("is_as_known", [False, True])
def test_the_badges_on_today_are_what_the_caches_hold(is_as_known: bool) -> None:
    found = list(Recommendation.objects.all())
    kept = [(one.badge, one.last_information_on) for one in found]
    put_list_back(found, Moment(timezone.localdate(), is_as_known))

    assert [(one.badge, one.last_information_on) for one in found] == kept
    assert len(kept) == 126


def test_the_state_on_any_day_is_that_of_a_log_cut_off_there_in_whatever_order_it_was_written() -> None:
    chance, today = random.Random(5), timezone.localdate()
    first = FollowUp.objects.exclude(refers_on=None).order_by("refers_on").values_list("refers_on", flat=True)[0]
    days = [first + dt.timedelta(days=chance.randrange((today - first).days)) for _ in range(25)]
    for row in Assignment.objects.filter(follow_ups__isnull=False).distinct():
        log = entries_of(row)
        for day in days:
            cut = [one for one in log if (one.refers_on or one.recorded_on) <= day]
            chance.shuffle(cut)
            assert rules.state_of(log, today=today, on=day) == rules.state_of(cut, today=today, on=day)


@pytest.mark.parametrize("is_as_known", [False, True])
def test_the_counts_on_today_are_those_of_the_caches(is_as_known: bool) -> None:
    themes, mark = below_tops(Theme.objects.current()), mark_of(Narrowing())
    moment = Moment(timezone.localdate(), is_as_known)
    then = past_tally_of(Narrowing(moment=moment), moment, themes, mark)

    assert then == tally_of(Narrowing(), themes, mark)
    assert then.recommendations == 126


def test_nothing_was_known_before_the_first_entry_was_written_here() -> None:
    written = FollowUp.objects.order_by("recorded_at").values_list("recorded_at", flat=True)[0]
    before = timezone.localdate(written) - dt.timedelta(days=1)
    rows = list(Assignment.objects.prefetch_related("follow_ups__assessments"))
    put_back(rows, Moment(before, is_as_known=True))

    assert {(row.position, row.implementation, row.closure) for row in rows} == {("no_answer", "no_information", "")}
