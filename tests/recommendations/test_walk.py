"""Random walks through the services: whatever is tried in whatever order, what stands is what the log says and legal.

What is legal is written a second time here, in words about rows of the database and not in those of the rules.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from forums.models import Forum
from pagekit.acts import Refused
from recommendations import rules
from recommendations.choices import (
    ACHIEVED,
    SOFT_EVIDENCE,
    Closure,
    EntryKind,
    EvidenceKind,
    Finding,
    Implementation,
    Position,
)
from recommendations.models import Assessment, Assignment, Evidence, FollowUp, Recommendation
from recommendations.services import assessing, proof
from recommendations.services import follow_up as services
from recommendations.services.evidence import EvidenceData
from recommendations.services.log import CACHES, entries_of, refresh_disputed
from tests.factories.accounts import UserFactory
from tests.factories.taxonomy import MandateFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
PIECES = {
    "none": [],
    "page": [EvidenceData(kind=EvidenceKind.WEB_PAGE, url="https://example.org/strona")],
    "report": [EvidenceData(kind=EvidenceKind.REPORT, citation="Sprawozdanie")],
    "act": [EvidenceData(kind=EvidenceKind.RESOLUTION, url="https://example.org/uchwala")],
}
WHO = ("official", "moderator", "second", "import", "stranger")


@dataclass
class Stage:
    """One recommendation asked of one body, the people who try things, and the moment at which they do."""

    row: Assignment
    people: dict[str, User]
    other: Recommendation
    now: dt.datetime = START
    done: list[str] = field(default_factory=list)


def build() -> Stage:
    forum = Forum.objects.create(translation_key=uuid.uuid4(), kind="forum", programme_code="ABC")
    facts = [
        Recommendation.objects.create(
            translation_key=uuid.uuid4(),
            reference=f"ABC-ND-R0{n}",
            number=n,
            forum=forum,
            source_kind="report",
            wording_kind="restated",
        )
        for n in (1, 2)
    ]
    row = Assignment.objects.create(
        recommendation=facts[0], organisation=OrganisationFactory.create(), number=1, role="essential"
    )
    people = {
        "official": MandateFactory.create(organisation=row.organisation).user,
        "moderator": UserFactory.create(groups=["Moderatorzy"]),
        "second": UserFactory.create(groups=["Moderatorzy"]),
        "import": UserFactory.create(username="import", groups=["Import"], is_active=False),
        "stranger": UserFactory.create(),
    }
    return Stage(row, people, facts[1])


def said(stage: Stage, who: str, pieces: str, ago: int, *, is_own: bool, has_text: bool) -> dict[str, Any]:
    return {
        "recorded_by": stage.people[who],
        "basis": "own_statement" if is_own else "published_source",
        "refers_on": (stage.now - dt.timedelta(days=ago)).date(),
        "text": "Zapisano." if has_text else "",
        "evidence": PIECES[pieces],
    }


# Whoever may do most, and words and days that are in order, come oftener: a walk is to get somewhere.
people = st.sampled_from([*WHO, "official", "moderator", "second", "second"])
pieces, flags, agos = st.sampled_from(list(PIECES)), st.booleans(), st.sampled_from([0, 0, 0, 1, 30, 400, -1])
texts = st.sampled_from([True, True, True, False])
SPOKEN = {"who": people, "pieces": pieces, "ago": agos, "is_own": flags, "has_text": texts}


def act(name: str, **values: Any) -> Any:
    return st.fixed_dictionaries({"act": st.just(name), **values})


acts = st.one_of(
    act("report", implementation=st.sampled_from([None, *Implementation]), missing=flags, **SPOKEN),
    # The moves that matter come often enough for a walk of this length to get somewhere.
    act(
        "report",
        implementation=st.sampled_from(sorted(ACHIEVED)),
        missing=st.just(True),
        who=st.sampled_from(["official", "moderator"]),
        pieces=st.sampled_from(["page", "report", "act"]),
        ago=st.integers(0, 5),
        is_own=st.just(True),
        has_text=st.just(True),
    ),
    act("position", position=st.sampled_from(Position), competent=flags, **SPOKEN),
    act("assess", finding=st.sampled_from(Finding), who=people, pieces=pieces, has_text=texts, which=st.integers(0, 9)),
    act("close", closure=st.sampled_from(Closure), who=people, has_text=texts, competent=flags),
    act("reopen", who=people, has_text=texts),
    act("letter", **SPOKEN),
    act("silence", **SPOKEN),
    act(
        "assess",
        finding=st.sampled_from([Finding.CONFIRMS, Finding.CONTRADICTS]),
        who=st.just("second"),
        pieces=st.sampled_from(["report", "act"]),
        has_text=st.just(True),
        which=st.integers(0, 9),
    ),
    act("wait", days=st.sampled_from([1, 14, 30, 60, 90, 400, 800])),
)


def try_to(stage: Stage, step: dict[str, Any]) -> None:
    row = Assignment.objects.get(pk=stage.row.pk)
    who = stage.people.get(step.get("who", ""))
    named = OrganisationFactory.create() if step.get("competent") else None
    words: Callable[[], dict[str, Any]] = lambda: said(  # noqa: E731 - only some acts are spoken
        stage, step["who"], step["pieces"], step["ago"], is_own=step["is_own"], has_text=step["has_text"]
    )
    reason = "Powód." if step.get("has_text") else ""
    match step["act"]:
        case "wait":
            stage.now += dt.timedelta(days=step["days"])
        case "report":
            missing = "Brak części." if step["missing"] else ""
            services.record_report(row, implementation=step["implementation"], missing=missing, **words())
        case "position":
            services.record_position(row, position=step["position"], competent_body=named, **words())
        case "letter":
            services.record_letter(row, **words())
        case "silence":
            services.record_silence(row, **words())
        case "reopen":
            services.reopen(row, reason=reason, recorded_by=who)
        case "close":
            services.close(
                row,
                closure=step["closure"],
                reason=reason,
                recorded_by=who,
                competent_body=named,
                superseded_by=stage.other,
            )
        case "assess":
            entries = list(row.follow_ups.order_by("pk"))
            if entries:
                assessing.assess(
                    entries[step["which"] % len(entries)],
                    finding=step["finding"],
                    text=reason,
                    recorded_by=who,
                    evidence=PIECES[step["pieces"]],
                )


def what_stands_is_legal(stage: Stage) -> None:
    row = Assignment.objects.get(pk=stage.row.pk)
    log = list(row.follow_ups.order_by("recorded_at", "pk"))
    strangers = {stage.people["stranger"].pk}
    assert not strangers & {entry.recorded_by_id for entry in log}
    by_moderator = {stage.people[name].pk for name in ("moderator", "second")}
    found = list(Assessment.objects.filter(follow_up__assignment=row))
    assert {assessment.recorded_by_id for assessment in found} <= by_moderator
    assert not [one for one in found if one.recorded_by_id == one.follow_up.recorded_by_id]

    if row.is_confirmed:
        assert row.implementation in ACHIEVED
        confirming = [one for one in found if one.finding == Finding.CONFIRMS]
        assert any(is_proven(one, row.implementation) for one in confirming)
    is_closed = False
    for entry in log:
        assert entry.refers_on is None or entry.refers_on <= timezone.localdate(entry.recorded_at)
        assert not (is_closed and entry.kind in {EntryKind.REPORT, EntryKind.CLOSURE, EntryKind.SILENCE})
        if entry.kind in {EntryKind.CLOSURE, EntryKind.REOPENING, EntryKind.SILENCE}:
            assert entry.recorded_by_id in by_moderator
            is_closed = {EntryKind.CLOSURE: True, EntryKind.REOPENING: False}.get(EntryKind(entry.kind), is_closed)
        if entry.kind == EntryKind.REOPENING or entry.implementation == Implementation.REVERSED:
            assert entry.text
            public = timezone.localdate(entry.recorded_at)
            assert any(one.finding == Finding.CONTRADICTS and one.public_from <= public for one in found)
        if entry.implementation == Implementation.IMPLEMENTED:
            assert entry.declared_by_id == row.organisation_id
        if entry.closure == Closure.WITHOUT_ANSWER:
            before = [one for one in log if one.recorded_at < entry.recorded_at]
            assert not [one for one in before if one.kind == EntryKind.POSITION]
            assert [one for one in before if one.kind == EntryKind.SILENCE]
            assert sum(one.kind == EntryKind.LETTER for one in before) >= 2
    for waiting in found:
        if waiting.finding == Finding.CONTRADICTS:
            assert waiting.public_from >= timezone.localdate(waiting.recorded_at) + dt.timedelta(days=14)


def is_proven(assessment: Assessment, implementation: str) -> bool:
    """Whether one legal act or two pieces, for a part one hard piece, stand behind a confirmation."""
    claim = FollowUp.objects.filter(assignment=assessment.follow_up.assignment, implementation=implementation)
    given_ = Evidence.objects.filter(follow_up__in=claim) | Evidence.objects.filter(assessment=assessment)
    kinds = [piece.kind for piece in given_]
    if implementation == Implementation.PARTIALLY_IMPLEMENTED:
        return any(kind not in SOFT_EVIDENCE for kind in kinds)
    return EvidenceKind.RESOLUTION in kinds or len({(p.url, p.citation) for p in given_}) > 1


@pytest.mark.law("order-of-the-log")
@settings(
    max_examples=20,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(acts, min_size=12, max_size=20))
def test_no_sequence_of_moves_reaches_an_illegal_state_and_the_caches_are_what_the_log_says(
    steps: list[dict[str, Any]],
) -> None:
    with transaction.atomic():
        with time_machine.travel(START, tick=False):
            stage = build()
        for step in steps:
            stage.now += dt.timedelta(minutes=1)
            # A refusal is an answer as good as any other here: what counts is what stands after it.
            with time_machine.travel(stage.now, tick=False), suppress(Refused):
                try_to(stage, step)
                stage.done.append(step["act"])
            with time_machine.travel(stage.now, tick=False):
                refresh_disputed()
                row = Assignment.objects.get(pk=stage.row.pk)
                state = rules.state_of(entries_of(row), today=timezone.localdate())
                assert {name: getattr(row, name) for name in CACHES} == {name: getattr(state, name) for name in CACHES}
                assert proof.prove().differing == 0
                what_stands_is_legal(stage)
        transaction.set_rollback(True)
