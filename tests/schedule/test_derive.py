"""Orders against the plan they come from."""

import dataclasses
import datetime as dt

import numpy as np
import pytest

from network.example import IN_ORDER, make
from two_lakes import plan_two_lakes
from waterbalance.errors import NoPlanError
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.horizon import Horizon
from waterbalance.network.network import Network
from waterbalance.network.state import State
from waterbalance.optimise.solve import solve
from waterbalance.report.planned import Planned
from waterbalance.schedule.derive import derive_schedule
from waterbalance.schedule.schedule import Schedule


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    return plan_two_lakes(tmp_path_factory.mktemp("two_lakes"))


@pytest.fixture(scope="module")
def schedule(planned: Planned) -> Schedule:
    return derive_schedule(planned.plan, planned.scenario.network)


def test_each_structure_that_leads_to_a_zone_has_an_order(schedule: Schedule) -> None:
    assert [(order.zone, order.structure) for order in schedule.orders if order.role == "turnout"] == [
        ("far_fields", "pond_canal"),
        ("far_fields", "side_canal"),
        ("near_fields", "main_canal"),
    ]


def test_gates_above_the_fields_have_orders_too(schedule: Schedule, planned: Planned) -> None:
    heads = {order.structure: order for order in schedule.orders if order.role == "canal_head"}
    assert {name: order.zone for name, order in heads.items()} == {
        "upper_river": "gorge",
        "tunnel": "lower_lake",
        "feeder": "pond",
    }
    assert planned.plan.values["tunnel", "reverse_inflow"].max() == 0.0


def test_only_daily_steps_are_ordered(schedule: Schedule) -> None:
    for order in schedule.orders:
        assert len(order.settings) == 7
        assert order.valid_from == dt.datetime.fromisoformat("2021-02-05T00:00:00+08:00")
        assert order.valid_until == dt.datetime.fromisoformat("2021-02-12T00:00:00+08:00")
        assert all(earlier.end == later.start for earlier, later in zip(order.settings, order.settings[1:], strict=False))


def test_setpoints_carry_the_volumes_of_the_plan(schedule: Schedule, planned: Planned) -> None:
    for order in schedule.orders:
        inflow = planned.plan.values[order.structure, "inflow"][:7]
        assert order.volume == pytest.approx(inflow.sum())
        assert [setting.setpoint for setting in order.settings] == pytest.approx(inflow / 86_400, abs=5e-4)


def test_json_is_what_controllers_expect(schedule: Schedule) -> None:
    entry = schedule.to_dict()["orders"][2]  # type: ignore[index]
    assert entry["mode"] == "flow"
    assert entry["unit"] == "m3/s"
    assert entry["limits"] == {"min": 0.0, "max": 5.0}
    assert entry["fallback"] == {"mode": "hold_last"}
    assert entry["rows"][0]["start"] == "2021-02-05T00:00:00+08:00"


@pytest.mark.parametrize(("value", "what"), [(np.nan, "not a number"), (-3600.0, "negative"), (1e7, "over the capacity")])
def test_orders_that_cannot_be_are_refused(planned: Planned, value: float, what: str) -> None:
    values = dict(planned.plan.values)
    inflow = values["main_canal", "inflow"].copy()
    inflow[2] = value
    values["main_canal", "inflow"] = inflow
    with pytest.raises(NoPlanError, match=what) as caught:
        derive_schedule(dataclasses.replace(planned.plan, values=values), planned.scenario.network)
    (finding,) = caught.value.findings
    assert finding.where.component == "main_canal"
    assert finding.where.date == "2021-02-07"


def test_a_plan_of_ten_day_periods_gives_no_orders(planned: Planned) -> None:
    from waterbalance.operate.planning.plan_scenario import plan_scenario

    settings = planned.scenario.horizon.model_copy(update={"daily_steps": 0})
    outlook = plan_scenario(dataclasses.replace(planned.scenario, horizon=settings))
    assert outlook.schedule is not None
    assert outlook.schedule.orders == ()


def test_every_setting_has_the_capacity_of_its_own_step() -> None:
    """A canal of 1 m3/s, of which half is left on the second of four days, and then 0.75 m3/s from a table."""
    horizon = Horizon(tuple(dt.date(2026, 3, day) for day in range(1, 6)))
    outage = {"first_day": "2026-03-02", "last_day": "2026-03-02", "available": 0.5}
    canal = make("canal", "canal", source="lake", target="fields", outages=(outage,))
    fields = make("irrigation_zone", "fields", area=1, demand=2 * 86_400.0)
    network = Network.of((make("reservoir", "lake", capacity=1e6), canal, fields))
    by_date = Forecast(86_400.0 * np.array([[1.0], [1.0], [1.0], [0.75]]), "table")
    state = State(horizon.start, {("lake", "storage"): 1e6})
    plan = solve(network, state, Forecasts(horizon, {("canal", "capacity"): by_date}), IN_ORDER)
    (order,) = derive_schedule(plan, network).orders
    assert [setting.setpoint for setting in order.settings] == [1.0, 0.5, 1.0, 0.75]
    assert [setting.capacity for setting in order.settings] == [1.0, 0.5, 1.0, 0.75]
    entry = Schedule("UTC", "", (order,)).to_dict()["orders"][0]  # type: ignore[index]
    assert entry["limits"] == {"min": 0.0, "max": 1.0}
    assert [row["max"] for row in entry["rows"]] == [1.0, 0.5, 1.0, 0.75]
    inflow = plan.values["canal", "inflow"] + np.array([0.0, 3600.0, 0.0, 0.0])
    with pytest.raises(NoPlanError, match="over the capacity") as caught:
        derive_schedule(dataclasses.replace(plan, values={**plan.values, ("canal", "inflow"): inflow}), network)
    assert [finding.where.date for finding in caught.value.findings] == ["2026-03-02"]


@pytest.mark.parametrize(
    ("service", "ordered"),
    [
        ({"in_service_from": "2026-03-05"}, False),
        ({"in_service_from": "2026-03-04"}, True),
        ({"in_service_until": "2026-02-28"}, False),
    ],
)
def test_what_is_not_built_yet_or_given_up_has_no_orders(service: dict[str, str], *, ordered: bool) -> None:
    horizon = Horizon(tuple(dt.date(2026, 3, day) for day in range(1, 6)))
    canals = (make("canal", "canal", source="lake", target="fields", **each) for each in ({}, {"capacity": 1e5, **service}))
    old, new = (each.model_copy(update={"name": name}) for each, name in zip(canals, ("old", "new"), strict=True))
    network = Network.of(
        (make("reservoir", "lake", capacity=1e6), old, new, make("irrigation_zone", "fields", area=1, demand=1e4))
    )
    plan = solve(network, State(horizon.start, {("lake", "storage"): 1e6}), Forecasts(horizon, {}), IN_ORDER)
    assert ("new" in {order.structure for order in derive_schedule(plan, network).orders}) == ordered
