"""Settings of the forecasters of households."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from waterbalance import units
from waterbalance.forecast.announced import Announced
from waterbalance.forecast.exogenous import TARGET
from waterbalance.forecast.household_blend import HouseholdBlend
from waterbalance.forecast.per_capita import PerCapitaDemand
from waterbalance.network.fields import FlowRate, Fraction
from waterbalance.scenario.forecaster_settings import Asked, Columns, ForecasterSettings, FromHistory, Key, as_pandas
from waterbalance.scenario.quantities import Quantity
from waterbalance.scenario.schema import FileSettings
from waterbalance.scenario.weather_settings import (
    MILLIMETRES,
    WEATHER_QUANTITIES,
    WithWeatherAhead,
    asked_weather,
    past_weather,
)

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.forecast.forecaster import Forecaster

RESTRICTION, CUT = "restriction", "cut"


class HouseholdDemandSettings(WithWeatherAhead, FromHistory):
    """Households from their meters: calendar, weather, restrictions, and a blend that keeps last week's weekday."""

    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")
    """Whose public holidays count, such as `TW`; Lunar New Year by the lunar calendar."""

    restrictions: FileSettings | None = None
    """A `date` table with the column `restriction.cut [1]`: the share by which demand was, or is announced to be, cut; days that
    it leaves out have no restriction."""

    leakage: FlowRate = 0.0
    """What the pipes lose before the taps; no holiday or restriction moves it. [m3/day]"""

    harmonics: int = Field(default=2, ge=0, le=6, strict=True)
    """How many sine waves describe the year."""

    memory: int = Field(default=1461, ge=28, strict=True)
    """Most recent days that are learned from. [day]"""

    exogenous: tuple[str, ...] = ()
    """Columns of the weather that demand is learned to follow, such as `temperature` and `rain`; from two years of meters on."""

    weather: FileSettings | None = None
    """Weather of the past, for `exogenous`: a `date` table with columns such as `weather.temperature [degC]`. Days may be
    missing."""

    @model_validator(mode="after")
    def _weather_has_names(self) -> Self:
        unknown = [name for name in self.exogenous if name not in WEATHER_QUANTITIES]
        if unknown:
            raise ValueError(f"no weather is called {', '.join(unknown)}: choose of {', '.join(WEATHER_QUANTITIES)}")
        if (self.weather is None) != (not self.exogenous) or (self.weather_ahead is not None and not self.exogenous):
            raise ValueError("'exogenous' names the columns and 'weather' the table of the past that holds them: give both")
        return self

    def weather_names(self) -> tuple[str, ...]:
        """See `ForecasterSettings`."""
        return self.exogenous

    def tables(self, key: Key, wanted: Quantity) -> tuple[Asked, ...]:
        """See `ForecasterSettings`."""
        asked = super().tables(key, wanted)
        if self.weather is not None:
            asked = (*asked, asked_weather("weather", self.weather, self.exogenous))
        if self.restrictions is None:
            return asked
        cut = {CUT: Quantity(units.FRACTION, 0.0, 0.99)}
        return (*asked, Asked("restrictions", self.restrictions.file, RESTRICTION, cut, ("date",)))

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        cuts = columns.get((RESTRICTION, CUT))
        blend = HouseholdBlend(
            country=self.country,
            exogenous=self.exogenous,
            restriction=None if cuts is None else CUT,
            leakage=self.leakage,
            harmonics=self.harmonics,
            memory=self.memory,
        )
        forecaster = blend if cuts is None else Announced(blend, as_pandas(cuts).to_frame(CUT))
        return self.driven(forecaster, columns, MILLIMETRES, bound=bool(self.exogenous))

    def learns_from(self, key: Key, columns: Columns) -> pd.Series | pd.DataFrame:
        """Demand, as `y` with the weather of its days where that is asked for."""
        past = as_pandas(columns.get(key))
        if not self.exogenous:
            return past
        return past.rename(TARGET).to_frame().join(past_weather(columns, self.exogenous, MILLIMETRES))


class PerCapitaDemandSettings(ForecasterSettings):
    """Households without meters: people x use a head."""

    population: float = Field(ge=0)
    """People served."""

    use_per_head: FlowRate
    """Use of one person at the tap, such as `250 L/day`. [m3/day]"""

    monthly_factors: tuple[float, ...] = (1.0,) * 12
    """Use of each month, January to December, relative to the year's mean."""

    leakage: Fraction = 0.0
    """Share of what leaves the works that is lost before the meters."""

    uncertainty: Fraction = 0.0
    """Relative standard deviation between members."""

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        litres = 1000.0 * self.use_per_head
        return PerCapitaDemand(self.population, litres, self.monthly_factors, self.leakage, self.uncertainty)
