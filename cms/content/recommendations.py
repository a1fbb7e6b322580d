"""The 126 recommendations: seven tables that share the column rec_id, and the references they must get."""

from collections import defaultdict
from dataclasses import dataclass, field

from cms.content.issuers import PERIOD, Issuers
from cms.content.periods import Span, span_of_words
from cms.content.shapes import Layout, Shape, plain
from cms.content.tables import Reader, Row, corrected
from cms.content.texts import Draft
from cms.content.vocabularies import Vocabularies
from recommendations.models import RecommendationPage
from taxonomy.choices import Level

LAYOUT = Layout(
    RecommendationPage,
    (
        "title", "slug", "text", "wording_kind", "source_kind", "source_title", "source_url", "is_local", "is_regional",
        "is_national", "is_eu", *PERIOD,
    ),
    many=("themes", "affected_groups", "places"),
    children={
        "addressees": ("organisation", "role", "words", "note"),
        "links": ("kind", "target"),
        "identifiers": ("identifier",),
    },
    has_tags=True,
)  # fmt: skip
RECOMMENDATIONS = (
    "id",
    "klasa",
    "rodzaj",
    "zrodlo",
    "data",
    "miasto",
    "tresc",
    "adresat",
    "szczebel",
    "obszar",
    "status",
    "url",
)
AS_WRITTEN = "as written: "


@dataclass
class Recommendations:
    drafts: list[Draft] = field(default_factory=list)
    references: dict[str, str] = field(default_factory=dict)
    # The rows of references.tsv, and by the rule what stands before the number of each reference.
    reference_rows: dict[str, Row] = field(default_factory=dict)
    stems: dict[str, str] = field(default_factory=dict)
    addressees: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Tables:
    """The tables of the recommendations, each with its corrections, by rec_id."""

    reader: Reader
    corrections: list[Row]
    ids: set[str]

    def rows(self, name: str, *columns: str, key: str = "rec_id") -> list[Row]:
        rows = corrected(
            self.reader, self.reader.table(name, *columns), lambda _index, row: row[columns[0]], self.corrections
        )
        for row in rows:
            if row[key] not in self.ids:
                self.reader.fault(
                    row, key, f"There is no recommendation {row[key]!r}.", "Write an id of recommendations.tsv."
                )
        return [row for row in rows if row[key] in self.ids]

    def one(self, name: str, *columns: str) -> dict[str, Row]:
        """A table with exactly one row for each recommendation."""
        found = self.some(name, *columns)
        for missing in sorted(self.ids - set(found)):
            self.reader.fault(Row(name, 0, {}), "rec_id", f"{missing} has no row.", "Add one.")
        return found

    def some(self, name: str, *columns: str) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for row in self.rows(name, *columns):
            if row["rec_id"] in found:
                self.reader.fault(row, "rec_id", f"{row['rec_id']} stands twice.", "Keep one of the two lines.")
            found[row["rec_id"]] = row
        return found


