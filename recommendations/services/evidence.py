"""Evidence as it is handed in, checked and written with the entry or assessment it belongs to."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import URLValidator
from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pagekit.acts import Refused
from pagekit.documents import check_content
from pagekit.models import CustomDocument
from recommendations.choices import EvidenceKind
from recommendations.models import Evidence
from recommendations.rules import FIRST_DOCUMENT, Proof
from taxonomy.models import Organisation

FILE_LIMIT = 10 * 1024 * 1024
INSTITUTION_LIMIT = 200 * 1024 * 1024

INNER_ADDRESS = _("The address leads into an inner network, where readers cannot open it. Give a public one.")
INNER_NAMES = (".local", ".localhost", ".internal", ".intranet", ".lan", ".home")
_is_address = URLValidator(schemes=["http", "https"])


def is_web_address(address: str) -> None:
    """ValidationError for what is no address of the web; its code is "inner" where it leads into an inner network."""
    _is_address(address)
    host = (urlsplit(address).hostname or "").rstrip(".")
    try:
        is_inner = not ip_address(host).is_global
    except ValueError:
        is_inner = "." not in host or host.endswith(INNER_NAMES)
    if is_inner:
        raise ValidationError(INNER_ADDRESS, code="inner")


@dataclass(frozen=True)
class EvidenceData:
    """An address, a document (a CustomDocument) or a citation in words."""

    kind: str
    url: str = ""
    document: Any = None
    citation: str = ""
    issuer: str = ""
    quote: str = ""
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
            except ValidationError as error:
                if error.code == "inner":
                    return INNER_ADDRESS
                return _("The address of the evidence is not one of the web. It begins with http:// or https://.")
        if self.issued_on is not None and self.issued_on > today:
            return _("The date of the evidence lies in the future. Give the day on which it was issued.")
        if self.issued_on is not None and self.issued_on < FIRST_DOCUMENT:
            return _("The date of the evidence lies before 1918, so the year is wrong. Correct it.")
        if self.is_restricted and not self.document:
            return _("Only an uploaded file can be restricted. Add the file or leave the evidence public.")
        if self.is_restricted and not self.restriction_reason:
            return _("A restricted file needs the reason of the restriction. Write it in a sentence.")
        return None


def file_fault(file: Any, name: str, organisation: Organisation) -> Any:
    """Why a file is not taken as evidence of an institution, and what to do; None where it is taken."""
    if not file.size:
        return _("The file is empty. Choose another one.")
    if file.size > FILE_LIMIT:
        return _("The file is larger than 10 MB. Shrink it, or give the web address of the document.")
    try:
        check_content(file, name)
    except ValidationError as error:
        return error.messages[0]
    if used_by(organisation) + file.size > INSTITUTION_LIMIT:
        return _(
            "The files of the institution would be larger than 200 MB together. "
            "Give the web address of the document instead."
        )
    return None


def used_by(organisation: Organisation) -> int:
    """How many bytes the files take that stand as evidence under the entries of an institution."""
    documents = Evidence.objects.filter(follow_up__assignment__organisation=organisation).values("document")
    return int(CustomDocument.objects.filter(pk__in=documents).aggregate(all=Sum("file_size"))["all"] or 0)


def take_file(file: Any, name: str, *, title: str, by: Any) -> CustomDocument:
    """Make a document of a file that ``file_fault`` found sound; part of the act that writes the evidence."""
    document = CustomDocument(title=title or name, uploaded_by_user=by, file_size=file.size)
    file.seek(0)
    document.file.save(name, File(file), save=False)
    document.save()
    return document


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
            issuer=piece.issuer,
            quote=piece.quote,
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
