"""The numbers of the summary against the plan, added up here by hand."""

import dataclasses
import datetime as dt
import json

import numpy as np
import pytest

from waterbalance.errors import Finding
from waterbalance.policy.presets import PRESETS
from waterbalance.report.binding import THRIFT
from waterbalance.report.json_text import json_text
from waterbalance.report.language import Language, Wording
from waterbalance.report.planned import Planned
from waterbalance.report.rows import goal_rows, lasting
from waterbalance.report.storages import days_left, days_until_empty
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


def test_a_storage_is_empty_where_the_plan_brings_it_to_its_dead_pool() -> None:
    # 100 for 14 days, then down to 10 on day 24: 1 % of the usable 200 above the dead pool of 20 is 22, after 78 of 90.
    storage, offsets = np.array([100.0, 100.0, 10.0, 50.0]), np.array([0.0, 14.0, 24.0, 34.0])
    assert days_until_empty(storage, offsets, 20.0, 220.0) == pytest.approx(14 + 10 * 78 / 90)
    assert days_until_empty(storage, offsets, np.array([20.0, 5.0, 48.0]), 220.0) == 24.0
    assert days_until_empty(storage, offsets, 0.0, 200.0) is None


def test_a_storage_that_begins_empty_is_empty_unless_it_rises() -> None:
    offsets = np.array([0.0, 1.0, 2.0, 3.0])
    assert days_until_empty(np.zeros(4), offsets, 0.0, 100.0) == 0.0
    assert days_until_empty(np.array([0.0, 50.0, 60.0, 60.0]), offsets, 0.0, 100.0) is None
    assert days_until_empty(np.array([0.0, 50.0, 0.0, 60.0]), offsets, 0.0, 100.0) == pytest.approx(1.98)


@pytest.mark.parametrize(("language", "text"), [("en", "40 days ("), ("zh-TW", "40 天（")])
def test_a_storage_that_ends_empty_does_not_hold(planned: Planned, language: Language, text: str) -> None:
    storage = np.full(len(planned.horizon), planned.plan.opening.stocks["pond", "storage"])
    at_40 = int(np.searchsorted(planned.horizon.offsets, 40.0))
    storage[at_40 - 1 :] = 0.0
    values = {**planned.plan.values, ("pond", "storage"): storage}
    emptied = dataclasses.replace(planned, plan=dataclasses.replace(planned.plan, values=values))
    pond = next(each for each in summarise(emptied).storages if each.component == "pond")
    begin, end = planned.horizon.offsets[at_40 - 1], planned.horizon.offsets[at_40]
    assert pond.days_left is not None
    assert begin < pond.days_left <= end
    day = planned.horizon.start + dt.timedelta(days=int(pond.days_left))
    assert pond.empty_on == str(day)
    shown = lasting(dataclasses.replace(pond, days_left=40.0), Wording(language))
    assert shown.startswith(text)
    # The plan itself uses the pond up on its last days; the upper lake keeps more than its dead pool.
    outlooks = {each.component: each for each in summarise(planned).storages}
    assert (outlooks["upper_lake"].empty_on, outlooks["pond"].empty_on) == (None, "2021-04-09")


def test_the_summary_names_the_value_of_every_forecast(planned: Planned) -> None:
    key = ("upper_lake", "inflow")
    recipe = object()
    scenario = dataclasses.replace(planned.scenario, planning_values={"demand": 0.8}, forecasts={key: recipe})
    assert summarise(dataclasses.replace(planned, scenario=scenario)).planning_values == {"inflow": "median", "demand": 0.8}


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


def test_limits_and_reasons_are_told_with_dates(planned: Planned, summary: Summary) -> None:
    assert [each.rank for each in summary.limits] == sorted(each.rank for each in summary.limits)
    assert {each.goal for each in summary.limits} <= {rank.name for rank in planned.plan.ranks} - {"least spill and pumping"}
    assert summary.why_short
    for told in summary.why_short:
        shortage = planned.plan.values[told.user, "shortage"]
        step = planned.horizon.starts.index(dt.date.fromisoformat(told.first))
        assert told.shortage == shortage[step]
        assert told.reasons
        assert all(str(planned.horizon.start) <= each.first <= each.last for each in told.reasons)


@pytest.mark.parametrize("preset", PRESETS)
def test_what_only_saves_in_a_preset_binds_nobody(preset: str) -> None:
    saving = {goal.name for goal in PRESETS[preset]().goals if {term.measure for term in goal.terms} <= THRIFT}
    assert {"least spill and pumping", "equal storages", "least cost"} == saving


def test_goals_have_the_unit_of_their_measures(planned: Planned) -> None:
    units = {goal.name: goal.unit for goal in summarise(planned).goals}
    assert units["agriculture"] == "m3"
    assert units["least spill and pumping"].startswith("weighted sum of ")
    shown = {row[1]: row[2] for row in goal_rows(summarise(planned), Wording("en"))}
    assert shown["agriculture"].endswith("m³")
