"""Weather as a scenario file gives it: tables of the past, and of the days to come.

All forecasters use the same words: `weather.rain [mm/day]`, `weather.temperature [degC]` and so on. One table may serve them
all; each takes the columns that it asks for.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from waterbalance import units
from waterbalance.forecast.driven_by_weather import DrivenByWeather
from waterbalance.forecast.weather_ahead import DATE, ISSUED, MEMBER, WeatherSource, no_issues
from waterbalance.scenario.forecaster_settings import Asked, Columns, ForecasterSettings, Key, as_pandas
from waterbalance.scenario.quantities import Quantity
from waterbalance.scenario.schema import FileSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from waterbalance.forecast.forecaster import Forecaster

WEATHER, WEATHER_AHEAD = "weather", "weather_ahead"

WEATHER_QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "temperature": Quantity(units.TEMPERATURE, -80.0, 60.0),
        "relative_humidity": Quantity(units.FRACTION, 0.0, 1.0),
        "rain": Quantity(units.DEPTH_RATE, 0.0, 2.0),
        "evapotranspiration": Quantity(units.DEPTH_RATE, 0.0, 1.0),
        "radiation": Quantity(units.IRRADIATION, 0.0, 15.0),
        "sunshine": Quantity(units.TIME, 0.0, 1.0),
    }
)
"""What a table of weather may hold, each a mean or a sum of the day."""

MILLIMETRES: Mapping[str, float] = MappingProxyType({"rain": 1000.0, "evapotranspiration": 1000.0})
"""What one of the internal unit is for forecasters that count in millimetres a day."""


class WithWeatherAhead(ForecasterSettings):
    """What forecasters share that are driven by the weather of the days to come."""

    weather_ahead: FileSettings | None = None
    """Weather of the days to come: a `date` table that goes on beyond the start, or a long table of issues with the columns
    `issued`, `ds`, `member` and such as `weather.rain [mm/day]`, of which the newest from before the start counts. Past years go
    on where it ends."""

    def tables(self, key: Key, wanted: Quantity) -> tuple[Asked, ...]:
        """See `ForecasterSettings`."""
        own = super().tables(key, wanted)
        if self.weather_ahead is None:
            return own
        needed = self.weather_names()
        file = self.weather_ahead.file
        return (*own, Asked("weather_ahead", file, WEATHER, WEATHER_QUANTITIES, style="weather_ahead", needed=needed))

    def driven(
        self,
        forecaster: Forecaster,
        columns: Columns,
        scale: Mapping[str, float],
        *,
        bound: bool = False,
        normals: Mapping[str, Sequence[float]] | None = None,
    ) -> Forecaster:
        """The forecaster beside what is on file of the weather; alone where it needs none and none is told ahead.

        `scale` brings columns to the forecaster's units, `normals` are 36 ten-day values in these.
        """
        import pandas as pd  # noqa: PLC0415 (heavy: only when a forecast is made)

        if self.weather_ahead is None and not bound:
            return forecaster
        names = self.weather_names()
        record = past_weather(columns, names, scale).reindex(columns=list(names))
        usual = None if normals is None else pd.DataFrame(normals)[list(names)]
        return DrivenByWeather(forecaster, WeatherSource(record, _issues(columns, names, scale), usual), bound)


def asked_weather(setting: str, file: FileSettings, needed: tuple[str, ...] = ()) -> Asked:
    """A daily table of past weather."""
    return Asked(setting, file.file, WEATHER, WEATHER_QUANTITIES, ("date",), needed=needed)


def past_weather(columns: Columns, names: Sequence[str], scale: Mapping[str, float] = MappingProxyType({})) -> pd.DataFrame:
    """Daily weather of the past, those of `names` that the table has; empty where it has none."""
    import pandas as pd  # noqa: PLC0415

    known = {name: columns[WEATHER, name] for name in names if (WEATHER, name) in columns}
    past = {name: as_pandas(series) * scale.get(name, 1.0) for name, series in known.items() if series.kind == "date"}
    return pd.DataFrame(past, index=None if past else pd.DatetimeIndex([]))


def normal_weather(columns: Columns, names: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """Ten-day values of a table of weather, those of `names` that it has."""
    known = {name: columns[WEATHER, name] for name in names if (WEATHER, name) in columns}
    return {name: tuple(series.values.tolist()) for name, series in known.items() if series.kind == "ten_day"}


def is_dated(key: Key) -> bool:
    """Whether a column of weather to come has a day of issue (see `ensemble_file.read_issues`)."""
    return key[0] != WEATHER_AHEAD or " " in key[1]


def weather_note(columns: Columns) -> str:
    """What is known of the weather of the days to come on past days, for a forecaster that asks for it."""
    issued = sorted({name.partition(" ")[0] for owner, name in columns if owner == WEATHER_AHEAD and is_dated((owner, name))})
    if issued:
        return f"weather of the days to come as issued before each day ({len(issued)} issues, {issued[0]} to {issued[-1]})"
    if not all(map(is_dated, columns)):
        return (
            "weather of the days to come without days of issue is not used: past years stand for it, or what the record brought"
        )
    return "nobody told the weather of the days to come: past years stand for it, or what the record brought"


def _issues(columns: Columns, names: Sequence[str], scale: Mapping[str, float]) -> pd.DataFrame:
    """Weather that is told ahead, a row for each issue, day and member; `issued` is NaT where the table does not say."""
    import pandas as pd  # noqa: PLC0415

    rows = []
    for (owner, label), run in columns.items():
        issued, name, member = label.split(" ", 2) if " " in label else ("", label, "1")
        if owner == WEATHER_AHEAD and name in names:
            values = (run.values * scale.get(name, 1.0)).tolist()
            rows += [(issued, member, name, day, value) for day, value in zip(run.dates, values, strict=True)]
    if not rows:
        return no_issues(list(names))
    long = pd.DataFrame(rows, columns=[ISSUED, MEMBER, "name", DATE, "value"])
    wide = long.set_index([ISSUED, MEMBER, DATE, "name"])["value"].unstack().reindex(columns=list(names)).reset_index()  # noqa: PD010
    return wide.assign(**{name: pd.to_datetime(wide[name]) for name in (ISSUED, DATE)})
