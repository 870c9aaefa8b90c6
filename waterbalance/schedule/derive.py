"""From a plan to orders: the gate of every canal and pipe that brings water to an irrigation zone, and those above it.

    setpoint = inflow / (length of the step x 86400)   [m3/s], to the nearest litre per second

Only daily steps become orders: ten-day periods are outlook. The flow is even over the day; turns within the day are those of
`district.py`. What a reservoir lets into a river has no order of its own.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.network.components.irrigation_zone import IrrigationZone
from waterbalance.plan.orders import is_set, storages_among
from waterbalance.schedule.guard import guard
from waterbalance.schedule.schedule import Order, Schedule, Setting
from waterbalance.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.horizon import Horizon
    from waterbalance.network.component import Component
    from waterbalance.network.network import Network
    from waterbalance.plan.plan import Plan
    from waterbalance.schedule.schedule import Role

DECIMALS = 3
"""Of a setpoint in m3/s: gates are set to the litre per second."""


def derive_schedule(plan: Plan, network: Network) -> Schedule:
    """Orders for the daily steps at the beginning of the plan.

    Raises `NoPlanError` naming every setpoint that is no number, negative or over the structure's capacity in its step.
    """
    steps = daily_steps(plan.horizon)
    orders = tuple(
        _order(plan, structure, quantity, place, role, steps)
        for structure, quantity, place, role in _structures(plan, network)
        if steps
    )
    return guard(Schedule(plan.horizon.time_zone, plan.policy, orders))


def daily_steps(horizon: Horizon) -> int:
    """How many steps at the beginning last one calendar day."""
    one_day = dt.timedelta(days=1)
    lengths = [end - start for start, end in zip(horizon.starts, horizon.ends, strict=True)]
    return next((number for number, length in enumerate(lengths) if length != one_day), len(lengths))


def _structures(plan: Plan, network: Network) -> Iterator[tuple[str, str, str, Role]]:
    """Structure, its flow, where it leads, and its role; those at zones first, in the order of the zones' names.

    Further upstream, every gate that somebody sets and whose water can reach a zone.
    """
    storages = storages_among(plan.stocks)
    first, last = plan.horizon.start, plan.horizon.start + dt.timedelta(days=daily_steps(plan.horizon) - 1)
    zones = {component.name for component in network if isinstance(component, IrrigationZone)}
    serving = _above(network, zones)
    turnouts, heads = set(), set()
    for link in network.links():
        owner, place = network[link.owner], link.downstream
        quantity = "inflow" if link.field == "target" else "reverse_inflow"
        if owner.is_place or (link.owner, quantity) not in plan.values or not _is_there(owner, first, last):
            continue
        if place in zones:
            turnouts.add((place, link.owner, quantity))
        elif place != link.owner and place in serving and is_set(owner, quantity, storages):
            heads.add((place, link.owner, quantity))
    for place, structure, quantity in sorted(turnouts):
        yield structure, quantity, place, "turnout"
    for place, structure, quantity in sorted(heads):
        # A pipe that can run both ways is told the one that it runs.
        if quantity == "inflow" or plan.values[structure, quantity].any():
            yield structure, quantity, place, "canal_head"


def _is_there(component: Component, first: dt.date, last: dt.date) -> bool:
    """Whether there is a gate to set on one of the days at least: not before it is built, nor after it is given up."""
    begins, ends = component.in_service_from, component.in_service_until
    return (begins is None or begins <= last) and (ends is None or ends >= first)


def _above(network: Network, zones: set[str]) -> frozenset[str]:
    """Names from which water can flow to one of the zones."""
    above = set(zones)
    waiting = list(zones)
    into: dict[str, set[str]] = {}
    for link in network.links():
        into.setdefault(link.downstream, set()).add(link.upstream)
    while waiting:
        for name in into.get(waiting.pop(), set()) - above:
            above.add(name)
            waiting.append(name)
    return frozenset(above)


def _order(plan: Plan, structure: str, quantity: str, place: str, role: Role, steps: int) -> Order:
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
    return Order(structure, place, settings, role=role)
