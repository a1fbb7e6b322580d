"""Counting the page of figures ahead of its readers."""

import time
from dataclasses import replace

from django.http import QueryDict
from django.utils import timezone

from recommendations.models.figures import choices_offered, figures_of
from recommendations.models.narrowing import OF_FIGURES, Narrowing, read_narrowing
from recommendations.models.tally import confirm, last_asked
from recommendations.services.past import asked_day

# Publications wait for it; whoever asks for what was left out counts it alone.
SECONDS = 10


def count_ahead() -> None:
    """Count the figures, and those under the filters and days last asked for, and note of which moment they are.

    Until then readers are shown those of the moment noted before (``figures_of(may_lag=True)``).
    """
    began, ends = timezone.now(), time.monotonic() + SECONDS
    choices = choices_offered()
    figures_of(Narrowing(), choices)
    for query in last_asked():
        if time.monotonic() > ends:
            break
        figures_of(narrowing_of(query), choices)
    confirm(choices.mark, began)


def narrowing_of(query: str) -> Narrowing:
    """The filter and the day that a part of an address asks for."""
    parameters = QueryDict(query).dict()
    return replace(read_narrowing(parameters, OF_FIGURES), moment=asked_day(parameters).moment)
