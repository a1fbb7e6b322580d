"""Lemmas by simplemma with its compact dictionaries: the default ones take 360 MB for Polish alone, in each worker."""

from functools import cache, lru_cache

from simplemma.strategies import DefaultStrategy


@cache
def _strategy() -> DefaultStrategy:
    return DefaultStrategy(low_memory=True)


@lru_cache(maxsize=50_000)
def known(language: str, form: str) -> str:
    """The lemma of a form that stands in the dictionary itself, in lower case; "" if it is not there."""
    return lemma(language, form) if _strategy().is_dictionary_member(form, language) else ""


@lru_cache(maxsize=200_000)
def lemma(language: str, form: str) -> str:
    """The lemma that dictionary or rules give, in lower case; "" if they give none."""
    return (_strategy().get_lemma(form, language) or "").lower()


def readings(language: str, form: str) -> tuple[str, ...]:
    """The one key of a form: its lemma, tried in lower case and then with a capital, or the form itself."""
    lower = form.lower()
    return (lemma(language, lower) or lemma(language, lower.capitalize()) or lower,)
