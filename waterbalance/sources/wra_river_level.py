"""Water levels of rivers every ten minutes (data set 73c4c3de-4045-4765-abeb-89f9f9cd5ff0): `waterlevel` in m, local times.

A level that the agency's own check has refused (`checkresult` other than 1 or nothing) is no value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from waterbalance.network.fields import Duration
from waterbalance.sources.samples import Sample, Telling, few
from waterbalance.sources.series_settings import SeriesName, SubdailyStationSeries
from waterbalance.sources.stations import Rows
from waterbalance.sources.wra_open_data import WraOpenData

if TYPE_CHECKING:
    from waterbalance.sources.source import Surroundings

TEN_MINUTES = 1.0 / 144.0
"""In days."""


class RiverLevelSeries(SubdailyStationSeries):
    """The level at one station."""

    field: str = "waterlevel"
    step: Duration = Field(default=TEN_MINUTES, gt=0, le=1)


class WraRiverLevel(WraOpenData):
    """The agency's water levels of rivers."""

    type: Literal["wra_river_level"]
    series: Mapping[SeriesName, RiverLevelSeries]

    rows: ClassVar[Rows] = Rows(station="stationid", time="datetime", local=True, daily=False, synonyms={})

    def _samples(self, around: Surroundings, telling: Telling) -> list[Sample]:
        samples = super()._samples(around, telling)
        asked = {settings.station for settings in self.series.values()}
        told = [f"{each.station} at {each.at}" for each in samples if each.station in asked and not _is_passed(each)]
        if told:
            telling.add("the agency's own check has refused values", few(told), "checkresult 1", "They are left out.")
        return [sample for sample in samples if _is_passed(sample)]


def _is_passed(sample: Sample) -> bool:
    return str(sample.fields.get("checkresult") or "").strip() in {"", "1"}
