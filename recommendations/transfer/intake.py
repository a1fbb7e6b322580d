"""The plan of an intake, and the act that runs it: drafts below the issuer, in batches, each row once; and its undoing.

The plan is stored with the intake and is exactly what runs: any change of the rows makes it void.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process
from wagtail.actions.delete_page import DeletePageAction
from wagtail.models import Page

from forums.models import Period
from pagekit.acts import Refused
from recommendations.choices import AddresseeRole, PlanKind
from recommendations.models import Intake, IntakeRow, PageAddressee, RecommendationPage
from recommendations.rules.names import Mention
from recommendations.services.intake import require_intake_right
from recommendations.transfer.papers import above, all_bodies, known_bodies
from recommendations.transfer.sheets import folded
from taxonomy.models import Organisation, Theme

BATCH = 100
"""Drafts made in one transaction; what is made stays, whatever stops the next."""

# Of a hundred: from here on a name may be a slip of the pen or a part of another.
ALIKE = 65
LONGEST_WORDS = PageAddressee._meta.get_field("words").max_length or 0


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a row: the column, and what to do."""

    column: str
    sentence: str


class Words:
    """The names that cells may hold, read once for all rows."""

    @cached_property
    def read(self) -> list[Organisation]:
        return all_bodies()

    @cached_property
    def bodies(self) -> dict[str, Organisation]:
        """By any of their names; one that was merged gives what it became."""
        found: dict[str, Organisation] = {}
        for body in self.read:
            now: Any = body.merged_into or body
            for name in (*(other.name for other in body.names.all()), *body.labels, body.code):
                found[folded(name)] = now
        return found

    @cached_property
    def by_code(self) -> dict[str, Organisation]:
        return {body.code: body for body in self.bodies.values()}

    @cached_property
    def names(self) -> Any:
        return known_bodies(self.read).names

    @cached_property
    def themes(self) -> dict[str, Theme]:
        found: dict[str, Theme] = {}
        for theme in Theme.objects.current():
            for name in (*theme.synonyms.splitlines(), *theme.labels, theme.code):
                found[folded(name)] = theme
        return found

    def addressees_of(self, row: IntakeRow) -> tuple[list[tuple[Organisation, str]], list[Wrong]]:
        """The bodies of a row, each with the source's words, and the lines that name none."""
        found: dict[Organisation, str] = {}
        wrong = []
        for line in filter(None, map(str.strip, row.addressees.splitlines())):
            name, _bar, said = (part.strip() for part in line.partition("|"))
            body = self.bodies.get(folded(name)) or self._one(self.names.listed(name), self.by_code)
            if body is None:
                wrong.append(Wrong("addressees", self.unknown(name)))
            elif body not in found:
                found[body] = (said or ("" if folded(name) == folded(body.label_pl) else name))[:LONGEST_WORDS]
        return list(found.items()), wrong

    def unknown(self, name: str) -> str:
        """What to do about a name of no body, with the names that are most like it."""
        labels = sorted({body.label_pl for body in self.bodies.values()})
        alike = process.extract(
            name, labels, scorer=fuzz.token_set_ratio, processor=folded, score_cutoff=ALIKE, limit=3
        )
        if not alike:
            return _("“%(name)s” is not known. Write a name from the vocabulary, or delete the line.") % {
                "name": name[:80]
            }
        return _("“%(name)s” is not known. Did you mean: %(names)s? Write one of them, or delete the line.") % {
            "name": name[:80],
            "names": "; ".join(label for label, _score, _place in alike),
        }

    def themes_of(self, row: IntakeRow) -> tuple[list[Theme], list[Wrong]]:
        found: dict[Theme, None] = {}
        wrong = []
        for name in filter(None, map(str.strip, row.themes.splitlines())):
            theme = self.themes.get(folded(name))
            if theme is None:
                wrong.append(
                    Wrong(
                        "themes",
                        _("“%(name)s” is no theme. Write one from the vocabulary, or delete the line.")
                        % {"name": name[:80]},
                    )
                )
            else:
                found[theme] = None
        return list(found), wrong

    @staticmethod
    def _one(listed: tuple[list[Mention], list[str]], by_code: Mapping[str, Any]) -> Any:
        """The one row that a name in another case names, if nothing of it is left over."""
        mentions, left = listed
        return by_code.get(mentions[0].code) if len(mentions) == 1 and not left else None


