"""What does not fit is named before anything is solved; what is handed out cannot be changed."""

import datetime as dt

import numpy as np
import pytest

from waterbalance.errors import InputError, UsageError
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.horizon import Horizon, plan_horizon
from waterbalance.network.components.canal import Canal
from waterbalance.network.components.irrigation_zone import IrrigationZone
from waterbalance.network.components.reservoir import Reservoir
from waterbalance.network.network import Network
from waterbalance.network.state import Past, State
from waterbalance.optimise.links import history, weights
from waterbalance.optimise.solve import solve
from waterbalance.optimise.step import LinkedColumn, Total
from waterbalance.plan.audit import audit
from waterbalance.policy.goal import Goal, Policy, Term
from waterbalance.policy.presets import drought_practice

START = dt.date(2026, 3, 1)
HORIZON = plan_horizon(START, last_day=dt.date(2026, 3, 31))


def series(value: float) -> Forecast:
    return Forecast(value * HORIZON.days[:, None], "by hand")


def lake_and_fields(target: str = "fields") -> Network:
    return Network.of(
        [
            Reservoir(name="lake", capacity=1e6),
            Canal(name="canal", source="lake", target=target),
            IrrigationZone(name="fields", area=1e4, demand=100.0),
        ]
    )


STATE = State(START, {("lake", "storage"): 1550.0})


@pytest.mark.parametrize(
    ("state", "given", "policy", "told"),
    [
        (STATE, {("lake", "inflows"): series(1)}, drought_practice(), "Did you mean 'inflow'?"),
        (STATE, {("lakes", "inflow"): series(1)}, drought_practice(), "Did you mean 'lake'?"),
        (State(dt.date(2020, 3, 1), STATE.stocks), {}, drought_practice(), "another day"),
        (State(START, {**STATE.stocks, ("pond", "storage"): 1.0}), {}, drought_practice(), "does not exist"),
        (State(START, {("lake", "storage"): float("nan")}), {}, drought_practice(), "not a finite number"),
        (State(START, STATE.stocks, {("canal", "inflow"): (Past(START, START, 5.0),)}), {}, drought_practice(), "cannot be"),
        (STATE, {}, Policy(goals=(Goal(name="g", terms=(Term(measure="shortage", components=("feilds",)),)),)), "'fields'"),
        (STATE, {}, Policy(goals=(Goal(name="g", terms=(Term(measure="delivery", benefit="price"),)),)), "no series"),
    ],
)
def test_what_does_not_fit_is_named(state: State, given: dict[tuple[str, str], Forecast], policy: Policy, told: str) -> None:
    with pytest.raises(InputError) as caught:
        solve(lake_and_fields(), state, Forecasts(HORIZON, given), policy)
    assert told in str(caught.value)


def test_a_network_that_hangs_in_the_air_is_named() -> None:
    with pytest.raises(InputError, match="feilds"):
        solve(lake_and_fields("feilds"), STATE, Forecasts(HORIZON), drought_practice())
    with pytest.raises(InputError, match="no components"):
        solve(Network.of([]), STATE, Forecasts(HORIZON), drought_practice())


def test_weights_are_numbers_and_only_a_shortage_is_shared() -> None:
    with pytest.raises(ValueError, match="finite"):
        Term(measure="shortage", weight=float("nan"))
    with pytest.raises(ValueError, match="equity"):
        Goal(name="most", sense="maximise", terms=(Term(measure="delivery"),), equity=True)


def test_a_plan_cannot_be_changed_and_does_not_follow_its_maker() -> None:
    values = np.full((len(HORIZON), 1), 7.0)
    forecasts = Forecasts(HORIZON, {("lake", "inflow"): Forecast(values, "by hand")})
    plan = solve(lake_and_fields(), STATE, forecasts, drought_practice())
    values[:] = 9.0
    assert audit(plan, lake_and_fields(), forecasts) == ()
    for array in (plan.values["lake", "storage"], plan.givens["lake", "inflow"], forecasts.series["lake", "inflow"].values):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0


def test_an_audit_on_another_horizon_is_refused() -> None:
    plan = solve(lake_and_fields(), STATE, Forecasts(HORIZON), drought_practice())
    with pytest.raises(UsageError, match="another horizon"):
        audit(plan, lake_and_fields(), Forecasts(HORIZON.from_step(1)))


def test_a_user_that_is_short_has_a_water_value() -> None:
    plan = solve(lake_and_fields(), STATE, Forecasts(HORIZON), drought_practice())
    assert {"lake", "fields"} <= set(plan.water_value["component"])


def test_a_monthly_window_counts_every_hour_over_the_change_to_summer_time() -> None:
    horizon = Horizon(tuple(dt.date(2026, 3, 20) + dt.timedelta(days=day) for day in range(20)), "Europe/Berlin")
    kind = Total("month")
    link = LinkedColumn(("c", "total"), ("c", "inflow"), kind)
    flow = np.full(len(horizon), 10.0)
    counted = weights(kind, horizon) @ flow + history(link, horizon, State(horizon.start))
    since = [sum(10.0 for day in horizon.starts[: t + 1] if day.month == start.month) for t, start in enumerate(horizon.starts)]
    assert counted == pytest.approx(since)
