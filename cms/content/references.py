"""The references that references.tsv promises, held against the rule of domain.md before anything is minted by it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cms.content.issuers import GROUP, Issuers
from cms.content.recommendations import Recommendations
from cms.content.tables import Fault, Reader
from cms.content.texts import Draft
from cms.content.vocabularies import Vocabularies
from forums.choices import UNDATED
from recommendations.models import Recommendation, ReferenceCounter
from recommendations.rules import reference, reference_stem

REMEDY = "Write that; or correct the date, place, issuer or order of the lines it is made of."


@dataclass
class Stems:
    """What stands before the number of each reference, by the files alone."""

    issuers: dict[str, Draft]
    places: Mapping[str, str]

    def of(self, draft: Draft) -> str:
        """Empty where the issuer is not known, or a segment cannot stand in a reference: other faults say so."""
        issuer = self.issuers.get(draft.parent)
        if issuer is None:
            return ""
        shape, own = draft.shape, draft.shape["places"]
        place = own[0] if len(own) == 1 else ("" if own else self.city(issuer))
        is_dated = shape["starts_on"] and shape["precision"] not in UNDATED
        try:
            return reference_stem(
                programme=self.programme(issuer),
                year=int(shape["starts_on"][:4]) if is_dated else None,
                city=self.places.get(place, ""),
                group=issuer.shape["group_code"],
            )
        except ValueError:
            return ""

    def above(self, issuer: Draft) -> Iterator[Draft]:
        """The issuer and those above it."""
        found: Draft | None = issuer
        while found is not None:
            yield found
            found = self.issuers.get(found.parent)

    def programme(self, issuer: Draft) -> str:
        return next(filter(None, (one.shape["programme_code"] for one in self.above(issuer))), "")

    def city(self, issuer: Draft) -> str:
        """A group that names no place is where its forum is."""
        if issuer.shape["place"] or issuer.layout is not GROUP:
            return str(issuer.shape["place"])
        return next((str(one.shape["place"]) for one in self.above(issuer) if one.layout is not GROUP), "")


@dataclass
class Expected:
    """The reference that each recommendation gets, given those that are minted, and the last number of each stem."""

    minted: Mapping[str, str] = field(default_factory=dict)
    last: Mapping[str, int] = field(default_factory=dict)

    def of(self, stems: Mapping[str, str]) -> dict[str, str]:
        counted = Counter(self.last)
        found = {}
        for key, stem in stems.items():
            if key in self.minted:
                found[key] = self.minted[key]
            elif stem:
                counted[stem] += 1
                found[key] = reference(stem, counted[stem])
        return found


def read_references(reader: Reader, words: Vocabularies, issuers: Issuers, recommendations: Recommendations) -> None:
    """Name each reference of the file that an empty site would not mint; keep the stems with the recommendations."""
    places = {code: shape["reference_code"] or "" for code, shape in words.places.items()}
    rule = Stems({draft.key: draft for draft in issuers.drafts}, places)
    recommendations.stems = {draft.key: rule.of(draft) for draft in recommendations.drafts}
    rows = recommendations.reference_rows
    wrong = {
        key: f"{stem}-R…"
        for key, stem in recommendations.stems.items()
        if stem and rows[key]["reference"].rpartition("-R")[0] != stem
    }
    # One stem that is wrong or not known moves the numbers of all behind it: that is to be mended first.
    expected = wrong or (Expected().of(recommendations.stems) if all(recommendations.stems.values()) else {})
    for key, reference_by_rule in expected.items():
        said = rows[key]["reference"]
        if said != reference_by_rule:
            reader.fault(rows[key], "reference", f"By the rule it is {reference_by_rule}, not {said!r}.", REMEDY)


def other_references(recommendations: Recommendations) -> list[Fault]:
    """A fault for each reference that this database minted otherwise than the file says, or would mint so now."""
    aliases = Recommendation.objects.filter(aliases__alias__in=recommendations.stems)
    minted = dict(aliases.values_list("aliases__alias", "reference"))
    last = dict(ReferenceCounter.objects.values_list("stem", "last"))
    expected = Expected(minted, last).of(recommendations.stems)
    return [
        Fault(
            "references.tsv",
            recommendations.reference_rows[key].line,
            "reference",
            f"{key}: this site {'minted' if key in minted else 'would mint'} {expected.get(key, 'none')}, not {said}.",
            "A reference is never corrected: correct the file, or find which recommendation has the number.",
        )
        for key, said in recommendations.references.items()
        if expected.get(key) != said
    ]
