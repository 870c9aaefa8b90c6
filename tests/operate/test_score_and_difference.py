"""Yesterday's numbers against today's, worked out by hand."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.forecast.readings import Origin, Reading, Trust
from waterbalance.operate.comparing.difference import differences
from waterbalance.operate.observing.score import score_forecasts, score_plan
from waterbalance.operate.planning.plan_scenario import plan_scenario
from waterbalance.scenario.read import read_scenario

TUTORIAL = read_scenario(Path(__file__).resolve().parents[2] / "scenarios" / "tutorial")
PLANNED = plan_scenario(TUTORIAL)
FIRST = dt.date(2026, 3, 1)
NOW = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
INFLOW = ("lake", "inflow")


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


def read(quantity: str, date: dt.date, value: float, unit: str, **more: object) -> Reading:
    return replace(Reading("lake", quantity, date, value, unit, "gauge", NOW), **more)  # type: ignore[arg-type]


def test_a_forecast_is_scored_on_the_days_that_are_over() -> None:
    members = np.array([[10.0, 20.0, 30.0, 40.0, 50.0]] * 4)
    forecasts = Forecasts(PLANNED.horizon, {INFLOW: Forecast(members, "members")})
    readings = (
        read("inflow", day(0), 30.0, "m3/day"),
        read("inflow", day(1), 90.0, "m3/day"),
        read("inflow", day(2), 1.0, "m3/day"),
    )
    first, second = score_forecasts(forecasts, readings, today=day(2))
    # mean |x - 30| = 12, half of the mean distance of all pairs = 8; mean |x - 90| = 60.
    assert (first.expected, first.crps, first.inside, first.lead) == (30.0, pytest.approx(4.0), True, 1)
    assert (second.error, second.crps, second.inside, second.lead) == (-60.0, pytest.approx(52.0), False, 2)


def test_the_past_years_are_judged_by_the_same_day() -> None:
    forecasts = Forecasts(PLANNED.horizon, {INFLOW: Forecast(np.full((4, 1), 22.0), "one")})
    past = Forecasts(PLANNED.horizon, {INFLOW: Forecast(np.array([[0.0, 40.0]] * 4), "two years")})
    (score,) = score_forecasts(forecasts, (read("inflow", day(0), 30.0, "m3/day"),), day(1), past)
    # |22 - 30|; mean(|0 - 30|, |40 - 30|) - half of the mean distance of all pairs, (0 + 40 + 40 + 0) / 4 / 2.
    assert (score.crps, score.climatology) == (pytest.approx(8.0), pytest.approx(10.0))
    nothing = Forecasts(PLANNED.horizon, {})
    assert score_forecasts(forecasts, (read("inflow", day(0), 30.0, "m3/day"),), day(1), nothing)[0].climatology is None


def test_what_was_not_really_read_scores_nothing() -> None:
    forecasts = Forecasts(PLANNED.horizon, {INFLOW: Forecast(np.ones((4, 1)), "one")})
    filled = read("inflow", day(0), 30.0, "m3/day", origin=Origin.COMPLETED)
    wrong = read("inflow", day(1), 30.0, "m3/day", trust=Trust.UNRELIABLE)
    assert score_forecasts(forecasts, (filled, wrong), today=day(3)) == ()


def test_a_plan_is_scored_by_storages_at_midnight_and_by_meters() -> None:
    plan = PLANNED.plan
    at_end = plan.values["lake", "storage"]
    readings = (
        read("storage", day(1), at_end[0] - 5000.0, "m3"),
        read("storage", day(2), at_end[1], "m3"),
        replace(read("inflow", day(0), 30_000.0, "m3/day"), component="town_pipe"),
    )
    scores = {(each.component, each.date): each for each in score_plan(plan, readings, today=day(1))}
    assert set(scores) == {("lake", day(1)), ("town_pipe", day(0))}
    assert scores["lake", day(1)].error == pytest.approx(5000.0)
    assert scores["town_pipe", day(0)].error == pytest.approx(5000.0)


def test_differences_are_the_structures_that_are_told_otherwise() -> None:
    before = PLANNED.plan
    values = dict(before.values)
    values["town_pipe", "inflow"] = before.values["town_pipe", "inflow"] + np.array([0.0, 0.0, -9_000.0, 1_000.0])
    (found,) = differences(before, replace(before, values=values), TUTORIAL.network)
    assert (found.component, found.date, found.change, found.moved) == ("town_pipe", day(2), -9_000.0, 10_000.0)
    assert differences(before, before, TUTORIAL.network) == ()
