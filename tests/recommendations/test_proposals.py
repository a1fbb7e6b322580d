"""Names that no vocabulary has: proposed with drafts, decided about in the review, public only after that."""

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.log_actions import registry

from accounts.models import User
from forums.models import WorkingGroupPage
from pagekit.acts import Refused
from recommendations.choices import PlanKind, Subject
from recommendations.models import Intake, PageProposal, ProposalDecision, Recommendation, RecommendationPage
from recommendations.services.proposals import accept, identify, open_under, propose, refuse
from recommendations.services.set_publication import waiting_under
from recommendations.transfer.intake import carry_out, made_by
from recommendations.transfer.papers import take_in
from recommendations.transfer.planning import plan_intake
from taxonomy.models import Organisation, Theme
from tests.factories.pages import publish
from tests.factories.roles import Cast, make_cast
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]

BODY, THEME = (Subject.ORGANISATION.value, "rada seniorów"), (Subject.THEME.value, "starość")
NAMES: dict[tuple[str, str], dict[str, Any]] = {
    BODY: {"label": "Rada Seniorów", "kind": "municipal-unit", "level": "local"},
    THEME: {"label": "Starość", "parent_id": None},
}
SOURCE = "https://example.org/zbior"


@pytest.fixture(scope="module")
def kept(stage: None) -> Cast:
    cast = make_cast()
    OrganisationFactory.create(code="krakow", label_pl="Urząd Miasta Krakowa")
    ThemeFactory.create(code="edukacja", label_pl="Edukacja")
    return cast


@pytest.fixture
def cast(kept: Cast, db: None) -> Cast:
    return kept


@pytest.fixture
def moderator(cast: Cast) -> User:
    return User.objects.get(pk=cast.people["moderator"].pk)


@pytest.fixture
def group(cast: Cast) -> WorkingGroupPage:
    return WorkingGroupPage.objects.get(pk=cast.own_group.pk)


def taken(group: WorkingGroupPage, cast: Cast, text: str = "1. Zapytać seniorów.") -> Intake:
    """A paper whose first piece asks a body and bears a theme that no vocabulary has."""
    intake = take_in(group, by=cast.people["editor"], text=text, title="Zbiór", source_url=SOURCE)
    intake.rows.filter(position=1).update(addressees="Rada  Seniorów | seniorzy", themes="Starość", title="Zapytać")
    return plan_intake(intake, by=cast.people["editor"])


@pytest.fixture
def draft(group: WorkingGroupPage, cast: Cast) -> RecommendationPage:
    intake = taken(group, cast)
    propose(intake, by=cast.people["editor"], names=NAMES)
    intake = plan_intake(intake, by=cast.people["editor"])
    assert carry_out(intake, by=cast.people["editor"]) == 1
    return made_by(intake)[0].page


def newest(page: RecommendationPage) -> RecommendationPage:
    found: Any = RecommendationPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    return found


def test_a_name_of_no_vocabulary_is_an_error_until_the_editor_proposes_it(group: WorkingGroupPage, cast: Cast) -> None:
    editor = cast.people["editor"]
    intake = taken(group, cast)
    row = intake.rows.get()
    assert (row.plan_kind, [column for column, _said in row.told]) == (PlanKind.ERROR, ["addressees", "themes"])

    with pytest.raises(Refused, match="kind"):
        propose(intake, by=editor, names={BODY: {"label": "Rada Seniorów", "kind": "", "level": ""}})
    propose(intake, by=editor, names=NAMES)
    row = plan_intake(intake, by=editor).rows.get()
    assert (row.plan_kind, row.plan["proposed"]) == (PlanKind.CREATE, ["Rada Seniorów", "Starość"])
    assert "missing" not in row.plan
    assert not Organisation.objects.filter(label_pl="Rada Seniorów").exists()


def test_no_draft_is_published_while_a_name_in_it_waits(draft: RecommendationPage, moderator: User) -> None:
    with pytest.raises(Refused, match="Rada Seniorów, Starość"):
        publish(newest(draft), approved_by=moderator)
    [line] = [one for one in waiting_under(draft.get_parent(), moderator) if one.page.pk == draft.pk]
    assert line.proposed == ["Rada Seniorów", "Starość"]
    assert not Recommendation.objects.filter(translation_key=draft.translation_key).exists()


