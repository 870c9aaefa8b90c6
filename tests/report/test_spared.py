"""Water that fallowing spares is neither demand, nor supplied, nor short: by the gallery's network, solved by hand there."""

import dataclasses

import numpy as np
import pytest

from gallery import GALLERY
from waterbalance.optimise.solve import solve
from waterbalance.plan.demand import demand_of
from waterbalance.plan.side import Side
from waterbalance.report.figures.supply import supply_figure
from waterbalance.report.language import Wording
from waterbalance.report.planned import Planned
from waterbalance.report.rows import supply_columns, supply_rows
from waterbalance.report.summary import Summary, summarise
from waterbalance.units import SECONDS_PER_DAY


@pytest.fixture(scope="module")
def fallowed(planned: Planned) -> Planned:
    """60 are asked for; one of two blocks is given up, so 30 are spared and 30 supplied."""
    case = GALLERY["fallowing_behind_a_canal"]()
    plan = solve(case.network, case.state, case.forecasts, case.policy)
    scenario = dataclasses.replace(planned.scenario, network=case.network, end_conditions={}, series={}, forecasts={})
    return Planned(scenario, case.forecasts.horizon, case.forecasts, case.policy, case.state, plan, (), None)


def with_zone(planned: Planned, spared: float, shortage: float) -> Planned:
    values = {**planned.plan.values, ("zone", "spared"): np.array([spared]), ("zone", "shortage"): np.array([shortage])}
    return dataclasses.replace(planned, plan=dataclasses.replace(planned.plan, values=values))


def test_the_class_asks_for_what_is_left(fallowed: Planned) -> None:
    (row,) = summarise(fallowed).supply
    assert (row.demand, row.spared, row.supply) == pytest.approx((30, 30, 30), abs=1e-5)
    assert (row.share, row.worst_period) == (pytest.approx(0, abs=1e-6), None)


def test_a_shortage_is_a_share_of_what_is_left(fallowed: Planned) -> None:
    """12 of 30, not of 60."""
    (row,) = summarise(with_zone(fallowed, 30.0, 12.0)).supply
    assert (row.share, row.worst_share, row.supply) == pytest.approx((0.4, 0.4, 18))


def test_crumbs_of_what_is_fallowed_altogether_are_no_shortage(fallowed: Planned) -> None:
    """A switch that is one but for the solver's rounding leaves a crumb of demand: it must not be told as wholly short."""
    (row,) = summarise(with_zone(fallowed, 60 * (1 - 1e-8), 6e-7)).supply
    assert (row.demand, row.worst_period) == (0.0, None)


def test_the_column_stands_only_where_something_is_spared(fallowed: Planned, summary: Summary) -> None:
    say = Wording("en")
    spared = summarise(fallowed)
    assert supply_columns(spared)[:4] == ("class", "demand", "spared", "supplied")
    assert [len(row) for row in supply_rows(spared, say)] == [len(supply_columns(spared))]
    assert supply_rows(spared, say)[0][2] == "30 m³"
    assert "spared" not in supply_columns(summary)
    assert {len(row) for row in supply_rows(summary, say)} == {len(supply_columns(summary))}


def test_the_figure_tells_it_apart(fallowed: Planned) -> None:
    traces = {trace["name"]: trace["y"] for trace in supply_figure(fallowed, Wording("en"))["data"]}
    assert traces.keys() == {"Agriculture", "Agriculture: Spared (fallowed)"}
    assert [each[0] * SECONDS_PER_DAY for each in traces.values()] == pytest.approx([30, 30], rel=1e-3)


def test_plans_are_compared_by_what_is_left(fallowed: Planned) -> None:
    network = fallowed.scenario.network
    side = Side.of("fallowed", fallowed.plan, fallowed.policy, network, fallowed.forecasts)
    assert side.demand == pytest.approx({"zone": 30}, abs=1e-5)
    assert demand_of(network["lake"], fallowed.plan) is None
