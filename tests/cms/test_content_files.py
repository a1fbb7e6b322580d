"""What is wrong in a content file is named with file, line, column and remedy, before anything is written."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import translation

from cms.content.load import FOLDER, fingerprint, read_content
from cms.content.periods import span_of_words
from cms.content.tables import ContentRefused, Fault
from cms.content.vocabularies import other_name

Change = Callable[[str, str, str], Path]


def changing(folder: Path) -> Change:
    """Replaces the first occurrence of a text in one file of a copy of the content; answers the copy."""
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))

    def replace(name: str, old: str, new: str) -> Path:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return replace


@pytest.fixture
def change(tmp_path: Path) -> Change:
    return changing(tmp_path / "content")


def faults_of(folder: Path) -> list[Fault]:
    with pytest.raises(ContentRefused) as refused:
        read_content(folder)
    assert all(fault.wrong and fault.remedy for fault in refused.value.faults)
    return refused.value.faults


def test_the_files_as_they_stand_have_no_fault() -> None:
    content = read_content()
    assert len(content.recommendations.drafts) == 126
    assert len(content.follow_ups.wanted) == 72
    # The page of the group says so itself, before the note.
    groups = [path.read_text(encoding="utf-8") for path in (FOLDER / "groups").glob("*.toml")]
    assert groups
    assert not any('set_note = "Zestawu' in group for group in groups)


@pytest.mark.parametrize(
    ("name", "old", "new", "column", "says"),
    [
        ("organisations.tsv", "\tministry\tnational", "\tministery\tnational", "kind", "ministery"),
        ("organisations.tsv", "\tcity\tlocal\tBiałystok", "\tcity\tlocal\tBialystok", "place", "Bialystok"),
        ("themes.tsv", "polityka-migracyjna\tpolityka\t", "polityka-migracyjna\tpolitka\t", "parent", "politka"),
        ("issuers.tsv", "\t2013-10-25\t2013-10-27\t", "\t2013-10-28\t2013-10-27\t", "starts_on", "before"),
        ("issuers.tsv", "mo\tMiasta Otwarte (wyróżnienia i rekomendacje 2014/2015)\taward-round\twsp",
         "mo\tMiasta Otwarte (wyróżnienia i rekomendacje 2014/2015)\taward-round\twsq", "parent", "wsq"),
        ("origin.tsv", "MO-01\tmo\t", "MO-01\tmoo\t", "issuer", "moo"),
        ("origin.tsv", "\tlocal\tstrategie-lokalne\t", "\tlokal\tstrategie-lokalne\t", "levels", "lokal"),
        ("recommendations.tsv", "\t2014/2015\t", "\t2013/2015\t", "data", "begins with 2013"),
        ("assignments.tsv", "MO-01\tgminy-miejskie\t", "MO-01\tgminy-wiejskie\t", "organisation", "gminy-wiejskie"),
        ("assignments.tsv", "\tessential\t", "\tvital\t", "role", "vital"),
        ("follow_up.tsv", "member of class=gminy-miejskie", "member of class=powiaty", "note", "powiaty"),
        ("follow_up.tsv", "\t2015-05\tmonth\t", "\t2015-13\tmonth\t", "refers_on", "calendar"),
        ("stages.tsv", "\tflpm-2015-wro\t", "\tflpm-2015-wrx\t", "forum", "flpm-2015-wrx"),
        ("stages.tsv", "\tunknown\t", "\tday\t", "starts_on", "needs a date"),
        ("stages.tsv", "\tForum w Działaniu\t", "\t\t", "label_pl", "empty"),
        ("titles.tsv", "MO-01\t", "MO-99\t", "rec_id", "MO-99"),
        ("references.tsv", "MO-02\tMO-2014-R02", "MO-02\tMO-2014-R03", "reference", "MO-2014-R02"),
        ("references.tsv", "\tSOS-2022-WRO-FB-R01", "\tSOS-2022-WRO-R01", "reference", "SOS-2022-WRO-FB-R"),
        ("links.tsv", "\tRPO-22\t", "\tRPO-25\t", "to_rec_id", "RPO-25"),
        ("tags.tsv", "\tstrategia miasta", "\tstrategia maista", "tags", "strategia maista"),
        ("forums/mo.toml", 'kind = "official"', 'kind = "nickname"', "names 1 kind", "nickname"),
        ("groups/gds.toml", 'hosts = ["um-wroclaw"]', 'hosts = ["um-breslau"]', "hosts", "um-breslau"),
        ("groups/gds.toml", 'code = "gds"', 'code = "gdsx"', "code", "gdsx"),
        ("assignments.tsv", "miejskie\tessential\t1\t", "miejskie\tessential\tfirst\t", "position_in_list", "number 1"),
        ("groups/gds.toml", 'themes = ["wspolpraca"', 'themes = [7, "wspolpraca"', "themes", "no list of texts"),
        ("forums/mo.toml", 'title = "Lista praktyk"', 'title = " "', "links 2 title", "missing"),
        ("pages/method.toml", 'title = "Metoda"', "", "title", "missing"),
        ("translations/recommendations.txt", "MO-01", "MO-99", "", "MO-99"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_with_its_file_and_column(
    change: Change, name: str, old: str, new: str, column: str, says: str
) -> None:
    found = faults_of(change(name, old, new))
    assert any(fault.file == name and fault.column == column and says in fault.wrong for fault in found), found


# What a form would refuse, or the rules of the log: nothing of it may wait until half of the load is done.
REFUSED = [
    ("forums/mo.toml", 'url = "https://', 'url = "javascript:alert(1)//', "links 3 url", "no address of the web"),
    ("organisations.tsv", "msw\tMinisterstwo Spraw Wewnętrznych i Administracji\t", "msw\t   \t", "name_pl", "empty"),
    ("themes.tsv", "\tPolityka migracyjna państwa\t", "\t\t", "label_pl", "empty"),
    ("recommendations.tsv", "\thttps://", "\tjavascript:alert(1)//", "url", "no address of the web"),
    ("assignments.tsv", "MO-02\tgminy-miejskie\tessential\t1\t",
     "MO-02\tgminy-miejskie\tessential\t1\t\nMO-02\tgminy-miejskie\tessential\t2\t", "organisation", "stands twice"),
    ("origin.tsv", "\trestated", "\tretold", "wording", "retold"),
]  # fmt: skip
LOGGED = [
    ("refers_on", "2099-05", "refers_on", "lies in the future"),
    ("refers_on", "1988-05", "refers_on", "before 1989"),
    ("refers_on", "2014-13", "refers_on", "not in the calendar"),
    ("precision", "day", "precision", "is a month and no day"),
    ("evidence_url", "javascript:alert(1)", "evidence_url", "not one of the web"),
    ("entry_kind", "", "entry_kind", "The cell is empty. Write one of note, position, report."),
    ("value", "accepted", "value", "Leave the cell empty."),
    ("entry_kind value", "report reversed", "value", "recorded by an assessor"),
    ("entry_kind value", "report implemented", "value", "declared by the institution itself"),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[Fault]:
    """What is said of all of these at once; of the log each line is wrong in another way."""
    change = changing(tmp_path_factory.mktemp("refused") / "content")
    for name, old, new, *_expected in REFUSED:
        folder = change(name, old, new)
    head, line, *_rest = (folder / "follow_up.tsv").read_text(encoding="utf-8").splitlines()
    row = dict(zip(head.split("\t"), line.split("\t"), strict=True))
    lines = [row | dict(zip(names.split(), new.split() or [""], strict=True)) for names, new, *_expected in LOGGED]
    table = [head, *("\t".join(cells.values()) for cells in lines)]
    (folder / "follow_up.tsv").write_text("\n".join(table), encoding="utf-8")
    (folder / "follow_up_words.tsv").write_text("key\tmissing_pl\tcitation_pl\n", encoding="utf-8")
    with translation.override("en"):
        return faults_of(folder)


@pytest.mark.parametrize(("name", "old", "new", "column", "says"), REFUSED)
def test_what_a_form_would_refuse_is_refused_with_its_place(
    told: list[Fault], name: str, old: str, new: str, column: str, says: str
) -> None:
    assert any((fault.file, fault.column) == (name, column) and says in fault.wrong for fault in told), told


@pytest.mark.parametrize(("line", "logged"), list(enumerate(LOGGED, 2)))
def test_what_the_rules_of_the_log_forbid_is_refused_with_its_place(
    told: list[Fault], line: int, logged: tuple[str, ...]
) -> None:
    (fault,) = [fault for fault in told if (fault.file, fault.line) == ("follow_up.tsv", line)]
    assert fault.column == logged[2]
    assert logged[3] in str(fault)


def test_the_line_of_a_wrong_cell_is_told(change: Change) -> None:
    (fault,) = [
        fault for fault in faults_of(change("origin.tsv", "MO-03\tmo\t", "MO-03\tmoo\t")) if fault.column == "issuer"
    ]
    assert fault.line == 4
    assert str(fault).startswith("origin.tsv:4:issuer: ")


def test_all_faults_are_told_at_once(change: Change) -> None:
    change("origin.tsv", "MO-03\tmo\t", "MO-03\tmoo\t")
    folder = change("assignments.tsv", "\tessential\t", "\tvital\t")
    assert {fault.file for fault in faults_of(folder)} == {"origin.tsv", "assignments.tsv"}


def test_a_line_with_a_tab_too_many_is_told(change: Change) -> None:
    found = faults_of(change("titles.tsv", "MO-02\t", "MO-02\t\t"))
    assert any((fault.file, fault.line) == ("titles.tsv", 3) and "3 cells" in fault.wrong for fault in found)


def test_what_cannot_be_read_is_told_alone_and_not_what_follows_from_it(change: Change) -> None:
    change("places.tsv", "wroclaw\tWrocław", "wroclaw\tWroc\x00ław")
    folder = change("groups/gds.toml", 'code = "gds"', 'code = "gds"\nnumber = "trzy"')
    (folder / "themes.tsv").unlink()
    lines = (folder / "titles.tsv").read_bytes().split(b"\n")
    lines[2] = "MO-02\tPlan różnorodności".encode("cp1250")
    (folder / "titles.tsv").write_bytes(b"\n".join(lines))
    assert [(fault.file, fault.line, fault.column) for fault in faults_of(folder)] == [
        ("groups/gds.toml", 0, "number"),
        ("places.tsv", 2, ""),
        ("themes.tsv", 0, ""),
        ("titles.tsv", 3, ""),
    ]


def test_the_mark_that_a_spreadsheet_puts_before_a_file_is_no_fault(change: Change) -> None:
    assert read_content(change("origin.tsv", "rec_id", "\ufeffrec_id"))


def test_a_text_without_translation_is_named(change: Change) -> None:
    title = "Różnorodność mieszkańców w strategii miasta"
    found = faults_of(change("titles.tsv", title, f"{title} i gminy"))
    assert {fault.file for fault in found} == {f"translations/{language}.po" for language in ("en", "uk", "ru")}
    assert all(f"{title} i gminy" in fault.wrong for fault in found)


def test_an_empty_translation_is_told(change: Change) -> None:
    found = faults_of(change("translations/en.po", '"Metoda"\nmsgstr "Method"', '"Metoda"\nmsgstr ""'))
    assert any(fault.column == "msgstr" and fault.line for fault in found)


def test_a_catalogue_with_a_syntax_error_is_told_with_the_line(change: Change) -> None:
    found = faults_of(change("translations/en.po", '"Metoda"\nmsgstr "Method"', '"Metoda"\nmgstr "Method"'))
    assert any(fault.file == "translations/en.po" and "line" in fault.wrong for fault in found)


def test_a_title_too_long_for_its_field_is_told(change: Change) -> None:
    found = faults_of(change("titles.tsv", "MO-01\t", f"MO-01\t{'bardzo ' * 40}"))
    assert any(fault.column == "title_pl" and "255" in fault.wrong for fault in found)


def test_a_correction_that_does_not_fit_its_row_is_told(change: Change) -> None:
    (fault,) = faults_of(change("corrections.tsv", "\tdate_precision\tabout\t", "\tdate_precision\tyear\t"))
    assert (fault.file, fault.column) == ("corrections.tsv", "from")


def test_a_correction_of_a_row_that_is_not_there_is_told(change: Change) -> None:
    found = faults_of(change("corrections.tsv", "\twr-swi\t", "\twr-xxx\t"))
    assert any(fault.file == "corrections.tsv" and fault.column == "key" for fault in found)


def test_any_changed_file_changes_the_fingerprint(change: Change) -> None:
    folder = change("titles.tsv", "MO-01", "MO-01")
    before = fingerprint(folder)
    assert fingerprint(change("forums/mo.toml", "jury", "grono")) != before


@pytest.mark.parametrize(
    ("words", "starts", "precision", "first", "last"),
    [
        ("2014/2015", "2014", "range", "2014-01-01", "2015-12-31"),
        ("08-09.05.2022", "2022-05-08", "range", "2022-05-08", "2022-05-09"),
        ("07.10.2015", "2015-10-07", "day", "2015-10-07", "None"),
        ("ok. 2014", "2014", "about", "2014-01-01", "None"),
        ("po 05.2024", "2024-05", "after", "2024-05-01", "None"),
        ("2018 (za rok 2017)", "2018", "year", "2018-01-01", "None"),
        ("brak daty (po 2022)", "", "unknown", "None", "None"),
    ],
)
def test_words_are_read_as_a_period(words: str, starts: str, precision: str, first: str, last: str) -> None:
    found = span_of_words(words, starts, precision)
    assert (str(found.starts_on), str(found.ends_on), found.date_words) == (first, last, words)


@pytest.mark.parametrize(
    ("alias", "name", "years", "is_former"),
    [
        ("MSW (2011-2015)", "MSW", "2011-2015", True),
        ("MPiPS (do 2015)", "MPiPS", "do 2015", True),
        ("MSWiA (do 2011 i od 2015)", "MSWiA", "do 2011 i od 2015", False),
        ("Minister Edukacji", "Minister Edukacji", "", False),
        ("Zespół (Rada)", "Zespół (Rada)", "", False),
    ],
)
def test_a_name_is_parted_from_its_years(alias: str, name: str, years: str, is_former: bool) -> None:
    assert other_name(alias) == [name, years, is_former]
