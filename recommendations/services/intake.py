"""The rows of an intake: who may work on them, and every act an editor has on them; each keeps what was typed."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from forums.models import ForumPage, WorkingGroupPage
from pagekit.acts import Refused
from pagekit.models import source_language
from recommendations.choices import Guess, LinkKind
from recommendations.models import Intake, IntakeRow, RecommendationPage, id_of_piece
from recommendations.services.publication import resolve_reference

CUT = re.compile(r"(?m)^\s*-{3,}\s*$")
MOST_ROWS = 300
# With these a title does not end.
LOOSE = frozenset("a aby dla do i lub na o od oraz po przez przy się u w we z za ze że".split())
TYPED = ("number", "title", "text", "rationale", "locator", "addressees", "themes")


class Changed(Refused):
    """Somebody changed the rows since the form was opened."""


def may_take_in(user: Any, page: Page) -> bool:
    """Whether the person may make recommendations below the source page of this group or forum."""
    kind = page.specific_class
    if kind not in (ForumPage, WorkingGroupPage) or page.locale.language_code != source_language():
        return False
    return bool(RecommendationPage.can_create_at(page) and page.permissions_for_user(user).can_add_subpage())


def require_intake_right(user: Any, page: Page) -> None:
    """Refused unless ``may_take_in``."""
    if not may_take_in(user, page):
        raise Refused(_("Not done: you may take in papers only for groups that you edit. Ask an administrator."))


@transaction.atomic
def start_intake(page: Page, *, by: Any, rows: Iterable[IntakeRow], **values: Any) -> Intake:
    """Keep the pieces of a paper as the rows of a new intake for the issuer ``page``.

    ``rows`` are unsaved, in their order; ``values`` are those of the intake. What an editor left out of an earlier
    intake of the same paper is left out again, and says so. Refused for more than MOST_ROWS rows, or none to take.
    """
    require_intake_right(by, page)
    wanted = list(rows)
    if not any(not row.is_dropped for row in wanted):
        raise Refused(
            _("Nothing was taken in: no recommendation was found. Paste the part of the paper that holds them.")
        )
    if len(wanted) > MOST_ROWS:
        raise Refused(
            _("Nothing was taken in: the paper has more than 300 pieces, the most at once. Send it in parts.")
        )
    intake = Intake.objects.create(page=page, created_by=by, **values)
    earlier = left_out_earlier(page, {row.external_id for row in wanted})
    for position, row in enumerate(wanted, 1):
        row.intake, row.position = intake, position
        if row.external_id in earlier and not row.is_dropped:
            row.is_dropped = True
            row.guess("is_dropped", Guess.AGAIN, is_dropped=False)
    IntakeRow.objects.bulk_create(wanted)
    return intake


def left_out_earlier(page: Page, external_ids: set[str]) -> set[str]:
    """Those pieces that a person left out of an intake for this issuer from which drafts were made."""
    done = IntakeRow.objects.filter(intake__page=page).exclude(drafted_at=None).values("intake")
    rows = IntakeRow.objects.filter(
        intake__in=done, external_id__in=external_ids, is_dropped=True, joined_into=None
    ).exclude(guesses__has_key="is_dropped")
    return set(rows.values_list("external_id", flat=True))


@transaction.atomic
def change_rows(
    intake: Intake,
    *,
    by: Any,
    seen: int,
    typed: Mapping[int, Mapping[str, str]],
    act: str = "",
    row: int | None = None,
    field: str = "",
    issued: str | None = None,
) -> Intake:
    """Keep what was ``typed`` (by row, by field) and the date ``issued``, then do one ``act`` of ACTS on a ``row``.

    All or nothing. ``seen`` is the revision the form was made of: Changed where there is a newer one. A field that a
    person changed is no guess any more. A row whose draft was made stays as it is.
    """
    locked = Intake.objects.select_for_update().select_related("page").get(pk=intake.pk)
    require_intake_right(by, locked.page)
    if locked.revision != seen:
        raise Changed(
            _("Not saved: somebody changed these rows meanwhile. What you typed stands below; compare and save again.")
        )
    rows = list(locked.rows.all())
    known = {one.pk: one for one in rows}
    for pk, values in typed.items():
        if pk in known and not known[pk].drafted_at:
            keep_typed(known[pk], values)
    if act:
        if act not in ACTS or row not in known:
            raise Refused(_("Not done: this row is not there any more. Open the intake again."))
        if known[row].drafted_at:
            raise Refused(_("Not done: the draft of this row is made. Change it on its own page, or undo the intake."))
        rows = ACTS[act](rows, known[row], field)
    for position, one in enumerate(rows, 1):
        one.position = position
        one.save()
    if issued is not None:
        locked.issued = issued.strip()
    locked.revision += 1
    locked.save(update_fields=["revision", "issued"])
    return locked


def keep_typed(row: IntakeRow, values: Mapping[str, str]) -> None:
    for name in TYPED:
        text = values.get(name, getattr(row, name)).replace("\r\n", "\n").strip()
        if text != getattr(row, name):
            setattr(row, name, text)
            row.wrote(name)


def corrections_of(rows: Iterable[IntakeRow]) -> dict[str, dict[str, Any]]:
    """What people wrote and decided in the rows of a spreadsheet, by row of the file; JSON.

    Rows that were joined or split are not among them: their words stand elsewhere, and come back as the file has them.
    """
    return {
        str(row.line): {name: row.cells.get(name) if name in LinkKind.values else getattr(row, name) for name in said}
        for row in rows
        if row.line and not row.joined_into_id and (said := row.by_hand)
    }


def correct_again(row: IntakeRow, corrections: Mapping[str, Mapping[str, Any]]) -> None:
    """Put into a row, read anew, what ``corrections_of`` found there before."""
    for name, value in corrections.get(str(row.line), {}).items():
        if name in LinkKind.values:
            row.cells[name] = value
        else:
            setattr(row, name, value)
        row.wrote(name)


def forget_written(row: IntakeRow, *names: str) -> None:
    """The words of a row moved: what it says now is not what a person wrote of its place in the file."""
    row.by_hand = [name for name in row.by_hand if name not in names]


def join(rows: list[IntakeRow], row: IntakeRow, field: str) -> list[IntakeRow]:
    """The row's words go to the end of the row above it that is taken; the row stays, left out, as a part of it."""
    above = [one for one in rows[: rows.index(row)] if not one.is_dropped and not one.drafted_at]
    if not above:
        raise Refused(_("Not joined: no row stands above that it could be joined to."))
    target = above[-1]
    target.text = "\n".join(filter(None, (target.text, row.text)))
    target.rationale = "\n".join(filter(None, (target.rationale, row.rationale)))
    for name in ("addressees", "themes"):
        lines = [*getattr(target, name).splitlines(), *getattr(row, name).splitlines()]
        if row.is_dropped:
            continue
        setattr(target, name, "\n".join(dict.fromkeys(lines)))
    row.is_dropped, row.joined_into = True, target
    row.guesses.pop("is_dropped", None)
    forget_written(target, "text", "rationale", "addressees", "themes")
    return rows


