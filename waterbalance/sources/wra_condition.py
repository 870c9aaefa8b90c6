"""Condition of reservoirs (水庫水情資料, data set 2be9044c-6e44-4856-aad5-dd108c2e6679), and hourly sets of one reservoir.

    effectivewaterstoragecapacity  1e4 m3, what the reservoir holds, whatever its name says
    inflowdischarge, totaloutflow, spillwayoutflow, ...  m3/s    waterlevel  m    accumulaterainfallincatchment1  mm

Times are local. The data set tells the newest observations only: what it tells in the small hours is the night's storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from waterbalance.sources.series_settings import SeriesName, SubdailyStationSeries
from waterbalance.sources.stations import Rows
from waterbalance.sources.wra_open_data import WraOpenData


class WraCondition(WraOpenData):
    """The agency's condition of reservoirs."""

    type: Literal["wra_condition"]
    series: Mapping[SeriesName, SubdailyStationSeries]

    rows: ClassVar[Rows] = Rows(
        station="reservoiridentifier",
        time="observationtime",
        local=True,
        daily=False,
        synonyms={
            "observationtime": ("datetime",),
            # The real name has had its digit since 2026 only.
            "accumulaterainfallincatchment1": ("accumulaterainfallincatchment",),
            "accumulaterainfallincatchment": ("accumulaterainfallincatchment1",),
        },
    )
