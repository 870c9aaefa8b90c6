"""Present weather of Taiwan's stations (O-A0003-001): the newest observation of each, with a key.

    AirTemperature  degC    RelativeHumidity  %    WindSpeed  m/s    AirPressure  hPa
    Now.Precipitation  mm since local midnight: `per_day: last`, with `unit: mm/day`

Until 2024 its elements stood in a list, `weatherElement: [{elementName, elementValue}]`, which is understood as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from waterbalance.sources.address import Address, shown
from waterbalance.sources.cwa import MISSING, asked
from waterbalance.sources.json_parts import flat, inside, several
from waterbalance.sources.samples import Telling
from waterbalance.sources.series_settings import SeriesName, SubdailyStationSeries
from waterbalance.sources.source import Fetched, SourceSettings, Surroundings
from waterbalance.sources.stations import Rows, fetched, samples_of, unpromised

if TYPE_CHECKING:
    import datetime as dt

ROWS = Rows(station="StationId", time="at", local=False, daily=False, synonyms={})


class ObservationSeries(SubdailyStationSeries):
    """An element at one station."""

    missing: tuple[float, ...] = MISSING


class CwaObservations(SourceSettings):
    """The administration's present weather."""

    type: Literal["cwa_observations"]

    url: Address
    """Address of the data set, without its key."""

    key_from: str
    """Environment variable that holds the key."""

    series: Mapping[SeriesName, ObservationSeries]

    def read(self, first: dt.date, last: dt.date, around: Surroundings) -> Fetched:
        """As in `SourceSettings`."""
        telling = Telling(around.name, shown(self.url))
        answer = asked(self.url, self.key_from, around, telling)
        records = inside(answer.value, "records")
        stations = several(inside(records, "Station")) or several(inside(records, "location"))
        if not stations:
            found = ", ".join(answer.value) if isinstance(answer.value, Mapping) else type(answer.value).__name__
            raise unpromised(telling, "the answer holds no stations", found, "records.Station")
        rows = [_row(station) for station in stations]
        samples = samples_of(rows, ROWS, answer, around, telling)
        return fetched(self.series, samples, (first, last), around, telling, ROWS.synonyms)


def _row(station: Any) -> object:  # noqa: ANN401 (JSON may be anything)
    """One station with its elements side by side."""
    if not isinstance(station, Mapping):
        return station
    elements = station.get("WeatherElement")
    if isinstance(elements, Mapping):
        return {**dict(flat(elements)), "StationId": station.get("StationId"), "at": inside(station, "ObsTime", "DateTime")}
    listed = (each for each in several(station.get("weatherElement")) if isinstance(each, Mapping))
    older = {str(each.get("elementName")): each.get("elementValue") for each in listed}
    return {**older, "StationId": station.get("stationId"), "at": inside(station, "time", "obsTime")}
