from __future__ import annotations

from pathlib import Path

import pytest

from search.engines import addresses

GOOD = {
    "url": "https://search.example.org:9200",
    "api_key": "",
    "ca_file": "",
    "index_prefix": "forum",
    "shards": "1",
    "replicas": "1",
}


def test_good_settings_have_no_faults_and_are_read(tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_text("")
    given = {**GOOD, "url": "https://one:9200, https://two/", "api_key": "secret", "ca_file": str(authority)}

    assert addresses.faults(**given) == []
    assert addresses.read(**given) == addresses.Address(
        ("https://one:9200", "https://two:443"), "secret", str(authority), "forum", 1, 1
    )


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("url", "search.example.org", "ELASTICSEARCH_URL"),
        ("url", "ftp://search.example.org:21", "ELASTICSEARCH_URL"),
        ("url", "https://", "ELASTICSEARCH_URL"),
        ("url", "http://[::1", "ELASTICSEARCH_URL"),
        ("url", "http://host:99999", "ELASTICSEARCH_URL"),
        ("url", " , ", "ELASTICSEARCH_URL"),
        ("ca_file", "/nowhere/ca.pem", "ELASTICSEARCH_CA_FILE"),
        ("index_prefix", "", "ELASTICSEARCH_INDEX_PREFIX"),
        ("index_prefix", "Forum", "ELASTICSEARCH_INDEX_PREFIX"),
        ("index_prefix", "a*", "ELASTICSEARCH_INDEX_PREFIX"),
        ("shards", "0", "ELASTICSEARCH_SHARDS"),
        ("shards", "two", "ELASTICSEARCH_SHARDS"),
        ("replicas", "-1", "ELASTICSEARCH_REPLICAS"),
        ("replicas", "٣", "ELASTICSEARCH_REPLICAS"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str, named: str) -> None:
    (fault,) = addresses.faults(**{**GOOD, name: value})

    assert fault.startswith(named)


def test_a_key_is_not_sent_in_the_clear_and_not_shown() -> None:
    (fault,) = addresses.faults(**{**GOOD, "url": "http://search.example.org:9200", "api_key": "secret"})
    assert "in the clear" in fault
    assert "secret" not in fault

    assert addresses.faults(**{**GOOD, "url": "http://127.0.0.1:9200", "api_key": "secret"}) == []
