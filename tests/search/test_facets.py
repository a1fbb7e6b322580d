"""What facets show: order, trees, what unfolds, and whose status is meant."""

from search.facets import MOST, SHOWN, FacetPanel, FacetValue, panel_groups
from search.labels import Label
from search.query import FACET_NAMES, SearchQuery
from search.results import FacetCount
from search.templatetags.facet_tags import facet_lines


def panel(
    name: str, counts: list[FacetCount], labels: dict[str, Label] | None = None, query: SearchQuery | None = None
) -> FacetPanel:
    known = labels or {count.value: Label(count.value) for count in counts}
    (group,) = panel_groups({name: counts}, {name: known}, lambda facet: query or SearchQuery())
    (only,) = group.panels
    return only


def test_every_facet_of_a_question_is_shown_somewhere() -> None:
    counts = {name: [FacetCount("x", 1)] for name in FACET_NAMES}
    labels = {name: {"x": Label("X")} for name in FACET_NAMES}

    groups = panel_groups(counts, labels, lambda facet: SearchQuery())

    assert {panel.name for group in groups for panel in group.panels} == set(FACET_NAMES)


def test_narrower_themes_stand_below_the_theme_above_them() -> None:
    labels = {"a": Label("A"), "b": Label("B", above="a"), "c": Label("C", above="b"), "d": Label("D", above="gone")}
    counts = [FacetCount("a", 5), FacetCount("b", 3), FacetCount("d", 2), FacetCount("c", 1, is_selected=True)]

    themes = panel("theme", counts, labels, SearchQuery(filters=(("theme", ("c",)),)))

    assert [value.value for value in themes.shown] == ["a", "d"]
    assert [value.value for value in themes.values] == ["a", "b", "c", "d"]
    # The chosen one is not folded away.
    assert themes.shown[0].is_open
    assert themes.shown[0].below[0].is_open


def test_a_long_facet_unfolds_and_what_is_chosen_stands_open() -> None:
    counts = [FacetCount(f"{n:03}", 9, is_selected=n == 20) for n in range(30)]

    tags = panel("tag", counts, query=SearchQuery(filters=(("tag", ("020",)),)))

    assert [value.value for value in tags.shown] == [*(f"{n:03}" for n in range(SHOWN)), "020"]
    assert len(tags.values) == 30
    assert tags.is_long
    assert tags.is_open


def test_a_facet_of_thousands_shows_the_most_frequent_and_what_is_chosen_and_says_how_many_more() -> None:
    counts = [FacetCount(f"{n:04}", 9000 - n, is_selected=n == 2000) for n in range(2500)]

    tags = panel("tag", counts, query=SearchQuery(filters=(("tag", ("2000",)),)))

    assert len(tags.values) == MOST + 1
    assert "2000" in {value.value for value in tags.shown}
    assert tags.left_out == 2500 - MOST - 1


def test_years_stand_newest_first_and_no_date_last() -> None:
    counts = [FacetCount("nd", 50), FacetCount("2013", 9), FacetCount("2015", 1)]

    assert [value.value for value in panel("year", counts).shown] == ["2015", "2013", "nd"]


def test_a_status_says_whose_it_is() -> None:
    counts = [FacetCount("declined", 1)]
    chosen = SearchQuery(filters=(("addressee", ("mops",)),))

    assert "any addressee" in str(panel("position", counts).hint)
    assert "chosen addressee" in str(panel("position", counts, query=chosen).hint)
    assert panel("tag", counts, query=chosen).hint == ""


def test_only_a_facet_with_a_choice_tells_how_its_values_add_up() -> None:
    counts = [FacetCount("kursy", 3), FacetCount("praca", 1)]
    chosen = SearchQuery(filters=(("tag", ("kursy",)),))

    assert panel("tag", counts, query=chosen).is_chosen
    assert not panel("level", counts, query=chosen).is_chosen


def test_a_range_of_days_that_finds_nothing_can_still_be_changed() -> None:
    assert panel_groups({}, {}, lambda facet: SearchQuery()) == []
    (group,) = panel_groups({}, {}, lambda facet: SearchQuery(since="2014-01-01"))
    assert [panel.name for panel in group.panels] == ["year"]


def test_lines_of_a_facet_are_escaped_wherever_a_text_stands_in_them() -> None:
    below = FacetValue("b", "<i>B</i>", 1, is_selected=True, question='x="&y=<')
    value = FacetValue("a", "A & <b>", 2, is_selected=False, question="theme=a&amp", below=(below,))

    html = facet_lines([value])

    assert "<b>" not in html
    assert "<i>" not in html
    assert 'href="?theme=a&amp;amp"' in html
    assert 'href="?x=&quot;&amp;y=&lt;"' in html
    assert "A &amp; &lt;b&gt;" in html
    assert html.count("<li>") == 2
    assert 'aria-current="true"' in html.partition("<details")[2]
    assert '<details class="facet-below" open>' in html
