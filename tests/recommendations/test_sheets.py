"""Spreadsheets of any shape: columns named once, rows that change what is there, long ones done by the worker."""

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from accounts.models import User
from forums.models import WorkingGroupPage
from pagekit.acts import Refused
from recommendations.choices import Cell, PlanKind, Step, Subject
from recommendations.models import FollowUp, Intake, IntakeRow, Recommendation, RecommendationLink, RecommendationPage
from recommendations.services.intake import change_rows
from recommendations.services.proposals import accept, propose
from recommendations.transfer import background, sheet_intake
from recommendations.transfer.columns import name_columns, noticed
from recommendations.transfer.intake import carry_out, made_by, undo
from recommendations.transfer.planning import plan_intake
from recommendations.transfer.sheet_files import sheets_of
from recommendations.transfer.sheet_intake import name_statuses, read_sheet, start_sheet, unknown_statuses
from recommendations.transfer.sheets import lines_of
from taxonomy.models import Tag
from tests.factories.files import packed, sheet_file
from tests.factories.pages import appear, make_group, make_recommendation, publish
from tests.factories.roles import Cast, make_cast
from tests.factories.sheets import make_sheet
from tests.factories.taxonomy import OrganisationFactory, ThemeFactory

pytestmark = pytest.mark.django_db

HEAD = ["Lp.", "ID", "Treść rekomendacji", "Adresat", "Obszar", "Tagi", "Rok", "Nadrzędna", "Zgłosił"]
ROWS = [
    ["1", "M-1", "Otworzyć punkt\nw centrum.", "MSW; Urząd Miasta Krakowa", "Edukacja", "dworzec", "2014", "", "Ola"],
    [
        "2",
        "M-2",
        "Otworzyć punkt na dworcu.",
        "Urząd Miasta Krakowa",
        "Edukacja",
        "dworzec; nowy",
        "5.2015",
        "M-1",
        "Ola",
    ],
]


@pytest.fixture(scope="module")
def kept(stage: None) -> Cast:
    cast = make_cast()
    OrganisationFactory.create(code="krakow", label_pl="Urząd Miasta Krakowa")
    OrganisationFactory.create(code="mswia", label_pl="MSW")
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


def read(group: Any, editor: User, rows: list[list[str]], *, head: list[str] = HEAD, file: Any = None) -> Intake:
    return make_sheet(group, by=editor, rows=[head, *rows], file=file)


def kinds(intake: Intake) -> list[str]:
    return [row.plan_kind for row in intake.rows.all()]


def why(intake: Intake, place: int = 0) -> tuple[str, str]:
    told = intake.rows.all()[place].told
    return told[0] if told else ("", "")


def pages(intake: Intake) -> list[RecommendationPage]:
    return [made.page for made in made_by(intake)]


def with_cells(place: int, **cells: str) -> list[list[str]]:
    """ROWS with other cells in one of them, by heading."""
    rows = [list(row) for row in ROWS]
    for heading, text in cells.items():
        rows[place][HEAD.index(heading)] = text
    return rows


@pytest.mark.parametrize("form", ["csv", "xlsx", "ods"])
def test_every_row_becomes_a_draft_with_what_its_cells_say(group: WorkingGroupPage, editor: User, form: str) -> None:
    file = ods([["Zbiór grupy"], HEAD, *ROWS]) if form == "ods" else sheet_file([["Zbiór grupy"], HEAD, *ROWS], form)
    intake = read(group, editor, [], file=file)
    assert kinds(intake) == [PlanKind.CREATE, PlanKind.CREATE]
    assert [row.line for row in intake.rows.all()] == [3, 4]
    assert "Ola" not in str(list(intake.rows.values()))
    assert len(intake.columns["headings"]) == len(HEAD)

    assert carry_out(intake, by=editor) == 2
    first, second = pages(intake)
    assert (first.text, first.source_locator, first.years) == ("Otworzyć punkt\nw centrum.", "pkt 1", (2014,))
    assert [one.organisation.code for one in first.addressees.all()] == ["mswia", "krakow"]
    assert [one.identifier for one in first.identifiers.all()] == ["M-1"]
    assert ({*second.tags.names()}, second.precision) == ({"dworzec", "nowy"}, "month")
    assert Tag.objects.filter(name="dworzec").count() == 1
    # A column is left out, so the file is no document that readers could take.
    assert first.source_document is None
    assert carry_out(intake, by=editor) == 0


