"""What a row of an intake says of a recommendation, how that differs from a page, and how it is written on one.

An empty cell says nothing: whatever the page has there stays. Only what was said is ever compared or written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from forums.choices import Precision
from recommendations.choices import AddresseeRole, Cell, Implementation, LinkKind, Subject
from recommendations.models import IntakeRow, PageAddressee, PageIdentifier, PageLink, PageProposal, RecommendationPage
from recommendations.models.source_status import STATUS_FIELDS
from recommendations.models.wording import lines_of
from recommendations.rules import written_date
from recommendations.rules.proposals import Key, folded
from recommendations.rules.statuses import taken_as
from recommendations.transfer.dates import NO_DATE, period_of
from recommendations.transfer.sheets import known_words
from recommendations.transfer.words import Words, Wrong, unknown_word
from taxonomy.choices import Level

PLAIN = {Cell.SOURCE_TITLE: "source_title", Cell.SOURCE_URL: "source_url", Cell.DATE_WORDS: "date_words"}
PERIOD = ("starts_on", "ends_on", "precision", "date_words")
LEVELS = {
    Level.LOCAL: "is_local", Level.REGIONAL: "is_regional", Level.NATIONAL: "is_national", Level.EU: "is_eu",
}  # fmt: skip
LONGEST_STATUS = PageAddressee._meta.get_field("status_words").max_length or 0
# What of a page a translation has of its own.
PROSE = ("title", "text", "rationale")
SINGLE = (*PROSE, "source_locator", "source_kind", "source_title", "source_url", "wording_kind", *PERIOD)
# The column that names a field of a page.
COLUMNS = {"source_locator": "locator", "starts_on": "date", "ends_on": "date"}


@dataclass
class Said:
    """By field of a page, what a row says; and what of it cannot be understood."""

    values: dict[str, Any] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)

    def add(self, name: str, value: Any) -> None:
        if value not in (None, "", [], {}):
            self.values[name] = value


def said_by(row: IntakeRow, words: Words, links: Mapping[str, Any]) -> Said:
    """What the row says; ``links`` gives for each name of another recommendation its key."""
    said = Said()
    for name in PROSE:
        said.add(name, as_html(row.rationale) if name == "rationale" else getattr(row, name))
    said.add("source_locator", ", ".join(filter(None, (row.locator, f"pkt {row.number}" if row.number else "")))[:60])
    bodies, wrong = words.addressees_of(row)
    themes, wrong_themes = words.themes_of(row)
    said.wrong += wrong + wrong_themes
    said.add("themes", themes)
    said.add("addressees", addressees(row, bodies, words, said))
    lacking = ((subject, name, told, words.proposal(subject, name)) for subject, name, told in words.lacking(row))
    said.add("proposals", {(subject, folded(name)): {**proposal, "words": told}
                           for subject, name, told, proposal in lacking if proposal})  # fmt: skip
    cells = row.cells
    for cell, name in PLAIN.items():
        said.add(name, cells.get(cell, ""))
    too_long(said)
    for name in ("source_kind", "wording_kind"):
        if text := cells.get(name, ""):
            said.add(name, words.choices[name].get(folded(text)))
            said.wrong += [] if name in said.values else [unknown_word(name, text)]
    for name in ("affected_groups", "places"):
        found, wrong = words.each(name, cells.get(name, ()), getattr(words, name))
        said.wrong += wrong
        said.add(name, found)
    levels, wrong = words.each("levels", cells.get(Cell.LEVELS, ()), words.choices["levels"])
    said.wrong += wrong
    said.add("levels", levels)
    # A tag that is not known is created with the draft, and later rows spell it as the first did.
    tags = [words.tags.setdefault(folded(name), name) for name in cells.get(Cell.TAGS, ()) if name]
    said.add("tags", list(dict.fromkeys(tags)))
    said.add("identifiers", [name for name in cells.get(Cell.IDENTIFIER, ()) if name])
    say_statuses(row, words, said)
    say_period(cells, said)
    say_links(cells, links, said)
    return said


def addressees(row: IntakeRow, bodies: list[tuple[Any, str]], words: Words, said: Said) -> list[tuple[Any, str, str]]:
    """Each body with its role (empty: not said) and the source's words."""
    roles = row.cells.get(Cell.ROLES, {})
    for name in dict.fromkeys(roles.values()):
        if folded(name) not in words.choices["roles"]:
            said.wrong.append(unknown_word(Cell.ROLES, name))
    by_body = {words.body(line.partition("|")[0].strip()): name for line, name in roles.items()}
    return [(body, words.choices["roles"].get(folded(by_body.get(body, "")), ""), told) for body, told in bodies]


