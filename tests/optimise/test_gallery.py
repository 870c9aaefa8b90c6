"""The gallery: plans are what a hand or a formula gives, the audit is empty, and what has no plan says why."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import pytest

from gallery import GALLERY, INVALID, Case
from gallery.first_principles import leaky_bucket
from waterbalance.errors import NoPlanError
from waterbalance.network.components.canal import Canal
from waterbalance.network.components.irrigation_zone import IrrigationZone
from waterbalance.network.network import Network
from waterbalance.network.state import Past, State
from waterbalance.network.topology import check_network
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit


@pytest.mark.parametrize("name", GALLERY)
def test_the_plan_is_what_a_hand_gets(name: str) -> None:
    case = GALLERY[name]()
    plan = solve(case.network, case.state, case.forecasts, case.policy)
    for key, values in case.says.items():
        known = ~np.isnan(values)
        assert plan.values[key][known] == pytest.approx(np.array(values)[known], rel=1e-6, abs=1e-4), key
    best = {rank.name: rank.value for rank in plan.ranks}
    assert {goal: best[goal] for goal in case.goals} == pytest.approx(dict(case.goals), rel=1e-6, abs=1e-5)
    assert case.says or case.goals


@pytest.mark.parametrize("name", GALLERY)
def test_the_audit_finds_nothing(name: str) -> None:
    case = GALLERY[name]()
    plan = solve(case.network, case.state, case.forecasts, case.policy)
    assert [str(finding) for finding in audit(plan, case.network, case.forecasts)] == []


@pytest.mark.parametrize("name", GALLERY)
def test_the_network_hangs_together(name: str) -> None:
    assert [str(finding) for finding in check_network(GALLERY[name]().network)] == []


@pytest.mark.parametrize(("make_case", "component", "date"), INVALID.values(), ids=INVALID.keys())
def test_what_cannot_hold_is_named(make_case: Callable[[], Case], component: str, date: str) -> None:
    case = make_case()
    with pytest.raises(NoPlanError) as caught:
        solve(case.network, case.state, case.forecasts, case.policy)
    assert (component, date) in {(finding.where.component, finding.where.date) for finding in caught.value.findings}
    assert all(finding.remedy for finding in caught.value.findings)


def test_the_leaky_bucket_empties_like_an_exponential() -> None:
    """Daily steps follow exp(-rate x days) to the second order of the daily loss."""
    case = leaky_bucket()
    plan = solve(case.network, case.state, case.forecasts, case.policy)
    days = np.arange(1, 31)
    difference = plan.values["lake", "storage"][:30] - 1000 * np.exp(-0.003 * days)
    assert np.abs(difference).max() < 1000 * 30 * 0.003**2 / 2
    assert np.abs(difference).max() > 0


def test_water_under_way_to_a_user_whose_demand_falls_spills() -> None:
    """100 are under way to a field that asks for 60: a plan is made, and it says that 40 run away."""
    case = GALLERY["canal_with_loss"]()
    zone = IrrigationZone(name="late zone", area=1.0, demand=60.0)
    canal = Canal(name="late canal", source="weir", target="late zone", travel_time=1.0)
    network = Network.of([*case.network, canal, zone])
    day = case.state.day
    past = {("late canal", "inflow"): (Past(day - dt.timedelta(days=1), day, 100.0),)}
    plan = solve(network, State(day, case.state.stocks, past), case.forecasts, case.policy)
    assert plan.values["late zone", "consumption"][0] == pytest.approx(60.0)
    assert plan.values["late zone", "spill"][0] == pytest.approx(40.0)
    assert audit(plan, network, case.forecasts) == ()
