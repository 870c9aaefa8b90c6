"""When a forecast is not believed, and what takes its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from waterbalance.network.fields import Duration


class ExpectSettings(BaseModel):
    """The ladder of forecasts; series are named `component.quantity`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    freshness: Mapping[str, Duration] = {}
    """How old the newest reading of a series may be; as old as its forecaster allows when left out. [day]"""

    least_members: Mapping[str, Annotated[int, Field(ge=1, strict=True)]] = {}
    """How many members of a series must differ; fewer are none. One when left out."""

    oldest_previous: Duration = Field(default=3.0, gt=0)
    """How many days ago a forecast may have been made that is shifted. [day]"""
