"""The database itself refuses words nobody knows, whichever way they come: import, shell or a slip in a service."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from copy import copy
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, Model
from modelcluster.fields import ParentalKey
from wagtail.models import Page

from forums.models import ExpectedEffect, Forum, WorkingGroup
from recommendations.models import (
    Assessment,
    Assignment,
    Evidence,
    FollowUp,
    Intake,
    IntakeRow,
    Recommendation,
    RecommendationAlias,
    RecommendationLink,
    Wording,
)
from recommendations.services.append_only import PROTECTED
from taxonomy.models import AffectedGroup, Mandate, Organisation, Place, Tag, Theme
from tests.factories.taxonomy import (
    AffectedGroupFactory,
    MandateFactory,
    OrganisationFactory,
    PlaceFactory,
    TagFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 1, 10)
NOTE = {"kind": "note", "position": "", "implementation": "", "closure": ""}


def itself(row: Any) -> dict[str, Any]:
    return {"merged_into": row}


REFUSED: list[tuple[str, type[Model], Any]] = [
    ("follow_up_says_what_its_kind_says", FollowUp, NOTE | {"kind": "rumour"}),
    ("follow_up_own_statement_names_the_body", FollowUp, {"basis": "rumour"}),
    ("follow_up_position_is_known", FollowUp, {"position": "zzz"}),
    ("follow_up_position_is_known", FollowUp, {"position": "no_answer"}),
    ("follow_up_implementation_is_known", FollowUp, NOTE | {"kind": "report", "implementation": "qq"}),
    ("follow_up_implementation_is_known", FollowUp, NOTE | {"kind": "report", "implementation": "no_information"}),
    ("follow_up_closure_is_known", FollowUp, NOTE | {"kind": "closure", "closure": "qq"}),
    ("follow_up_precision_is_known", FollowUp, {"refers_precision": "qq"}),
    ("follow_up_has_words_where_it_needs_them", FollowUp, NOTE | {"text": ""}),
    ("follow_up_has_words_where_it_needs_them", FollowUp, {"position": "declined", "text": ""}),
    ("follow_up_only_a_report_misses_or_is_assessed", FollowUp, {"missing": "Brakuje szkół."}),
    ("follow_up_only_a_report_misses_or_is_assessed", FollowUp, {"is_by_assessor": True}),
    ("follow_up_not_competent_names_the_body", FollowUp, {"position": "not_competent"}),
    ("follow_up_not_competent_names_the_body", FollowUp, NOTE | {"kind": "closure", "closure": "not_competent"}),
    ("follow_up_superseded_names_the_successor", FollowUp, NOTE | {"kind": "closure", "closure": "superseded"}),
    ("assessment_finding_is_known", Assessment, {"finding": "zz"}),
    ("assessment_says_something", Assessment, {"text": ""}),
    ("assessment_is_public_when_made_or_later", Assessment, {"public_from": dt.date(2010, 1, 1)}),
    ("evidence_kind_is_known", Evidence, {"kind": "zz"}),
    ("wording_kind_is_known", Wording, {"kind": "zz"}),
    ("recommendation_source_kind_is_known", Recommendation, {"source_kind": "zz"}),
    ("recommendation_wording_kind_is_known", Recommendation, {"wording_kind": ""}),
    ("recommendation_badge_is_known", Recommendation, {"badge": "zz"}),
    ("recommendation_precision_is_known", Recommendation, {"precision": "zz", "starts_on": DAY}),
    ("recommendation_alias_is_not_empty", RecommendationAlias, {"alias": ""}),
    ("recommendation_link_kind_is_known", RecommendationLink, {"kind": "zz"}),
    ("assignment_role_is_known", Assignment, {"role": "zz"}),
    ("assignment_closure_is_known", Assignment, {"closure": "zz"}),
    ("forum_kind_is_known", Forum, {"kind": "zz"}),
    ("working_group_kind_is_known", WorkingGroup, {"kind": "zz"}),
    ("working_group_set_state_is_known", WorkingGroup, {"set_state": "zz"}),
    ("expected_effect_state_is_known", ExpectedEffect, {"state": "zz"}),
    ("organisation_kind_is_known", Organisation, {"kind": "zz"}),
    ("organisation_level_is_known", Organisation, {"level": "zz"}),
    ("mandate_role_is_known", Mandate, {"role": "zz"}),
    ("theme_is_not_merged_into_itself", Theme, itself),
    ("affectedgroup_is_not_merged_into_itself", AffectedGroup, itself),
    ("place_is_not_merged_into_itself", Place, itself),
    ("organisation_is_not_merged_into_itself", Organisation, itself),
    ("tag_is_not_merged_into_itself", Tag, itself),
]


@pytest.fixture(scope="module")
def rows(stage: None) -> dict[type[Model], Any]:
    """One sound row of each table: of the log a position without words but with a source."""
    body = OrganisationFactory.create()
    forum = Forum.objects.create(translation_key=uuid.uuid4(), kind="forum", programme_code="ABC")
    group = WorkingGroup.objects.create(
        translation_key=uuid.uuid4(), kind="group", programme_code="ABC", set_state="complete"
    )
    recommendation, other = (
        Recommendation.objects.create(
            translation_key=uuid.uuid4(),
            reference=f"ABC-ND-R0{number}",
            number=number,
            forum=forum,
            source_kind="report",
            wording_kind="restated",
        )
        for number in (1, 2)
    )
    asked = Assignment.objects.create(recommendation=recommendation, organisation=body, number=1, role="essential")
    entry = FollowUp.objects.create(
        assignment=asked, kind="position", position="noted", basis="published_source", refers_on=DAY
    )
    found = [
        body,
        forum,
        group,
        recommendation,
        asked,
        entry,
        Assessment.objects.create(follow_up=entry, finding="confirms", text="Tak.", assessed_on=DAY, public_from=DAY),
        Evidence.objects.create(follow_up=entry, kind="letter", url="https://example.org/a"),
        Wording.objects.create(
            recommendation=recommendation, language="pl", number=1, kind="restated", title="Tytuł", text="Treść"
        ),
        RecommendationAlias.objects.create(recommendation=recommendation, alias="dawny-1"),
        RecommendationLink.objects.create(source=recommendation, target=other, kind="repeats"),
        ExpectedEffect.objects.create(working_group=group, key=uuid.uuid4(), position=1),
        MandateFactory.create(organisation=body),
        ThemeFactory.create(),
        AffectedGroupFactory.create(),
        PlaceFactory.create(),
        TagFactory.create(),
    ]
    return {type(row): row for row in found}


@pytest.mark.parametrize(("constraint", "model", "change"), REFUSED)
def test_the_database_refuses(constraint: str, model: Any, change: Any, rows: dict[type[Model], Any]) -> None:
    row = copy(rows[model])
    values = change(row) if callable(change) else change

    def write() -> None:
        if model not in PROTECTED:
            model.objects.filter(pk=row.pk).update(**values)
            return
        for name, value in values.items():
            setattr(row, name, value)
        row.pk = None
        model.objects.bulk_create([row])

    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        write()

    assert constraint in str(raised.value)


def test_every_fact_and_every_entry_checks_each_of_its_words(stage: None) -> None:
    """A draft or a page is checked when it is published; what is counted from, the database checks."""
    unchecked = {
        f"{model.__name__}.{field.name}"
        for app in ("taxonomy", "forums", "recommendations")
        for model in apps.get_app_config(app).get_models()
        if not is_draft(model)
        for field in model._meta.local_concrete_fields
        if field.choices and f"{field.name}__in" not in columns_of(model._meta.constraints)
    }
    # Another check names both of its words, with what each needs.
    assert unchecked == {"FollowUp.basis"}


def is_draft(model: type[Model]) -> bool:
    parents = [field.related_model for field in model._meta.local_fields if isinstance(field, ParentalKey)]
    return model in {Intake, IntakeRow} or any(issubclass(one, Page) for one in (model, *parents))


def columns_of(constraints: Iterable[Any]) -> set[str]:
    def names(condition: Any) -> Iterator[str]:
        for child in condition.children:
            yield from (child[0],) if isinstance(child, tuple) else names(child)

    return {name for one in constraints if isinstance(one, CheckConstraint) for name in names(one.condition)}
