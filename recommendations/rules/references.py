"""How a reference is composed; pure (domain rules, "References")."""

import re

_SEGMENT = re.compile(r"[A-Z0-9]+")
_REFERENCE = re.compile(r"[A-Z0-9]+-(?:[0-9]{4}|ND)(?:-[A-Z0-9]+){0,2}-R[0-9]{2,}", re.IGNORECASE)


def reference_stem(programme: str, year: int | None, city: str = "", group: str = "") -> str:
    """What stands before ``-R<NN>`` in a reference: ``FLPM-2015-WRO-G3``, ``MO-2014``, ``CWII-ND-GDA``.

    ``year`` is that of the earliest date, None where the date is unknown or only a bound; ``city`` and ``group``
    are codes or empty. Raises ValueError for a segment that is not of ASCII capitals and digits.
    """
    segments = [programme, "ND" if year is None else f"{year:04d}", *filter(None, (city, group))]
    for segment in segments:
        if not _SEGMENT.fullmatch(segment):
            raise ValueError(f"{segment!r} cannot stand in a reference: use capitals A-Z and digits only.")
    return "-".join(segments)


def reference(stem: str, number: int) -> str:
    """The whole reference of the ``number``-th recommendation below a stem: ``MO-2014-R02``."""
    return f"{stem}-R{number:02d}"


def is_like_reference(text: str) -> bool:
    """Whether a text is written as ``reference`` writes them, in any case: it may be minted one day."""
    return _REFERENCE.fullmatch(text.strip()) is not None
