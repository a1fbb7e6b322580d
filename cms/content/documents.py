"""What kind of value each key of a TOML file holds."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

# A key of these holds the same wherever it stands; a key that stands nowhere here holds a text.
LISTS = frozenset({"description", "not_known", "themes", "hosts", "intro", "paragraphs"})
NUMBERS = frozenset({"number"})
MARKS = frozenset({"is_followed"})
# TOML writes dates and years without quotation marks too.
DATES = frozenset({"day", "starts_on", "ends_on", "pages"})
# Keys that hold tables, with what each table must have.
TABLES = {
    "names": ("name", "kind"),
    "dates": ("precision",),
    "venues": ("name",),
    "bodies": ("organisation", "role"),
    "programme": ("title",),
    "links": ("title", "url"),
    "documents": ("title",),
    "areas": ("title",),
    "effects": ("text",),
    "sections": ("heading", "paragraphs"),
}

Said = tuple[str, str, str]


def bare(value: Any) -> Any:
    """The value with its texts without the space round them: a text of spaces alone is none."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return [bare(part) for part in value]
    if isinstance(value, dict):
        return {key: bare(part) for key, part in value.items()}
    return value


def misshapen(cells: dict[str, Any]) -> Iterator[Said]:
    """Key, fault and remedy for each value of a file that is not of the kind that its name promises."""
    for key, value in cells.items():
        if key not in TABLES:
            yield from misfit(key, key, value)
        elif not (isinstance(value, list) and all(isinstance(table, dict) for table in value)):
            yield key, "These are no tables.", f"Begin each with [[{key}]]."
        else:
            for position, table in enumerate(value, 1):
                for column in TABLES[key]:
                    if not table.get(column):
                        yield f"{key} {position} {column}", "The key is missing or empty.", "Write it."
                for column, cell in table.items():
                    yield from misfit(f"{key} {position} {column}", column, cell)


def is_text(value: Any) -> bool:
    """Whether the value is a text that every database can store."""
    return isinstance(value, str) and "\x00" not in value


def misfit(place: str, key: str, value: Any) -> Iterator[Said]:
    if key in LISTS:
        if not (isinstance(value, list) and all(text and is_text(text) for text in value)):
            yield place, "This is no list of texts.", 'Write ["first", "second"].'
    elif key in NUMBERS:
        if not isinstance(value, int) or isinstance(value, bool):
            yield place, f"{value!r} is no number.", "Write it in digits, without quotation marks."
    elif key in MARKS:
        if not isinstance(value, bool):
            yield place, f"{value!r} is neither true nor false.", "Write true or false, without quotation marks."
    elif key in DATES:
        if isinstance(value, bool) or not (is_text(value) or isinstance(value, int | dt.date)):
            yield place, "This is no date and no number.", "Write it in quotation marks."
    elif not is_text(value):
        yield place, "This is no text.", "Write it in quotation marks."
