"""The canals of the section `turns` as the schedule wants them: hours, cubic metres a second, and energy by slot."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.scenario.turn_checks import structure_of
from waterbalance.scenario.turn_settings import HOURS_PER_DAY
from waterbalance.schedule.canal_tree import Canal, Gate, Group, Hours, Pump, Reach, Rotation, Turnout
from waterbalance.schedule.district import District, Supply
from waterbalance.schedule.running import AT_REST
from waterbalance.schedule.search import Limits
from waterbalance.schedule.slots import DailyHours, slots_of
from waterbalance.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats
    from waterbalance.network.network import Network
    from waterbalance.scenario.turn_settings import (
        CanalSettings,
        GateSettings,
        PumpSettings,
        RateSettings,
        ReachSettings,
        TurnSettings,
    )
    from waterbalance.schedule.running import Running
    from waterbalance.schedule.slots import Slots

TRICKLE = 0.02
"""Share of its capacity below which a keeper cannot hold the flow of a gate, where its least flow is not told. [-]"""

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def district_of(
    turns: TurnSettings,
    network: Network,
    first_day: dt.date,
    time_zone: str,
    days: int,
    sun: Mapping[str, Floats],
    running: Running = AT_REST,
    time_limit: float | None = None,
) -> District:
    """The district from `first_day` on, for at most `days` days, with what is told to run as it begins.

    `sun` is the energy that drives the pumps by the sun alone, by canal, shape (days, 24) [kWh in each hour by the clock]. A
    `time_limit` [s] of the search goes before the turns' own.
    """
    slots = slots_of(first_day, time_zone, turns.slot * HOURS_PER_DAY, min(days, turns.days))
    canals: dict[str, Canal] = {}
    for name, settings in turns.canals.items():
        travel = 0.0 if settings.parent is None else _travel(canals, _branch(settings, canals))
        canals[name] = _canal(name, settings, canals, _pump(settings, slots, travel, sun.get(name)), first_day)
    supplies = {
        gate: Supply(structure_of(network, turnout) or "", turnout.share)
        for settings in turns.canals.values()
        for reach in settings.reaches
        for gate, turnout in reach.turnouts.items()
    }
    hours = Hours(*(None if span is None else DailyHours(*span) for span in (turns.working_hours, turns.night)))
    limits = Limits(turns.gap, turns.time_limit if time_limit is None else time_limit)
    return District(tuple(canals.values()), hours, slots, supplies, limits=limits, running=running)


def _branch(settings: CanalSettings, canals: Mapping[str, Canal]) -> tuple[str, int]:
    parent = canals[str(settings.parent)]
    return parent.name, (settings.parent_reach or len(parent.reaches)) - 1


def _travel(canals: Mapping[str, Canal], branch: tuple[str, int] | None) -> float:
    """From the head of the tree to the end of a reach. [h]."""
    found = 0.0
    while branch is not None:
        canal = canals[branch[0]]
        found += sum(reach.travel_time for reach in canal.reaches[: branch[1] + 1])
        branch = canal.parent
    return found


def _gate(settings: GateSettings) -> Gate:
    trickle = 0.0 if settings.automatic else TRICKLE * settings.capacity
    least = trickle if settings.least is None else settings.least
    return Gate(
        capacity=settings.capacity / SECONDS_PER_DAY,
        least=least / SECONDS_PER_DAY,
        minimum_run=settings.minimum_run * HOURS_PER_DAY,
        moves_a_day=settings.moves_a_day,
        automatic=settings.automatic,
        ramp=None if settings.ramp is None else settings.ramp / SECONDS_PER_DAY,
    )


def _reach(settings: ReachSettings) -> Reach:
    return Reach(
        capacity=settings.capacity / SECONDS_PER_DAY,
        travel_time=settings.travel_time * HOURS_PER_DAY,
        share_lost=settings.conveyance_loss,
        seepage=settings.seepage / SECONDS_PER_DAY,
        fill_volume=settings.fill_volume,
        drain_volume=settings.drain_volume,
        turnouts=tuple(Turnout(name, each.zone, _gate(each)) for name, each in settings.turnouts.items()),
    )


def _canal(name: str, settings: CanalSettings, canals: Mapping[str, Canal], pump: Pump | None, first_day: dt.date) -> Canal:
    rotation = None
    if settings.rotation is not None:
        told = settings.rotation
        turn = told.turn * HOURS_PER_DAY
        # A first turn that lies ahead belongs to a cycle that has begun before.
        since = (first_day - told.first_day).days * HOURS_PER_DAY % (turn * len(told.groups))
        rotation = Rotation(turn, tuple(Group(group, blocks) for group, blocks in told.groups.items()), told.order, since)
    return Canal(
        name=name,
        head=_gate(settings),
        reaches=tuple(_reach(each) for each in settings.reaches),
        parent=None if settings.parent is None else _branch(settings, canals),
        operation=settings.operation,
        rotation=rotation,
        night_irrigation=settings.night_irrigation,
        pump=pump,
        structure=settings.structure,
    )


def _pump(settings: CanalSettings, slots: Slots, travel: float, sun: Floats | None) -> Pump | None:
    if settings.pump is None:
        return None
    pump = settings.pump
    first = slots.start.date()
    # Water that leaves in the last slot may pass a pump far away on the day after.
    dates = [first + dt.timedelta(days=number) for number in range(int(slots.days(travel)[-1]) + 2)]
    price = slots.over_day([pump.energy_per_volume * _prices(pump, date) for date in dates], travel)
    if sun is None:
        return Pump(price, None, grid=not pump.off_grid)
    flow = slots.over_day(list(sun / pump.energy_per_volume / 3600.0), travel)
    return Pump(price, flow, grid=not pump.off_grid)


def _prices(pump: PumpSettings, date: dt.date) -> Floats:
    """Price of energy in every hour of a day, shape (24,). [currency/kWh]."""
    found = np.full(24, pump.energy_price)
    for rate in pump.rates:
        if date.month in rate.months and _WEEK[date.weekday()] in rate.days:
            found[_hours(rate)] = rate.price
    return found


def _hours(rate: RateSettings) -> list[int]:
    begin, end = rate.hours
    return [hour for hour in range(24) if (begin <= hour < end if begin < end else hour >= begin or hour < end)]
