"""Evidence as it is handed in, checked and written with the entry or assessment it belongs to."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pagekit.acts import Refused
from recommendations.choices import EvidenceKind
from recommendations.models import Evidence
from recommendations.rules import Proof

is_web_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True)
class EvidenceData:
    """An address, a document (a CustomDocument) or a citation in words."""

    kind: str
    url: str = ""
    document: Any = None
    citation: str = ""
    title: str = ""
    issued_on: dt.date | None = None
    pages: str = ""
    is_restricted: bool = False
    restriction_reason: str = ""

    @property
    def proof(self) -> Proof:
        return proof_of(self)

    def fault(self, today: dt.date) -> Promise | None:
        """What is wrong with it and how to mend it, or None."""
        if self.kind not in EvidenceKind.values:
            return _("The kind of the evidence is not known. Choose one of the list.")
        if not (self.url or self.document or self.citation):
            return _("The evidence is empty. Give an address, a document or a citation in words.")
        if self.url:
            try:
                is_web_address(self.url)
            except ValidationError:
                return _("The address of the evidence is not one of the web. It begins with http:// or https://.")
        if self.issued_on is not None and self.issued_on > today:
            return _("The date of the evidence lies in the future. Give the day on which it was issued.")
        if self.is_restricted and not self.document:
            return _("Only an uploaded file can be restricted. Add the file or leave the evidence public.")
        if self.is_restricted and not self.restriction_reason:
            return _("A restricted file needs the reason of the restriction. Write it in a sentence.")
        return None


def proof_of(evidence: "EvidenceData | Evidence") -> Proof:
    """How the rules see a piece: one address, one file or one citation is one piece, whatever its title."""
    document = evidence.document.pk if evidence.document else None
    address = evidence.url.strip().partition("#")[0].rstrip("/")
    return Proof(
        evidence.kind, address or (f"document {document}" if document else evidence.citation.strip().casefold())
    )


def refuse_faulty(evidence: Iterable[EvidenceData], today: dt.date) -> None:
    for piece in evidence:
        if fault := piece.fault(today):
            raise Refused(fault)


def write_evidence(evidence: Iterable[EvidenceData], **owner: Any) -> None:
    """Write each piece for its one ``follow_up`` or ``assessment``; Refused where a field does not fit."""
    for piece in evidence:
        row = Evidence(
            kind=piece.kind,
            url=piece.url,
            document=piece.document,
            citation=piece.citation,
            title=piece.title,
            issued_on=piece.issued_on,
            pages=piece.pages,
            is_restricted=piece.is_restricted,
            restriction_reason=piece.restriction_reason,
            **owner,
        )
        refuse_misfit(row)
        row.save()


def refuse_misfit(row: Any) -> None:
    """Raise Refused when a value does not fit its column, naming the field; else a database would answer alone."""
    texts = [getattr(row, field.attname) for field in row._meta.local_concrete_fields]
    if any(isinstance(text, str) and "\x00" in text for text in texts):
        # PostgreSQL cannot store it, and text fields of a model do not look.
        raise Refused(_("The text contains a null character. Remove it; it comes with some copied texts."))
    try:
        row.clean_fields()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        label = row._meta.get_field(name).verbose_name
        raise Refused(f"{label}: {' '.join(messages)}") from error
