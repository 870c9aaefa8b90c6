"""Daily rain of Taiwan (C-B0025-001), with a key: `Precipitation` in mm of each local day; `T` is a trace, `X` none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from waterbalance.sources.address import Address, shown
from waterbalance.sources.cwa import MISSING, asked
from waterbalance.sources.json_parts import flat, inside, several
from waterbalance.sources.samples import Telling
from waterbalance.sources.series_settings import SeriesName, StationSeries, UnitText
from waterbalance.sources.source import Fetched, SourceSettings, Surroundings
from waterbalance.sources.stations import Rows, fetched, samples_of, unpromised

if TYPE_CHECKING:
    import datetime as dt

ROWS = Rows(station="StationID", time="Date", local=True, daily=True, synonyms={})

_WAYS = (("cwaopendata", "resources", "resource", "data", "surfaceObs", "location"), ("records", "location"))


class DailyRainSeries(StationSeries):
    """The rain at one station."""

    field: str = "Precipitation"
    unit: UnitText = "mm/day"
    missing: tuple[float, ...] = MISSING


class CwaDailyRain(SourceSettings):
    """The administration's daily rain."""

    type: Literal["cwa_daily_rain"]

    url: Address
    """Address of the data set, without its key."""

    key_from: str
    """Environment variable that holds the key."""

    series: Mapping[SeriesName, DailyRainSeries]

    def read(self, first: dt.date, last: dt.date, around: Surroundings) -> Fetched:
        """As in `SourceSettings`."""
        telling = Telling(around.name, shown(self.url))
        answer = asked(self.url, self.key_from, around, telling)
        stations = next(filter(None, (several(inside(answer.value, *way)) for way in _WAYS)), [])
        rows = [row for station in stations for row in _rows(station)]
        if not rows:
            found = ", ".join(answer.value) if isinstance(answer.value, Mapping) else type(answer.value).__name__
            raise unpromised(telling, "the answer holds no rain", found, ".".join(_WAYS[0]))
        samples = samples_of(rows, ROWS, answer, around, telling)
        return fetched(self.series, samples, (first, last), around, telling, ROWS.synonyms)


def _rows(station: Any) -> list[object]:  # noqa: ANN401 (JSON may be anything)
    """One row a day."""
    identifier = inside(station, "station", "StationID")
    days = several(inside(station, "stationObsTimes", "stationObsTime"))
    return [
        {**dict(flat(day.get("weatherElements") or {})), "Date": day.get("Date"), "StationID": identifier}
        for day in days
        if isinstance(day, Mapping)
    ]
