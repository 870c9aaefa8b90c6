"""Settings of the forecaster of solar arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from waterbalance.forecast.solar import RADIATION, SUNSHINE, SolarEnergy
from waterbalance.network.fields import Fraction, Power
from waterbalance.scenario.forecaster_settings import A_YEAR, Asked, Columns, ForecasterSettings, Key
from waterbalance.scenario.schema import FileSettings
from waterbalance.scenario.weather_settings import WEATHER, WEATHER_QUANTITIES, normal_weather, past_weather

if TYPE_CHECKING:
    import pandas as pd

    from waterbalance.forecast.forecaster import Forecaster
    from waterbalance.scenario.quantities import Quantity

_NAMES = (RADIATION, SUNSHINE)


class SolarSettings(ForecasterSettings):
    """Energy of a solar array: peak power x performance ratio x the sun on the array."""

    latitude: float = Field(ge=-90, le=90)
    """North-positive, in degrees."""

    longitude: float = Field(ge=-180, le=180)
    """East-positive, in degrees."""

    tilt: float = Field(ge=0, le=90)
    """Angle of the array from the level, in degrees."""

    azimuth: float = Field(default=180.0, ge=0, le=360)
    """Where the array looks, in degrees: 90 east, 180 south, 270 west."""

    peak_power: Power
    """Power of all modules under test conditions. [kW]"""

    performance_ratio: Fraction
    """Energy at the pumps over that of loss-free modules; 0.74 on average of 202 systems in Taiwan."""

    weather: FileSettings
    """A `ten_day` table (normals) or a `date` table (past years; days may be missing) with one of the columns
    `weather.radiation [kWh/m2/day]`, on level ground, and `weather.sunshine [h]` of a day."""

    def tables(self, key: Key, wanted: Quantity) -> tuple[Asked, ...]:  # noqa: ARG002
        """See `ForecasterSettings`."""
        return (Asked("weather", self.weather.file, WEATHER, WEATHER_QUANTITIES, ("ten_day", "date")),)

    def build(self, unit: str, columns: Columns) -> Forecaster:  # noqa: ARG002
        """See `ForecasterSettings`."""
        normals = normal_weather(columns, _NAMES)
        return SolarEnergy(
            self.latitude,
            self.longitude,
            self.tilt,
            self.azimuth,
            self.peak_power,
            self.performance_ratio,
            normals.get(RADIATION),
            normals.get(SUNSHINE),
        )

    def learns_from(self, key: Key, columns: Columns) -> pd.Series | pd.DataFrame:
        """Daily weather where the table has it; nothing to learn from where it has normals."""
        past = past_weather(columns, _NAMES)
        return past if len(past) else super().learns_from(key, columns)

    def fresh_for(self, column: str) -> int:  # noqa: ARG002
        """See `ForecasterSettings`."""
        return A_YEAR
