"""`latest.html` and `latest.json` of a morning without a night: yesterday's good page must not stand there.

The next night that comes to its end takes their place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.operate.telling.report_night import LATEST_JSON, LATEST_PAGE
from waterbalance.report.atomic import write_text
from waterbalance.report.json_text import json_text
from waterbalance.report.language import Wording
from waterbalance.report.night.no_night import no_night_page

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.operate.configuring.night_settings import NightSettings


def report_no_night(settings: NightSettings, at: dt.datetime, exit_code: int, why: str) -> None:
    """Write both. Raises `OutputError` or `TryLaterError` where they cannot be written."""
    file, results = settings.file, settings.results_folder
    write_text(results / LATEST_PAGE, no_night_page(file.name, at, exit_code, why, Wording(file.language)))
    told = {"schema": "waterbalance.no_night/1", "name": file.name, "at": at.isoformat(), "exit_code": exit_code, "why": why}
    write_text(results / LATEST_JSON, json_text(told))
