"""What an assessor finds about one entry; refused by the same rules and written in the same way as an entry."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from pagekit.acts import Refused
from recommendations import rules
from recommendations.choices import Finding
from recommendations.models import Assessment, Evidence, FollowUp
from recommendations.services.actors import actors_of
from recommendations.services.evidence import EvidenceData, proof_of, refuse_faulty, refuse_misfit, write_evidence
from recommendations.services.log import entries_of, entry_of, lock, write_caches
from recommendations.services.recording import known, refuse_overtaken


@transaction.atomic
def assess(
    follow_up: FollowUp,
    *,
    finding: str,
    text: str,
    recorded_by: Any,
    evidence: Sequence[EvidenceData] = (),
    assessed_on: dt.date | None = None,
    seen: int | None = None,
    judged: int | None = None,
) -> Assessment:
    """Record what an assessor found about one entry; a contradiction is public after the right of reply.

    ``seen`` and ``judged`` as in Said.
    """
    row = lock(follow_up.assignment)
    refuse_overtaken([row], seen=seen, judged=judged)
    today = timezone.localdate()
    entries = entries_of(row)
    entry = entry_of(FollowUp.objects.prefetch_related("assessments").get(pk=follow_up.pk, assignment=row))
    claim = [same.id for same in rules.claim_of(entries, entry)]
    claimed = Evidence.objects.filter(follow_up__in=claim).select_related("document")
    is_claimant = bool(recorded_by) and row.follow_ups.filter(pk__in=claim, recorded_by=recorded_by.pk).exists()
    refuse_faulty(evidence, today)
    fault = rules.assessment_fault(
        actors=actors_of(recorded_by, row.answering, today),
        is_claimant=is_claimant,
        finding=known(Finding, finding),
        text=text.strip(),
        assessed_on=assessed_on or today,
        entry=entry,
        claim_evidence=[proof_of(piece) for piece in claimed],
        evidence=[piece.proof for piece in evidence],
        now=rules.state_of(entries, today=today),
        today=today,
    )
    if fault:
        raise Refused(fault)
    now = timezone.now()
    assessment = Assessment(
        follow_up=follow_up,
        finding=finding,
        text=text.strip(),
        assessed_on=assessed_on or today,
        recorded_at=now,
        public_from=rules.public_from(finding, today),
        recorded_by=recorded_by,
    )
    refuse_misfit(assessment)
    assessment.save()
    write_evidence(evidence, assessment=assessment)
    write_caches(row, now=now if assessment.public_from <= today else None)
    return assessment