def read_recommendations(
    reader: Reader, corrections: list[Row], words: Vocabularies, issuers: Issuers
) -> Recommendations:
    found = Recommendations()
    rows = corrected(
        reader, reader.table("recommendations.tsv", *RECOMMENDATIONS), lambda _index, row: row["id"], corrections
    )
    tables = Tables(reader, corrections, {row["id"] for row in rows})
    origins = tables.one(
        "origin.tsv", "rec_id", "issuer", "source_kind", "issued_on", "precision", "levels", "themes", "wording"
    )
    titles = tables.one("titles.tsv", "rec_id", "title_pl")
    references = tables.one("references.tsv", "rec_id", "reference", "note")
    places = tables.one("record_places.tsv", "rec_id", "places")
    affected = tables.some("affected.tsv", "rec_id", "groups")
    tags = tables.some("tags.tsv", "rec_id", "tags")
    addressees: dict[str, list[Row]] = defaultdict(list)
    for row in tables.rows("assignments.tsv", "rec_id", "organisation", "role", "position_in_list", "note"):
        addressees[row["rec_id"]].append(row)
    links: dict[str, list[Row]] = defaultdict(list)
    for row in tables.rows("links.tsv", "rec_id", "kind", "to_rec_id", "reason"):
        links[row["rec_id"]].append(row)
    checks = Checks(reader, words)
    seen: set[str] = set()
    for row in rows:
        code = row["id"]
        if not all(code in table for table in (origins, titles, references, places)):
            continue
        origin = origins[code]
        if origin["issuer"] not in issuers.rows:
            reader.fault(origin, "issuer", f"There is no issuer {origin['issuer']}.", "Write a code of issuers.tsv.")
        shape = {
            "title": titles[code]["title_pl"],
            "slug": code.lower(),
            "text": row["tresc"],
            "wording_kind": origin["wording"],
            "source_kind": origin["source_kind"],
            "source_title": row["zrodlo"],
            "source_url": row["url"],
            **checks.levels(origin),
            **checks.period(row, origin),
            "themes": checks.codes(origin, "themes", words.themes, ","),
            "affected_groups": checks.codes(affected.get(code), "groups", words.affected_groups),
            "places": checks.codes(places[code], "places", words.places),
            "tags": checks.codes(tags.get(code), "tags", words.tags),
            "addressees": checks.addressees(row, addressees[code]),
            "links": checks.links(links[code], seen),
            "identifiers": [{"identifier": code}],
        }
        if not row["url"]:
            reader.fault(row, "url", "The cell is empty.", "Write it; without it nothing can be published.")
        written = {"title": (titles[code], "title_pl"), "text": (row, "tresc"), "source_title": (row, "zrodlo")}
        written |= {"source_url": (row, "url"), "date_words": (row, "data"), "wording_kind": (origin, "wording")}
        for misfit in LAYOUT.misfits(shape):
            if misfit.relation in {"addressees", "links"}:
                cells = (addressees if misfit.relation == "addressees" else links)[code][misfit.position - 1]
                column = "note" if misfit.column == "words" else misfit.column
            elif misfit.column in origin.cells:
                cells, column = origin, misfit.column
            else:
                cells, column = written.get(misfit.column, (row, "id"))
            reader.fault(cells, column, misfit.wrong, misfit.remedy)
        if code in seen:
            reader.fault(row, "id", "The id stands twice.", "Give every recommendation an id of its own.")
        seen.add(code)
        found.drafts.append(Draft(code, origin["issuer"], LAYOUT, shape, (shape["title"], row["tresc"]), row.file))
        found.references[code] = references[code]["reference"]
        found.reference_rows[code] = references[code]
        found.addressees[code] = [cells["organisation"] for cells in shape["addressees"]]
    return found


@dataclass
class Checks:
    """Cells turned into what a page holds; whatever is wrong becomes a fault."""

    reader: Reader
    words: Vocabularies

    def codes(self, row: Row | None, column: str, known: dict[str, Shape], separator: str = "|") -> list[str]:
        found = sorted(row.listed(column, separator)) if row else []
        for code in found:
            if code not in known and row:
                self.reader.fault(
                    row, column, f"There is no {code!r}.", "Add it to its vocabulary or correct the spelling."
                )
        return found

    def levels(self, row: Row) -> Shape:
        chosen = row.listed("levels", ",")
        for level in chosen:
            if level not in Level.values:
                self.reader.fault(
                    row, "levels", f"There is no level {level!r}.", f"Write some of {', '.join(Level.values)}."
                )
        return {f"is_{level}": level in chosen for level in Level.values}

    def period(self, row: Row, origin: Row) -> Shape:
        try:
            found = span_of_words(row["data"], origin["issued_on"], origin["precision"])
        except ValueError as error:
            self.reader.fault(row, "data", str(error), "Make the words and origin.tsv agree.")
            found = Span(None, None, "unknown", row["data"])
        return {name: plain(value) for name, value in found.fields().items()}

    def addressees(self, row: Row, rows: list[Row]) -> list[Shape]:
        if not rows:
            self.reader.fault(row, "id", "assignments.tsv names no addressee.", "Add at least one line there.")
        self.reader.once(rows, "organisation")
        found = []
        for position, cells in enumerate(rows, 1):
            if cells["position_in_list"] != str(position):
                self.reader.fault(
                    cells, "position_in_list", f"The line is number {position} of {cells['rec_id']}.",
                    "Number its lines 1, 2, 3 in the order of the file.",
                )  # fmt: skip
            if cells["organisation"] not in self.words.organisations:
                self.reader.fault(
                    cells,
                    "organisation",
                    f"There is no organisation {cells['organisation']!r}.",
                    "Write a code of organisations.tsv.",
                )
            said, _, rest = cells["note"].partition("; ")
            is_said = said.startswith(AS_WRITTEN)
            found.append(
                {
                    "organisation": cells["organisation"],
                    "role": cells["role"],
                    "words": said.removeprefix(AS_WRITTEN) if is_said else "",
                    "note": rest if is_said else cells["note"],
                }
            )
        return found

    def links(self, rows: list[Row], seen: set[str]) -> list[Shape]:
        for row in rows:
            if row["to_rec_id"] not in seen:
                self.reader.fault(
                    row, "to_rec_id", f"{row['to_rec_id']} does not stand before {row['rec_id']}.",
                    "Link from the later to the earlier recommendation.",
                )  # fmt: skip
        return [{"kind": row["kind"], "target": row["to_rec_id"]} for row in rows]
