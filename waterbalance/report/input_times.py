"""How far the tables of a scenario reach, and when what they tell of the days to come was issued."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.scenario.scenario import Scenario
    from waterbalance.scenario.series import Series


def input_times(scenario: Scenario) -> dict[str, dict[str, str]]:
    """File -> `first` and `last` date of its rows, and `issued`, the newest issue; of files that have any of these."""
    found: dict[str, dict[str, str]] = {}
    for series, issued in _columns(scenario):
        file = (series.where.file or "").removeprefix(scenario.folder).lstrip("/\\")
        times = found.setdefault(file, {})
        if series.dates:
            times["first"] = min(str(series.dates[0]), times.get("first", "9999"))
            times["last"] = max(str(series.dates[-1]), times.get("last", ""))
        if issued is not None:
            times["issued"] = max(str(issued), times.get("issued", ""))
    return {file: dict(sorted(times.items())) for file, times in sorted(found.items()) if times and file in scenario.files}


def _columns(scenario: Scenario) -> Iterator[tuple[Series, dt.date | None]]:
    for group in (scenario.series, scenario.observations, scenario.record):
        yield from ((series, None) for series in group.values())
    for recipe in scenario.forecasts.values():
        for key, series in recipe.columns.items():
            yield series, _issue(key)


def _issue(key: tuple[str, str]) -> dt.date | None:
    """The day of issue that stands before the name of a column of weather, or of an ensemble, to come."""
    day, _, rest = key[1].partition(" ")
    try:
        return dt.date.fromisoformat(day) if rest else None
    except ValueError:
        return None
