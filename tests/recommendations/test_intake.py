"""A group's paper becomes rows, a plan and drafts: each once, none public, and all of it can be undone."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.test import Client
from wagtail.models import ReferenceIndex

from accounts.models import User
from forums.models import WorkingGroupPage
from pagekit.acts import Refused
from pagekit.models import CustomDocument
from recommendations.choices import PlanKind, SourceKind, WordingKind
from recommendations.models import Intake, IntakeRow, Recommendation, RecommendationPage
from recommendations.services.intake import Changed, change_rows
from recommendations.transfer import intake as acts
from recommendations.transfer.papers import take_in
from recommendations.transfer.planning import plan_intake
from taxonomy.models import Organisation, OrganisationName, Theme
from tests.factories.files import docx, encrypted, packed, pdf, word
from tests.factories.pages import appear, make_group, make_recommendation, make_recommendation_page
from tests.factories.roles import Cast, make_cast
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory

pytestmark = pytest.mark.django_db

PAPER = """Rekomendacje

Edukacja

1. Urząd Miasta Krakowa powinien otworzyć punkt informacyjny.
2. Szkolić urzędników. (MSW)
3. Drukować ulotki w czterech językach.

Załączniki
Lista obecności
"""


@pytest.fixture(scope="module")
def kept(stage: None) -> Cast:
    cast = make_cast()
    OrganisationFactory.create(code="krakow", label_pl="Urząd Miasta Krakowa")
    mswia = OrganisationFactory.create(code="mswia", label_pl="Ministerstwo Spraw Wewnętrznych i Administracji")
    OrganisationName.objects.create(organisation=mswia, name="MSW", years="2011-2015")
    ThemeFactory.create(code="edukacja", label_pl="Edukacja")
    return cast


@pytest.fixture
def cast(kept: Cast, db: None) -> Cast:
    return kept


@pytest.fixture
def editor(cast: Cast) -> User:
    return User.objects.get(username="redaktorka")


@pytest.fixture
def group(cast: Cast) -> WorkingGroupPage:
    return WorkingGroupPage.objects.get(pk=cast.own_group.pk)


def taken(group: WorkingGroupPage, editor: User, text: str = PAPER, **values: Any) -> Intake:
    return take_in(group, by=editor, text=text, **{"title": "Zbiór grupy", **values})


def rows_of(intake: Intake) -> list[IntakeRow]:
    return list(intake.rows.filter(is_dropped=False))


def changed(intake: Intake, editor: User, act: str = "", row: IntakeRow | None = None, **more: Any) -> Intake:
    intake.refresh_from_db()
    values = {"typed": {}, "seen": intake.revision, **more}
    return change_rows(intake, by=editor, act=act, row=row.pk if row else None, **values)


def plan_of(intake: Intake, editor: User) -> list[tuple[str, str, str]]:
    """By row of the new plan: what it does, the columns that are wrong, and what to do."""
    rows = rows_of(plan_intake(intake, by=editor))
    told = [[*zip(*row.told, strict=True)] or [(), ()] for row in rows]
    return [(row.plan_kind, " ".join(said[0]), " ".join(said[1])) for row, said in zip(rows, told, strict=True)]


def planned(intake: Intake, editor: User) -> dict[str, int]:
    """How many rows the new plan has of each kind."""
    kinds = [kind for kind, _column, _sentence in plan_of(intake, editor)]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


def test_a_pasted_paper_becomes_rows_with_every_guess_marked(group: WorkingGroupPage, editor: User) -> None:
    intake = taken(group, editor)
    first, second, third = rows_of(intake)

    assert (first.number, first.text) == ("1", "Urząd Miasta Krakowa powinien otworzyć punkt informacyjny.")
    assert first.addressees == "Urząd Miasta Krakowa"
    assert second.text == "Szkolić urzędników."
    assert second.addressees == "Ministerstwo Spraw Wewnętrznych i Administracji | MSW"
    assert [set(row.guesses) for row in (first, third)] == [{"title", "addressees", "themes"}, {"title", "themes"}]
    assert first.themes == "Edukacja"
    left = intake.rows.filter(is_dropped=True)
    assert "Lista obecności" in "\n".join(row.text for row in left)
    assert all("is_dropped" in row.guesses for row in left)


def test_a_mail_that_cites_the_list_of_a_table_is_cut_as_the_list(group: WorkingGroupPage, editor: User) -> None:
    text = (
        "Cześć,\nprzesyłam ustalenia.\n\n> 1) Szkolić urzędników.\n> 2) Skrócić kolejki;\n>    do 30 dni.\n\n"
        "Rekomendacja 3: Powołać radę.\nUzasadnienie: działa od lat.\n\nSerdecznie pozdrawiam\n--\nkoordynatorka"
    )
    intake = taken(group, editor, text)
    assert [(row.number, row.text, row.rationale) for row in rows_of(intake)] == [
        ("1", "Szkolić urzędników.", ""),
        ("2", "Skrócić kolejki; do 30 dni.", ""),
        ("3", "Powołać radę.", "działa od lat."),
    ]


def test_what_a_footnote_or_a_cell_over_several_rows_says_is_a_guess(group: WorkingGroupPage, editor: User) -> None:
    text = (
        "| Obszar | Rekomendacja | Adresat |\n| Edukacja | Szkolić. | MSW |\n| ^^ | Drukować. | ^^ |\n[^1]: W Krakowie."
    )
    intake = taken(group, editor, text)
    first, second = rows_of(intake)
    assert [row.guesses["themes"]["why"] for row in (first, second)] == ["area", "merged"]
    assert second.guesses["addressees"]["why"] == "merged"
    assert second.rationale == "Footnote 1: W Krakowie."
    changed(intake, editor, "take-back", second, field="rationale")
    assert rows_of(intake)[1].rationale == ""


def test_a_name_of_other_years_is_guessed_with_a_doubt(group: WorkingGroupPage, editor: User) -> None:
    group.starts_on, group.precision = dt.date(2020, 5, 1), "day"
    group.save()
    second = rows_of(taken(group, editor))[1]
    assert "MSW (2020?)" in second.why("addressees")


def test_a_guess_taken_back_leaves_the_words_of_the_paper(group: WorkingGroupPage, editor: User) -> None:
    intake = taken(group, editor)
    changed(intake, editor, "take-back", rows_of(intake)[1], field="addressees")
    second = rows_of(intake)[1]
    assert (second.text, second.addressees) == ("Szkolić urzędników. (MSW)", "")
    assert "addressees" not in second.guesses


def test_rows_are_joined_split_moved_and_left_out_and_nothing_is_lost(group: WorkingGroupPage, editor: User) -> None:
    intake = taken(group, editor)
    first, second, third = rows_of(intake)

    changed(intake, editor, "join", second)
    assert [row.text for row in rows_of(intake)] == [f"{first.text}\nSzkolić urzędników.", third.text]
    assert "MSW" in rows_of(intake)[0].addressees
    changed(intake, editor, "bring-back", second)
    changed(intake, editor, "up", third)
    assert [row.number for row in rows_of(intake)] == ["1", "3", "2"]
    changed(intake, editor, "split", third, typed={third.pk: {"text": "Drukować ulotki\n---\nw czterech językach."}})
    assert [row.text for row in rows_of(intake)][1:3] == ["Drukować ulotki", "w czterech językach."]
    changed(intake, editor, "leave-out", first)
    assert rows_of(intake)[0].number == "3"


def test_what_a_person_typed_is_no_guess(group: WorkingGroupPage, editor: User) -> None:
    intake = taken(group, editor)
    first = rows_of(intake)[0]
    changed(intake, editor, typed={first.pk: {"title": "Punkt informacyjny", "themes": first.themes}})
    first.refresh_from_db()
    assert (first.title, set(first.guesses)) == ("Punkt informacyjny", {"addressees", "themes"})


def test_a_save_over_a_newer_save_is_refused(group: WorkingGroupPage, editor: User) -> None:
    intake = taken(group, editor)
    first = rows_of(intake)[0]
    changed(intake, editor, typed={first.pk: {"title": "Tytuł koleżanki"}})
    with pytest.raises(Changed):
        changed(intake, editor, seen=0, typed={first.pk: {"title": "Mój tytuł"}})
    first.refresh_from_db()
    assert first.title == "Tytuł koleżanki"


@pytest.mark.parametrize(("act", "place"), [("join", 0), ("split", 0), ("nothing", 0)])
def test_an_act_that_cannot_be_is_refused(group: WorkingGroupPage, editor: User, act: str, place: int) -> None:
    intake = taken(group, editor, "1. Pierwsza.\n2. Druga.")
    with pytest.raises(Refused):
        changed(intake, editor, act, rows_of(intake)[place])


def test_a_plan_becomes_drafts_that_nobody_sees(group: WorkingGroupPage, editor: User) -> None:
    intake = taken(group, editor, source_kind=SourceKind.WORKING_GROUP, wording_kind=WordingKind.VERBATIM)
    assert planned(intake, editor) == {PlanKind.CREATE: 3}

    assert acts.carry_out(intake, by=editor) == 3

    drafts = RecommendationPage.objects.child_of(group).filter(source_title="Zbiór grupy").order_by("path")
    assert [draft.source_locator for draft in drafts] == ["pkt 1", "pkt 2", "pkt 3"]
    first, second, _third = drafts
    assert not any(draft.live or draft.first_published_at for draft in drafts)
    assert not Recommendation.objects.filter(translation_key=first.translation_key).exists()
    assert [(one.organisation.code, one.words) for one in second.addressees.all()] == [("mswia", "MSW")]
    assert [theme.code for theme in first.themes.all()] == ["edukacja"]
    assert (first.owner, first.latest_revision.user, first.wording_kind) == (editor, editor, WordingKind.VERBATIM)


def test_a_second_run_and_a_second_intake_of_the_same_paper_make_nothing(group: WorkingGroupPage, editor: User) -> None:
    intake = taken(group, editor)
    first, second, third = rows_of(intake)
    changed(intake, editor, "join", second)
    changed(intake, editor, "leave-out", third)
    changed(intake, editor, typed={first.pk: {"text": "Poprawione brzmienie."}})
    planned(intake, editor)
    acts.carry_out(intake, by=editor)
    assert acts.carry_out(intake, by=editor) == 0
    assert planned(intake, editor) == {PlanKind.SAME: 1}

    again = taken(group, editor)
    assert planned(again, editor) == {PlanKind.SAME: 2}
    assert acts.carry_out(again, by=editor) == 0


def test_of_two_plans_for_one_paper_only_the_first_makes_drafts(group: WorkingGroupPage, editor: User) -> None:
    one, other = taken(group, editor), taken(group, editor)
    assert planned(one, editor) == planned(other, editor) == {PlanKind.CREATE: 3}
    assert (acts.carry_out(one, by=editor), acts.carry_out(other, by=editor)) == (3, 0)


def test_the_plan_names_row_and_column_of_what_is_wrong(group: WorkingGroupPage, editor: User) -> None:
    make_recommendation_page(parent=group, published=False, title="Dawna", text="Drukować ulotki w czterech językach.")
    intake = taken(group, editor)
    first, second, _third = rows_of(intake)
    changed(intake, editor, typed={first.pk: {"addressees": "Instytut Snów"}, second.pk: {"text": "", "themes": "Sny"}})
    plan = plan_of(intake, editor)
    assert [(kind, column) for kind, column, _sentence in plan] == [
        (PlanKind.ERROR, "addressees"),
        (PlanKind.ERROR, "text themes"),
        (PlanKind.CONFLICT, "text"),
    ]
    assert "Instytut Snów" in plan[0][2]
    assert "Sny" in plan[1][2]
    changed(intake, editor, typed={first.pk: {"addressees": "Urzęd Miasta Krakuwa"}})
    assert "Urząd Miasta Krakowa" in plan_of(intake, editor)[0][2]
    assert "Dawna" in plan[2][2]
    assert acts.carry_out(intake, by=editor) == 0


def test_rows_changed_after_the_plan_are_not_carried_out(group: WorkingGroupPage, editor: User) -> None:
    intake = taken(group, editor)
    planned(intake, editor)
    changed(intake, editor)
    with pytest.raises(Refused, match=r".+"):
        acts.carry_out(intake, by=editor)


def test_what_stops_in_a_batch_goes_on_where_it_stopped(
    group: WorkingGroupPage, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = taken(group, editor, "\n".join(f"{number}. Punkt {number}." for number in range(1, 6)))
    planned(intake, editor)
    monkeypatch.setattr(acts, "BATCH", 2)
    done = [acts.carry_out_batch(intake, by=editor)]
    # Here the process was killed: what it had made is there, the rest is not.
    assert intake.rows.exclude(drafted_at=None).count() == 2
    done.append(acts.carry_out(intake, by=editor))
    assert done == [2, 3]
    assert RecommendationPage.objects.child_of(group).filter(source_title="Zbiór grupy").count() == 5


def test_a_batch_that_lasts_too_long_leaves_the_rest_to_the_next(
    group: WorkingGroupPage, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = taken(group, editor, "\n".join(f"{number}. Punkt {number}." for number in range(1, 4)))
    planned(intake, editor)
    monkeypatch.setattr(acts, "LONGEST", 0.0)
    monkeypatch.setattr(acts, "BREATH", 0.0)
    assert [acts.carry_out_batch(intake, by=editor), acts.carry_out(intake, by=editor)] == [1, 2]
    assert [acts.undo_batch(intake, by=editor), acts.undo(intake, by=editor)] == [1, 2]


def test_the_draft_of_a_row_is_kept_as_it_stands_in_the_tables(group: WorkingGroupPage, editor: User) -> None:
    intake = taken(group, editor)
    planned(intake, editor)
    acts.carry_out(intake, by=editor)
    for made in acts.made_by(intake):
        content = made.page.latest_revision.content
        fresh = json.loads(json.dumps(made.page.serializable_data(), cls=DjangoJSONEncoder))
        assert {name for name in fresh if fresh[name] != content[name]} <= {
            "latest_revision", "latest_revision_created_at", "has_unpublished_changes"
        }  # fmt: skip
        before = {*ReferenceIndex.get_references_for_object(made.page).values_list("pk", flat=True)}
        with transaction.atomic():
            ReferenceIndex.create_or_update_for_object(made.page)
        assert before == {*ReferenceIndex.get_references_for_object(made.page).values_list("pk", flat=True)}


def test_a_batch_that_fails_leaves_nothing_behind(
    group: WorkingGroupPage, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = taken(group, editor)
    planned(intake, editor)
    before = group.get_children().count()
    Theme.objects.filter(code="edukacja").update(code="inny")
    drafts: Iterator[Any] = iter([acts.draft_of])

    def fails_at_the_second(*args: Any) -> Any:
        return next(drafts)(*args)

    monkeypatch.setattr(acts, "draft_of", fails_at_the_second)
    with pytest.raises(StopIteration):
        acts.carry_out(intake, by=editor)
    assert group.get_children().count() == before
    assert not intake.rows.exclude(drafted_at=None).exists()


def test_an_intake_is_undone_as_a_whole_and_can_be_planned_again(group: WorkingGroupPage, editor: User) -> None:
    intake = taken(group, editor)
    planned(intake, editor)
    acts.carry_out(intake, by=editor)
    assert [made.is_changed for made in acts.made_by(intake)] == [False, False, False]

    assert acts.undo(intake, by=editor) == 3
    assert not RecommendationPage.objects.filter(source_title="Zbiór grupy").exists()
    intake.refresh_from_db()
    assert planned(intake, editor) == {PlanKind.CREATE: 3}


def test_nothing_is_undone_once_one_draft_was_published_or_waits(group: WorkingGroupPage, editor: User) -> None:
    intake = taken(group, editor)
    planned(intake, editor)
    acts.carry_out(intake, by=editor)
    draft = acts.made_by(intake)[1].page
    state = draft.get_workflow().start(draft, editor)
    with pytest.raises(Refused, match=draft.title):
        acts.undo(intake, by=editor)
    state.cancel(user=editor)
    draft.source_url = "https://example.org/zbior"
    draft.save()
    appear(draft)
    with pytest.raises(Refused, match=draft.title):
        acts.undo(intake, by=editor)
    assert len(acts.made_by(intake)) == 3


def test_a_draft_changed_since_it_was_made_is_told_before_the_undoing(group: WorkingGroupPage, editor: User) -> None:
    intake = taken(group, editor)
    planned(intake, editor)
    acts.carry_out(intake, by=editor)
    draft = acts.made_by(intake)[0].page
    draft.title = "Lepszy tytuł"
    draft.save_revision(user=editor)
    assert [made.is_changed for made in acts.made_by(intake)] == [True, False, False]


def test_a_draft_deleted_by_hand_is_offered_again(group: WorkingGroupPage, editor: User) -> None:
    intake = taken(group, editor)
    planned(intake, editor)
    acts.carry_out(intake, by=editor)
    acts.made_by(intake)[0].page.delete()
    assert planned(intake, editor) == {PlanKind.CREATE: 1, PlanKind.SAME: 2}


@pytest.mark.parametrize("who", ["translator", "official"])
def test_only_who_may_add_below_the_group_takes_in(cast: Cast, group: WorkingGroupPage, who: str) -> None:
    with pytest.raises(Refused):
        taken(group, cast.people[who])
    assert not Intake.objects.exists()


def test_an_editor_of_another_group_may_do_nothing_with_an_intake(cast: Cast, editor: User) -> None:
    foreign = WorkingGroupPage.objects.get(pk=cast.foreign_group.pk)
    with pytest.raises(Refused):
        taken(foreign, editor)
    intake = taken(foreign, cast.people["moderator"])
    for act in (plan_intake, acts.carry_out, acts.undo):
        with pytest.raises(Refused):
            act(intake, by=editor)
    with pytest.raises(Refused):
        changed(intake, editor)


def test_an_uploaded_paper_is_the_document_of_its_drafts_and_nobody_else_s(
    client: Client, group: WorkingGroupPage, editor: User
) -> None:
    paper = word(("h1", "Rekomendacje"), ("1", "Otworzyć punkt."), ("page", ""), ("1", "Szkolić urzędników."))
    intake = take_in(group, by=editor, file=SimpleUploadedFile("zbior.docx", paper), title="Zbiór")
    planned(intake, editor)
    acts.carry_out(intake, by=editor)

    drafts = [made.page for made in acts.made_by(intake)]
    assert [(draft.text, draft.source_locator) for draft in drafts] == [
        ("Otworzyć punkt.", "s. 1, pkt 1"),
        ("Szkolić urzędników.", "s. 2, pkt 2"),
    ]
    assert {draft.source_document for draft in drafts} == {intake.document}
    assert intake.document is not None
    assert client.get(intake.document.url).status_code == 404
    appear(drafts[0])
    assert client.get(intake.document.url).status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("zbior.exe", b"MZ", "read from DOCX, PDF"),
        ("zbior.docx", b"%PDF-1.7", "not what its ending says. Upload the original as DOCX, PDF"),
        ("zbior.pdf", b"1. Punkt", "not what its ending says"),
        ("zbior.html", b"1. Punkt", "no web page"),
        ("zbior.pdf", pdf("x", picture=True), "pictures of pages"),
        ("zbior.pdf", encrypted(pdf("1. Punkt"), password="tajne"), "password"),
        (
            "zbior.docx",
            docx("x", head='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
            "brings definitions",
        ),
        ("zbior.docx", packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"}), "damaged"),
        ("zbior.docx", word(("p", "")), "pictures of pages"),
        ("zbior.docx", word(("p", "x"), parts={f"word/{n}": "" for n in range(5001)}), "5000 parts"),
        ("zbior.docx", word(("p", "x"), parts={"word/styles.xml": " " * 65 * 1024 * 1024}), "too long"),
    ],
    ids=["program", "renamed", "no pdf", "no page", "scan", "locked", "entity", "no text", "empty", "bomb", "long"],
)
def test_what_cannot_be_read_is_refused_and_not_kept(
    group: WorkingGroupPage, editor: User, name: str, content: bytes, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        take_in(group, by=editor, file=SimpleUploadedFile(name, content), title="Zbiór")
    assert not CustomDocument.objects.exists()
    assert not Intake.objects.exists()


def test_a_saved_web_page_is_read_and_not_kept(group: WorkingGroupPage, editor: User) -> None:
    page = "<html><body><nav>Menu</nav><ol><li>Otworzyć punkt.</li><li>Szkolić.</li></ol><p>Czytaj dalej...</p></body>"
    file = SimpleUploadedFile("strona.html", page.encode())
    intake = take_in(group, by=editor, file=file, title="Strona", source_url="https://example.org/stara")
    assert [row.text for row in rows_of(intake)] == ["Otworzyć punkt.", "Szkolić."]
    assert intake.document is None
    assert [row.text for row in intake.rows.filter(is_dropped=True)] == ["Czytaj dalej...", "Menu"]


def test_the_old_address_of_a_saved_page_leads_to_its_recommendation(
    group: WorkingGroupPage, editor: User, client: Client
) -> None:
    old = "http://stara.example.org/index.php?option=com_content&id=7"
    page = f"<html><!-- saved from url=(0058){old} --><body><ol><li>Otworzyć punkt.</li></ol></body></html>"
    intake = take_in(group, by=editor, file=SimpleUploadedFile("strona.html", page.encode()), title="Strona")
    intake.rows.update(addressees="krakow", themes="edukacja", title="Punkt")
    assert acts.carry_out(plan_intake(intake, by=editor), by=editor) == 1
    draft = acts.made_by(intake)[0].page
    assert (draft.source_url, [one.identifier for one in draft.identifiers.all()]) == (old, [old])

    appear(draft)
    answer = client.get("/index.php?id=7&option=com_content")
    assert (answer.status_code, answer.headers["Location"]) == (301, draft.url)


def test_one_click_links_a_row_to_what_was_asked_before_and_another_takes_it_back(
    group: WorkingGroupPage, editor: User
) -> None:
    earlier = make_recommendation(parent=group, title="Dawniej")
    intake = taken(group, editor, "1. Otworzyć punkt.\n2. Szkolić urzędników.")
    first, second = rows_of(intake)
    for row, kind in ((first, "repeats"), (first, "narrows"), (first, "narrows"), (second, "supersedes")):
        changed(intake, editor, "link", row, field=f"{kind} {earlier.reference}")
    with pytest.raises(Refused, match="no such recommendation"):
        changed(intake, editor, "link", first, field="repeats FLPM-1900-R01")

    acts.carry_out(plan_intake(intake, by=editor), by=editor)
    links = [[(one.kind, one.target) for one in made.page.links.all()] for made in acts.made_by(intake)]
    assert links == [[("repeats", earlier)], [("supersedes", earlier)]]


def test_the_areas_of_the_group_give_their_themes(group: WorkingGroupPage, editor: User) -> None:
    ThemeFactory.create(code="zdrowie", label_pl="Opieka")
    group.areas = [("area", {"title": "Szpitale i lekarze", "themes": ["zdrowie"]})]
    group.save()
    row = rows_of(taken(group, editor, "Rekomendacje\n\nObszar 1: Szpitale i lekarze\n1. Tłumacz.\n2. Ulotki."))[0]
    assert (row.themes, row.heading) == ("Opieka", "Obszar 1: Szpitale i lekarze")


def test_a_body_merged_since_gives_what_it_became(group: WorkingGroupPage, editor: User) -> None:
    new = Organisation.objects.get(code="krakow")
    OrganisationFactory.create(label_pl="Dawny Urząd", merged_into=new)
    intake = taken(group, editor, "1. Pierwsza. (Dawny Urząd)\n2. Druga.")
    planned(intake, editor)
    acts.carry_out(intake, by=editor)
    assert acts.made_by(intake)[0].page.addressees.get().organisation == new


def test_the_whole_house_is_published_as_ever(group: WorkingGroupPage, editor: User) -> None:
    """A draft of an intake is a page like any other: a moderator publishes it, and its reference is minted."""
    intake = taken(group, editor, source_url="https://example.org/zbior")
    planned(intake, editor)
    acts.carry_out(intake, by=editor)
    draft = acts.made_by(intake)[0].page
    state = draft.get_workflow().start(draft, editor)
    task = state.current_task_state.specific
    task.task.specific.on_action(task, User.objects.get(username="druga-moderatorka"), "approve")
    assert Recommendation.objects.get(translation_key=draft.translation_key).reference


def test_another_issuer_may_take_in_the_same_paper(group: WorkingGroupPage, editor: User) -> None:
    planned(taken(group, editor), editor)
    other = make_group(title="Inna", slug="inna")
    assert planned(taken(other, moderator_of()), moderator_of()) == {PlanKind.CREATE: 3}


def moderator_of() -> User:
    return User.objects.get(username="druga-moderatorka")
