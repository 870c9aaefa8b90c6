"""The last two rungs on the drought spring of 2021: sound plans with the orders of the first days."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

import waterbalance as wb
from waterbalance.operate.configuring.expect_settings import ExpectSettings
from waterbalance.operate.observing.expect import expect
from waterbalance.operate.planning.ladder import plan_by_ladder
from waterbalance.operate.planning.ladder_settings import LadderSettings
from waterbalance.scenario.scenario import horizon_of
from waterbalance.scenario.state import state_at

YESTERDAY, TODAY = dt.date(2021, 2, 28), dt.date(2021, 3, 1)


def test_yesterdays_plan_and_the_rule_curves_give_sound_orders() -> None:
    scenario = wb.read_scenario(Path(__file__).resolve().parents[2] / "scenarios" / "kaohsiung")
    # Three days and a period: what the last rungs look at, without the season.
    scenario = replace(scenario, horizon=scenario.horizon.model_copy(update={"last_day": dt.date(2021, 3, 10), "daily_steps": 3}))
    previous = wb.plan_scenario(scenario, YESTERDAY).plan
    expected = expect(scenario, horizon_of(scenario, TODAY), ExpectSettings())
    assert set(expected.rungs.values()) == {0}
    state = state_at(scenario, TODAY)

    shifted = plan_by_ladder(scenario, state, expected.forecasts, LadderSettings(), previous=previous, first=4)
    assert (shifted.rung, shifted.planned.findings) == (4, ())
    assert shifted.planned.horizon.starts == (TODAY, TODAY + dt.timedelta(days=1))
    ordered, taken = (
        previous.values["chianan_main_canal", "inflow"][1:3],
        shifted.planned.plan.values["chianan_main_canal", "inflow"],
    )
    assert (taken <= ordered + 1).all()
    assert shifted.planned.schedule is not None

    curves = plan_by_ladder(scenario, state, expected.forecasts, LadderSettings(), previous=previous, first=5)
    assert (curves.rung, curves.planned.findings) == (5, ())
    assert len(curves.planned.horizon) == 3
    assert curves.planned.schedule is not None
    # Orange since January: households go without 9.3 % by the lights, not by any policy.
    demand = curves.planned.plan.givens["tainan_households", "demand"]
    assert curves.planned.plan.values["tainan_households", "shortage"] == pytest.approx(0.093 * demand, rel=1e-3)
