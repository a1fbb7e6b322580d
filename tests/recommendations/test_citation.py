"""Citations name our record; no text in them can break out of its field."""

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import translation

from recommendations.templatetags.recommendation_tags import whose_words
from recommendations.transfer.citation import Citation, bibtex, csl, plain, ris


def a_citation(**values: Any) -> Citation:
    usual: dict[str, Any] = {
        "reference": "FLPM-2015-WRO-G3-R07",
        "version": 2,
        "language": "pl",
        "title": "Nauka języka polskiego",
        "issuer": "IV Forum",
        "issued": "14–17 maja 2015",
        "issued_year": 2015,
        "published_on": dt.date(2026, 11, 20),
        "is_restated": True,
        "publisher": "Fora Polityk Migracyjnych",
        "address": "https://example.org/r/FLPM-2015-WRO-G3-R07/v2",
        "source": "https://example.org/zrodlo",
        "keywords": ("edukacja", "język"),
    }
    return Citation(**usual | values)


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def test_a_restated_wording_is_cited_as_our_record_of_the_year_of_its_version() -> None:
    cited = plain(a_citation())

    assert cited == (
        "Nauka języka polskiego. FLPM-2015-WRO-G3-R07, version 2. IV Forum, 14–17 maja 2015. In our summary. "
        "Fora Polityk Migracyjnych, 2026. https://example.org/r/FLPM-2015-WRO-G3-R07/v2"
    )
    assert csl(a_citation())[0]["author"] == [{"literal": "Fora Polityk Migracyjnych"}]
    assert csl(a_citation())[0]["issued"] == {"date-parts": [[2026, 11, 20]]}


def test_a_verbatim_wording_is_its_issuers_of_the_year_of_issue() -> None:
    verbatim = a_citation(is_restated=False)

    assert "In our summary" not in plain(verbatim)
    assert csl(verbatim)[0]["author"] == [{"literal": "IV Forum"}]
    assert csl(verbatim)[0]["issued"] == {"date-parts": [[2015]]}
    assert "PY  - 2015\r\n" in ris(verbatim)


@pytest.mark.parametrize("is_restated", [True, False])
def test_a_translation_is_never_called_verbatim(is_restated: bool) -> None:
    translated = a_citation(is_restated=is_restated, language="uk")

    assert "ranslated from Polish" in plain(translated)
    assert "Translated from Polish." in ris(translated)
    assert "ransl" in whose_words(translated)
    assert "ransl" not in whose_words(a_citation(is_restated=is_restated)) + plain(a_citation(is_restated=is_restated))


def test_what_nobody_knows_is_left_out_and_not_written_as_empty() -> None:
    bare = a_citation(issuer="", issued="", issued_year=None, is_restated=False, source="", keywords=())

    assert "year" not in bibtex(bare)
    assert "note" not in bibtex(bare)
    assert "PY  - " not in ris(bare)
    assert "issued" not in csl(bare)[0]
    assert bare.author == "Fora Polityk Migracyjnych"


def test_bibtex_escapes_what_tex_reads_as_commands_and_keeps_the_address_as_it_is() -> None:
    entry = bibtex(a_citation(title="A & B {50%} #1_x ~ \\input{secret}", address="https://example.org/r/A_B?x={1}"))

    assert r"A \& B \{50\%\} \#1\_x \textasciitilde{} \textbackslash{}input\{secret\}" in entry
    assert "url = {https://example.org/r/A_B?x=%7B1%7D}" in entry
    assert entry.startswith("@misc{FLPM-2015-WRO-G3-R07-pl-v2,\n")


def test_braces_of_every_bibtex_entry_are_balanced_outside_escapes() -> None:
    entry = bibtex(a_citation(title="}}} @article{x, {", issuer="{", source="}"))
    bare = entry.replace(r"\{", "").replace(r"\}", "")

    assert bare.count("{") == bare.count("}")
    assert entry.count("\n@") == 0


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0b"])
def test_a_line_break_in_a_text_opens_no_field_of_its_own(line_end: str) -> None:
    nasty = a_citation(title=f"Tytuł{line_end}ER  - {line_end}AU  - Ktoś Inny")

    assert [line[:2] for line in ris(nasty).split("\r\n") if line].count("AU") == 1
    assert ris(nasty).count("ER  - \r\n") == 1
    assert len(bibtex(nasty).splitlines()) == len(bibtex(a_citation()).splitlines())


def test_ris_begins_with_its_type_ends_with_its_end_and_has_one_line_for_each_keyword() -> None:
    lines = ris(a_citation()).split("\r\n")

    assert lines[0] == "TY  - ELEC"
    assert lines[-2:] == ["ER  - ", ""]
    assert lines.count("KW  - edukacja") == lines.count("KW  - język") == 1


def test_csl_json_is_a_list_that_json_can_carry() -> None:
    assert json.loads(json.dumps(csl(a_citation())))[0]["URL"] == "https://example.org/r/FLPM-2015-WRO-G3-R07/v2"
