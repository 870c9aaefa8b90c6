"""A tiny network with two steps of unequal length, whose plan can be worked out by hand."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.horizon import Horizon
from waterbalance.network.component import Component, component_types
from waterbalance.network.fields import UserClass
from waterbalance.network.network import Network
from waterbalance.network.state import Past, State
from waterbalance.optimise.solve import solve
from waterbalance.plan.plan import Plan
from waterbalance.policy.goal import Goal, Policy, Term

Key = tuple[str, str]
Pair = tuple[float, float]

START = dt.date(2021, 3, 10)
HORIZON = Horizon((START, dt.date(2021, 3, 11), dt.date(2021, 3, 21)))
"""One day, then ten days."""


def _least(measure: str, *user_classes: UserClass) -> Goal:
    return Goal(name=f"{measure} {user_classes}", terms=(Term(measure=measure, user_classes=user_classes),))


IN_ORDER = Policy(
    goals=(
        _least("unrated_spill"),
        _least("overtopping"),
        _least("flood_storage"),
        _least("below_dead_storage"),
        _least("shortfall"),
        _least("damage"),
        _least("excess_moves"),
        _least("reserve_shortfall"),
        *(_least("shortage", user_class) for user_class in ("domestic", "industry", "agriculture", "hydropower")),
        *(_least(measure) for measure in ("below", "above", "penalty")),
        Goal(name="storage_value", terms=(Term(measure="storage_value", weight=-1.0),)),
        _least("exceedance"),
        _least("spill"),
        Goal(name="energy_made", terms=(Term(measure="energy_made", weight=-1.0),)),
        _least("energy"),
        _least("throughput"),
        _least("spread"),
        _least("swing"),
        Goal(name="cost", terms=(Term(measure="energy_cost"), Term(measure="start_up_cost"))),
        _least("cost"),
    ),
    smallest_change=False,
)
"""Goals without equity, so that a hand can follow."""


@dataclass(frozen=True)
class Example:
    """What exists, what is expected, and what the plan must say."""

    components: tuple[Component, ...]
    plan_says: Mapping[Key, Pair]
    """Volumes over the two steps, worked out by hand beside the example."""

    stocks: Mapping[Key, float] = field(default_factory=dict)
    past: Mapping[Key, tuple[Past, ...]] = field(default_factory=dict)
    series: Mapping[Key, Pair] = field(default_factory=dict)

    @property
    def network(self) -> Network:
        return Network.of(self.components)

    @property
    def state(self) -> State:
        return State(START, self.stocks, self.past)

    @property
    def forecasts(self) -> Forecasts:
        return Forecasts(HORIZON, {key: Forecast(np.array(pair)[:, None], "by hand") for key, pair in self.series.items()})

    @cached_property
    def plan(self) -> Plan:
        return solve(self.network, self.state, self.forecasts, IN_ORDER)


def make(kind: str, name: str, **fields: object) -> Component:
    """A component by its word in a scenario file; every number is in the internal unit."""
    return component_types()[kind](name=name, **fields)


def pipe(source: str, target: str, **fields: object) -> Component:
    return make("pipeline", f"{source} to {target}", source=source, target=target, **fields)


def yesterday(volume: float) -> tuple[Past, ...]:
    return (Past(START - dt.timedelta(days=1), START, volume),)


def river(inflow: float = 100.0) -> tuple[Component, ...]:
    """A weir, and the river below it to the sea."""
    return (
        make("weir", "weir", inflow=inflow),
        make("river_reach", "river", source="weir", target="sea"),
        make("outfall", "sea"),
    )


def wells(capacity: float = 1000.0) -> Component:
    """Plentiful water that costs energy, so that a plan pumps no more than it needs."""
    return make("well_field", "wells", capacity=capacity, energy_per_volume=1.0)
