"""The numbers of the summary against the plan, added up here by hand."""

import dataclasses
import json

import numpy as np
import pytest

from waterbalance.errors import Finding
from waterbalance.report.json_text import json_text
from waterbalance.report.planned import Planned
from waterbalance.report.storages import days_left
from waterbalance.report.summary import Summary, summarise

AGRICULTURE = ("near_fields", "far_fields")


def test_storages_are_those_of_the_plan(planned: Planned, summary: Summary) -> None:
    assert [each.component for each in summary.storages] == ["upper_lake", "lower_lake", "pond"]
    upper = summary.storages[0]
    storage = planned.plan.values["upper_lake", "storage"]
    assert upper.start == 24e6
    assert upper.end == storage[-1]
    assert upper.least == storage.min()
    assert upper.capacity == 40e6
    assert upper.dead_storage == 2e6


def test_days_left_is_usable_storage_over_the_mean_draw(planned: Planned, summary: Summary) -> None:
    storage = planned.plan.values["upper_lake", "storage"]
    # Seven daily steps, then the period from 12 to 20 February: 14 days end on the 18th, inside of it.
    edges = dict(zip(planned.horizon.ends, storage, strict=True))
    ends = list(planned.horizon.ends)
    before, after = edges[ends[6]], edges[ends[7]]
    after_14 = before + (after - before) * 7 / (ends[7] - ends[6]).days
    assert summary.storages[0].days_left == pytest.approx((24e6 - 2e6) / ((24e6 - after_14) / 14))


def test_a_storage_that_fills_has_no_last_day() -> None:
    assert days_left(np.array([100.0, 120.0]), np.array([0.0, 14.0]), 0.0) is None
    assert days_left(np.array([100.0, 100.0]), np.array([0.0, 14.0]), 0.0) is None


def test_a_storage_below_its_dead_pool_lasts_no_day() -> None:
    assert days_left(np.array([100.0, 50.0]), np.array([0.0, 10.0]), 200.0) == 0.0


def test_supply_by_class_adds_up(planned: Planned, summary: Summary) -> None:
    rows = {each.user_class: each for each in summary.supply}
    assert list(rows) == ["domestic", "industry", "agriculture"]
    demand = sum(float(planned.plan.givens[zone, "demand"].sum()) for zone in AGRICULTURE)
    delivered = sum(float(planned.plan.values[zone, "delivery"].sum()) for zone in AGRICULTURE)
    assert rows["agriculture"].demand == pytest.approx(demand)
    assert rows["agriculture"].supply == pytest.approx(delivered)
    assert rows["agriculture"].share == pytest.approx(1 - delivered / demand)


def test_worst_period_is_the_one_with_the_highest_ratio(planned: Planned, summary: Summary) -> None:
    periods = np.array(planned.horizon.periods())
    ratios = []
    for period in range(periods.max() + 1):
        inside = periods == period
        short = sum(planned.plan.values[zone, "shortage"][inside].sum() for zone in AGRICULTURE)
        ratios.append(short / sum(planned.plan.givens[zone, "demand"][inside].sum() for zone in AGRICULTURE))
    row = next(each for each in summary.supply if each.user_class == "agriculture")
    assert row.worst_share == pytest.approx(max(ratios))


def test_binding_says_where_water_would_help_most(planned: Planned, summary: Summary) -> None:
    gorge = next(each for each in summary.binding if each.component == "gorge")
    frame = planned.plan.water_value
    at_gorge = frame[frame["component"] == "gorge"]
    assert gorge.rank == at_gorge["rank"].min()
    # A cubic metre in the gorge reaches the near fields with 80 % of it.
    assert gorge.value == pytest.approx(0.8, abs=1e-6)
    assert [each.rank for each in summary.binding] == sorted(each.rank for each in summary.binding)


def test_end_conditions_are_told_with_what_became_of_them(summary: Summary) -> None:
    rows = {each.component: each for each in summary.end_conditions}
    assert (rows["upper_lake"].kind, rows["upper_lake"].wanted, rows["upper_lake"].curve) == ("curve", 22e6, "lower_curve")
    assert (rows["lower_lake"].kind, rows["lower_lake"].wanted) == ("target", 2e6)
    assert (rows["pond"].kind, rows["pond"].wanted, rows["pond"].weight) == ("value", None, 0.5)
    assert all(each.holds for each in summary.end_conditions)


def test_an_end_condition_that_fails_is_told(planned: Planned) -> None:
    values = dict(planned.plan.values)
    values["lower_lake", "storage"] = values["lower_lake", "storage"] - 1e5
    tampered = dataclasses.replace(planned, plan=dataclasses.replace(planned.plan, values=values))
    assert {each.component: each.holds for each in summarise(tampered).end_conditions}["lower_lake"] is False


def test_hedging_stages_cover_the_horizon_without_gaps(planned: Planned, summary: Summary) -> None:
    assert summary.stages
    assert summary.stages[0].first == summary.start
    assert summary.stages[-1].last == summary.last_day
    assert {each.stage for each in summary.stages} == set(planned.plan.givens["hedging", "stage"].astype(int).tolist())


def test_rivers_that_run_short_are_counted_in_days(planned: Planned) -> None:
    values = dict(planned.plan.values)
    shortfall = np.zeros(len(planned.horizon))
    shortfall[0], shortfall[-1] = 100.0, 200.0
    values["fish", "shortfall"] = shortfall
    tampered = dataclasses.replace(planned, plan=dataclasses.replace(planned.plan, values=values))
    (kept,) = summarise(tampered).kept_flows
    assert kept.shortfall == 300.0
    assert kept.days_short == planned.horizon.days[0] + planned.horizon.days[-1]


def test_price_of_sharing_is_the_difference_from_the_goal_alone(planned: Planned, summary: Summary) -> None:
    for goal, rank in zip(summary.goals, planned.plan.ranks, strict=True):
        assert goal.price_of_equity == pytest.approx(max(0.0, rank.value - rank.alone) if rank.sense == "minimise" else 0.0)
    assert any(goal.price_of_equity > 1.0 for goal in summary.goals)


def test_summary_is_json(summary: Summary) -> None:
    read = json.loads(json_text(summary.to_dict()))
    assert read["scenario"] == "two_lakes"
    assert read["fallback_rung"] == 0
    assert read["supply"][2]["supply"] == pytest.approx(summary.supply[2].supply)


def test_findings_of_the_audit_are_told(planned: Planned) -> None:
    unsound = summarise(dataclasses.replace(planned, findings=(Finding("water is lost"),), schedule=None))
    assert not unsound.sound
    assert unsound.audit == ("water is lost",)