def test_who_accepts_the_names_approves_the_draft_in_the_same_review(
    draft: RecommendationPage, cast: Cast, moderator: User
) -> None:
    page = newest(draft)
    state = page.get_workflow().start(page, cast.people["editor"])
    body = accept(page, BODY, by=moderator, code="rada", label_pl="Rada Seniorów Miasta", kind="ngo", level="local")
    theme = accept(page, THEME, by=moderator, code="starosc", label_pl="Starość", parent=None)
    assert registry.get_logs_for_instance(body).get().user == moderator

    state.current_task_state.specific.approve(user=moderator)
    fact = Recommendation.objects.get(translation_key=draft.translation_key)
    assert [(row.organisation, row.words) for row in fact.assignments.all()] == [(body, "seniorzy")]
    assert list(fact.themes.all()) == [theme]
    assert not PageProposal.objects.exists()


def test_what_a_name_was_said_to_mean_is_known_to_the_next_paper(
    draft: RecommendationPage, group: WorkingGroupPage, cast: Cast, moderator: User
) -> None:
    city = Organisation.objects.get(code="krakow")
    identify(draft, BODY, by=moderator, row=city)
    assert [row.organisation for row in newest(draft).addressees.all()] == [city]

    again = taken(group, cast, "1. Zaprosić seniorów.")
    assert [column for column, _said in again.rows.get().told] == ["themes"]


def test_a_refused_name_leaves_the_draft_and_its_editor_reads_why(
    draft: RecommendationPage, cast: Cast, moderator: User, client: Client
) -> None:
    refuse(draft, BODY, by=moderator, reason="To nie jest instytucja.")
    assert [row.label for row in newest(draft).proposals.all()] == ["Starość"]

    client.force_login(cast.people["editor"])
    assert "To nie jest instytucja." in client.get(reverse("wagtailadmin_pages:edit", args=[draft.pk])).text
    with pytest.raises(Refused, match="meanwhile"):
        accept(draft, BODY, by=moderator, code="rada", label_pl="Rada Seniorów", kind="ngo", level="")
    assert not Organisation.objects.filter(code="rada").exists()


def test_an_editor_decides_about_no_name(draft: RecommendationPage, cast: Cast) -> None:
    with pytest.raises(Refused, match="moderator"):
        refuse(draft, BODY, by=cast.people["editor"], reason="Nie.")
    assert {one.key for one in open_under(draft.get_parent())} == {BODY, THEME}


def test_the_moderator_decides_on_one_screen(draft: RecommendationPage, moderator: User, client: Client) -> None:
    client.force_login(moderator)
    address = reverse("proposals:decide", args=[draft.get_parent().pk])
    shown = BeautifulSoup(client.get(address).content, "html.parser")
    form = shown.select("form.intake")[0]
    data = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]:not([type=radio])")}
    assert (data["name-0-label_pl"], data["name-0-code"]) == ("Rada Seniorów", "rada-seniorow")

    wrong = client.post(address, data | {"name-0-verdict": "refused"})
    assert wrong.status_code == 422
    assert not ProposalDecision.objects.exists()

    client.post(address, data | {"name-0-verdict": "accepted", "name-0-kind": "ngo"})
    assert ProposalDecision.objects.get().organisation == Organisation.objects.get(code="rada-seniorow")


def test_the_editor_ticks_on_one_screen_what_is_new(group: WorkingGroupPage, cast: Cast, client: Client) -> None:
    intake = taken(group, cast)
    client.force_login(cast.people["editor"])
    address = reverse("intake:names", args=[intake.pk])
    assert address in client.get(reverse("intake:rows", args=[intake.pk])).text
    assert "Rada  Seniorów" in client.get(address).text

    mark, theme = ":".join(BODY), ":".join(THEME)
    client.post(address, {"name": [mark, theme], f"kind:{mark}": "ngo", f"parent:{theme}": "x"})
    intake.refresh_from_db()
    assert json.loads(json.dumps(intake.proposals)) == {
        "organisation": {"rada seniorów": {"label": "Rada  Seniorów", "kind": "ngo", "level": ""}},
        "theme": {"starość": {"label": "Starość", "parent_id": None}},
    }
    assert intake.rows.get().plan_kind == PlanKind.CREATE


def test_a_proposed_institution_needs_its_kind(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        PageProposal(subject=Subject.ORGANISATION, label="Rada").clean()
    PageProposal(subject=Subject.THEME, label="Starość").clean()
    assert not Theme.objects.filter(label_pl="Starość").exists()