@transaction.atomic
def plan_intake(intake: Intake, *, by: Any) -> Intake:
    """Work out what each row that is taken would become, and store it.

    A row whose draft somebody deleted is as if it had none.
    """
    locked = Intake.objects.select_for_update().select_related("page").get(pk=intake.pk)
    require_intake_right(by, locked.page)
    present = RecommendationPage.objects.filter(translation_key__in=locked.rows.values("key")).values("translation_key")
    locked.rows.exclude(drafted_at=None).exclude(key__in=present).update(drafted_at=None)
    rows = [row for row in locked.rows.all() if not row.is_dropped]
    there, words = already_there(locked, rows), Words()
    pages = RecommendationPage.objects.child_of(locked.page).exclude(translation_key__in=[row.key for row in rows])
    wordings = {folded(text): f"„{title}”" for title, text in pages.values_list("title", "text")}
    lines = []
    for place, row in enumerate(rows, 1):
        kind, column, sentence = PlanKind.CREATE, "", ""
        faults = faults_of(row, words)
        if row.pk in there:
            kind, sentence = PlanKind.SAME, there[row.pk]
        elif faults:
            kind, column, sentence = PlanKind.ERROR, faults[0].column, " ".join(fault.sentence for fault in faults)
        elif folded(row.text) in wordings:
            kind, column = PlanKind.CONFLICT, "text"
            sentence = _("%(where)s says this already, word for word. Leave one out, or change the wording.") % {
                "where": wordings[folded(row.text)]
            }
        lines.append(
            {
                "row": row.pk,
                "kind": kind.value,
                "column": column,
                "sentence": sentence,
                "missing": missing_of(row, locked) if kind == PlanKind.CREATE else [],
            }
        )
        wordings.setdefault(folded(row.text), _("Row %(number)s") % {"number": place})
    locked.plan = {"revision": locked.revision, "made_at": timezone.now().isoformat(), "lines": lines}
    locked.save(update_fields=["plan"])
    return locked


def faults_of(row: IntakeRow, words: Words) -> list[Wrong]:
    faults = []
    if not row.text:
        faults.append(Wrong("text", _("The wording is empty. Write it, or leave the row out.")))
    if not row.title:
        faults.append(Wrong("title", _("The short title is missing. Write four to nine words.")))
    return faults + words.addressees_of(row)[1] + words.themes_of(row)[1]


def missing_of(row: IntakeRow, intake: Intake) -> list[str]:
    """What a draft may lack and its publication will ask for."""
    wanted = {
        _("addressee"): row.addressees,
        _("theme"): row.themes,
        _("source"): intake.source_url or intake.document_id,
    }
    return [name for name, value in wanted.items() if not value]


def already_there(intake: Intake, rows: Iterable[IntakeRow]) -> dict[int, str]:
    """The rows whose draft is there: made by this intake, or by another from the same piece of the same paper."""
    wanted = list(rows)
    twins: dict[str, IntakeRow] = {}
    earlier = IntakeRow.objects.filter(
        intake__page=intake.page, external_id__in=[row.external_id for row in wanted]
    ).exclude(intake=intake)
    for row in earlier.select_related("joined_into", "intake"):
        made = row.joined_into or row
        if made.drafted_at:
            twins[row.external_id] = made
    keys = [row.key for row in wanted] + [twin.key for twin in twins.values()]
    present = set(RecommendationPage.objects.filter(translation_key__in=keys).values_list("translation_key", flat=True))
    found = {}
    for row in wanted:
        twin = twins.get(row.external_id)
        if row.key in present:
            found[row.pk] = _("The draft of this row is made.")
        elif twin is not None and twin.key in present:
            found[row.pk] = _("The same piece became a draft on %(day)s, from “%(title)s”.") % {
                "day": f"{timezone.localtime(twin.drafted_at):%d.%m.%Y}",
                "title": twin.intake.title,
            }
    return found


