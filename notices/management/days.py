"""The day for which a command works."""

import argparse
import datetime as dt


def day_of(text: str) -> dt.date:
    """A day written as 2026-11-23; argparse.ArgumentTypeError says so of anything else."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write it as 2026-11-23.") from error
