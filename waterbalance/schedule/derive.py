"""From a plan to orders: the gate of every canal and pipe that brings water to an irrigation zone.

    setpoint = inflow / (length of the step x 86400)   [m3/s], to the nearest litre per second

Only daily steps become orders: ten-day periods are outlook. The flow is even over the day; turns within the day are those of
`district.py`. The gates further upstream have no orders here.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.network.components.irrigation_zone import IrrigationZone
from waterbalance.schedule.guard import guard
from waterbalance.schedule.schedule import Order, Schedule, Setting
from waterbalance.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.horizon import Horizon
    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Plan

DECIMALS = 3
"""Of a setpoint in m3/s: gates are set to the litre per second."""


def derive_schedule(plan: Plan, network: Network) -> Schedule:
    """Orders for the daily steps at the beginning of the plan.

    Raises `NoPlanError` naming every setpoint that is no number, negative or over the structure's capacity in its step.
    """
    steps = daily_steps(plan.horizon)
    orders = tuple(
        _order(plan, structure, quantity, zone, steps) for structure, quantity, zone in _structures(plan, network) if steps
    )
    return guard(Schedule(plan.horizon.time_zone, plan.policy, orders))


def daily_steps(horizon: Horizon) -> int:
    """How many steps at the beginning last one calendar day."""
    one_day = dt.timedelta(days=1)
    lengths = [end - start for start, end in zip(horizon.starts, horizon.ends, strict=True)]
    return next((number for number, length in enumerate(lengths) if length != one_day), len(lengths))


def _structures(plan: Plan, network: Network) -> Iterator[tuple[str, str, str]]:
    """Structure, its flow towards the zone, and the zone; in the order of the zones' names."""
    found = {
        (link.downstream, link.owner, "inflow" if link.field == "target" else "reverse_inflow")
        for link in network.links()
        if link.downstream in network
        and isinstance(network[link.downstream], IrrigationZone)
        and not network[link.owner].is_place
    }
    for zone, structure, quantity in sorted(found):
        if (structure, quantity) in plan.values:
            yield structure, quantity, zone


def _order(plan: Plan, structure: str, quantity: str, zone: str, steps: int) -> Order:
    volumes = plan.values[structure, quantity][:steps]
    seconds = plan.horizon.days[:steps] * SECONDS_PER_DAY
    limits = plan.givens.get((structure, quantity.replace("inflow", "capacity")))
    most = np.full(steps, np.inf) if limits is None else limits[:steps] / seconds
    settings = tuple(
        Setting(
            start=plan.horizon.moment(t),
            end=plan.horizon.moment(t + 1),
            # Adding zero turns the solver's minus zero into plain zero.
            setpoint=round(float(volumes[t] / seconds[t]), DECIMALS) + 0.0,
            volume=float(volumes[t]) + 0.0,
            capacity=round(float(most[t]), 6) if np.isfinite(most[t]) else None,
        )
        for t in range(steps)
    )
    return Order(structure, zone, settings)