def test_a_link_inside_the_file_holds_once_both_are_published(group: WorkingGroupPage, editor: User) -> None:
    intake = read(group, editor, ROWS)
    carry_out(intake, by=editor)
    first, second = pages(intake)
    for page in (second, first):
        page.source_url = "https://example.org/zbior"
        page.save()
        appear(page)
    link = RecommendationLink.objects.get()
    assert (link.kind, link.source.translation_key, link.target.translation_key) == (
        "narrows",
        second.translation_key,
        first.translation_key,
    )


def test_the_same_file_again_changes_nothing_and_another_only_what_differs(
    group: WorkingGroupPage, editor: User
) -> None:
    carry_out(read(group, editor, ROWS), by=editor)
    assert kinds(read(group, editor, ROWS)) == [PlanKind.SAME, PlanKind.SAME]

    again = read(group, editor, with_cells(1, **{"Treść rekomendacji": "Otworzyć dwa punkty."}))
    assert kinds(again) == [PlanKind.SAME, PlanKind.CHANGE]
    assert again.rows.all()[1].plan["fields"] == ["text"]
    assert carry_out(again, by=editor) == 1
    draft = pages(again)[0].get_latest_revision_as_object()
    assert (draft.text, len(draft.addressees.all())) == ("Otworzyć dwa punkty.", 1)
    assert RecommendationPage.objects.child_of(group).filter(source_title="Arkusz").count() == 2


def test_a_change_of_what_is_published_is_a_draft_over_it_and_can_be_taken_back(
    group: WorkingGroupPage, editor: User
) -> None:
    fact = make_recommendation(parent=group, title="Dawna", text="Dawne brzmienie.")
    rows = [[fact.reference, "Nowe brzmienie."]]
    intake = read(group, editor, rows, head=["reference", "wording"])
    assert kinds(intake) == [PlanKind.CHANGE]
    assert carry_out(intake, by=editor) == 1

    page = fact.source_page
    assert (page.text, page.live, page.has_unpublished_changes) == ("Dawne brzmienie.", True, True)
    draft = page.get_latest_revision_as_object()
    assert draft.text == "Nowe brzmienie."
    assert "Arkusz" in draft.change_reason
    assert kinds(read(group, editor, rows, head=["reference", "wording"])) == [PlanKind.SAME]

    assert undo(intake, by=editor) == 1
    page = fact.source_page
    assert (page.get_latest_revision_as_object().text, page.has_unpublished_changes) == ("Dawne brzmienie.", False)


def test_what_somebody_edited_since_is_a_conflict_also_after_the_plan(group: WorkingGroupPage, editor: User) -> None:
    fact = make_recommendation(parent=group, title="Dawna", text="Dawne brzmienie.")
    head, rows = ["reference", "wording"], [[fact.reference, "Nowe brzmienie."]]
    intake = read(group, editor, rows, head=head)
    page = fact.source_page
    page.text = "Brzmienie koleżanki."
    page.save_revision(user=editor)

    assert carry_out(intake, by=editor) == 0
    assert intake.rows.get().trouble
    assert fact.source_page.get_latest_revision_as_object().text == "Brzmienie koleżanki."
    assert kinds(read(group, editor, rows, head=head)) == [PlanKind.CONFLICT]


@pytest.mark.parametrize(
    ("head", "cells", "column"),
    [
        (["reference", "wording"], ["MO-1900-R01", "Nic."], Cell.REFERENCE),
        (["Treść", "Grupa"], ["Nic.", "Grupa Snów"], Cell.ISSUER),
        (["Treść", "Szczebel"], ["Nic.", "kosmiczny"], Cell.LEVELS),
        (["Treść", "Miasto"], ["Nic.", "Atlantyda"], "places"),
        (["Treść", "Data"], ["Nic.", "wkrótce"], Cell.DATE),
        (["Treść", "Zastępuje"], ["Nic.", "MO-1900-R01"], Cell.SUPERSEDES),
        (["Treść", "Adresat"], ["Nic.", "Instytut Snów"], Cell.ADDRESSEES),
        (["Treść", "Link"], ["Nic.", "javascript:alert(1)"], Cell.SOURCE_URL),
        (["Treść", "Tytuł"], ["Nic.", "x" * 300], Cell.TITLE),
    ],
)
def test_what_is_not_known_is_named_by_row_and_column(
    group: WorkingGroupPage, editor: User, head: list[str], cells: list[str], column: str
) -> None:
    intake = read(group, editor, [cells], head=head)
    assert kinds(intake) == [PlanKind.ERROR]
    assert why(intake)[0] == column
    assert len(why(intake)[1]) > 20


