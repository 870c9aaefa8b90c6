"""The orders walk through the network once more, without the plan: allocated has to be supplied.

    water of each device on each day, from the rounded rows of its command      (not from the plan)
    -> the day as it happens when every structure takes at most that            (`applied`, day after day)
    -> delivery of every user: at least 99 % of the planned, or what rounding to the device's steps may take

Commands that say something else than the plan (a wrong rating, a lost row, a unit off) show as users who go short.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from waterbalance.errors import Finding, Place
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.horizon import Horizon
from waterbalance.operate.planning.apply import applied
from waterbalance.optimise.solve import Planner
from waterbalance.schedule.passing import passed_on_days
from waterbalance.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from waterbalance.plan.plan import Plan
    from waterbalance.report.planned import Planned
    from waterbalance.schedule.command import Command
    from waterbalance.schedule.device import Device

SHARE = 0.01
"""Of a planned delivery that may be missing. [-]"""


def resimulated(
    planned: Planned, commands: Sequence[Command], devices: Mapping[str, Device], days: int = 1
) -> tuple[Finding, ...]:
    """Users to whom the commands do not bring what the plan gave them on the first `days`; empty when all get it.

    Raises `NoPlanError` where no flow of a day fits what the structures were told.
    """
    ordered = _with_orders(planned.plan, commands, devices)
    steps = (max(device.setpoint_step, device.least_setpoint) for device in devices.values() if device.mode == "flow")
    room = sum(steps) * SECONDS_PER_DAY
    # Switches that a plan leaves partly on are on for a part of the day.
    planner = Planner(planned.scenario.network, switch_steps=planned.plan.switch_steps)
    state = planned.state
    found: list[Finding] = []
    for day in range(days):
        today = _from(ordered, day)
        happened = applied(planner, replace(today, opening=state), state, _on(planned.forecasts, day), planned.policy)
        found.extend(_short(planned.plan, happened, day, room))
        state = happened.state_after(1)
    return tuple(found)


def _with_orders(plan: Plan, commands: Sequence[Command], devices: Mapping[str, Device]) -> Plan:
    """The plan with what the commands let through in the place of its own flows."""
    values, zone = dict(plan.values), ZoneInfo(plan.horizon.time_zone)
    for command in commands:
        volumes = passed_on_days(command.in_zone(zone), devices[command.controller])
        flow = values[command.structure, "inflow"].copy()
        for step, start in enumerate(plan.horizon.starts):
            if start.isoformat() in volumes:
                flow[step] = volumes[start.isoformat()]
        values[command.structure, "inflow"] = flow
    return replace(plan, values=values)


def _from(plan: Plan, day: int) -> Plan:
    horizon = Horizon(tuple(plan.horizon.edges[day:]), plan.horizon.time_zone)
    return replace(
        plan,
        horizon=horizon,
        values={key: values[day:] for key, values in plan.values.items()},
        givens={key: values[day:] for key, values in plan.givens.items()},
    )


def _on(forecasts: Forecasts, day: int) -> Forecasts:
    edges = forecasts.horizon.edges
    series = {key: Forecast(each.values[day : day + 1], each.label) for key, each in forecasts.series.items()}
    return Forecasts(Horizon((edges[day], edges[day + 1]), forecasts.horizon.time_zone), series)


def _short(plan: Plan, happened: Plan, day: int, room: float) -> Iterator[Finding]:
    for (user, measure), planned in sorted(plan.values.items()):
        if measure != "delivery":
            continue
        wanted, got = float(planned[day]), float(happened.values[user, measure][0])
        if got < wanted - max(SHARE * wanted, room):
            where = Place(component=user, date=str(plan.horizon.starts[day]))
            remedy = "Look at the ratings and steps of the devices on the way to it."
            missing = f"{got:.0f} m3"
            yield Finding("the orders do not bring what the plan gives", where, missing, f"{wanted:.0f} m3", remedy)
