"""A night of `scenarios/kaohsiung` in the drought spring: from the plan to a signed sheet of every gate, and Qishan's turns."""

import csv
import datetime as dt
import io
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import waterbalance as wb
from repository import ROOT
from schedule.canal_simulation import simulate
from waterbalance.operate.issuing.decide import decide
from waterbalance.operate.issuing.issue import Issuer, issue
from waterbalance.operate.issuing.record import record_plan
from waterbalance.operate.issuing.send import field_of
from waterbalance.report.planned import Planned
from waterbalance.scenario.devices import devices_of
from waterbalance.schedule.turn_audit import audit_turns
from waterbalance.store.database import open_store
from waterbalance.store.outbox import of_plan

DROUGHT, FLOOD = dt.date(2021, 3, 11), dt.date(2021, 6, 6)
"""The Gaoping Weir at its lowest; and the week in which the rain has come, with Nanhua's main at its capacity."""

LAST_DAYS = {DROUGHT: dt.date(2021, 4, 10), FLOOD: dt.date(2021, 6, 20)}
"""Short seasons ahead: orders are for the first days, and these need less time."""

TAIPEI = dt.timezone(dt.timedelta(hours=8))


def plan_from(day: dt.date) -> Planned:
    scenario = wb.read_scenario(ROOT / "scenarios" / "kaohsiung")
    short = scenario.horizon.model_copy(update={"last_day": LAST_DAYS[day], "daily_steps": 7})
    return wb.plan_scenario(replace(scenario, horizon=short), day)


@pytest.fixture(scope="module")
def drought() -> Planned:
    return plan_from(DROUGHT)


@pytest.fixture(scope="module")
def flood() -> Planned:
    return plan_from(FLOOD)


def test_every_figure_of_controllers_and_turns_has_its_source(drought: Planned) -> None:
    scenario = drought.scenario
    assert scenario.turns is not None
    assert all(controller.limits.source for controller in scenario.controllers.values())
    assert all(canal.source and "assumed" in canal.source for canal in scenario.turns.canals.values())
    names = {component.name: component.title for component in scenario.network} | dict(scenario.turns.titles)
    assert all({"en", "zh-TW"} <= set(names[controller.structure]) for controller in scenario.controllers.values())


@pytest.mark.parametrize("season", ["drought", "flood"])
def test_every_order_reaches_a_gate_whose_keeper_signs_for_it(
    season: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    planned: Planned = request.getfixturevalue(season)
    assert planned.schedule is not None
    scenario, evening = planned.scenario, dt.datetime.combine(planned.horizon.start, dt.time(), TAIPEI) - dt.timedelta(hours=6)
    devices = devices_of(scenario)
    store = open_store(f"sqlite:///{tmp_path / 'night.sqlite'}", make=True)
    plan = record_plan(store, planned, devices.values(), "nightly", evening)
    decide(store, plan, "approved", "chen", evening)
    issued = issue(store, scenario.name, Issuer("lin", scenario.issuing, devices), evening)
    ordered = [order.structure for order in planned.schedule.orders]
    assert len(issued.commands) == len(ordered) == len(set(ordered))
    assert {device.structure for device in devices.values()} == set(ordered)

    sheets = replace(scenario, folder=str(tmp_path))
    with field_of(sheets, lambda: evening) as field:
        field.send(store, {}, dt.timedelta(0), time.sleep)
    told = sorted((tmp_path / "orders").glob("*/*.csv"))
    assert len(told) == len(ordered)
    for order in told:
        sign(order, evening + dt.timedelta(minutes=30))
    with field_of(sheets, lambda: evening + dt.timedelta(hours=1)) as field:
        field.send(store, {}, dt.timedelta(0), time.sleep)
    with store.reading() as connection:
        assert {queued.state for queued in of_plan(connection, plan)} == {"confirmed"}
    sheet = (tmp_path / "orders" / "qishan_canals" / "sheet.zh-TW.html").read_text(encoding="utf-8")
    assert all(name in sheet for name in ("旗山溪水系圳路", "杉林分水門", "岡山分水門"))


def sign(order: Path, at: dt.datetime) -> None:
    lines = list(csv.DictReader(io.StringIO(order.read_text(encoding="utf-8-sig"))))
    for line in lines:
        line |= {"by": "Lin", "at": f"{at:%Y-%m-%dT%H:%M}", "status": "accepted"}
    with order.with_suffix(".receipt.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, lines[0].keys())
        writer.writeheader()
        writer.writerows(lines)


def test_a_flood_goes_down_the_rivers_and_not_over_fields(flood: Planned) -> None:
    """In that week the rain serves nearly all fields; the rivers bring far more than anybody asks for."""
    plan = flood.plan
    assert plan.values["gaoping_mouth", "outflow"][0] > 1e6
    for user in (name for name, quantity in plan.values if quantity == "spill" and (name, "demand") in plan.givens):
        assert plan.values[user, "spill"] == pytest.approx(0, abs=1.0)


def test_turns_bring_what_the_plan_gives_out_of_what_the_river_gives(drought: Planned) -> None:
    """Half of the week for each group of each lateral, and never more at the intake than the plan takes on the day."""
    assert drought.turns is not None
    assert drought.schedule is not None
    (timetable,) = drought.turns.timetables
    assert audit_turns(timetable) == ()
    assert all(each.cause is None for each in drought.turns.fields)
    orders = {order.structure: order for order in drought.schedule.orders}
    names = {turnout.name for _, turnout in timetable.tree.turnouts} | {canal.name for canal in timetable.tree.canals}
    brought = simulate(timetable.tree, [orders[name] for name in names])
    for structure, gates in {
        "qishan_laterals": ("shanlin_gates", "qishan_gates"),
        "gangshan_laterals": ("alian_hunei_gates", "gangshan_gates"),
    }.items():
        promised = float(drought.plan.values[structure, "outflow"][:7].sum())
        assert promised > 50_000
        assert [brought[gate] for gate in gates] == pytest.approx([promised / 2] * 2, rel=0.01)
        opened = np.array(
            [timetable.open[row] > 0.5 for row, (_, each) in enumerate(timetable.tree.turnouts) if each.name in gates]
        )
        assert opened.sum(axis=1).max() <= 21
        assert not opened.all(axis=0).any()
    for setting in orders["qishan_canals"].settings:
        days = range(
            (setting.start.date() - DROUGHT).days,
            (setting.end - dt.timedelta(seconds=1)).date().toordinal() - DROUGHT.toordinal() + 1,
        )
        taken = min(drought.plan.values["qishan_canals", "inflow"][day] / 86_400 for day in days)
        assert setting.setpoint <= taken + 1e-4