def test_two_rows_for_one_recommendation_are_an_error(group: WorkingGroupPage, editor: User) -> None:
    intake = read(group, editor, [ROWS[0], with_cells(1, ID="M-1", Nadrzędna="")[1]])
    assert kinds(intake) == [PlanKind.CREATE, PlanKind.ERROR]
    assert "2" in why(intake, 1)[1]


def test_a_row_goes_to_the_group_it_names_only_where_the_editor_may_write(
    cast: Cast, group: WorkingGroupPage, editor: User
) -> None:
    head, rows = ["Treść", "Grupa"], [["Nasza.", group.title], ["Cudza.", cast.foreign_group.title]]
    intake = read(group, editor, rows, head=head)
    assert kinds(intake) == [PlanKind.CREATE, PlanKind.ERROR]
    moderator = cast.people["moderator"]
    intake = read(group, moderator, rows, head=head)
    carry_out(intake, by=moderator)
    assert [page.get_parent().pk for page in pages(intake)] == [group.pk, cast.foreign_group.pk]


def test_another_s_published_recommendation_is_not_changed_by_a_file(group: WorkingGroupPage, editor: User) -> None:
    fact = make_recommendation(parent=make_group(title="Cudza grupa", slug="cudza-grupa"), title="Cudza")
    intake = read(group, editor, [[fact.reference, "Nowe brzmienie."]], head=["reference", "wording"])
    assert kinds(intake) == [PlanKind.ERROR]


def test_what_was_said_of_the_columns_is_kept_for_the_source(group: WorkingGroupPage, editor: User) -> None:
    head = ["co", "kogo prosimy"]
    intake = start_sheet(group, by=editor, file=sheet_file([head, ["Otworzyć.", "MSW / krakow"]]), title="Arkusz")
    assert intake.columns["cells"] == {}
    with pytest.raises(Refused):
        name_columns(intake, by=editor, cells={"1": "addressees"}, separator="/", encoding="utf-8", is_source=True)
    name_columns(
        intake, by=editor, cells={"0": "text", "1": "addressees"}, separator="/", encoding="utf-8", is_source=True
    )
    # In another order, and with a new row.
    again = read(group, editor, [["krakow/MSW", "Szkolić."]], head=[*reversed(head)])
    row = again.rows.get()
    assert (row.text, row.addressees, row.plan_kind) == ("Szkolić.", "krakow\nMSW", PlanKind.CREATE)


def test_unknown_statuses_are_asked_about_once_for_the_source(group: WorkingGroupPage, editor: User) -> None:
    head, rows = ["Treść", "Status"], [["A.", "w toku"], ["B.", "w toku"], ["C.", "niewdrożona"]]
    intake = read(group, editor, rows, head=head)
    assert kinds(intake) == [PlanKind.ERROR] * 3
    assert unknown_statuses(intake) == [("w toku", 2), ("niewdrożona", 1)]
    name_statuses(intake, by=editor, table={"w toku": "in_progress", "niewdrożona": ""})
    assert unknown_statuses(intake) == []
    assert kinds(plan_intake(intake, by=editor)) == [PlanKind.CREATE] * 3
    assert unknown_statuses(read(group, editor, rows, head=head)) == []


STATUS_HEAD = ["ID", "Treść", "Adresat", "Obszar", "Status", "Stan na"]
STATUS_ROW = ["S-1", "Otworzyć punkt.", "MSW; Urząd Miasta Krakowa", "Edukacja", "stalled; implemented", "5.2024"]


