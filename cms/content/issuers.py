"""Forums, groups and other issuers: issuers.tsv with one TOML file for each."""

from dataclasses import dataclass, field
from typing import Any

from cms.content.periods import Span, span
from cms.content.shapes import Layout, Misfit, Shape, block, bullets, paragraphs, plain
from cms.content.tables import Reader, Row, corrected
from cms.content.texts import FORUMS, Draft
from cms.content.vocabularies import Vocabularies
from forums.choices import BodyRole, ForumKind, GroupKind, Precision
from forums.models import ForumPage, WorkingGroupPage

COLUMNS = (
    "code", "title_pl", "kind", "parent", "city", "starts_on", "ends_on", "date_precision", "publisher",
    "programme_code", "url", "note",
)  # fmt: skip
# Fields that stand in issuers.tsv, and those whose key in the TOML file is called otherwise.
CELLS = {"title": "title_pl", "slug": "code", "kind": "kind", "programme_code": "programme_code", "source_url": "url"}
KEYS = {"claimed_dates": "dates", "sources": "documents", "date_words": "words"}
PERIOD = ("starts_on", "ends_on", "precision", "date_words")
# The kinds of issuers.tsv that are called otherwise here.
KINDS = {"working-group": GroupKind.GROUP.value, "parliament-or-council": ForumKind.MOTION.value}
# A debate, a panel or a jury is a group where something stands above it, and an issuer of its own where nothing does.
ALWAYS_GROUPS = frozenset({GroupKind.GROUP.value, GroupKind.TRACK.value})
GROUPS_BELOW = frozenset({GroupKind.DEBATE.value, GroupKind.PANEL.value, GroupKind.JURY.value})

FORUM = Layout(
    ForumPage,
    (
        "title", "slug", "kind", "number", "place", "programme_code", "group_code", "source_url", "lead", "description",
        "participants", "not_known", *PERIOD,
    ),
    many=("themes",),
    streams=("programme",),
    children={
        "names": ("name", "kind"),
        "claimed_dates": (*PERIOD, "source_title", "source_url", "is_followed", "reason"),
        "bodies": ("organisation", "role", "note"),
        "venues": ("name", "address", "note"),
        "links": ("title", "url"),
        "sources": ("title", "url", "pages", "note"),
    },
)  # fmt: skip
GROUP = Layout(
    WorkingGroupPage,
    (
        "title", "slug", "kind", "number", "place", "programme_code", "group_code", "source_url", "lead", "topic",
        "description", "set_state", "set_note", *PERIOD,
    ),
    many=("themes",),
    streams=("areas", "effects"),
    children={"hosts": ("organisation",), "links": ("title", "url")},
)  # fmt: skip


@dataclass
class Issuers:
    drafts: list[Draft] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)


def read_issuers(reader: Reader, corrections: list[Row], words: Vocabularies) -> Issuers:
    found = Issuers()
    rows = corrected(reader, reader.table("issuers.tsv", *COLUMNS), lambda _index, row: row["code"], corrections)
    programmes = {row["programme_code"] for row in reader.table("programmes.tsv", "programme_code", "name_pl")}
    segments = {row["issuer"]: row for row in reader.table("reference_groups.tsv", "issuer", "group_code")}
    forums = {row["code"]: row for row in reader.documents("forums")}
    groups = {row["code"]: row for row in reader.documents("groups")}
    for row in rows:
        code = row["code"]
        if code in found.rows:
            reader.fault(row, "code", "The code stands twice.", "Give every issuer a code of its own.")
        if row["parent"] and row["parent"] not in found.rows:
            reader.fault(row, "parent", f"No issuer {row['parent']} stands above.", "Write parents before their parts.")
        if row["city"] and row["city"] not in words.place_by_name:
            reader.fault(row, "city", f"There is no place {row['city']}.", "Add it to places.tsv or correct the name.")
        if row["publisher"] and row["publisher"] not in words.organisations:
            reader.fault(
                row, "publisher", f"There is no organisation {row['publisher']}.", "Write a code of organisations.tsv."
            )
        if row["programme_code"] not in programmes:
            reader.fault(
                row,
                "programme_code",
                f"There is no programme {row['programme_code']!r}.",
                "Write one of programmes.tsv or add it there.",
            )
        found.rows[code] = row
        kind = KINDS.get(row["kind"], row["kind"])
        is_group = kind in ALWAYS_GROUPS or (kind in GROUPS_BELOW and row["parent"])
        prose = (groups if is_group else forums).pop(code, None)
        if prose is None:
            folder = "groups" if is_group else "forums"
            reader.fault(row, "code", f"There is no {folder}/{code}.toml.", "Write that file.")
            continue
        if prose["title"] != row["title_pl"]:
            reader.fault(
                prose,
                "title",
                "The title differs from issuers.tsv.",
                f"Write {row['title_pl']!r}, or correct it there.",
            )
        build = Builder(reader, row, prose, kind, segments.get(code), words)
        found.drafts.append(build.group(found.rows) if is_group else build.forum())
    for left in (*forums.values(), *groups.values()):
        reader.fault(
            left, "code", "issuers.tsv has no such forum or group.", "Move the file to the other folder or add the row."
        )
    for code, row in segments.items():
        if code not in found.rows:
            reader.fault(row, "issuer", f"There is no issuer {code}.", "Write a code of issuers.tsv.")
    return found


