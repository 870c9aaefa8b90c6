"""The orders of a plan: even over each day, or in turns where the scenario has them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from waterbalance.hydrology.photovoltaics import clear_sky_shares
from waterbalance.scenario.devices import devices_of
from waterbalance.scenario.turn_district import district_of
from waterbalance.scenario.turn_state import running_at
from waterbalance.schedule.derive import daily_steps
from waterbalance.schedule.device_limits import within_devices
from waterbalance.schedule.district import turn_schedule
from waterbalance.schedule.followed_through import with_followed
from waterbalance.schedule.running import AT_REST

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.horizon import Floats
    from waterbalance.plan.plan import Plan
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.schedule.district import Turns
    from waterbalance.schedule.schedule import Schedule


@dataclass(frozen=True)
class Followed:
    """Orders that gates follow before new ones begin."""

    orders: Schedule
    until: dt.time | None = None
    """Time of the first day at which new orders are made; its midnight where that is not told."""


def turns_of(scenario: Scenario, plan: Plan, followed: Followed | None = None, time_limit: float | None = None) -> Turns | None:
    """The turns for the daily steps of a plan; None where the scenario has none, or the plan no daily steps.

    They go on from what runs at midnight, as the table of the state has it, else as the orders that were followed leave it. In
    the middle of the first day they begin with the first slot that does not begin before, and go on from those orders alone. A
    `time_limit` [s] goes before the scenario's.
    """
    days = daily_steps(plan.horizon)
    if scenario.turns is None or days == 0:
        return None
    sun = {
        name: _sun(plan, solar.pump_station, solar.latitude, solar.longitude)
        for name, canal in scenario.turns.canals.items()
        if canal.pump is not None and (solar := canal.pump.solar) is not None
    }
    start = plan.horizon.start
    until = None if followed is None else followed.until
    running = running_at(scenario.turns, scenario.observations, start) if until is None else AT_REST
    told = (scenario.turns, scenario.network, start, scenario.time_zone, days, sun)
    district = district_of(*told, running, time_limit)
    district = replace(district, canals=within_devices(district.canals, devices_of(scenario).values()))
    if until is not None:
        clock = district.slots.clock()[: int(np.sum(district.slots.days() == 0))]
        district = replace(district, begin=int(np.sum(clock < until.hour + until.minute / 60.0)))
    turns = turn_schedule(plan, scenario.network, district, None if followed is None else followed.orders)
    if until is None or followed is None:
        return turns
    return replace(turns, schedule=with_followed(turns.schedule, followed.orders, scenario.turns.structures))


def _sun(plan: Plan, station: str, latitude: float, longitude: float) -> Floats:
    """Energy of an array in every hour of the daily steps, shape (days, 24): the day's, spread as by a clear sky. [kWh]."""
    days = daily_steps(plan.horizon)
    energy = plan.givens[station, "solar_energy"][:days]
    dates = pd.DatetimeIndex(plan.horizon.starts[:days])
    shares: Floats = energy[:, None] * clear_sky_shares(dates, latitude, longitude, plan.horizon.time_zone)
    return shares