def test_a_status_is_recorded_with_the_publication_by_what_its_source_may_say(
    group: WorkingGroupPage, editor: User
) -> None:
    intake = read(group, editor, [STATUS_ROW], head=STATUS_HEAD)
    assert (kinds(intake), why(intake)) == ([PlanKind.CREATE], ("", ""))
    carry_out(intake, by=editor)
    [page] = pages(intake)
    said = [(row.status, row.status_words, str(row.status_on)) for row in page.addressees.all()]
    assert said == [("stalled", "stalled", "2024-05-01"), ("implemented", "implemented", "2024-05-01")]
    assert not FollowUp.objects.exists()

    appear(page)
    stalled, noted = FollowUp.objects.order_by("pk")
    assert (stalled.kind, stalled.implementation, stalled.basis) == ("report", "stalled", "published_source")
    assert (stalled.refers_on, stalled.refers_precision) == (dt.date(2024, 5, 1), "month")
    assert (stalled.recorded_by.username, stalled.declared_by) == ("import", None)
    assert stalled.evidence.get().document == page.source_document
    # Nobody but the institution itself says that it is done.
    assert (noted.kind, noted.implementation, "implemented" in noted.text) == ("note", "", True)
    assert [row.implementation for row in stalled.assignment.recommendation.assignments.order_by("number")] == [
        "stalled",
        "no_information",
    ]

    appear(page)
    assert FollowUp.objects.count() == 2


def test_the_status_of_a_proposed_body_is_recorded_once_a_moderator_accepts_the_body(
    group: WorkingGroupPage, editor: User, cast: Cast
) -> None:
    row = [*STATUS_ROW[:2], "Rada Seniorów; Urząd Miasta Krakowa", *STATUS_ROW[3:]]
    intake = read(group, editor, [row], head=STATUS_HEAD)
    key = (Subject.ORGANISATION.value, "rada seniorów")
    propose(intake, by=editor, names={key: {"label": "Rada Seniorów", "kind": "ngo", "level": ""}})
    carry_out(plan_intake(intake, by=editor), by=editor)
    [draft] = pages(intake)

    moderator = User.objects.get(username=cast.people["moderator"].username)
    body = accept(draft, key, by=moderator, code="rada", label_pl="Rada Seniorów", kind="ngo", level="")
    publish(draft.get_latest_revision_as_object(), by=editor, approved_by=moderator)
    said = FollowUp.objects.get(assignment__organisation=body)
    assert (said.implementation, said.refers_on, said.refers_precision) == ("stalled", dt.date(2024, 5, 1), "month")


def test_a_status_of_what_is_published_is_no_business_of_a_file(group: WorkingGroupPage, editor: User) -> None:
    first = read(group, editor, [STATUS_ROW], head=STATUS_HEAD)
    carry_out(first, by=editor)
    appear(pages(first)[0])
    row = [*STATUS_ROW[:4], "not started", ""]
    later = read(group, editor, [row], head=STATUS_HEAD)
    assert (kinds(later), why(later)[0]) == ([PlanKind.CONFLICT], Cell.STATUSES)


def test_statuses_that_fit_no_number_of_addressees_are_an_error(group: WorkingGroupPage, editor: User) -> None:
    row = [*STATUS_ROW[:4], "stalled; stalled; stalled", ""]
    assert why(read(group, editor, [row], head=STATUS_HEAD))[0] == Cell.STATUSES


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1250", "iso8859_2", "mac_latin2"])
@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_letters_and_line_ends_are_found_out(group: WorkingGroupPage, editor: User, encoding: str, end: str) -> None:
    text = end.join(["Lp.;Treść rekomendacji;Adresat", "1;Zażółcić gęślą jaźń;MSW", "2;Źle;MSW"])
    intake = read(group, editor, [], file=SimpleUploadedFile("arkusz.csv", text.encode(encoding)))
    assert [row.text for row in intake.rows.all()] == ["Zażółcić gęślą jaźń", "Źle"]


def test_letters_in_doubt_have_to_be_confirmed(group: WorkingGroupPage, editor: User) -> None:
    content = "Nr;Рекомендація\n1;Відкрити пункт\n".encode("cp1251")
    intake = start_sheet(group, by=editor, file=SimpleUploadedFile("arkusz.csv", content), title="Arkusz")
    assert intake.columns["is_doubtful"]
    values: dict[str, Any] = {"by": editor, "cells": {"1": "text"}, "separator": ";", "is_source": False}
    with pytest.raises(Refused):
        name_columns(intake, encoding="", **values)
    read_sheet(name_columns(intake, encoding="cp1251", **values), by=editor)
    assert intake.rows.get().text == "Відкрити пункт"