@dataclass
class Builder:
    """One issuer's row and prose, on the way to a page."""

    reader: Reader
    row: Row
    prose: Row
    kind: str
    segment: Row | None
    words: Vocabularies

    def forum(self) -> Draft:
        cells = self.prose.cells
        bodies = [self.body(position, body) for position, body in enumerate(cells.get("bodies", ()), 1)]
        publisher = {"organisation": self.row["publisher"], "role": BodyRole.PUBLISHER.value, "note": ""}
        if self.row["publisher"] and not any(
            (body["organisation"], body["role"]) == (publisher["organisation"], publisher["role"]) for body in bodies
        ):
            bodies.append(publisher)
        shape = self.common() | {
            "programme_code": self.row["programme_code"],
            "description": paragraphs(*cells.get("description", ())),
            "participants": cells.get("participants", ""),
            "not_known": bullets(*cells.get("not_known", ())),
            "programme": [
                block("session", self.row["code"], position, self.session(position, session))
                for position, session in enumerate(cells.get("programme", ()), 1)
            ],
            "names": [{key: name[key] for key in ("name", "kind")} for name in cells.get("names", ())],
            "claimed_dates": [self.claimed(position, date) for position, date in enumerate(cells.get("dates", ()), 1)],
            "bodies": bodies,
            "venues": [
                {key: venue.get(key, "") for key in ("name", "address", "note")} for venue in cells.get("venues", ())
            ],
            "links": self.links(),
            "sources": [
                {key: str(document.get(key, "")) for key in ("title", "url", "pages", "note")}
                for document in cells.get("documents", ())
            ],
        }
        texts = [
            self.row["title_pl"],
            cells.get("lead", ""),
            *cells.get("description", ()),
            cells.get("participants", ""),
        ]
        texts += cells.get("not_known", ())
        for session in shape["programme"]:
            texts += [session["value"]["title"], session["value"]["text"]]
        return self.draft(FORUM, shape, texts)

    def group(self, rows: dict[str, Row]) -> Draft:
        cells, code = self.prose.cells, self.row["code"]
        above = rows.get(self.row["parent"])
        for host in cells.get("hosts", ()):
            self.known_organisation(host, "hosts")
        shape = self.common() | {
            # Only what differs from the page above, so that the group follows it.
            "place": "" if above and above["city"] == self.row["city"] else self.city(),
            "programme_code": ""
            if above and above["programme_code"] == self.row["programme_code"]
            else self.row["programme_code"],
            "topic": cells.get("topic", ""),
            "description": paragraphs(*cells.get("description", ())),
            "set_state": cells.get("set_state", ""),
            "set_note": cells.get("set_note", ""),
            "areas": [
                block(
                    "area",
                    code,
                    position,
                    {"title": area["title"], "themes": self.themes(area.get("themes", ()), "areas")},
                )
                for position, area in enumerate(cells.get("areas", ()), 1)
            ],
            "effects": [
                block("effect", code, position, {"text": effect["text"]})
                for position, effect in enumerate(cells.get("effects", ()), 1)
            ],
            "hosts": [{"organisation": host} for host in cells.get("hosts", ())],
            "links": self.links(),
        }
        texts = [self.row["title_pl"], cells.get("lead", ""), cells.get("topic", ""), *cells.get("description", ())]
        texts += [area["value"]["title"] for area in shape["areas"]]
        texts += [effect["value"]["text"] for effect in shape["effects"]]
        return self.draft(GROUP, shape, [*texts, cells.get("set_note", "")])

    def draft(self, layout: Layout, shape: Shape, texts: list[str]) -> Draft:
        for misfit in layout.misfits(shape):
            self.reader.fault(*self.written(misfit), misfit.wrong, misfit.remedy)
        return Draft(
            self.row["code"], self.row["parent"] or FORUMS, layout, shape, tuple(filter(None, texts)), self.prose.file
        )

    def written(self, misfit: Misfit) -> tuple[Row, str]:
        """The file and the place in it at which a value is written."""
        column = KEYS.get(misfit.column, misfit.column)
        if misfit.relation:
            return self.prose, f"{KEYS.get(misfit.relation, misfit.relation)} {misfit.position} {column}"
        if column == "group_code" and self.segment:
            return self.segment, column
        return (self.row, CELLS[column]) if column in CELLS else (self.prose, column)

    def common(self) -> Shape:
        number = self.prose.cells.get("number")
        return {
            "title": self.row["title_pl"],
            "slug": self.row["code"],
            "kind": self.kind,
            "number": number,
            "place": self.city(),
            "group_code": self.segment["group_code"] if self.segment else "",
            "source_url": self.row["url"],
            "lead": self.prose.cells.get("lead", ""),
            "themes": sorted(self.themes(self.prose.cells.get("themes", ()), "themes")),
            **self.period(
                self.row, "starts_on", self.row["starts_on"], self.row["ends_on"], self.row["date_precision"], ""
            ),
        }

    def city(self) -> str:
        return self.words.place_by_name.get(self.row["city"], "")

    def period(self, row: Row, column: str, starts: str, ends: str, precision: str, said: str) -> Shape:
        try:
            found = span(starts, ends, precision, said)
        except ValueError as error:
            self.reader.fault(row, column, str(error), "Write 2014, 2014-05 or 2014-05-30 and a precision that fits.")
            found = Span(None, None, "unknown", said)
        return {name: plain(value) for name, value in found.fields().items()}

    def themes(self, codes: Any, column: str) -> list[str]:
        for code in codes:
            if code not in self.words.themes:
                self.reader.fault(self.prose, column, f"There is no theme {code}.", "Write a code of themes.tsv.")
        return list(codes)

    def links(self) -> list[Shape]:
        return [{"title": link["title"], "url": link["url"]} for link in self.prose.cells.get("links", ())]

    def session(self, position: int, session: dict[str, Any]) -> Shape:
        day = str(session.get("day", ""))
        try:
            span(day, "", Precision.DAY if day else Precision.UNKNOWN)
        except ValueError as error:
            self.reader.fault(self.prose, f"programme {position} day", str(error), "Write it like 2014-05-30.")
        return {"day": day or None, "title": session["title"], "text": session.get("text", "")}

    def claimed(self, position: int, date: dict[str, Any]) -> Shape:
        return {
            **self.period(
                self.prose,
                f"dates {position} starts_on",
                str(date.get("starts_on", "")),
                str(date.get("ends_on", "")),
                date["precision"],
                date.get("words", ""),
            ),
            "source_title": date.get("source_title", ""),
            "source_url": date.get("source_url", ""),
            "is_followed": date.get("is_followed", False),
            "reason": date.get("reason", ""),
        }

    def body(self, position: int, body: dict[str, Any]) -> Shape:
        self.known_organisation(body["organisation"], f"bodies {position} organisation")
        return {"organisation": body["organisation"], "role": body["role"], "note": body.get("note", "")}

    def known_organisation(self, code: Any, column: str) -> None:
        if code not in self.words.organisations:
            self.reader.fault(
                self.prose, column, f"There is no organisation {code}.", "Write a code of organisations.tsv."
            )
