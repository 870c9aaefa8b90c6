"""Hedging against outside truth: rules against a simulation day by day, chosen stages against all admissible schedules."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from gallery import START, in_order, least
from network.example import make, pipe
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.horizon import Horizon
from waterbalance.network.component import Component
from waterbalance.network.network import Network
from waterbalance.network.state import State
from waterbalance.optimise.solve import Planner, solve
from waterbalance.plan.audit import audit
from waterbalance.plan.plan import Plan

POLICY = in_order(least("damage"), least("shortage", "domestic"), least("shortage", "agriculture"), least("spill"))
DAYS = 90
SEVERE = 200.0
Decide = Callable[[int, float], tuple[int, tuple[float, float]]]
"""What a keeper decides at the start of a day from the storage: the stage announced, and the shares of town and fields."""

CUTS = (
    {"name": "blue"},
    {"name": "yellow", "below": {"lower_curve": 1}, "cuts": {"domestic": 0.1, "agriculture": 0.4}},
    {"name": "orange", "below": {"lower_curve": 0.5, "severe_curve": 0.5}, "cuts": {"domestic": 0.2}},
    {"name": "red", "below": {"severe_curve": 1}, "cuts": {"domestic": 0.3, "agriculture": 1}},
)


def users() -> tuple[Component, ...]:
    """A town before fields, at one lake."""
    return (
        pipe("lake", "town"),
        pipe("lake", "zone"),
        make("household_supply", "town"),
        make("irrigation_zone", "zone", area=1e4),
    )


@dataclass(frozen=True)
class Lake:
    """A lake of 1000 with two users over daily steps, and what is random about it."""

    opening: float
    inflow: np.ndarray
    town: np.ndarray
    zone: np.ndarray
    lower: np.ndarray

    @classmethod
    def of(cls, seed: int, *, opening: float, inflow: float) -> "Lake":
        random = np.random.default_rng(seed)
        wet = random.gamma(0.4, 2.5, DAYS) * (0.3 + 1.4 * (np.arange(DAYS) > DAYS / 2))
        return cls(opening, inflow * wet, random.uniform(6, 10, DAYS), random.uniform(0, 20, DAYS), np.linspace(500, 300, DAYS))

    def network(self, rule: Component) -> Network:
        return Network.of((make("reservoir", "lake", capacity=1000), *users(), rule))

    def forecasts(self, first: int, days: int) -> Forecasts:
        horizon = Horizon(tuple(START + dt.timedelta(days=first + day) for day in range(days + 1)))
        series = {("lake", "inflow"): self.inflow, ("town", "demand"): self.town, ("zone", "demand"): self.zone}
        series["rule", "lower_curve"] = self.lower
        return Forecasts(horizon, {key: Forecast(values[first : first + days, None], "drawn") for key, values in series.items()})

    def state(self, rule: Component) -> State:
        past = {(rule.name, flow): each for flow, each in rule.past_flows(START).items()}
        return State(START, {("lake", "storage"): self.opening}, past)


def rolled(lake: Lake, rule: Component) -> tuple[dict[str, np.ndarray], list[float]]:
    """Each day planned alone, from the state that the day before has left: storages and deliveries, and the stages."""
    network, state = lake.network(rule), lake.state(rule)
    planner = Planner(network)
    days: list[Plan] = []
    for day in range(DAYS):
        forecasts = lake.forecasts(day, 1)
        plan = planner.plan(state, forecasts, POLICY)
        assert audit(plan, network, forecasts) == ()
        days.append(plan)
        state = plan.state_after(1)
    keys = {"lake": "storage", "town": "delivery", "zone": "delivery"}
    values = {name: np.array([plan.values[name, quantity][0] for plan in days]) for name, quantity in keys.items()}
    return values, [
        plan.givens[rule.name, "stage" if rule.type_name() == "rule_curve" else "announced_stage"][0] for plan in days
    ]


def whole(lake: Lake, rule: Component) -> tuple[dict[str, np.ndarray], list[float]]:
    """All days in one plan."""
    network, forecasts = lake.network(rule), lake.forecasts(0, DAYS)
    plan = solve(network, lake.state(rule), forecasts, POLICY)
    assert audit(plan, network, forecasts) == ()
    assert plan.notes == ()
    values = {
        "lake": plan.values["lake", "storage"],
        "town": plan.values["town", "delivery"],
        "zone": plan.values["zone", "delivery"],
    }
    return values, plan.givens[rule.name, "stage" if rule.type_name() == "rule_curve" else "announced_stage"].tolist()


def operated(lake: Lake, decide: Decide) -> tuple[dict[str, np.ndarray], list[float]]:
    """The same lake in plain arithmetic, day by day: the town first, then the fields, each by its share of the stage."""
    storage, stages = lake.opening, []
    values: dict[str, list[float]] = {"lake": [], "town": [], "zone": []}
    for day in range(DAYS):
        stage, shares = decide(day, storage)
        have = storage + lake.inflow[day]
        for name, demand, share in zip(("town", "zone"), (lake.town[day], lake.zone[day]), shares, strict=True):
            values[name].append(min(have, share * demand))
            have -= values[name][-1]
        storage = min(have, 1000.0)
        values["lake"].append(storage)
        stages.append(stage)
    return {name: np.array(each) for name, each in values.items()}, stages


def lights(lake: Lake, expected: Callable[[int], float], lead_time: int, minimum: int) -> Decide:
    """The operating rule of the stages as a keeper of the lake would follow it."""
    announced: list[int] = []
    changed = [-1000]

    def decide(day: int, storage: float) -> tuple[int, tuple[float, float]]:
        available = storage + expected(day)
        lower, severe = lake.lower[day], SEVERE
        wanted = sum(available < limit for limit in (lower, (lower + severe) / 2, severe))
        stage = announced[-1] if announced else 0
        if wanted != stage and day - changed[0] >= minimum:
            stage += 1 if wanted > stage else -1
            changed[0] = day
        announced.append(stage)
        in_force = announced[day - lead_time] if day >= lead_time else 0
        return stage, ((1, 1), (0.9, 0.6), (0.8, 0.6), (0.7, 0.0))[in_force]

    return decide


def curves(lake: Lake) -> Decide:
    """The rule curve as a keeper of the lake would follow it."""

    def decide(day: int, storage: float) -> tuple[int, tuple[float, float]]:
        stage = 0 if storage >= lake.lower[day] else 1 if storage >= SEVERE else 2
        return stage, ((1, 1), (0.9, 0.5), (0.7, 0.2))[stage]

    return decide


def by_lights(lead_time: int, minimum: int) -> Component:
    return make(
        "drought_stage",
        "rule",
        reservoirs=("lake",),
        users=("town", "zone"),
        stages=CUTS,
        lower_curve=0,
        severe_curve=SEVERE,
        lead_time=lead_time,
        minimum_duration=minimum,
        outlook=10,
        inflows=("lake",),
    )


def by_curves() -> Component:
    return make(
        "rule_curve",
        "rule",
        reservoirs=("lake",),
        users=("town", "zone"),
        lower_curve=0,
        severe_curve=SEVERE,
        below_lower={"domestic": 0.9, "agriculture": 0.5},
        below_severe={"domestic": 0.7, "agriculture": 0.2},
    )


def same(found: tuple[dict[str, np.ndarray], list[float]], truth: tuple[dict[str, np.ndarray], list[float]]) -> None:
    assert found[1] == truth[1]
    for name, values in truth[0].items():
        assert found[0][name] == pytest.approx(values, abs=1e-3), name


SEASONS = range(6)
WET = {"opening": 600.0, "inflow": 11.0}
DRY = {"opening": 250.0, "inflow": 3.0}


@pytest.mark.parametrize("seed", SEASONS)
@pytest.mark.parametrize(("lead_time", "minimum"), [(0, 1), (3, 10), (7, 5)])
def test_stages_over_a_season_are_those_of_a_keeper_who_follows_the_rule(seed: int, lead_time: int, minimum: int) -> None:
    lake = Lake.of(seed, **WET)
    ahead = np.concatenate([lake.inflow, np.repeat(lake.inflow[-1], 10)])
    truth = operated(lake, lights(lake, lambda day: float(ahead[day : day + 10].sum()), lead_time, minimum))
    assert truth[0]["lake"].min() > 1
    assert len(set(truth[1])) > 1
    same(whole(lake, by_lights(lead_time, minimum)), truth)


@pytest.mark.parametrize("seed", range(3))
def test_stages_from_day_to_day_are_those_of_a_keeper_even_when_the_lake_runs_dry(seed: int) -> None:
    lake = Lake.of(seed, **DRY)
    truth = operated(lake, lights(lake, lambda day: 10 * float(lake.inflow[day]), 3, 10))
    assert truth[0]["lake"].min() == 0
    assert len(set(truth[1])) > 2
    same(rolled(lake, by_lights(3, 10)), truth)


@pytest.mark.parametrize("seed", SEASONS)
def test_a_rule_curve_over_a_season_is_what_a_keeper_does(seed: int) -> None:
    lake = Lake.of(seed, **WET)
    truth = operated(lake, curves(lake))
    assert truth[0]["lake"].min() > 1
    same(whole(lake, by_curves()), truth)


@pytest.mark.parametrize("seed", range(3))
def test_a_rule_curve_from_day_to_day_is_what_a_keeper_does_even_when_the_lake_runs_dry(seed: int) -> None:
    lake = Lake.of(seed, **DRY)
    truth = operated(lake, curves(lake))
    assert truth[0]["lake"].min() == 0
    same(rolled(lake, by_curves()), truth)
