"""The last rung: no look ahead and no preference among users, only the rules of the network and fixed fractions by curve.

    stage(user)     = 0, or 1 where the joint storage of the reservoirs above the user < their joint lower curve, or 2 where it
                      is also < their joint severe curve
    delivery(user) <= fraction(class of user, stage) x demand(user)

for users that no rule of the network cuts (`rule_curve`, `drought_stage`: those cut by themselves). The day is then decided
alone: dams, dead storage, lifelines and rivers first, then all users alike, then thrift.

It is the standard operating policy with cuts by rule curves: Loucks, D. P., van Beek, E. (2017), Water resource systems planning
and management, doi:10.1007/978-3-319-44234-1, chapter 4.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import NoPlanError
from waterbalance.network.components.reservoir import Reservoir
from waterbalance.operate.planning.asked import on_steps
from waterbalance.operate.planning.day_by_day import day_by_day, one_step
from waterbalance.optimise.inputs import of_the_network
from waterbalance.policy.presets import rules_alone
from waterbalance.schedule.derive import daily_steps
from waterbalance.units import integrates_over_step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.network.component import Component
    from waterbalance.network.fields import UserClass
    from waterbalance.network.network import Network
    from waterbalance.network.state import State
    from waterbalance.operate.planning.asked import Asked
    from waterbalance.operate.planning.ladder_settings import LadderSettings
    from waterbalance.optimise.solve import Planner
    from waterbalance.plan.plan import Plan

    Key = tuple[str, str]

UNCUT = "nothing fits with users cut by the curves: they are not cut"


def by_rule_curves(planner: Planner, asked: Asked, settings: LadderSettings, *, ahead: bool = False) -> tuple[Plan, Forecasts]:
    """The daily steps of today's horizon (its first step where it has none), with their forecasts.

    `ahead` decides each day with a look at those after it, for networks whose rules look ahead themselves (an outlook, a ramp).
    Raises `NoPlanError` where nothing fits the physics on the first day.
    """
    network = planner.network
    above = {user.name: tuple(_reservoirs_above(network, user.name)) for user in _uncut_users(network)}
    expected_of_all = of_the_network(network, asked.expected)
    steps = max(1, daily_steps(asked.expected.horizon))
    last: Plan | None = asked.previous

    def one(step: int, state: State, today: Forecasts) -> Plan:
        nonlocal last
        expected = on_steps(expected_of_all, step, steps) if ahead else today
        cuts = {
            key: np.array([most, *[np.inf] * (len(expected.horizon) - 1)])
            for key, most in _cuts(network, above, state, today, settings).items()
            if key in planner.step.columns
        }
        try:
            last = planner.plan(state, expected, rules_alone(), previous=last, at_most=cuts)
        except NoPlanError:
            if not cuts:
                raise
            last = planner.plan(state, expected, rules_alone(), previous=last)
            last = replace(last, notes=(*last.notes, UNCUT))
        last = one_step(last, 0)
        return last

    return day_by_day(planner, asked.state, expected_of_all, steps, one)


def _uncut_users(network: Network) -> Iterator[Component]:
    cut = {name for rule in network.rules if "users" in rule.cuts for name in getattr(rule, "users", ())}
    return (each for each in network if each.shortage_of is not None and each.name not in cut)


def _reservoirs_above(network: Network, user: str) -> Iterator[Reservoir]:
    """Reservoirs with a lower curve from which water can come to a user."""
    feeders: dict[str, set[str]] = {}
    for link in network.links():
        feeders.setdefault(link.downstream, set()).add(link.upstream)
    known, queue = {user}, [user]
    while queue:
        new = feeders.get(queue.pop(), set()) - known
        known |= new
        queue += sorted(new)
    return (each for each in network if each.name in known and isinstance(each, Reservoir))


def _cuts(
    network: Network,
    above: Mapping[str, tuple[Reservoir, ...]],
    state: State,
    expected: Forecasts,
    settings: LadderSettings,
) -> dict[Key, float]:
    """Most that users may be given on a day. [m3]."""
    fractions: tuple[Mapping[UserClass, float], ...] = (
        {},
        settings.below_lower,
        {**settings.below_lower, **settings.below_severe},
    )
    found = {}
    for name, reservoirs in above.items():
        user = network[name]
        stage = _stage(reservoirs, state, expected)
        fraction = next((share for each, share in fractions[stage].items() if each == user.user_class_name), 1.0)
        demand = _given(user, str(user.shortage_of), expected)
        if fraction < 1.0 and demand is not None:
            found[name, "delivery"] = fraction * demand
    return found


def _stage(reservoirs: tuple[Reservoir, ...], state: State, expected: Forecasts) -> int:
    """Below how many of their joint curves the reservoirs are; those without a lower curve do not count."""
    joint = np.zeros(3)
    for each in reservoirs:
        lower, severe = (_given(each, name, expected) for name in ("lower_curve", "severe_curve"))
        if lower is not None:
            joint += [state.stocks.get((each.name, "storage"), 0.0), lower, min(severe or 0.0, lower)]
    storage, lower, severe = joint
    return int(storage < lower) + int(storage < severe)


def _given(component: Component, name: str, expected: Forecasts) -> float | None:
    """What is given on a day; an amount over it where the quantity is a rate."""
    series = expected.get(component.name, name)
    if series is not None:
        return float(series.values[0, 0])
    value, unit = component.default_given(name), type(component).unit_of(name)
    rate = unit is not None and integrates_over_step(unit)
    return None if value is None else float(value) * (float(expected.horizon.days[0]) if rate else 1.0)