def carry_out(intake: Intake, *, by: Any) -> int:
    """Make the drafts that the stored plan names, a batch at a time, and return how many there are now more.

    Refused where the rows changed since the plan was made. Whatever stops it, the batches done stay done: run again,
    it goes on with the first row that has no draft.
    """
    made = 0
    while done := carry_out_batch(intake, by=by):
        made += done
    return made


@transaction.atomic
def carry_out_batch(intake: Intake, *, by: Any) -> int:
    locked = Intake.objects.select_for_update().get(pk=intake.pk)
    plan = locked.plan
    # Every new page is numbered by its parent's count.
    page = Page.objects.select_for_update().get(pk=locked.page_id)
    require_intake_right(by, page)
    if plan is None or not locked.is_planned:
        raise Refused(_("Nothing was made: the rows changed after the plan. Look at the new plan first."))
    wanted = [line["row"] for line in plan["lines"] if line["kind"] == PlanKind.CREATE]
    waiting = list(locked.rows.filter(pk__in=wanted, drafted_at=None))
    # Another intake of the same paper may have been carried out since the plan was made.
    there = already_there(locked, waiting)
    rows = [row for row in waiting if row.pk not in there][:BATCH]
    if not rows:
        return 0
    words = Words()
    period = next((one for one in above(page.specific) if one.starts_on), None)
    for row in rows:
        draft = draft_of(row, locked, period, words)
        draft.owner = by
        page.add_child(instance=draft)
        draft.save_revision(user=by, log_action=True)
    IntakeRow.objects.filter(pk__in=[row.pk for row in rows]).update(drafted_at=timezone.now())
    return len(rows)


def draft_of(row: IntakeRow, intake: Intake, period: Period | None, words: Words) -> RecommendationPage:
    """The unsaved page of a row; its dates are those of the issuer."""
    draft = RecommendationPage(
        translation_key=row.key,
        title=row.title,
        text=row.text,
        rationale=as_html(row.rationale),
        wording_kind=intake.wording_kind,
        source_kind=intake.source_kind,
        source_title=intake.title,
        source_url=intake.source_url,
        source_document=intake.document,
        source_locator=", ".join(filter(None, (row.locator, f"pkt {row.number}" if row.number else "")))[:60],
    )
    if period is not None:
        for name in ("starts_on", "ends_on", "precision", "date_words"):
            setattr(draft, name, getattr(period, name))
    bodies, _wrong = words.addressees_of(row)
    addressees: Any = [
        PageAddressee(organisation=body, role=AddresseeRole.ESSENTIAL, words=said, sort_order=place)
        for place, (body, said) in enumerate(bodies)
    ]
    draft.addressees.set(addressees)
    draft.themes = words.themes_of(row)[0]
    return draft


def as_html(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())


@dataclass(frozen=True)
class Made:
    """A draft of an intake that is still there, and whether somebody changed it since it was made."""

    page: RecommendationPage
    is_changed: bool


def made_by(intake: Intake) -> list[Made]:
    """The drafts of an intake, in the order of the tree; two queries."""
    moments = dict(intake.rows.exclude(drafted_at=None).values_list("key", "drafted_at"))
    pages = RecommendationPage.objects.filter(translation_key__in=list(moments)).sources().order_by("path")
    return [
        Made(page, (page.latest_revision_created_at or page.first_published_at) > moments[page.translation_key])
        for page in pages
    ]


@transaction.atomic
def undo(intake: Intake, *, by: Any) -> int:
    """Delete every draft that the intake made, and return how many; the rows stay and can be planned again.

    Refused while any of them was ever public or waits for a moderator.
    """
    locked = Intake.objects.select_for_update().select_related("page").get(pk=intake.pk)
    require_intake_right(by, locked.page)
    pages = [made.page for made in made_by(locked)]
    for page in pages:
        if page.first_published_at:
            raise Refused(
                _("Not undone: “%(title)s” was published, and what was public once stays.") % {"title": page.title}
            )
        if page.current_workflow_state:
            raise Refused(_("Not undone: “%(title)s” waits for moderation. Cancel that first.") % {"title": page.title})
    for page in pages:
        DeletePageAction(page, user=by).execute(skip_permission_checks=True)
    locked.rows.exclude(drafted_at=None).update(drafted_at=None)
    Intake.objects.filter(pk=locked.pk).update(plan=None, revision=F("revision") + 1)
    return len(pages)
