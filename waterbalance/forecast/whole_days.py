"""Daily rates without gaps, and their exogenous columns, as models of other libraries ask for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.forecast.direct_ridge import by_week
from waterbalance.forecast.exogenous import TARGET, refuse_weather, split, weather_members
from waterbalance.forecast.history import History, checked_history
from waterbalance.forecast.screening import screened
from waterbalance.forecast.seasonal_naive import days_ahead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from waterbalance.forecast.forecaster import Past, Weather

MEMORY: Final = 1096
"""Most recent days that are learned from, where nobody says otherwise. [day]"""


@dataclass(frozen=True)
class WholeDays:
    """The past with a value on each day."""

    history: History
    """As it was told; its notes say what was filled in the exogenous columns."""

    rates: pd.Series
    """Unknown days take the same weekday of the week before."""

    exogenous: pd.DataFrame
    """On the same days, a column a name; unknown values are those of the day before."""

    def leads(self, days: pd.DatetimeIndex) -> pd.Index:
        """How far `days` lie ahead, 1 for the day after the last.

        Raises `InputError` when they begin in the history, and when there are exogenous columns and days between, of which
        nobody tells the weather.
        """
        last_day = self.rates.index[-1]
        leads = pd.Index(days_ahead(last_day, days).astype(np.int64))
        if leads[0] > 1 and len(self.exogenous.columns):
            place = Place(date=str(last_day.date()))
            remedy = "Let the history go on to the day before the horizon, with the weather known and `y` empty."
            finding = Finding("the weather after the history is unknown", place, f"{leads[0] - 1} days without", "none", remedy)
            raise InputError("weather of the days to come", (finding,))
        return leads

    def ahead(self, weather: Weather, days: pd.DatetimeIndex, forecaster: object) -> list[pd.DataFrame]:
        """The exogenous columns over `days`, one frame for each member of the weather; without columns one empty frame.

        Raises `InputError` for columns and values that are missing or too many.
        """
        names = list(self.exogenous.columns)
        if not names:
            refuse_weather(weather, forecaster)
            return [pd.DataFrame(index=days)]
        return [pd.DataFrame(values, index=days, columns=names) for values in weather_members(weather, names, days)]


def whole_days(history: Past, names: Sequence[str], *, shortest: int, memory: int = MEMORY) -> WholeDays:
    """The last `memory` days of a history with the exogenous columns `names`.

    Raises `InputError` as `checked_history` and `split` do, and for an exogenous column that is infinite or wholly unknown.
    """
    values, told = split(history, names)
    known = screened(checked_history(values, shortest=shortest))
    days = known.values.index[-memory:]
    rates = by_week(known.values.to_numpy(dtype=np.float64)[None, -memory:])[0]
    dates = pd.DatetimeIndex(told.index).tz_localize(None)
    columns = told.set_axis(dates, axis=0).reindex(days)
    findings = Findings(_column_findings(columns))
    findings.raise_if_any(InputError, "a history to learn from")
    notes = tuple(
        f"{name}: {count} days without a value, taken as the day before" for name, count in columns.isna().sum().items() if count
    )
    filled = columns.ffill().bfill()
    return WholeDays(replace(known, notes=(*known.notes, *notes)), pd.Series(rates, days, name=TARGET), filled)


def _column_findings(columns: pd.DataFrame) -> list[Finding]:
    found = []
    for name in columns.columns:
        values = columns[name]
        infinite = values[np.isinf(values)]
        if len(infinite):
            place = Place(date=str(infinite.index[0].date()))
            found.append(Finding(f"the column {name!r} holds infinite values", place, f"{len(infinite)} days", "numbers"))
        if values.isna().all():
            found.append(Finding(f"the column {name!r} holds no value", found=f"{len(values)} days without", allowed="numbers"))
    return found
