"""Reads the content files and says, for anything wrong, which file, line and column and what to do."""

import csv
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polib

from cms.content.documents import bare, is_text, misshapen

# The file of each language that is not the source.
CATALOGUE = "translations/{}.po"


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in a content file; ``line`` counts from 1, 0 stands for the file as a whole."""

    file: str
    line: int
    column: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        place = ":".join(filter(None, (self.file, str(self.line or ""), self.column)))
        return f"{place}: {self.wrong} {self.remedy}"


class ContentRefused(Exception):  # noqa: N818 - an answer to whoever edited the files, listing every fault at once
    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class Row:
    """One line of a table, or one TOML file: its cells and where they stand."""

    file: str
    line: int
    cells: dict[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.cells[column]

    def listed(self, column: str, separator: str = "|") -> tuple[str, ...]:
        """The parts of a cell that holds several values."""
        return tuple(part.strip() for part in self.cells[column].split(separator) if part.strip())


@dataclass
class Reader:
    """Reads one folder of content; collects faults instead of stopping at the first."""

    folder: Path
    # What could not be read at all; what else is found wrong then mostly follows from it.
    unread: list[Fault] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: Row, column: str, wrong: str, remedy: str) -> None:
        self.faults.append(Fault(row.file, row.line, column, wrong, remedy))

    def refuse(self) -> None:
        """ContentRefused where anything is wrong; where something could not be read, with that alone."""
        if faults := self.unread or self.faults:
            raise ContentRefused(faults)

    def one_of(self, row: Row, column: str, allowed: Sequence[str]) -> None:
        """A fault where the cell holds none of ``allowed``, of which one may be the empty cell."""
        if row[column] in allowed:
            return
        wrong = f"There is no {row[column]!r} here." if row[column] else "The cell is empty."
        named = ", ".join(filter(None, allowed))
        self.fault(row, column, wrong, f"Write one of {named}." if named else "Leave the cell empty.")

    def once(self, rows: Iterable[Row], column: str) -> None:
        """A fault for each row whose cell says what an earlier one says."""
        seen: set[str] = set()
        for row in rows:
            if row[column] and row[column] in seen:
                self.fault(row, column, f"{row[column]} stands twice.", "Keep one of the two, or correct it.")
            seen.add(row[column])

    def table(self, name: str, *columns: str) -> list[Row]:
        """The rows of ``<name>``, which must have exactly these columns in its first line."""
        path = self.folder / name
        text = self.text(path)
        if text is None:
            return []
        lines = list(csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
        if not lines or tuple(lines[0]) != columns:
            found = ", ".join(lines[0]) if lines else "nothing"
            self.unread.append(
                Fault(
                    name, 1, "", f"The columns are {found}.", f"Write them as {', '.join(columns)}, with tabs between."
                )
            )
            return []
        rows = []
        for number, cells in enumerate(lines[1:], 2):
            if len(cells) != len(columns):
                self.unread.append(
                    Fault(
                        name,
                        number,
                        "",
                        f"The line has {len(cells)} cells, the first line {len(columns)}.",
                        "Add or remove tabs until they agree.",
                    )
                )
            else:
                rows.append(Row(name, number, dict(zip(columns, bare(cells), strict=True))))
        return rows

    def document(self, name: str, required: tuple[str, ...] = ("title",)) -> Row | None:
        """One TOML file, or None (with a fault) when it is missing, unreadable or lacks a required key."""
        text = self.text(self.folder / name)
        if text is None:
            return None
        try:
            cells = bare(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            self.unread.append(Fault(name, 0, "", f"This is not TOML: {error}.", "Correct the place it names."))
            return None
        wrong = [
            Fault(name, 0, key, "The key is missing or empty.", "Write it.") for key in required if not cells.get(key)
        ]
        wrong += [Fault(name, 0, *said) for said in misshapen(cells)]
        self.unread += wrong
        return None if wrong else Row(name, 0, cells)

    def documents(self, folder: str) -> Iterator[Row]:
        for path in sorted((self.folder / folder).glob("*.toml")):
            row = self.document(f"{folder}/{path.name}", ("code", "title"))
            if row is None:
                continue
            if row["code"] != path.stem:
                self.fault(row, "code", f"The code is {row['code']}.", f"Write {path.stem}, as the file is called.")
            yield row

    def catalogue(self, language: str) -> dict[str, str]:
        """Polish text to its translation; a fuzzy or empty one is a fault."""
        name = CATALOGUE.format(language)
        text = self.text(self.folder / name)
        if text is None:
            return {}
        try:
            parsed = polib.pofile(text)
        except OSError as error:
            self.unread.append(Fault(name, 0, "", f"This is no catalogue: {error}.", "Correct the line it names."))
            return {}
        entries = {}
        for entry in parsed:
            if entry.obsolete:
                continue
            if entry.fuzzy or not entry.msgstr.strip():
                self.faults.append(
                    Fault(
                        name,
                        entry.linenum,
                        "msgstr",
                        "The translation is empty or fuzzy.",
                        "Write it and remove the mark.",
                    )
                )
            entries[entry.msgid] = entry.msgstr
        return entries

    def lines(self, name: str) -> list[tuple[int, str]]:
        text = self.text(self.folder / name)
        stripped = [(number, line.strip()) for number, line in enumerate((text or "").splitlines(), 1)]
        return [(number, line) for number, line in stripped if line and not line.startswith("#")]

    def text(self, path: Path) -> str | None:
        name = path.relative_to(self.folder).as_posix()
        try:
            # Spreadsheets put a byte-order mark before the first column; it says nothing.
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            self.unread.append(
                Fault(name, 0, "", "The file is missing.", "Put it there or take it from the repository.")
            )
        except OSError as error:
            self.unread.append(
                Fault(name, 0, "", f"The file cannot be read: {error.strerror}.", "Let the account that loads read it.")
            )
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            self.unread.append(Fault(name, line, "", "The text is not UTF-8.", "Save the file as UTF-8."))
        else:
            if is_text(text):
                return text
            line = text[: text.index("\x00")].count("\n") + 1
            self.unread.append(Fault(name, line, "", "The text holds a null character.", "Remove it."))
        return None


def corrected(reader: Reader, rows: list[Row], key: Callable[[int, Row], str], corrections: list[Row]) -> list[Row]:
    """``rows`` with the corrections of their file; a correction that does not fit its row is a fault."""
    if not rows:
        return rows
    wanted: dict[str, list[Row]] = {row["key"]: [] for row in corrections if row["file"] == rows[0].file}
    for correction in corrections:
        if correction["file"] == rows[0].file:
            wanted[correction["key"]].append(correction)
    done = []
    for index, row in enumerate(rows):
        cells = dict(row.cells)
        for correction in wanted.pop(key(index, row), []):
            if not correction["reason"]:
                reader.fault(correction, "reason", "The correction gives no reason.", "Write why the source is wrong.")
            if cells.get(correction["column"]) != correction["from"]:
                reader.fault(
                    correction,
                    "from",
                    f"{row.file} line {row.line} has {cells.get(correction['column'])!r} there.",
                    "Write the cell as it stands in the file, or remove the correction.",
                )
            else:
                cells[correction["column"]] = correction["to"]
        done.append(Row(row.file, row.line, cells))
    for left in wanted.values():
        for correction in left:
            reader.fault(
                correction,
                "key",
                f"No row of {correction['file']} has this key.",
                "Correct the key or remove the line.",
            )
    return done