def split_row(rows: list[IntakeRow], row: IntakeRow, field: str) -> list[IntakeRow]:
    """A row for each part of the wording between lines of dashes; the parts ask whom the whole asked."""
    parts = [part.strip() for part in CUT.split(row.text) if part.strip()]
    if len(parts) < 2:
        raise Refused(_("Not split: put a line of three dashes (---) into the wording where the next one begins."))
    if len(rows) + len(parts) - 1 > MOST_ROWS:
        raise Refused(_("Not split: there would be more than 300 rows."))
    row.text = parts[0]
    forget_written(row, "text")
    place = rows.index(row) + 1
    for part in parts[1:]:
        new = IntakeRow(
            intake=row.intake,
            text=part,
            heading=row.heading,
            locator=row.locator,
            addressees=row.addressees,
            themes=row.themes,
            external_id=id_of_piece("", part),
        )
        new.title = title_of(part)
        new.guess("title", Guess.TITLE, title="")
        new.guesses |= {name: row.guesses[name] for name in ("addressees", "themes") if name in row.guesses}
        rows.insert(place, new)
        place += 1
    return rows


def move_up(rows: list[IntakeRow], row: IntakeRow, field: str) -> list[IntakeRow]:
    return moved(rows, row, -1)


def move_down(rows: list[IntakeRow], row: IntakeRow, field: str) -> list[IntakeRow]:
    return moved(rows, row, 1)


def moved(rows: list[IntakeRow], row: IntakeRow, step: int) -> list[IntakeRow]:
    """The rows with this one past its neighbour that is taken, or first or last as it was."""
    taken = [one for one in rows if not one.is_dropped]
    place = taken.index(row) + step if row in taken else -1
    if 0 <= place < len(taken):
        target = rows.index(taken[place])
        rows.remove(row)
        rows.insert(target, row)
    return rows


def leave_out(rows: list[IntakeRow], row: IntakeRow, field: str) -> list[IntakeRow]:
    row.is_dropped = True
    row.wrote("is_dropped")
    return rows


def bring_back(rows: list[IntakeRow], row: IntakeRow, field: str) -> list[IntakeRow]:
    """The row is taken again; of one that was joined the words stay in both, for the editor to take out of one."""
    row.is_dropped, row.joined_into = False, None
    row.wrote("is_dropped")
    if not row.title:
        row.title = title_of(row.text)
        row.guess("title", Guess.TITLE, title="")
    return rows


def take_back(rows: list[IntakeRow], row: IntakeRow, field: str) -> list[IntakeRow]:
    """The fields that a guess filled in are as they were before it."""
    found = row.guesses.pop(field, None)
    for name, value in (found or {}).get("was", {}).items():
        setattr(row, name, value)
    return rows


def link(rows: list[IntakeRow], row: IntakeRow, field: str) -> list[IntakeRow]:
    """The row says, or no longer says, how it stands to an earlier recommendation: ``field`` is "repeats REFERENCE"."""
    kind, _blank, reference = field.partition(" ")
    found = resolve_reference(reference) if kind in LinkKind.values else None
    if found is None:
        raise Refused(_("Not linked: there is no such recommendation any more."))
    said = [*row.cells.get(kind, [])]
    if found.reference in said:
        said.remove(found.reference)
    else:
        said.append(found.reference)
    row.cells[kind] = said
    row.wrote(kind)
    return rows


ACTS: dict[str, Callable[[list[IntakeRow], IntakeRow, str], list[IntakeRow]]] = {
    "join": join,
    "split": split_row,
    "up": move_up,
    "down": move_down,
    "leave-out": leave_out,
    "bring-back": bring_back,
    "take-back": take_back,
    "link": link,
}


def title_of(text: str) -> str:
    """A working title: the first words of the wording; an editor writes a better one."""
    words = text.split("\n")[0].split()
    words = words[:9]
    while len(words) > 4 and words[-1] in LOOSE:
        words.pop()
    title = " ".join(words)
    if "(" in title and ")" not in title:
        title = title.partition("(")[0]
    title = title.rstrip(" .,;:–-")
    return title[:1].upper() + title[1:120]
