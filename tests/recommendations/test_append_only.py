"""The database itself refuses to rewrite what was said, whoever asks: ORM, queryset or plain SQL."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from accounts.models import User
from forums.models import ExpectedEffect, Forum, WorkingGroup
from recommendations.choices import EvidenceKind, Finding, Position
from recommendations.models import (
    ActionStage,
    Assessment,
    Assignment,
    ChosenRecommendation,
    EffectOutcome,
    Evidence,
    FollowUp,
    Recommendation,
    StageBody,
    StageEntry,
    Wording,
)
from tests.factories.accounts import UserFactory
from tests.factories.taxonomy import OrganisationFactory

PROTECTED = [FollowUp, Assessment, Evidence, Wording, ChosenRecommendation, StageEntry, StageBody, EffectOutcome]
OTHER: dict[str, Any] = {
    "DateField": dt.date(1999, 1, 1),
    "DateTimeField": dt.datetime(1999, 1, 1, tzinfo=dt.UTC),
    "BooleanField": True,
    "UUIDField": uuid.uuid4(),
    "PositiveIntegerField": 99,
    "ForeignKey": 10**6,
    "OneToOneField": 10**6,
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def written() -> dict[type[Model], Any]:
    """One row of each table, with everything optional filled in."""
    forum = Forum.objects.create(translation_key=uuid.uuid4(), kind="forum", programme_code="ABC")
    recommendation = Recommendation.objects.create(
        translation_key=uuid.uuid4(),
        reference="ABC-ND-R01",
        number=1,
        forum=forum,
        source_kind="report",
        wording_kind="restated",
    )
    body = OrganisationFactory.create()
    row = Assignment.objects.create(recommendation=recommendation, organisation=body, number=1, role="essential")
    entry = FollowUp.objects.create(
        assignment=row,
        kind="position",
        position=Position.NOTED,
        text="Przyjęto do wiadomości.",
        basis="own_statement",
        declared_by=body,
        refers_on="2026-01-01",
        recorded_by=UserFactory.create(),
        competent_body=body,
        superseded_by=recommendation,
        act=uuid.uuid4(),
    )
    assessment = Assessment.objects.create(
        follow_up=entry,
        finding=Finding.CONFIRMS,
        text="Tak.",
        assessed_on="2026-02-01",
        public_from="2026-02-01",
        recorded_by=UserFactory.create(),
    )
    evidence = Evidence.objects.create(follow_up=entry, kind=EvidenceKind.LETTER, url="https://example.org/a")
    wording = Wording.objects.create(
        recommendation=recommendation, language="pl", number=1, kind="restated", title="Tytuł", text="Treść"
    )
    stage = ActionStage.objects.create(code="etap", label_pl="Etap", forum=forum, source_title="Strona")
    chosen = ChosenRecommendation.objects.create(stage=stage, recommendation=recommendation)
    told = StageEntry.objects.create(
        chosen=chosen,
        kind="action",
        text="Wydano.",
        result="Rozdano.",
        refers_on="2026-01-01",
        source_title="Strona",
        source_url="https://example.org/a",
        follow_up=entry,
        recorded_by=UserFactory.create(),
    )
    group = WorkingGroup.objects.create(
        translation_key=uuid.uuid4(), kind="group", programme_code="ABC", set_state="partial"
    )
    effect = ExpectedEffect.objects.create(working_group=group, key=uuid.uuid4(), position=1)
    outcome = EffectOutcome.objects.create(
        effect=effect,
        state="partly",
        recommendation=recommendation,
        note="Brakuje szkół.",
        judged_on="2026-01-01",
        recorded_by=UserFactory.create(),
    )
    return {
        EffectOutcome: outcome,
        FollowUp: entry,
        Assessment: assessment,
        Evidence: evidence,
        Wording: wording,
        ChosenRecommendation: chosen,
        StageEntry: told,
        StageBody: StageBody.objects.create(entry=told, organisation=body),
    }


def refused(act: Any) -> str:
    with pytest.raises(DatabaseError) as raised, transaction.atomic():
        act()
    return str(raised.value)


@pytest.mark.law("append-only")
@pytest.mark.parametrize("model", PROTECTED)
def test_no_column_of_a_written_row_can_be_changed(model: Any, written: dict[type[Model], Any]) -> None:
    row = written[model]
    for field in model._meta.local_concrete_fields:
        if field.primary_key or field.name == "recorded_by":
            continue
        value = OTHER.get(field.get_internal_type(), "x")
        message = refused(
            lambda name=field.attname, value=value: model.objects.filter(pk=row.pk).update(**{name: value})
        )
        assert "append-only" in message, field.name


@pytest.mark.law("append-only")
@pytest.mark.parametrize("model", PROTECTED)
def test_a_written_row_can_neither_be_saved_again_nor_deleted(model: Any, written: dict[type[Model], Any]) -> None:
    row = written[model]

    assert "append-only" in refused(row.save)
    assert "append-only" in refused(lambda: model.objects.filter(pk=row.pk)._raw_delete("default"))
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", PROTECTED)
def test_plain_sql_is_refused_too(model: Any, written: dict[type[Model], Any]) -> None:
    table = model._meta.db_table

    def run(statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    assert "append-only" in refused(lambda: run(f'DELETE FROM "{table}"'))
    assert "append-only" in refused(lambda: run(f'UPDATE "{table}" SET id = id + 1000'))
    if connection.vendor == "postgresql":
        # What is checked at the end of a transaction would stand in the way first.
        run("SET CONSTRAINTS ALL IMMEDIATE")
        assert "append-only" in refused(lambda: run(f'TRUNCATE "{table}" CASCADE'))


@pytest.mark.parametrize("model", PROTECTED)
def test_a_written_row_is_not_replaced_by_another_of_its_number(model: Any, written: dict[type[Model], Any]) -> None:
    row = written[model]
    columns = [field.column for field in model._meta.local_concrete_fields]
    names = ", ".join(f'"{column}"' for column in columns)
    replace = f'INSERT OR REPLACE INTO "{model._meta.db_table}" ({names}) SELECT {names} FROM "{model._meta.db_table}"'
    if connection.vendor == "postgresql":
        replace = (
            f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {names} FROM "{model._meta.db_table}" '
            "ON CONFLICT (id) DO UPDATE SET id = EXCLUDED.id"
        )

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(replace)

    assert "append-only" in refused(run)
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.law("erasure")
@pytest.mark.parametrize("model", [FollowUp, Assessment, StageEntry])
def test_who_recorded_may_be_blanked_and_only_blanked(model: Any, written: dict[type[Model], Any]) -> None:
    row = written[model]
    other = UserFactory.create()

    assert "append-only" in refused(lambda: model.objects.filter(pk=row.pk).update(recorded_by=other))
    assert "append-only" in refused(lambda: model.objects.filter(pk=row.pk).update(recorded_by=None, text="Inne."))
    assert model.objects.filter(pk=row.pk).update(recorded_by=None) == 1


def test_erasing_a_person_blanks_who_recorded_and_keeps_what_was_said(written: dict[type[Model], Any]) -> None:
    entry = written[FollowUp]
    User.objects.get(pk=entry.recorded_by_id).delete()

    entry.refresh_from_db()
    assert entry.recorded_by is None
    assert entry.text == "Przyjęto do wiadomości."
