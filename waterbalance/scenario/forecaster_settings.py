"""What the settings of every forecaster can tell, and what many of them share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from waterbalance import units
from waterbalance.scenario.schema import FileSettings, ForecastSettings
from waterbalance.scenario.series import Series, SeriesKind

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.forecast.forecaster import Forecaster
    from waterbalance.scenario.quantities import Quantity

Key = tuple[str, str]
Columns = Mapping[Key, Series]

FRESH: Final = 10
"""Readings that tell how things stand are fresh for so long. [day]"""

A_MONTH: Final = 31
"""Weather of the last month tells how wet fields are. [day]"""

A_YEAR: Final = 366
"""Past years are up to date when the last one is among them. [day]"""


@dataclass(frozen=True)
class Asked:
    """A table that a forecaster reads."""

    setting: str
    """The setting that names the file."""

    file: str
    component: str
    """What stands before the dot in the headers."""

    quantities: Mapping[str, Quantity]
    kinds: tuple[SeriesKind, ...] = ("date",)
    """What the first column may be."""

    style: Literal["table", "ensemble", "weather_ahead"] = "table"
    """A table of series; or a long one of issued members (`ensemble_file.py`) of the forecast quantity; or weather of the days to
    come, long or by date."""

    needed: tuple[str, ...] = ()
    """Quantities that the table may not lack."""


class ForecasterSettings(ForecastSettings):
    """What every forecaster's settings can tell."""

    def tables(self, key: Key, wanted: Quantity) -> tuple[Asked, ...]:  # noqa: ARG002 (many read none)
        """The tables that it reads to forecast `key`."""
        return ()

    def weather_names(self) -> tuple[str, ...]:
        """Columns of weather that it asks for over the days to come."""
        return ()

    def fresh_for(self, column: str) -> int:  # noqa: ARG002 (a few tell columns apart)
        """How old the newest reading of a column of its history (`y` for the quantity itself) may be unsaid. [day]."""
        return FRESH

    def knows_ahead(self) -> bool:
        """Whether it is told what the record knows beyond the day of the forecast, for planning a past season again."""
        return False

    def build(self, unit: str, columns: Columns) -> Forecaster:
        """The forecaster with these settings, for a quantity of an internal unit."""
        raise NotImplementedError

    def learns_from(self, key: Key, columns: Columns) -> pd.Series | pd.DataFrame:
        """What it learns from: the table's column of the same name, empty where there is none."""
        return as_pandas(columns.get(key))


class FromHistory(ForecasterSettings):
    """What forecasters share that learn from the quantity's own past."""

    history: FileSettings | None = None
    """Daily (or ten-day) values that it learns from; `component.quantity [unit]`. Days may be missing."""

    def tables(self, key: Key, wanted: Quantity) -> tuple[Asked, ...]:
        """See `ForecasterSettings`."""
        if self.history is None:
            return ()
        return (Asked("history", self.history.file, key[0], {key[1]: wanted}, ("date",)),)


def kind_of(unit: str) -> Literal["rate", "level"]:
    """Whether values of a unit add up over a step."""
    return "rate" if units.integrates_over_step(unit) else "level"


def as_pandas(series: Series | None) -> pd.Series:
    """A dated series as pandas; an empty one where there is none."""
    import pandas as pd  # noqa: PLC0415

    if series is None:
        return pd.Series(dtype=float, index=pd.DatetimeIndex([]))
    return pd.Series(series.values, index=pd.DatetimeIndex(pd.to_datetime(list(series.dates))))
