"""How old the newest readings and issues are that a forecast is made from."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from waterbalance.forecast.exogenous import TARGET
from waterbalance.forecast.history import Doubt, newest_day
from waterbalance.forecast.partial_members import broken_off
from waterbalance.scenario.forecaster_settings import FRESH
from waterbalance.scenario.river_settings import ENSEMBLE
from waterbalance.scenario.weather_settings import WEATHER_AHEAD, is_dated

if TYPE_CHECKING:
    from waterbalance.scenario.forecaster_settings import Columns, ForecasterSettings


def stale_notes(
    rows: pd.Series | pd.DataFrame, settings: ForecasterSettings, quantity: str, start: dt.date
) -> tuple[Doubt, ...]:  # fmt: skip
    """A line for each column of a history whose newest reading before the day `start` is older than its forecaster's limit."""
    columns = {TARGET: rows} if isinstance(rows, pd.Series) else {str(name): rows[name] for name in rows.columns}
    notes = []
    for name, values in columns.items():
        newest, limit = newest_day(values), settings.fresh_for(name)
        if newest is not None and (start - newest).days > limit:
            what = quantity if name == TARGET else name
            age = (start - newest).days
            notes.append(Doubt(f"the newest reading of {what} is {age} days old ({newest}): more than {limit} days"))
    return tuple(notes)


def issued_members(columns: Columns, start: dt.date) -> int | None:
    """Members of the newest issue of an outside ensemble from before the day `start`, without those that broke off.

    None where no such table is read.
    """
    runs = {
        name: len(series.values) for (whose, name), series in columns.items() if whose == ENSEMBLE and is_dated((whose, name))
    }
    if not runs:
        return None
    known = {name.partition(" ")[0] for name in runs if dt.date.fromisoformat(name.partition(" ")[0]) < start}
    newest = {name: days for name, days in runs.items() if known and name.startswith(f"{max(known)} ")}
    return len(newest) - len(broken_off(newest))


def issue_notes(columns: Columns, start: dt.date) -> tuple[Doubt, ...]:
    """A line for each table of issues that has none from before the day `start`, or only old ones."""
    notes = []
    for owner in (ENSEMBLE, WEATHER_AHEAD):
        issued = {name.partition(" ")[0] for whose, name in columns if whose == owner and is_dated((whose, name))}
        known = [day for day in map(dt.date.fromisoformat, issued) if day < start]
        age = (start - max(known)).days if known else 0
        if issued and not known:
            notes.append(Doubt(f"no issue of {owner} was made before {start}: the first is of {min(issued)}"))
        elif age > FRESH:
            notes.append(Doubt(f"the newest issue of {owner} is {age} days old ({max(known)}): more than {FRESH} days"))
    return tuple(notes)
