"""The strict content policy holds by construction: nothing inline, nothing from another host. Nor what is no HTML."""

import re
from pathlib import Path

import pytest

# Data blocks are not run by the browser, so the policy does not concern them.
DATA = r"application/(?:ld\+)?json"
FORBIDDEN = {
    "an inline script": re.compile(rf"<script(?![^>]*\bsrc=)(?![^>]*\btype=[\"']{DATA})[^>]*>", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an address of code": re.compile(r"javascript:", re.IGNORECASE),
    "a source on another host": re.compile(
        r"<(?:script|img|iframe|source|video|audio|embed|object|form)\b[^>]*\b(?:src|srcset|data|action)=[\"'](?:https?:)?//",
        re.IGNORECASE,
    ),
    "a sheet or icon from another host": re.compile(
        r"<link\b(?=[^>]*\brel=[\"']?(?:stylesheet|icon|preload|modulepreload|preconnect|manifest))"
        r"[^>]*\bhref=[\"'](?:https?:)?//",
        re.IGNORECASE,
    ),
    "an attribute that is none of HTML's": re.compile(r"<[a-z][^>]*\shx-", re.IGNORECASE),
    "a time that no program can read": re.compile(r"<time\b(?![^>]*\bdatetime=)", re.IGNORECASE),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what: str, tree: list[str], root: Path) -> None:
    found = []
    for name in tree:
        if name.endswith(".html") and "templates" in Path(name).parts:
            text = (root / name).read_text(encoding="utf-8")
            found += [f"{name}:{text.count(chr(10), 0, hit.start()) + 1}" for hit in FORBIDDEN[what].finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    ("what", "markup"),
    [
        ("an inline script", "<script>go()</script>"),
        ("a style element", "<style>p{}</style>"),
        ("a style attribute", '<p class="a" style="color:red">'),
        ("an event attribute", '<a href="#" onclick="go()">'),
        ("an address of code", '<a href="javascript:go()">'),
        ("a source on another host", '<img alt="" src="//elsewhere.example/a.png">'),
        ("an attribute that is none of HTML's", '<a href="/" hx-boost="false">'),
        ("a time that no program can read", "<time data-day></time>"),
        ("a sheet or icon from another host", '<link rel="stylesheet" href="https://elsewhere.example/a.css">'),
    ],
)
def test_the_patterns_find(what: str, markup: str) -> None:
    assert FORBIDDEN[what].search(markup)


@pytest.mark.parametrize(
    "markup",
    [
        '<script type="application/ld+json">{}</script>',
        '<script type="module" src="/static/js/search.js"></script>',
        '<link rel="canonical" href="https://site.example/">',
        '<a href="https://elsewhere.example/" rel="external" data-hx-boost="false">',
        '<time datetime="2014-05-30">',
    ],
)
def test_the_patterns_leave_alone(markup: str) -> None:
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(markup)] == []


def test_scripts_and_sheets_call_no_other_host(tree: list[str], root: Path) -> None:
    found = []
    for name in tree:
        if name.startswith("static/") and name.endswith((".css", ".js")):
            text = (root / name).read_text(encoding="utf-8")
            # The name of the SVG language is no address that anybody opens.
            found += [f"{name}: {hit}" for hit in re.findall(r"https?://[^\s\"')]+", text) if "www.w3.org" not in hit]
    assert found == []


def test_a_part_with_a_form_is_given_the_token_that_lets_it_be_sent(tree: list[str], root: Path) -> None:
    templates = [name for name in tree if name.endswith(".html") and "templates" in Path(name).parts]
    texts = {name.partition("templates/")[2]: (root / name).read_text(encoding="utf-8") for name in templates}
    forgotten = [
        f"{name}: {part}"
        for name, text in texts.items()
        for part, values in re.findall(r"{%\s*include \"([^\"]+)\"([^%]*)\bonly\s*%}", text)
        if "{% csrf_token %}" in texts.get(part, "") and "csrf_token=" not in values
    ]
    assert forgotten == []