def say_statuses(row: IntakeRow, words: Words, said: Said) -> None:
    """What the row says of how far each body is, proposed ones too: one status for all of them, or one for each."""
    cells = row.cells
    statuses = cells.get(Cell.STATUSES, ())
    if not any(statuses):
        return
    bodies = [line.partition("|")[0].strip() for line in row.addressees.splitlines() if line.strip()]
    if len(statuses) not in (1, len(bodies)):
        told = _("There are %(statuses)d statuses for %(bodies)d addressees. Write one for all, or one for each.")
        said.wrong.append(Wrong(Cell.STATUSES, told % {"statuses": len(statuses), "bodies": len(bodies)}))
        return
    by_body, by_proposed = {}, {}
    for name, status in zip(bodies, statuses if len(statuses) > 1 else [*statuses] * len(bodies), strict=True):
        body, code = words.body(name), words.statuses.get(folded(status), "")
        if code and body:
            by_body[body.pk] = (code, status)
        elif code and words.proposal(Subject.ORGANISATION, name):
            by_proposed[Subject.ORGANISATION, folded(name)] = (code, status)
    said.add("statuses", by_body)
    if text := cells.get(Cell.STATUS_ON, ""):
        try:
            said.add("status_on", written_date(text))
        except ValueError:
            told = _("This is no date. Write the day (21.11.2026), the month (11.2026) or the year (2026).")
            said.wrong.append(Wrong(Cell.STATUS_ON, told))
            return
        if "status_on" in said.values and said.values["status_on"][0] > timezone.localdate():
            said.wrong.append(Wrong(Cell.STATUS_ON, _("The date of the status lies in the future. Correct it.")))
    for key, (code, name) in by_proposed.items():
        said.values["proposals"][key] |= status_fields(code, name, said.values)


def too_long(said: Said) -> None:
    for name, column in (("source_title", Cell.SOURCE_TITLE), ("date_words", Cell.DATE_WORDS)):
        most: Any = RecommendationPage._meta.get_field(name).max_length  # type: ignore[union-attr]
        if len(said.values.get(name, "")) > most:
            said.wrong.append(Wrong(column, _("Longer than %(number)d letters. Shorten it.") % {"number": most}))
    if url := said.values.get("source_url"):
        try:
            URLValidator(schemes=["http", "https"])(url)
        except ValidationError:
            told = _("“%(url)s” is no address of a page. Write it with https://, or empty the cell.")
            said.wrong.append(Wrong(Cell.SOURCE_URL, told % {"url": url[:80]}))


def say_period(cells: Mapping[str, Any], said: Said) -> None:
    """The date of issue: of one column as people write it, or of those for its parts."""
    try:
        if text := cells.get(Cell.DATE, ""):
            for name, value in period_of(text).items():
                said.add(name, value)
        for cell, name in ((Cell.EARLIEST, "starts_on"), (Cell.LATEST, "ends_on")):
            if text := cells.get(cell, ""):
                said.add(name, written_date(text)[0])
                if cell == Cell.EARLIEST:
                    said.values.setdefault("precision", str(written_date(text)[1]))
    except ValueError:
        said.wrong.append(Wrong(Cell.DATE, str(NO_DATE)))
        return
    if text := cells.get(Cell.PRECISION, ""):
        known = known_words(dict(Precision.choices)).get(folded(text))
        if known is None:
            said.wrong.append(unknown_word(Cell.PRECISION, text))
        said.add("precision", known)
    starts, ends = said.values.get("starts_on"), said.values.get("ends_on")
    if starts and ends and ends < starts:
        said.wrong.append(Wrong(Cell.DATE, _("The latest day lies before the earliest. Exchange them or correct one.")))
    if (said.values.get("precision", Precision.UNKNOWN) == Precision.UNKNOWN) != (starts is None) and (
        "precision" in said.values or starts
    ):
        told = _("The date and how exactly it is known do not go together. Correct one of the two, or empty both.")
        said.wrong.append(Wrong(Cell.PRECISION, told))


def say_links(cells: Mapping[str, Any], links: Mapping[str, Any], said: Said) -> None:
    wanted: dict[str, list[Any]] = {}
    for kind in LinkKind:
        for name in filter(None, cells.get(kind.value, ())):
            if (key := links.get(name)) is None:
                said.wrong.append(
                    Wrong(
                        kind.value,
                        _(
                            "“%(name)s” is no recommendation, neither on the site nor in this file. Correct it, or "
                            "delete it."
                        )
                        % {"name": name[:80]},
                    )
                )
            elif key not in wanted.setdefault(kind.value, []):
                wanted[kind.value].append(key)
    said.add("links", {kind: keys for kind, keys in wanted.items() if keys})


def as_html(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())


def plain(text: str) -> str:
    return " ".join(lines_of(text).split())


