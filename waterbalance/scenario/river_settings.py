"""Settings of the forecasters of rivers: inflow, its judges, members from outside, and turbidity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from waterbalance.forecast.analogs import Analogs
from waterbalance.forecast.day_of_year import DayOfYearClimatology
from waterbalance.forecast.inflow import RAIN, RiverInflow
from waterbalance.forecast.outside_ensemble import COLUMNS, OutsideEnsemble
from waterbalance.forecast.seasonal_naive import SeasonalNaive
from waterbalance.forecast.turbidity import TurbidityAfterRain, TurbidityResponse
from waterbalance.network.fields import Fraction, Turbidity
from waterbalance.scenario.forecaster_settings import A_YEAR, Asked, Columns, FromHistory, Key, as_pandas, kind_of
from waterbalance.scenario.schema import FileSettings
from waterbalance.scenario.weather_settings import MILLIMETRES, WithWeatherAhead, asked_weather, past_weather

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.forecast.forecaster import Forecaster
    from waterbalance.scenario.quantities import Quantity

ENSEMBLE = "ensemble"


class _WithRain(FromHistory):
    """What forecasters share that learn from rain beside the quantity's own past."""

    rain: FileSettings | None = None
    """Daily rain of the catchment: a `date` table with the column `weather.rain [mm/day]`; other columns of weather may stand
    beside it. Days may be missing."""

    def tables(self, key: Key, wanted: Quantity) -> tuple[Asked, ...]:
        """See `ForecasterSettings`."""
        own = super().tables(key, wanted)
        if self.rain is None:
            return own
        return (*own, asked_weather("rain", self.rain, (RAIN,)))

    def learns_from(self, key: Key, columns: Columns) -> pd.Series | pd.DataFrame:
        """The quantity's past as `y` and rain [mm], where rain is told."""
        past = as_pandas(columns.get(key))
        return past if self.rain is None else past.rename("y").to_frame().join(_rain(columns))


class RiverInflowSettings(WithWeatherAhead, _WithRain):
    """Inflow of a river: paths from today's flow, and past years for the far days."""

    @model_validator(mode="after")
    def _past_rain_beside_rain_ahead(self) -> Self:
        if self.weather_ahead is not None and self.rain is None:
            raise ValueError("rain of the days to come tells a river nothing without a table of past rain: add 'rain'")
        return self

    def weather_names(self) -> tuple[str, ...]:
        """See `ForecasterSettings`."""
        return () if self.rain is None else (RAIN,)

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        return self.driven(RiverInflow(rain=self.rain is not None), columns, MILLIMETRES)


class AnalogsSettings(_WithRain):
    """Inflow of a river: past days on which it stood as today, and what came then."""

    half_window: int = Field(default=45, ge=1, le=183, strict=True)
    """Days before and after the date that count as the same season. [day]"""

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        return Analogs(rain=self.rain is not None, half_window=self.half_window)


class DayOfYearSettings(FromHistory):
    """What came on these dates in past years, up to some days earlier or later."""

    half_window: int = Field(default=7, ge=0, le=90, strict=True)
    """Days before and after the date that count as the same date. [day]"""

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        return DayOfYearClimatology(half_window=self.half_window, kind=kind_of(unit))

    def fresh_for(self, column: str) -> int:  # noqa: ARG002
        """See `ForecasterSettings`."""
        return A_YEAR


class SeasonalNaiveSettings(FromHistory):
    """Last week goes on."""

    season: int = Field(default=7, ge=1, strict=True)
    """Days after which the pattern repeats. [day]"""

    memory: int = Field(default=364, ge=1, strict=True)
    """Most recent days whose errors are drawn. [day]"""

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        return SeasonalNaive(season=self.season, memory=self.memory, kind=kind_of(unit))


class OutsideEnsembleSettings(FromHistory):
    """Members that somebody else tells, then past years."""

    ensemble: FileSettings
    """A long table with the columns `issued`, `ds`, `member` and `value [unit]`; earlier issues correct the bias."""

    def tables(self, key: Key, wanted: Quantity) -> tuple[Asked, ...]:
        """See `ForecasterSettings`."""
        return (*super().tables(key, wanted), Asked("ensemble", self.ensemble.file, ENSEMBLE, {key[1]: wanted}, style="ensemble"))

    def build(self, unit: str, columns: Columns) -> Forecaster:
        """See `ForecasterSettings`."""
        import pandas as pd  # noqa: PLC0415 (heavy: only when a forecast is made)

        rows = [
            (name.partition(" ")[0], day, name.partition(" ")[2], value)
            for (owner, name), run in columns.items()
            if owner == ENSEMBLE
            for day, value in zip(run.dates, run.values.tolist(), strict=True)
        ]
        return OutsideEnsemble(pd.DataFrame(rows, columns=list(COLUMNS)), kind=kind_of(unit))


class ResponseSettings(BaseModel):
    """How a river clouds after rain, where no record of its turbidity tells it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    clear: Turbidity
    """Turbidity after long dry weather. [NTU]"""

    exponent: float = Field(ge=0)
    """How steeply it rises: turbidity = clear x (1 + rain that still acts / 10 mm) ^ exponent."""

    memory: Fraction
    """Share of the rain that still acts a day later."""

    deviation: float = Field(ge=0)
    """Standard deviation of the logarithm around that."""

    persistence: Fraction
    """Correlation of that deviation from day to day."""


class TurbiditySettings(WithWeatherAhead, _WithRain):
    """Turbidity of a river after heavy rain."""

    rain: FileSettings
    """Daily rain of the catchment: a `date` table with the column `weather.rain [mm/day]`. Days may be missing."""

    response: ResponseSettings | None = None
    """Declared where there is no history of turbidity; learned from the history when left out."""

    def weather_names(self) -> tuple[str, ...]:
        """See `ForecasterSettings`."""
        return (RAIN,)

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        response = None if self.response is None else TurbidityResponse(**self.response.model_dump())
        return self.driven(TurbidityAfterRain(response), columns, MILLIMETRES)

    def learns_from(self, key: Key, columns: Columns) -> pd.Series | pd.DataFrame:
        """Turbidity as `y`, unknown where there is no history, and rain [mm], from the first day with rain on."""
        rain = _rain(columns)
        both = rain.to_frame().join(as_pandas(columns.get(key)).rename("y"), how="outer")[["y", RAIN]]
        since: pd.DataFrame = both[both.index >= rain.index.min()]
        return since


def _rain(columns: Columns) -> pd.Series:
    """Rain of each day [mm]."""
    return past_weather(columns, (RAIN,), MILLIMETRES)[RAIN]
