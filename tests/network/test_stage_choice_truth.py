"""Chosen drought stages against all schedules that may be announced: no schedule does less damage than the plan's."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
import pytest

from gallery import START, in_order, least
from network.example import make, pipe
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.horizon import Horizon
from waterbalance.network.component import Component
from waterbalance.network.network import Network
from waterbalance.network.state import State
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit

LENGTHS = (1, 1, 2, 4, 3, 7)
EDGES = tuple(np.cumsum((0, *LENGTHS)).tolist())
TOWN, ZONE = (0.0, 0.1, 0.25), (0.0, 0.4, 0.9)
COST_PER_DAY = (0.0, 1.5, 4.0)
ANNOUNCED = {"domestic": 2.0, "agriculture": 0.5}
UNANNOUNCED = 6.0


@dataclass(frozen=True)
class Drawn:
    """What is random, and what was announced before: (days before the start, number of the stage)."""

    storage: float
    inflow: np.ndarray
    town: np.ndarray
    zone: np.ndarray
    lead_time: int
    minimum: int
    before: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, seed: int) -> "Drawn":
        random = np.random.default_rng(seed)
        days = np.array(LENGTHS)
        before = ((), ((1, 1),), ((9, 1), (2, 2)), ((4, 1),))[seed % 4]
        return cls(
            float(random.uniform(40, 110)),
            random.gamma(0.5, 3.0, 6) * days,
            random.uniform(3, 6, 6) * days,
            random.uniform(2, 8, 6) * days,
            int(random.integers(0, 5)),
            int(random.integers(1, 6)),
            before,
        )

    def rule(self) -> Component:
        names = ("normal", "dry", "severe")
        stages = [
            {"name": name, "cuts": {"domestic": town, "agriculture": zone}, "cost_per_day": cost}
            for name, town, zone, cost in zip(names, TOWN, ZONE, COST_PER_DAY, strict=True)
        ]
        return make(
            "drought_stage_choice",
            "lights",
            users=("town", "zone"),
            stages=[{"name": "normal"}, *stages[1:]],
            lead_time=self.lead_time,
            minimum_duration=self.minimum,
            announced=[{"since": START - dt.timedelta(days=ago), "stage": names[number]} for ago, number in self.before],
            announced_cost=ANNOUNCED,
            unannounced_cost=dict.fromkeys(ANNOUNCED, UNANNOUNCED),
        )


def planned(drawn: Drawn) -> tuple[float, tuple[int, ...]]:
    """Least damage and announced stages by the engine."""
    rule = drawn.rule()
    network = Network.of(
        (
            make("reservoir", "lake", capacity=1e4),
            pipe("lake", "town"),
            pipe("lake", "zone"),
            make("household_supply", "town"),
            make("irrigation_zone", "zone", area=1e4),
            rule,
        )
    )
    horizon = Horizon(tuple(START + dt.timedelta(days=edge) for edge in EDGES))
    series = {("lake", "inflow"): drawn.inflow, ("town", "demand"): drawn.town, ("zone", "demand"): drawn.zone}
    forecasts = Forecasts(horizon, {key: Forecast(values[:, None], "drawn") for key, values in series.items()})
    past = {(rule.name, flow): each for flow, each in rule.past_flows(START).items()}
    plan = solve(network, State(START, {("lake", "storage"): drawn.storage}, past), forecasts, in_order(least("damage")))
    assert audit(plan, network, forecasts) == ()
    return plan.ranks[0].value, tuple(plan.values["lights", "stage"].round().astype(int).tolist())


def may_be_announced(drawn: Drawn, schedule: Sequence[int]) -> bool:
    """One stage at a time, and no change sooner than allowed after the last one."""
    earlier = [(-ago, number) for ago, number in drawn.before]
    course = [(-1000, 0), *earlier, *zip(EDGES[:-1], schedule, strict=True)]
    changes = [(day, abs(number - last)) for (_, last), (day, number) in pairwise(course) if number != last]
    if any(size > 1 for day, size in changes if day >= 0):
        return False
    days = [day for day, _ in changes]
    return all(later - sooner >= drawn.minimum for sooner, later in pairwise(days) if later >= 0)


def damage(drawn: Drawn, schedule: Sequence[int]) -> float:
    """Day by day which stage is in force; then as much water as early as possible, which lacks least."""
    announcements = [(-ago, number) for ago, number in drawn.before] + list(zip(EDGES[:-1], schedule, strict=True))
    total, storage = 0.0, drawn.storage
    for t, (begin, end) in enumerate(pairwise(EDGES)):
        in_force = [
            max([(-1000, 0), *(each for each in announcements if each[0] <= day - drawn.lead_time)])[1]
            for day in range(begin, end)
        ]
        town = float(np.mean([TOWN[number] for number in in_force]) * drawn.town[t])
        zone = float(np.mean([ZONE[number] for number in in_force]) * drawn.zone[t])
        wanted = float(drawn.town[t] + drawn.zone[t]) - town - zone
        have = storage + float(drawn.inflow[t])
        lacking = max(0.0, wanted - have)
        storage = have - wanted + lacking
        total += ANNOUNCED["domestic"] * town + ANNOUNCED["agriculture"] * zone + UNANNOUNCED * lacking
        total += sum(COST_PER_DAY[number] for number in in_force)
    return total


@pytest.mark.parametrize("seed", range(16))
def test_no_schedule_does_less_damage(seed: int) -> None:
    drawn = Drawn.of(seed)
    schedules = [each for each in product(range(3), repeat=len(LENGTHS)) if may_be_announced(drawn, each)]
    assert len(schedules) > 5
    best = min(damage(drawn, each) for each in schedules)
    found, schedule = planned(drawn)
    assert schedule in schedules
    assert damage(drawn, schedule) == pytest.approx(best, rel=1e-5, abs=1e-4)
    assert found == pytest.approx(best, rel=1e-5, abs=1e-4)


def test_the_draws_are_of_all_kinds() -> None:
    stages = [planned(Drawn.of(seed))[1] for seed in range(16)]
    assert {number for schedule in stages for number in schedule} == {0, 1, 2}
    assert any(later < sooner for schedule in stages for sooner, later in pairwise(schedule))
