"""Names that no vocabulary has: proposed with the drafts of an intake, decided about by a moderator once for all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import Page

from pagekit.acts import Refused
from recommendations.choices import Subject, Verdict
from recommendations.models import Intake, ProposalDecision, RecommendationPage
from recommendations.models.proposal import decided
from recommendations.rules.proposals import Key, proposed_in
from recommendations.services.intake import require_intake_right
from taxonomy.choices import OrganisationKind
from taxonomy.models import Organisation, Theme
from taxonomy.services.rows import write_organisation, write_theme

VOCABULARIES: dict[str, type[Any]] = {Subject.ORGANISATION: Organisation, Subject.THEME: Theme}


@transaction.atomic
def propose(intake: Intake, *, by: Any, names: Mapping[Key, Mapping[str, Any]]) -> None:
    """Propose exactly these names with the drafts of the intake that hold them; its plan is void by that.

    By vocabulary and name: the fields of a PageProposal. Refused for a body without a kind.
    """
    require_intake_right(by, intake.page)
    kept: dict[str, dict[str, Any]] = {}
    for (subject, name), values in names.items():
        if subject == Subject.ORGANISATION and not values.get("kind"):
            raise Refused(_("Not kept: say what kind of institution “%(name)s” is.") % {"name": values["label"]})
        kept.setdefault(str(subject), {})[name] = dict(values)
    Intake.objects.filter(pk=intake.pk).update(proposals=kept, planned_revision=None, revision=F("revision") + 1)


@dataclass
class Proposed:
    """An open proposal: its row in the first draft that holds it, and all drafts that hold it."""

    key: Key
    row: Mapping[str, Any]
    pages: list[Page] = field(default_factory=list)


def open_under(page: Page) -> list[Proposed]:
    """What the newest drafts at and below ``page`` propose and nobody decided about, in the order of the drafts."""
    drafts = RecommendationPage.objects.descendant_of(page, inclusive=True).sources()
    drafts = drafts.filter(latest_revision__content__proposals__0__isnull=False).order_by("path")
    found: dict[Key, Proposed] = {}
    for draft in drafts.select_related("latest_revision"):
        for key, row in proposed_in(draft.latest_revision.content):
            found.setdefault(key, Proposed(key, row)).pages.append(draft)
    settled = decided(found)
    return [one for key, one in found.items() if key not in settled]


def may_decide(user: Any, page: Page) -> bool:
    """Whether the person decides about names that drafts at or below ``page`` propose."""
    may_write = all(user.has_perm(f"taxonomy.add_{model._meta.model_name}") for model in VOCABULARIES.values())
    return may_write and bool(page.permissions_for_user(user).can_publish())


@transaction.atomic
def accept(page: Page, key: Key, *, by: Any, code: str, **values: Any) -> Any:
    """Write the row of the vocabulary that was proposed, with ``values`` as its fields, and return it.

    Refused where the code is taken, or the fields do not go together.
    """
    subject, _name = key
    if VOCABULARIES[subject]._default_manager.filter(code=code).exists():
        raise Refused(_("Not accepted: the code “%(code)s” is taken. Give another one.") % {"code": code})
    try:
        if subject == Subject.ORGANISATION:
            row: Any = write_organisation(code, **values, is_collective=values.get("kind") == OrganisationKind.CLASS)
        else:
            row = write_theme(code, **values)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    log(instance=row, action="wagtail.create", user=by)
    _decide(page, key, by, Verdict.ACCEPTED, **{subject: row})
    return row


@transaction.atomic
def identify(page: Page, key: Key, *, by: Any, row: Any) -> None:
    """Say that the proposed name means a row that the vocabulary has."""
    _decide(page, key, by, Verdict.SAME, **{key[0]: row.merged_into or row})


@transaction.atomic
def refuse(page: Page, key: Key, *, by: Any, reason: str) -> None:
    """Refuse a proposed name: no draft has it any more, and editors read the reason."""
    if not reason.strip():
        raise Refused(_("Not refused: the reason is missing. Editors read it on their drafts."))
    _decide(page, key, by, Verdict.REFUSED, reason=reason.strip())


def _decide(page: Page, key: Key, by: Any, verdict: Verdict, **values: Any) -> None:
    if not may_decide(by, page):
        raise Refused(_("Not done: only a moderator of this page decides about proposed names."))
    if key not in {one.key for one in open_under(page)}:
        raise Refused(_("Not done: somebody decided about this name meanwhile, or no draft proposes it any more."))
    subject, name = key
    said = {"verdict": verdict, "decided_by": by, **values}
    _row, is_new = ProposalDecision.objects.get_or_create(subject=subject, name=name, defaults=said)
    if not is_new:
        raise Refused(_("Not done: somebody decided about this name meanwhile. Open the page again."))
