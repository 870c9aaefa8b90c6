"""What tiny named networks are built from.

Every number is in the internal unit: cubic metres, and cubic metres a day in fields. `nan` in an answer means that
several plans are equally good there.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.horizon import Horizon
from waterbalance.network.component import Component, component_types
from waterbalance.network.fields import UserClass
from waterbalance.network.network import Network
from waterbalance.network.state import Past, State
from waterbalance.policy.goal import Goal, Policy, Term

Key = tuple[str, str]
START = dt.date(2021, 3, 10)
ANY = float("nan")


def least(measure: str, *user_classes: UserClass, **fields: object) -> Goal:
    """A goal for as little as possible of one measure."""
    return Goal(name=" ".join((measure, *user_classes)), terms=(Term(measure=measure, user_classes=user_classes),), **fields)


def most(measure: str, **fields: object) -> Goal:
    """A goal for as much as possible of one measure."""
    return Goal(name=f"most {measure}", sense="maximise", terms=(Term(measure=measure),), **fields)


def in_order(*goals: Goal) -> Policy:
    """A policy without equity and without a last pass, so that a hand can follow."""
    return Policy(goals=goals, smallest_change=False)


COMMON = in_order(
    least("unrated_spill"),
    least("overtopping"),
    least("flood_storage"),
    least("below_dead_storage"),
    least("shortfall"),
    *(least("shortage", user_class) for user_class in ("domestic", "industry")),
    least("target_shortfall"),
    least("shortage", "agriculture"),
    least("spill"),
    least("energy"),
    least("throughput"),
)


@dataclass(frozen=True)
class Case:
    """All that a plan is made from, and what it must say."""

    network: Network
    state: State
    forecasts: Forecasts
    policy: Policy = COMMON
    says: Mapping[Key, tuple[float, ...]] = field(default_factory=dict)
    """Values over the steps; `nan` where the answer is not unique."""

    goals: Mapping[str, float] = field(default_factory=dict)
    """Best values of goals."""


def case(
    *components: Component,
    days: tuple[int, ...],
    start: dt.date = START,
    stocks: Mapping[Key, float] = MappingProxyType({}),
    past: Mapping[Key, tuple[Past, ...]] = MappingProxyType({}),
    series: Mapping[Key, tuple[float, ...]] = MappingProxyType({}),
    **fields: object,
) -> Case:
    """A case on a horizon with steps of these lengths."""
    edges = (start, *(start + dt.timedelta(days=int(end)) for end in np.cumsum(days)))
    known = {key: Forecast(np.array(values, dtype=float)[:, None], "by hand") for key, values in series.items()}
    return Case(Network.of(components), State(start, dict(stocks), dict(past)), Forecasts(Horizon(edges), known), **fields)


def make(kind: str, name: str, **fields: object) -> Component:
    """A component by its word in a scenario file."""
    return component_types()[kind](name=name, **fields)


def pipe(source: str, target: str, **fields: object) -> Component:
    """A pipe named after its ends."""
    return make("pipeline", f"{source} to {target}", source=source, target=target, **fields)


def canal(source: str, target: str, **fields: object) -> Component:
    """A canal named after its target."""
    return make("canal", f"canal to {target}", source=source, target=target, **fields)


def zone(name: str = "zone", **fields: object) -> Component:
    """Fields of one hectare."""
    return make("irrigation_zone", name, area=1e4, **fields)


def river_to_sea(**fields: object) -> tuple[Component, ...]:
    """A weir, and the river below it to the sea."""
    return (
        make("weir", "weir", **fields),
        make("river_reach", "river", source="weir", target="sea"),
        make("outfall", "sea"),
    )


def days_before(*volumes: float, start: dt.date = START) -> tuple[Past, ...]:
    """Volumes of the last days before the start, one a day."""
    first = start - dt.timedelta(days=len(volumes))
    return tuple(
        Past(first + dt.timedelta(days=number), first + dt.timedelta(days=number + 1), volume)
        for number, volume in enumerate(volumes)
    )
