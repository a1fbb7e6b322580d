"""What the database itself holds, said once for every floor."""

from django.db.models import CheckConstraint, Q, TextChoices


def is_known(
    column: str,
    words: type[TextChoices],
    name: str,
    *,
    but: TextChoices | None = None,
    is_optional: bool = False,
) -> CheckConstraint:
    """A check that the column holds one of the words, or nothing where it is optional; never the one in ``but``."""
    values = [word for word in words.values if word != but]
    return CheckConstraint(condition=Q(**{f"{column}__in": ["", *values] if is_optional else values}), name=name)
