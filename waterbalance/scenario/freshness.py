"""How old the newest readings are that a forecast is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from waterbalance.forecast.exogenous import TARGET
from waterbalance.forecast.history import Doubt, newest_day

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.scenario.forecaster_settings import ForecasterSettings


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
