"""All adapters: a new one is a new file, and its name in the list here."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from waterbalance.sources.csv_folder import CsvFolder
from waterbalance.sources.cwa_daily_rain import CwaDailyRain
from waterbalance.sources.cwa_observations import CwaObservations
from waterbalance.sources.fhy_daily import FhyDaily
from waterbalance.sources.fhy_storage import FhyStorage
from waterbalance.sources.sensorthings import SensorThings
from waterbalance.sources.wra_condition import WraCondition
from waterbalance.sources.wra_daily_operation import WraDailyOperation
from waterbalance.sources.wra_river_level import WraRiverLevel

AnySource = Annotated[
    CsvFolder
    | CwaDailyRain
    | CwaObservations
    | FhyDaily
    | FhyStorage
    | SensorThings
    | WraCondition
    | WraDailyOperation
    | WraRiverLevel,
    Field(discriminator="type"),
]
"""The settings of one source, told apart by `type`."""