def ods(rows: list[list[str]], *, head: str = "") -> SimpleUploadedFile:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    cell = '<table:table-cell office:value-type="string">{}</table:table-cell>'
    note = "<office:annotation><text:p>Uwaga recenzenta</text:p></office:annotation>"
    body = "".join(
        f"<table:table-row>{''.join(cell.format(note + lines(text)) for text in row)}</table:table-row>" for row in rows
    )
    end = '<table:table-row table:number-rows-repeated="1048576"><table:table-cell/></table:table-row>'
    content = (
        f'<?xml version="1.0"?>{head}<office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="A">{body}{end}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return SimpleUploadedFile("arkusz.ods", packed({"mimetype": kind, "content.xml": content.encode()}))


def book(merged: str = "", hidden: int = 0) -> SimpleUploadedFile:
    """A workbook of a cover and a sheet of three recommendations, of which two lie below one theme."""
    file = Workbook()
    file.active.title = "Okładka"
    file.active.append(["Rekomendacje grupy", "Kraków 2016"])
    sheet = file.create_sheet("Rekomendacje")
    for row in (["Obszar", "Treść"], ["Edukacja", "Szkolić."], ["", "Badać."], ["Praca", "Drukować."]):
        sheet.append([cell or None for cell in row])
    if merged:
        sheet.merge_cells(merged)
    if hidden:
        sheet.row_dimensions[hidden].hidden = True
        sheet.column_dimensions["A"].hidden = True
    out = io.BytesIO()
    file.save(out)
    return SimpleUploadedFile("arkusz.xlsx", out.getvalue())


def test_the_sheet_of_recommendations_is_read_and_the_others_and_what_is_hidden_are_said(
    group: WorkingGroupPage, editor: User
) -> None:
    intake = read(group, editor, [], file=book(merged="A2:A3", hidden=3))
    assert [(row.themes, row.text, row.line) for row in intake.rows.all()] == [
        ("Edukacja", "Szkolić.", 2),
        ("Edukacja", "Badać.", 3),
        ("Praca", "Drukować.", 4),
    ]
    assert ["themes" in row.guesses for row in intake.rows.all()] == [False, True, False]
    sheets, hidden = noticed(intake.columns)
    assert "Okładka" in sheets
    assert "rows: 1, hidden columns: 1" in hidden
    assert noticed(read(group, editor, ROWS).columns) == []


def test_a_cell_of_an_ods_that_reaches_down_holds_for_all_its_rows(cast: Cast) -> None:
    rows = [["Obszar", "Treść"], ["Edukacja", "Szkolić."], ["", "Badać."], ["", ""], ["Praca", "Drukować."]]
    content = ods(rows).read()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read("content.xml").decode()
    before, cell, after = text[: text.index("Edukacja")].rpartition("<table:table-cell")
    text = f'{before}{cell} table:number-rows-spanned="3"{after}{text[text.index("Edukacja") :]}'
    cover = '<table:table table:name="Okładka"><table:table-row><table:table-cell/></table:table-row></table:table>'
    text = text.replace("<table:table ", f"{cover}<table:table ", 1)
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    file = io.BytesIO(packed({"mimetype": kind, "content.xml": text.encode()}))
    found = list(lines_of(file, "a.ods", sheet="A"))[:5]
    assert [[*map(str, row)] for row in found] == [*rows[:2], ["Edukacja", "Badać."], *rows[3:]]
    assert list(sheets_of(file, "a.ods")) == ["Okładka", "A"]


def lines(text: str) -> str:
    return "".join(f"<text:p>{line}</text:p>" for line in text.split("\n"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ods", b"PK\x03\x04"),
        ("a.ods", packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"})),
        ("a.ods", ods([["Treść"], ["x"]], head='<!DOCTYPE x [<!ENTITY a "b">]>').read()),
        ("a.xlsx", b"x"),
        ("a.csv", b"%PDF-1.7"),
        ("a.csv", b"Tresc\n"),
        ("a.csv", b'Tresc;x\n"y\n'),
    ],
    ids=["broken", "text", "entity", "no workbook", "renamed", "no rows", "open quote"],
)
def test_what_is_no_spreadsheet_is_refused_and_not_kept(
    group: WorkingGroupPage, editor: User, name: str, content: bytes
) -> None:
    with pytest.raises(Refused, match=r"\w{5}"):
        read(group, editor, [], file=SimpleUploadedFile(name, content))
    assert not IntakeRow.objects.exists()


@pytest.mark.usefixtures("cast")
def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    file = io.BytesIO(packed({"mimetype": kind, "content.xml": b" " * 2_000_000}))
    with pytest.raises(Refused, match="1 MB"):
        list(lines_of(file, "a.ods", unpacked=1024 * 1024))


def test_a_long_order_waits_for_the_worker_and_is_done_once(
    group: WorkingGroupPage, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "BATCH", 2)
    intake = read(group, editor, [[str(n), f"M-{n}", f"Punkt {n}.", *[""] * 6] for n in range(5)])
    assert not background.order(intake, Step.MAKE, by=editor)
    with pytest.raises(Refused):
        background.order(intake, Step.MAKE, by=editor)
    assert pages(intake) == []

    assert background.work_once()
    assert not background.work_once()
    intake.refresh_from_db()
    assert (intake.step, intake.trouble, len(pages(intake))) == ("", "", 5)
    assert background.report(intake)["made"] == 5


def test_an_order_of_somebody_who_lost_the_right_is_refused_by_the_worker(
    group: WorkingGroupPage, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "BATCH", 0)
    intake = read(group, editor, ROWS)
    background.order(intake, Step.MAKE, by=editor)
    editor.groups.clear()
    assert background.work_once()
    intake.refresh_from_db()
    assert (intake.step, pages(intake)) == ("", [])
    assert intake.trouble


def test_a_moment_before_the_publication_of_a_target_nothing_is_linked(group: WorkingGroupPage, editor: User) -> None:
    intake = read(group, editor, ROWS)
    carry_out(intake, by=editor)
    second = pages(intake)[1]
    second.source_url = "https://example.org/zbior"
    second.save()
    appear(second)
    assert Recommendation.objects.filter(translation_key=second.translation_key).exists()
    assert not RecommendationLink.objects.exists()


def test_a_spreadsheet_that_is_read_twice_at_once_gives_its_rows_once(
    group: WorkingGroupPage, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = read(group, editor, ROWS)
    lots = sheet_intake.in_lots

    def lots_after_another(sources: Any) -> Any:
        monkeypatch.setattr(sheet_intake, "in_lots", lots)
        assert read_sheet(intake, by=editor) == 2
        return lots(sources)

    monkeypatch.setattr(sheet_intake, "in_lots", lots_after_another)
    with pytest.raises(Refused):
        read_sheet(intake, by=editor)
    assert intake.rows.count() == 2


def test_columns_read_again_keep_what_people_corrected_and_left_out(group: WorkingGroupPage, editor: User) -> None:
    rows = [*ROWS, ["3", "M-3", "Drukować ulotki.", "MSW", "Edukacja", "", "2014", "", "Ola"]]
    intake = read(group, editor, rows)
    first, second, third = intake.rows.all()
    kept = change_rows(intake, by=editor, seen=intake.revision, typed={first.pk: {"title": "Punkt w centrum"}})
    kept = change_rows(kept, by=editor, seen=kept.revision, typed={}, act="leave-out", row=second.pk)
    change_rows(kept, by=editor, seen=kept.revision, typed={third.pk: {"text": "Drukować.\n---\nRozdawać."}})

    for _time in range(2):
        cells = {place: cell for place, cell in intake.columns["cells"].items() if cell != Cell.TAGS}
        named = name_columns(intake, by=editor, cells=cells, separator=";", encoding="utf-8", is_source=True)
        read_sheet(named, by=editor)

    found = list(intake.rows.all())
    assert found[0].title == "Punkt w centrum"
    assert [row.is_dropped for row in found] == [False, True, False]
    assert found[2].text == "Drukować.\n---\nRozdawać."
    assert "title" not in found[0].guesses


def test_columns_read_again_bring_joined_and_split_rows_back_as_the_file_has_them(
    group: WorkingGroupPage, editor: User
) -> None:
    rows = [*ROWS, ["3", "M-3", "Drukować ulotki.", "MSW", "Edukacja", "", "2014", "", "Ola"]]
    intake = read(group, editor, rows)
    first, second, third = intake.rows.all()
    typed = {first.pk: {"text": "Otworzyć punkt."}, third.pk: {"text": "Drukować.\n---\nRozdawać."}}
    kept = change_rows(intake, by=editor, seen=intake.revision, typed=typed, act="join", row=second.pk)
    change_rows(kept, by=editor, seen=kept.revision, typed={}, act="split", row=third.pk)

    read_sheet(Intake.objects.get(pk=intake.pk), by=editor)

    assert [row.text for row in intake.rows.filter(is_dropped=False)] == [row[2] for row in rows]
