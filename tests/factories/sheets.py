"""Spreadsheets taken in, with the columns as they are guessed."""

from typing import Any

from recommendations.models import Intake
from recommendations.transfer.columns import name_columns
from recommendations.transfer.planning import plan_intake
from recommendations.transfer.sheet_intake import read_sheet, start_sheet
from tests.factories.files import sheet_file


def make_sheet(page: Any, *, by: Any, rows: list[list[str]], file: Any = None) -> Intake:
    """The rows, headings first, or the file, read for the issuer and planned."""
    intake = start_sheet(page, by=by, file=file or sheet_file(rows), title="Arkusz")
    values = {name: intake.columns[name] for name in ("cells", "separator", "encoding", "is_source")}
    read_sheet(name_columns(intake, by=by, **values), by=by)
    return plan_intake(intake, by=by)
