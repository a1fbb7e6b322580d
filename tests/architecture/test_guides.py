"""What the guides call a button, a heading or a menu is what the screens say."""

import re
from pathlib import Path

import polib
import pytest
import wagtail

from cms.guides import GUIDES

# Bold with a capital, in a sentence: a label. Before a colon at the beginning of a line it says what the line is about,
# and with a full stop what the paragraph is about.
LABEL = re.compile(r"(?P<before>^[ \t]*(?:[-\d.]+ )?)?\*\*(?P<label>[^*]+)\*\*(?P<after>:?)", re.MULTILINE)
# The way through the menu to a screen.
WAY = re.compile(r"(?<!\*)\*([^*\n]+ → [^*\n]+)\*(?!\*)")


def plain(text: str) -> str:
    """Without variables, line ends and what a sentence puts round it."""
    return " ".join(re.sub(r"%\(\w+\)[sd]|…", " ", text).split()).strip(" .:").casefold()


@pytest.fixture(scope="module")
def said(root: Path) -> set[str]:
    """Every text of the interface in Polish, ours and Wagtail's."""
    catalogs = [root / "locale/pl/LC_MESSAGES/django.po"]
    catalogs += Path(wagtail.__file__).parent.glob("**/locale/pl/LC_MESSAGES/django.po")
    found = set()
    for catalog in catalogs:
        for entry in polib.pofile(str(catalog)):
            if not entry.obsolete:
                found |= {plain(text) for text in (entry.msgstr, *entry.msgstr_plural.values())}
    return found


def labels(text: str) -> set[str]:
    found = {part for way in WAY.findall(text) for part in way.split(" → ")}
    for hit in LABEL.finditer(text):
        label = hit["label"]
        is_topic = hit["before"] is not None and hit["after"]
        if label[0].isupper() and not label.endswith((".", "?")) and not is_topic:
            found.update(label.split(" › "))
    return {label for label in found if plain(label)}


@pytest.mark.parametrize("name", GUIDES)
def test_every_label_of_a_guide_is_on_a_screen(name: str, root: Path, said: set[str]) -> None:
    found = labels((root / f"docs/guides/{name}.md").read_text(encoding="utf-8"))
    assert len(found) > 5
    assert {label for label in found if plain(label) not in said} == set()


def test_a_label_that_no_screen_has_would_be_seen(said: set[str]) -> None:
    found = labels(
        "Naciśnij **Zapisz szkic** albo **Zrób to** w *Słowniki → Nigdzie*. **Uwaga.** Nic.\n**Termin**: dziś."
    )
    assert {plain(label) in said for label in found} == {True, False}
    assert found == {"Zapisz szkic", "Zrób to", "Słowniki", "Nigdzie"}
