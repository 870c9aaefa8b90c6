"""The previous plan once more: its orders for the days that are left, with today's state and today's forecasts.

Each day happens as in `apply.py`: no structure takes more than the previous plan gave it, users go short as little as possible,
rivers and spillways take the difference. So the balances hold, whatever has changed since yesterday.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import NoPlanError
from waterbalance.operate.planning.apply import applied
from waterbalance.operate.planning.day_by_day import day_by_day, one_step
from waterbalance.plan.orders import is_set, storages_among
from waterbalance.schedule.derive import daily_steps

if TYPE_CHECKING:
    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.network.state import State
    from waterbalance.operate.planning.asked import Asked
    from waterbalance.optimise.solve import Planner
    from waterbalance.plan.plan import Plan

RUNNING = "running"

WHOLE = 1e-6
"""A switch that is open by less is closed. [-]"""


def shifted(planner: Planner, asked: Asked, oldest: float) -> tuple[Plan, Forecasts]:
    """The daily steps that the previous plan and today's horizon have in common, from the first; with their forecasts.

    `oldest`: how long ago the previous plan may begin [day]. Raises `NoPlanError` where it has no daily step for today or is
    too old.
    """
    previous, today = asked.previous, asked.expected.horizon
    if previous is None:
        raise NoPlanError("no plan: there is no previous plan")
    age = (today.start - previous.horizon.start).days
    if age > oldest:
        raise NoPlanError(f"no plan: the previous plan is of {previous.horizon.start}, {age} days ago: more than {oldest:g}")
    known = dict(zip(previous.horizon.starts[: daily_steps(previous.horizon)], range(len(previous.horizon)), strict=False))
    days = today.starts[: daily_steps(today)]
    left = next((number for number, day in enumerate(days) if day not in known), len(days))
    if not left:
        raise NoPlanError(f"no plan: the previous plan has no daily step for {today.start}")
    previous = _of_this_network(previous, planner)

    def one(step: int, state: State, expected: Forecasts) -> Plan:
        return applied(planner, _one_day(previous, known[days[step]], state), state, expected, asked.policy)

    plan, expected = day_by_day(planner, asked.state, asked.expected, left, one)
    note = f"orders of the plan of {previous.horizon.start}, for the {len(plan.horizon)} days that are left of it"
    return replace(plan, policy=asked.policy.name, notes=(note, *plan.notes)), expected


def _of_this_network(previous: Plan, planner: Planner) -> Plan:
    """What the network still has of a plan, which may have been read back from its table."""
    network, columns, stocks = planner.network, set(planner.step.columns), planner.step.stocks
    storages = storages_among(stocks)
    values = {
        key: each
        for key, each in previous.values.items()
        if key[0] in network and (key in columns or not (key[1] == RUNNING or is_set(network[key[0]], key[1], storages)))
    }
    return replace(previous, values=values, stocks=stocks)


def _one_day(plan: Plan, step: int, state: State) -> Plan:
    """One day of a plan, from another state; switches that it left partly on are on."""
    day = one_step(plan, step)
    running = {key: np.ceil(each - WHOLE) for key, each in day.values.items() if key[1] == RUNNING}
    return replace(day, values={**day.values, **running}, opening=state)
