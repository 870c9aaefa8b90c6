"""Random networks with the presets: the audit is empty, water is conserved, and what is under way is never lost."""

import numpy as np
import pytest
from hypothesis import given, settings

from gallery import GALLERY, Case
from optimise.random_networks import random_cases
from waterbalance.network.network import Network
from waterbalance.network.state import State
from waterbalance.optimise.solve import solve
from waterbalance.plan.audit import audit
from waterbalance.plan.plan import Plan
from waterbalance.policy.presets import drought_practice, water_act


def under_way(network: Network, state: State) -> float:
    """Water between places: what entered less than a travel time ago, less what the way will take of it."""
    total = 0.0
    for component in network:
        if component.type_name() == "river_reach" or component.type_name() == "canal":
            entered = "useful_inflow" if getattr(component, "fill_volume", 0) else "inflow"
            total += (1 - component.conveyance_loss) * _younger(state, (component.name, entered), component.travel_time)
        elif getattr(component, "return_to", None) is not None:
            total += component.return_fraction * _younger(state, (component.name, "consumption"), component.return_time)
    return total


def _younger(state: State, key: tuple[str, str], age: float) -> float:
    volume = 0.0
    for past in state.past.get(key, ()):
        start, end = (past.start - state.day).days, (past.end - state.day).days
        volume += past.volume * max(0.0, end - max(start, -age)) / (end - start)
    return volume


def stored(state: State) -> float:
    return sum(value for (_, quantity), value in state.stocks.items() if quantity == "storage")


def spilt_at_users(network: Network, plan: Plan) -> float:
    return float(sum(plan.values[user.name, "spill"].sum() for user in network if user.needs_supply))


def balance(network: Network, plan: Plan) -> tuple[float, float]:
    """All that came in, and all that went out or is still there, over the whole horizon."""
    after = plan.state_after(len(plan.horizon))

    def total(*quantities: str) -> float:
        return float(sum(values.sum() for (_, quantity), values in plan.values.items() if quantity in quantities))

    inflow = sum(plan.givens[place.name, "inflow"].sum() for place in network.places if (place.name, "inflow") in plan.givens)
    came = inflow + stored(plan.opening) + under_way(network, plan.opening)
    used = total("consumption", "evaporation", "seepage", "filling") + spilt_at_users(network, plan)
    # Conveyance losses are booked when the water arrives; what is under way is counted without them.
    losses = 0.0
    for component in network:
        if component.type_name() in {"river_reach", "canal"}:
            entered = plan.values.get((component.name, "useful_inflow"), plan.values[component.name, "inflow"])
            losses += component.conveyance_loss * float(entered.sum())
        elif getattr(component, "return_to", None) is not None:
            losses -= component.return_fraction * float(plan.values[component.name, "consumption"].sum())
    return came, used + losses + float(plan.values["sea", "outflow"].sum()) + stored(after) + under_way(network, after)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(random_cases())
@pytest.mark.parametrize("preset", [drought_practice, water_act])
def test_no_water_is_lost_and_the_audit_is_empty(preset: object, case: Case) -> None:
    plan = solve(case.network, case.state, case.forecasts, preset())
    assert [str(finding) for finding in audit(plan, case.network, case.forecasts)] == []
    came, went = balance(case.network, plan)
    assert went == pytest.approx(came, rel=1e-7)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(random_cases())
def test_a_horizon_that_is_split_loses_no_water(case: Case) -> None:
    """First step of one plan, then a plan of the rest from its state: together they add up like one."""
    whole = solve(case.network, case.state, case.forecasts, case.policy)
    state = whole.state_after(1)
    rest = solve(case.network, state, case.forecasts.from_step(1), case.policy)
    assert [str(finding) for finding in audit(rest, case.network, case.forecasts.from_step(1))] == []
    assert under_way(case.network, rest.opening) == pytest.approx(under_way(case.network, state))
    came, went = balance(case.network, rest)
    assert went == pytest.approx(came, rel=1e-7)
    for key in whole.values:
        if key[0].startswith("river") and key[1] == "outflow":
            arrived = whole.state_after(len(whole.horizon)).past[key[0], "inflow"]
            assert {past.start for past in arrived} >= set(whole.horizon.starts)


def test_water_under_way_arrives_after_a_split() -> None:
    case = GALLERY["delayed_reach"]()
    plan = solve(case.network, case.state, case.forecasts, case.policy)
    for step in range(1, 5):
        rest = solve(case.network, plan.state_after(step), case.forecasts.from_step(step), case.policy)
        assert rest.values["sea", "outflow"] == pytest.approx(plan.values["sea", "outflow"][step:])


def test_a_licence_is_carried_from_plan_to_plan() -> None:
    """Rolled day by day, the three-day right is never used more than it allows, and no less than in one plan."""
    case = GALLERY["rolling_right"]()
    used, state, forecasts = [], case.state, case.forecasts
    while True:
        plan = solve(case.network, state, forecasts, case.policy)
        used.append(float(plan.values["canal to zone", "inflow"][0]))
        if len(forecasts.horizon) == 1:
            break
        state, forecasts = plan.state_after(1), forecasts.from_step(1)
    days = np.array([30, 30, *used])
    assert np.convolve(days, np.ones(3), mode="valid").max() <= 100 + 1e-6
    assert sum(used) == pytest.approx(140)
