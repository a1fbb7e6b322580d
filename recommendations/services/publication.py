"""What the publication of a recommendation writes: the fact, its reference, its wording, whom it asks."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.db import IntegrityError
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import log

from forums.models import Forum, WorkingGroup
from forums.services import assert_in_act, forum_above, group_above
from pagekit.acts import Refused
from pagekit.fields import as_compared
from recommendations.choices import LinkKind
from recommendations.models import (
    Assignment,
    PageLink,
    Recommendation,
    RecommendationAlias,
    RecommendationLevel,
    RecommendationLink,
    RecommendationPage,
    ReferenceCounter,
    Wording,
)
from recommendations.rules import is_like_reference, reference, reference_stem
from recommendations.services.log import write_badge
from recommendations.services.statuses import record_statuses

# One row that every minting locks first: two sets published in opposite order would deadlock on their own counters.
COMMON_LOCK = "*"

FACT_FIELDS = (
    "source_kind",
    "wording_kind",
    "source_title",
    "source_url",
    "source_locator",
    "starts_on",
    "ends_on",
    "precision",
    "date_words",
)


def issuer_of(page: RecommendationPage) -> Forum | WorkingGroup:
    """Who issues the recommendation of this page: the group or forum above it, else the one named on the page.

    Refused when there is none, or it was never published.
    """
    issuer = group_above(page) or page.issuing_group or forum_above(page) or page.issuing_forum
    if issuer is None:
        raise Refused(_("Not published: the issuer is missing. Choose the forum or group that issued it."))
    return issuer


def mint_reference(page: RecommendationPage, issuer: Forum | WorkingGroup) -> tuple[str, int]:
    """The next reference under the stem of this recommendation, and its number; never given out before.

    The city is the record's own single place, else the issuer's; the year that of the earliest date
    (domain.md, References). Call it inside the publishing transaction only.
    """
    assert_in_act()
    stem = stem_of(page, issuer)
    for key in (COMMON_LOCK, stem):
        ReferenceCounter.objects.get_or_create(stem=key)
        ReferenceCounter.objects.filter(stem=key).update(last=F("last") + 1)
    number = ReferenceCounter.objects.get(stem=stem).last
    return reference(stem, number), number


def stem_of(page: RecommendationPage, issuer: Forum | WorkingGroup) -> str:
    places = list(page.places.all())
    place = places[0] if len(places) == 1 else (issuer.place if not places else None)
    return reference_stem(
        programme=issuer.programme_code,
        year=page.starts_on.year if page.is_dated and page.starts_on else None,
        city=(place.reference_code or "") if place else "",
        group=issuer.group_code,
    )


def expected_reference(page: RecommendationPage) -> str:
    """The reference that this draft would be given if it were published now; empty where it has one or cannot yet.

    Nothing is reserved: whatever is published before it takes the number.
    """
    if Recommendation.objects.filter(translation_key=page.translation_key).exists():
        return ""
    try:
        stem = stem_of(page, issuer_of(page))
    except Refused:
        return ""
    last = ReferenceCounter.objects.filter(stem=stem).values_list("last", flat=True).first()
    return reference(stem, (last or 0) + 1)


def write_recommendation_fact(page: RecommendationPage, *, user: Any = None) -> Recommendation:
    """Write what readers count and search by, from the source page just published, and return it.

    The first time a reference is minted; later only the facts follow the page and the change is logged with
    its reason. An addressee taken off the page keeps its row and log and is marked as no longer asked.
    Call it inside the act only; Refused when the issuer is missing or an identifier belongs to another.
    """
    assert_in_act()
    issuer = issuer_of(page)
    values: dict[str, Any] = {name: getattr(page, name) for name in FACT_FIELDS}
    is_group = isinstance(issuer, WorkingGroup)
    values |= {"working_group": issuer if is_group else None, "forum": None if is_group else issuer}
    fact = Recommendation.objects.select_for_update().filter(translation_key=page.translation_key).first()
    if fact is None:
        reference, number = mint_reference(page, issuer)
        fact = Recommendation.objects.create(
            translation_key=page.translation_key, reference=reference, number=number, **values
        )
    else:
        changed = [name for name, value in values.items() if getattr(fact, name) != value]
        for name in changed:
            setattr(fact, name, values[name])
        if changed:
            fact.save(update_fields=changed)
        log(
            instance=page,
            action="recommendations.change",
            user=user,
            data={"reason": page.change_reason, "changed": changed},
        )
    fact.themes.set(page.themes.all())
    fact.affected_groups.set(page.affected_groups.all())
    fact.places.set(page.places.all())
    fact.tags.set(list(page.tags.all()))
    write_levels(fact, page)
    write_links(fact, page)
    write_waiting_links(fact)
    write_aliases(fact, page)
    write_assignments(fact, page)
    return fact


def publish_facts(page: RecommendationPage, *, user: Any = None) -> None:
    """All that one publication writes: the fact (for a source page) and the next wording of its language."""
    if page.is_source:
        write_recommendation_fact(page, user=user)
    write_wording(page)


def write_levels(fact: Recommendation, page: RecommendationPage) -> None:
    levels = [str(level) for level in page.levels]
    fact.levels.exclude(level__in=levels).delete()
    known = set(fact.levels.values_list("level", flat=True))
    RecommendationLevel.objects.bulk_create(
        RecommendationLevel(recommendation=fact, level=level) for level in levels if level not in known
    )


# Links that lead one way only: readers are sent along the first and told of the others, which replace what they name.
ONE_WAY = (LinkKind.MERGES, LinkKind.SUPERSEDES, LinkKind.SPLITS)


def write_links(fact: Recommendation, page: RecommendationPage) -> None:
    """The links of the page, and none besides; Refused where two would merge, split or supersede each other, or one
    would be linked with itself."""
    rows = list(page.links.all())
    # A draft made of a file may name another of that file, which was published since.
    waiting = Recommendation.objects.filter(translation_key__in=[row.target_key for row in rows if not row.target_id])
    known = dict(waiting.values_list("translation_key", "pk"))
    targets = ((row.target_id or known.get(row.target_key), row.kind) for row in rows)
    wanted = {(target_id, kind) for target_id, kind in targets if target_id}
    if fact.pk in {target_id for target_id, _kind in wanted}:
        raise Refused(_("Not published: a recommendation cannot be linked with itself. Remove that link."))
    for target_id, kind in wanted:
        back = RecommendationLink.objects.filter(source=target_id, target=fact, kind=kind).select_related("source")
        if kind in ONE_WAY and (other := back.first()):
            raise Refused(
                _("Not published: %(reference)s already %(relation)s this recommendation. Remove the link on one side.")
                % {"reference": other.source.reference, "relation": other.get_kind_display()}
            )
    for link in fact.links.all():
        if (link.target_id, link.kind) not in wanted:
            link.delete()
    for target_id, kind in wanted:
        RecommendationLink.objects.get_or_create(source=fact, target_id=target_id, kind=kind)


def write_waiting_links(fact: Recommendation) -> None:
    """The links by which published pages wait for this recommendation, which is published only now."""
    rows = PageLink.objects.filter(target=None, target_key=fact.translation_key, page__live=True).select_related("page")
    for row in rows:
        source = Recommendation.objects.filter(translation_key=row.page.translation_key).first()
        is_answered = row.kind in ONE_WAY and fact.links.filter(target=source, kind=row.kind).exists()
        if source is not None and source != fact and not is_answered:
            RecommendationLink.objects.get_or_create(source=source, target=fact, kind=row.kind)
    rows.update(target=fact)


def write_aliases(fact: Recommendation, page: RecommendationPage) -> None:
    """Identifiers only grow: what once resolved resolves for ever, in any case of letters."""
    for row in page.identifiers.all():
        if is_like_reference(row.identifier) and row.identifier.strip().upper() != fact.reference:
            raise Refused(
                _(
                    "Not published: the identifier %(identifier)s is written like a reference, which only this site "
                    "gives, perhaps one day to another recommendation. Remove it here."
                )
                % {"identifier": row.identifier}
            )
        known = RecommendationAlias.objects.filter(alias__iexact=row.identifier).select_related("recommendation")
        alias = known.first() or RecommendationAlias.objects.create(alias=row.identifier, recommendation=fact)
        if alias.recommendation_id != fact.pk:
            raise Refused(
                _("Not published: the identifier %(identifier)s belongs to %(reference)s. Remove it here.")
                % {"identifier": row.identifier, "reference": alias.recommendation.reference}
            )
        if row.identifier.startswith(("http://", "https://")):
            lead_on(row.identifier, page)


def lead_on(address: str, page: RecommendationPage) -> None:
    """The path of an old address, asked for on this site, leads to the page, unless a page stands there already."""
    parts = urlsplit(address)
    path = Redirect.normalise_path(urlunsplit(("", "", parts.path, parts.query, "")))
    if path and not Redirect.objects.filter(old_path=path).exists():
        Redirect.objects.create(old_path=path, redirect_page=page, is_permanent=True)


def write_assignments(fact: Recommendation, page: RecommendationPage) -> None:
    rows = list(page.addressees.all())
    asked = {row.organisation_id for row in rows}
    number = fact.assignments.aggregate(last=Max("number"))["last"] or 0
    existing = {assignment.organisation_id: assignment for assignment in fact.assignments.all()}
    opened = []
    for row in rows:
        values = {"role": row.role, "words": row.words, "note": row.note, "is_withdrawn": False, "member_of": None}
        assignment = existing.get(row.organisation_id)
        if assignment is None:
            number += 1
            new = Assignment.objects.create(recommendation=fact, organisation=row.organisation, number=number, **values)
            opened.append((new, row))
        else:
            Assignment.objects.filter(pk=assignment.pk).update(**values)
    # Rows that the follow-up opened (a member of a class, a body named as competent) stand on no page.
    fact.assignments.filter(member_of=None, named_by=None).exclude(organisation__in=asked).update(is_withdrawn=True)
    write_badge(fact)
    record_statuses(page, opened)


def write_wording(page: RecommendationPage) -> Wording | None:
    """Keep the wording of a published page as the next version of its language; None when nothing changed.

    Refused when the fact does not exist (the source was never published) or a changed source text gives no reason.
    """
    assert_in_act()
    fact = Recommendation.objects.filter(translation_key=page.translation_key).first()
    if fact is None:
        raise Refused(_("Not published: a translation cannot be public before its original. Publish that first."))
    language = page.locale.language_code
    source = page if page.is_source else page.source_page() or page
    said = {"title": page.title, "text": page.text, "rationale": page.rationale, "kind": source.wording_kind}
    text = {name: as_compared(value) for name, value in said.items()}
    last = fact.wordings.filter(language=language).order_by("-number").first()
    if last and all(as_compared(getattr(last, name)) == value for name, value in text.items()):
        return None
    reason = page.change_reason.strip()
    if last and not reason:
        if page.is_source:
            raise Refused(_("Not published: the wording changed and the reason of the change is missing."))
        reason = _("translation updated")
    try:
        return Wording.objects.create(
            recommendation=fact,
            language=language,
            number=last.number + 1 if last else 1,
            reason=reason if last else "",
            **text,
        )
    except IntegrityError as error:
        raise Refused(_("Not published: somebody published another wording just now. Open the page again.")) from error


def rewrite_issuers_below(page: Any) -> None:
    """After a move: every published recommendation at or below ``page`` learns its issuer; its reference stays."""
    below = RecommendationPage.objects.descendant_of(page, inclusive=True).sources()
    known = {
        fact.translation_key: fact
        for fact in Recommendation.objects.filter(translation_key__in=below.values("translation_key"))
    }
    for child in below:
        fact = known.get(child.translation_key)
        if fact is not None:
            issuer = issuer_of(child)
            is_group = isinstance(issuer, WorkingGroup)
            fact.working_group, fact.forum = (issuer, None) if is_group else (None, issuer)
            fact.save(update_fields=["working_group", "forum"])


def resolve_references(texts: Iterable[str]) -> dict[str, Recommendation]:
    """What each of these references or aliases names, as `resolve_reference` does; what names nothing is left out.

    Two queries, whatever the number of texts; PostgreSQL refuses a NUL in any of them.
    """
    wanted = {text: text.strip() for text in texts if text.strip() and len(text.strip()) <= 120 and "\x00" not in text}
    named = Recommendation.objects.filter(reference__in=[name.upper() for name in wanted.values()])
    found = {fact.reference: fact for fact in named}
    left = [name for name in wanted.values() if name.upper() not in found]
    aliases: dict[str, Recommendation] = {}
    if left:
        any_of_them = reduce(or_, (Q(alias__iexact=name) for name in left))
        for row in RecommendationAlias.objects.select_related("recommendation").filter(any_of_them):
            aliases[row.alias.casefold()] = row.recommendation
    resolved = {text: found.get(name.upper()) or aliases.get(name.casefold()) for text, name in wanted.items()}
    return {text: fact for text, fact in resolved.items() if fact is not None}


def resolve_reference(text: str) -> Recommendation | None:
    """The recommendation that a reference or an alias names, in any case of letters; None when there is none.

    Does not ask whether a reader may see it.
    """
    wanted = text.strip()
    if not wanted or len(wanted) > 120:
        return None
    found = Recommendation.objects.filter(reference=wanted.upper()).first()
    if found is None:
        alias = RecommendationAlias.objects.select_related("recommendation").filter(alias__iexact=wanted).first()
        found = alias.recommendation if alias else None
    return found
