"""Daily operation of reservoirs (水庫每日營運狀況, data set 51023e88-4c76-4dbc-bbb9-470da690d539).

    inflow, outflowtotal, ...  1e4 m3/day    basinrainfall  mm/day    dwl, nwlmax  m    capacity  1e4 m3

`capacity` is what the reservoir could hold that year, silt taken off; what it holds is told by `wra_condition`. The older service
(…_OPENDATA) tells the same under other names, which are understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, TypeVar

from pydantic import field_validator

from waterbalance.sources.series_settings import SeriesName, StationSeries, SubdailyStationSeries
from waterbalance.sources.source import key_of
from waterbalance.sources.stations import Rows
from waterbalance.sources.wra_open_data import WraOpenData

CAPACITY = frozenset({"capacity", "effectivecapacity"})
"""Fields that tell what a reservoir can hold."""


class DailyOperationSeries(StationSeries):
    """A field of one reservoir."""

    missing: tuple[float, ...] = (999.9, 9999.9)
    """Numbers by which the source says that it has none; 999.9 also stands where a display could show no more."""


AnyStation = TypeVar("AnyStation", StationSeries, SubdailyStationSeries)


def no_capacity_for_storage(series: Mapping[SeriesName, AnyStation]) -> Mapping[SeriesName, AnyStation]:
    """Refuses a series of storage that would be read from a capacity. Raises `ValueError`."""
    for name, settings in series.items():
        if key_of(name)[1] == "storage" and settings.field.lower() in CAPACITY:
            raise ValueError(f"{name}: {settings.field} is what the reservoir can hold, not what it holds; take another field")
    return series


class WraDailyOperation(WraOpenData):
    """The agency's daily operation of reservoirs."""

    type: Literal["wra_daily_operation"]
    series: Mapping[SeriesName, DailyOperationSeries]

    rows: ClassVar[Rows] = Rows(
        station="reservoiridentifier",
        time="datetime",
        local=True,
        daily=True,
        synonyms={
            "datetime": ("recordtime",),
            "capacity": ("effectivecapacity",),
            "inflow": ("inflowvolume",),
            "basinrainfall": ("catchmentarearainfall",),
            "dwl": ("deadstoragelevel",),
            "nwlmax": ("fullwaterlevel",),
        },
    )

    _storage = field_validator("series")(no_capacity_for_storage)
