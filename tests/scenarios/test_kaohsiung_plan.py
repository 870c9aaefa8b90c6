"""The plans of `scenarios/kaohsiung`: the drought spring of 2021 against the record, and 2026 from the same file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import waterbalance as wb
from waterbalance.report.recorded import recorded

if TYPE_CHECKING:
    from waterbalance.report.planned import Planned
    from waterbalance.scenario.scenario import Scenario

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "kaohsiung"
DAYS = (
    dt.date(2020, 12, 1),
    dt.date(2021, 7, 11),
    dt.date(2021, 2, 1),
    dt.date(2021, 3, 21),
    dt.date(2021, 6, 21),
    dt.date(2026, 2, 1),
)
DROUGHT_SPRING = dt.date(2021, 2, 1)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """The scenario as a planner reads it."""
    return wb.read_scenario(SCENARIO)


@pytest.fixture(scope="module", params=DAYS, ids=str)
def planned(scenario: Scenario, request: pytest.FixtureRequest) -> Planned:
    """A plan from one of the days."""
    return wb.plan_scenario(scenario, request.param)


@pytest.fixture(scope="module")
def drought(scenario: Scenario) -> Planned:
    """The plan of the drought spring."""
    return wb.plan_scenario(scenario, DROUGHT_SPRING)


def short(planned: Planned, user: str) -> float:
    """Share of a user's demand that is not met."""
    plan = planned.plan
    return float(plan.values[user, "shortage"].sum() / plan.givens[user, "demand"].sum())


def test_every_balance_closes(planned: Planned) -> None:
    assert not planned.findings


def test_households_are_not_cut_beyond_the_drought_lights(planned: Planned) -> None:
    assert short(planned, "kaohsiung_households") == pytest.approx(0.0, abs=1e-6)
    assert short(planned, "tainan_households") < 0.094


def test_inflows_are_recorded_in_2021_and_climatology_in_2026(planned: Planned) -> None:
    label = planned.plan.labels["zengwen", "inflow"]
    assert label.startswith("recorded" if planned.horizon.start.year < 2026 else "climatology 2010-2021")


def test_the_first_crop_of_2021_is_fallowed_and_that_of_2026_is_not(planned: Planned) -> None:
    plan = planned.plan
    demand, spared = plan.givens["chianan_first_crop", "demand"], plan.values["chianan_first_crop", "spared"]
    if planned.horizon.start.year == 2026:
        assert demand.sum() > 1e8
        assert spared.sum() == 0
    else:
        assert spared == pytest.approx(demand, abs=1.0)
        assert plan.values["chianan_first_crop_laterals", "inflow"] == pytest.approx(0, abs=1.0)


def test_switches_are_decided_within_a_hundredth_of_the_best(planned: Planned) -> None:
    assert planned.plan.numbers.switches > 200
    assert all(rank.gap <= 0.01 and rank.stop == "finished" for rank in planned.plan.ranks)
    assert [note for note in planned.plan.notes if "days old" not in note] == []


def test_records_that_end_in_2021_are_old_in_2026(planned: Planned) -> None:
    """Inflows to 10 December 2021 (the last ten-day mean with a value), weather to 10 March 2022."""
    old = [note for note in planned.plan.notes if "days old" in note]
    if planned.horizon.start.year == 2026:
        assert len(old) == 3
        assert "zengwen.inflow" in old[0]
        assert "1514 days old (2021-12-10)" in old[0]
    else:
        assert old == []


def test_irrigation_comes_first_at_jiaxian(planned: Planned) -> None:
    """November to May: nothing goes to Nanhua but what the river carries beyond 5 m3/s."""
    plan, horizon = planned.plan, planned.horizon
    most = np.maximum(0.0, plan.givens["jiaxian_weir", "inflow"] - 5 * 86_400 * horizon.days)
    season = np.array([start.month in {11, 12, 1, 2, 3, 4, 5} for start in horizon.starts])
    assert (plan.values["jiaxian_tunnel", "inflow"][season] <= most[season] + 1.0).all()


def test_the_lights_take_what_they_say(drought: Planned) -> None:
    """Orange on the first day: 9.3 % of households, 15 % of industry; yellow in the second half of April: 3.3 and 7 %."""
    plan, horizon = drought.plan, drought.horizon
    for user, orange, yellow in (("tainan_households", 0.093, 0.033), ("tainan_industry", 0.15, 0.07)):
        ratio = plan.values[user, "shortage"] / plan.givens[user, "demand"]
        assert ratio[0] == pytest.approx(orange, abs=1e-4)
        assert ratio[horizon.starts.index(dt.date(2021, 4, 21))] == pytest.approx(yellow, abs=1e-4)


def test_fabs_keep_a_day_in_reserve(planned: Planned) -> None:
    plan = planned.plan
    daily = plan.givens["southern_science_park", "demand"] / planned.horizon.days
    assert (plan.values["southern_science_park", "storage"] >= daily - 1.0).all()


def test_the_report_compares_the_spring_with_its_record(drought: Planned) -> None:
    compared = {(each.component, each.quantity): each for each in recorded(drought)}
    assert len(compared) == 12
    joint = [compared[name, "storage"] for name in ("zengwen", "wushantou")]
    difference = sum(each.mean_planned - each.mean_recorded for each in joint)
    assert abs(difference) < 0.1 * sum(each.mean_recorded for each in joint)
    assert compared["nanhua", "storage"].mean_difference < 5e6


def test_storages_fall_as_they_did(drought: Planned) -> None:
    """Zengwen and Wushantou together, from February to June, within a tenth of what was stored in February [Mm3]."""
    recorded = pd.read_csv(SCENARIO / "tables" / "storages.csv", index_col="date")
    joint = recorded["zengwen.storage [Mm3]"] + recorded["wushantou.storage [Mm3]"]
    plan = drought.plan
    stored = (plan.values["zengwen", "storage"] + plan.values["wushantou", "storage"]) / 1e6
    planned_at = {end.isoformat(): value for end, value in zip(drought.horizon.ends, stored, strict=True)}
    for date in ("2021-03-01", "2021-04-01", "2021-05-01", "2021-06-01"):
        assert planned_at[date] == pytest.approx(joint[date], abs=0.1 * joint["2021-02-01"]), date


def test_kaohsiung_lives_on_the_sources_of_a_drought(drought: Planned) -> None:
    """From March to 20 May the river gives far less than its usual million m3/day, and the river bed more than the river."""
    plan = drought.plan
    dry = np.array([dt.date(2021, 3, 1) <= start < dt.date(2021, 5, 21) for start in drought.horizon.starts])
    mean = {
        name: plan.values[name, "inflow"][dry].sum() / drought.horizon.days[dry].sum()
        for name in ("gaoping_intake", "gaoping_underflow_main")
    }
    assert mean["gaoping_intake"] < 350_000.0
    assert mean["gaoping_underflow_main"] > mean["gaoping_intake"]


def test_nothing_runs_before_it_was_built(drought: Planned) -> None:
    for pipe in ("zengwen_nanhua_pipe", "linhai_reclaimed_main", "qiaotou_reclaimed_main", "jiangjun_desalination_main"):
        np.testing.assert_allclose(drought.plan.values[pipe, "inflow"], 0.0, atol=1e-3)
