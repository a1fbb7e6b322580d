"""Russian words: one reading each, by simplemma."""

from search.analysis import simple


def readings(form: str) -> tuple[str, ...]:
    """The key of a form."""
    return simple.readings("ru", form)