def differences(page: RecommendationPage, said: Said, *, opened: frozenset[int] = frozenset()) -> list[str]:
    """The fields in which the page is not what was said; ``opened`` are bodies that the follow-up added to the fact."""
    values = said.values
    found = [
        name
        for name in SINGLE
        if name in values
        and (plain(values[name]) != plain(getattr(page, name)) if isinstance(values[name], str)
             else values[name] != getattr(page, name))
    ]  # fmt: skip
    if "levels" in values and {*values["levels"]} != {*page.levels}:
        found.append("levels")
    for name in ("themes", "affected_groups", "places"):
        if name in values and {one.pk for one in values[name]} != {one.pk for one in getattr(page, name).all()}:
            found.append(name)
    if "tags" in values:
        standing = {folded(row.tag.name) for row in page.tagged_items.all()}
        if {folded(name) for name in values["tags"]} != standing:
            found.append("tags")
    if "identifiers" in values:
        standing = {folded(row.identifier) for row in page.identifiers.all()}
        if not {folded(name) for name in values["identifiers"]} <= standing:
            found.append("identifiers")
    standing_names = proposed_on(page)
    if any(key not in standing_names or row.get("status", "") not in ("", standing_names[key].status)
           for key, row in values.get("proposals", {}).items()):  # fmt: skip
        found.append("proposals")
    if "addressees" in values and is_asked_otherwise(page, values["addressees"], opened):
        found.append("addressees")
    if not page.first_published_at and is_told_otherwise(page, values.get("statuses", {})):
        found.append("statuses")
    if "links" in values:
        standing_links = linked(page)
        # A file names no recommendation that is not public: what it does not name stays.
        if not all({*keys} <= standing_links.get(kind, set()) for kind, keys in values["links"].items()):
            found.append("links")
    return found


def is_asked_otherwise(page: RecommendationPage, wanted: list[tuple[Any, str, str]], opened: frozenset[int]) -> bool:
    standing = {row.organisation_id: row for row in page.addressees.all()}
    said = {body.pk: (role, words) for body, role, words in wanted if body.pk in standing or body.pk not in opened}
    return said.keys() != standing.keys() or any(
        (role and role != standing[pk].role) or (words and words != standing[pk].words)
        for pk, (role, words) in said.items()
    )


def proposed_on(page: RecommendationPage) -> dict[Key, PageProposal]:
    return {(row.subject, folded(row.label)): row for row in page.proposals.all()}


def is_told_otherwise(page: RecommendationPage, statuses: Mapping[int, tuple[str, str]]) -> bool:
    """Whether a draft that was never public has another status beside an addressee."""
    standing = {row.organisation_id: row.status for row in page.addressees.all()}
    return any(pk in standing and code != standing[pk] and code != Implementation.NO_INFORMATION
               for pk, (code, _name) in statuses.items())  # fmt: skip


def linked(page: RecommendationPage) -> dict[str, set[Any]]:
    found: dict[str, set[Any]] = {}
    for row in page.links.all():
        found.setdefault(row.kind, set()).add(row.target.translation_key if row.target else row.target_key)
    return found


def write(page: RecommendationPage, said: Said, facts: Mapping[Any, int]) -> None:
    """Put what was said on the page, unsaved; ``facts`` gives the number of a published recommendation by key."""
    values = said.values
    for name in SINGLE:
        if name in values:
            setattr(page, name, values[name])
    if "starts_on" in values and "ends_on" not in values:
        page.ends_on = None
    if "levels" in values:
        for level, name in LEVELS.items():
            setattr(page, name, level in values["levels"])
    for name in ("themes", "affected_groups", "places"):
        if name in values:
            setattr(page, name, values[name])
    if "tags" in values:
        page.tags.set(values["tags"])
    if "identifiers" in values:
        standing = {folded(row.identifier) for row in page.identifiers.all()}
        page.identifiers.add(
            *(PageIdentifier(identifier=name) for name in values["identifiers"] if folded(name) not in standing)
        )
    if "addressees" in values:
        write_addressees(page, values["addressees"])
    write_statuses(page, values)
    standing_names = proposed_on(page)
    for key, proposal in values.get("proposals", {}).items():
        if key not in standing_names:
            page.proposals.add(PageProposal(subject=key[0], **proposal))
        elif "status" in proposal:
            for name in STATUS_FIELDS:
                setattr(standing_names[key], name, proposal[name])
    standing_links = linked(page)
    for kind, keys in values.get("links", {}).items():
        new = [key for key in keys if key not in standing_links.get(kind, ())]
        page.links.add(*(PageLink(kind=kind, target_id=facts.get(key), target_key=key) for key in new))


def write_addressees(page: RecommendationPage, wanted: list[tuple[Any, str, str]]) -> None:
    """The rows of the page for these bodies, in this order; one that stands keeps what was not said of it."""
    standing = {row.organisation_id: row for row in page.addressees.all()}
    rows = []
    for place, (body, role, words) in enumerate(wanted):
        row = standing.get(body.pk) or PageAddressee(organisation=body, role=AddresseeRole.ESSENTIAL)
        row.role, row.words, row.sort_order = role or row.role, words or row.words, place
        rows.append(row)
    page.addressees.set(rows)


def write_statuses(page: RecommendationPage, values: Mapping[str, Any]) -> None:
    """Beside each addressee what the source says of it; whoever was published before is told of in the follow-up."""
    for row in page.addressees.all():
        code, name = values.get("statuses", {}).get(row.organisation_id, ("", ""))
        for field_name, value in status_fields(code, name, values).items():
            setattr(row, field_name, value)


def status_fields(code: str, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a SourceStatus that a status fills in; none where the log may hold nothing of it."""
    day, precision = values.get("status_on", (None, ""))
    if not taken_as(code, is_dated=day is not None):
        return {}
    return {"status": code, "status_words": name[:LONGEST_STATUS], "status_on": day, "status_precision": str(precision)}
