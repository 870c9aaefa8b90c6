"""A night of `scenarios/kaohsiung` in the drought spring: from the plan to a signed sheet of every gate, and Qishan's turns."""

import csv
import datetime as dt
import io
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import waterbalance as wb
from repository import ROOT
from schedule.canal_simulation import simulate
from waterbalance.operate.decide import decide
from waterbalance.operate.issue import Issuer, issue
from waterbalance.operate.record import record_plan
from waterbalance.operate.send import field_of
from waterbalance.report.planned import Planned
from waterbalance.scenario.devices import devices_of
from waterbalance.schedule.turn_audit import audit_turns
from waterbalance.store.database import open_store
from waterbalance.store.outbox import of_plan

START, LAST_DAY = dt.date(2021, 3, 11), dt.date(2021, 3, 31)
"""A short season ahead: orders are for the first days, and this needs less time."""

EVENING = dt.datetime(2021, 3, 10, 18, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    folder = tmp_path_factory.mktemp("night") / "kaohsiung"
    scenario = wb.read_scenario(shutil.copytree(ROOT / "scenarios" / "kaohsiung", folder))
    short = scenario.horizon.model_copy(update={"last_day": LAST_DAY})
    return wb.plan_scenario(replace(scenario, horizon=short), START)


def test_every_figure_of_controllers_and_turns_has_its_source(planned: Planned) -> None:
    scenario = planned.scenario
    assert scenario.turns is not None
    assert all(controller.limits.source for controller in scenario.controllers.values())
    assert all(canal.source and "assumed" in canal.source for canal in scenario.turns.canals.values())
    names = {component.name: component.title for component in scenario.network} | dict(scenario.turns.titles)
    assert all({"en", "zh-TW"} <= set(names[controller.structure]) for controller in scenario.controllers.values())


def test_every_order_reaches_a_gate_whose_keeper_signs_for_it(planned: Planned, tmp_path: Path) -> None:
    assert planned.schedule is not None
    scenario, folder = planned.scenario, Path(planned.scenario.folder)
    devices = devices_of(scenario)
    store = open_store(f"sqlite:///{tmp_path / 'night.sqlite'}", make=True)
    plan = record_plan(store, planned, devices.values(), "nightly", EVENING)
    decide(store, plan, "approved", "chen", EVENING)
    issued = issue(store, scenario.name, Issuer("lin", scenario.issuing, devices), EVENING)
    ordered = [order.structure for order in planned.schedule.orders]
    assert len(issued.commands) == len(ordered) == len(set(ordered))
    assert {device.structure for device in devices.values()} == set(ordered)

    with field_of(scenario, lambda: EVENING) as field:
        field.send(store, {}, dt.timedelta(0), time.sleep)
    told = sorted((folder / "orders").glob("*/*.csv"))
    assert len(told) == len(ordered)
    for order in told:
        sign(order)
    later = EVENING + dt.timedelta(hours=1)
    with field_of(scenario, lambda: later) as field:
        field.send(store, {}, dt.timedelta(0), time.sleep)
    with store.reading() as connection:
        assert {queued.state for queued in of_plan(connection, plan)} == {"confirmed"}
    sheet = (folder / "orders" / "qishan_canals" / "sheet.zh-TW.html").read_text(encoding="utf-8")
    assert all(name in sheet for name in ("旗山溪水系圳路", "杉林分水門", "岡山分水門"))


def sign(order: Path) -> None:
    lines = list(csv.DictReader(io.StringIO(order.read_text(encoding="utf-8-sig"))))
    for line in lines:
        line |= {"by": "Lin", "at": f"{EVENING + dt.timedelta(minutes=30):%Y-%m-%dT%H:%M}", "status": "accepted"}
    with order.with_suffix(".receipt.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, lines[0].keys())
        writer.writeheader()
        writer.writerows(lines)


def test_turns_bring_what_the_plan_gives_out_of_what_the_river_gives(planned: Planned) -> None:
    """Half of the week for each group of each lateral, and never more at the intake than the plan takes on the day."""
    assert planned.turns is not None
    assert planned.schedule is not None
    (timetable,) = planned.turns.timetables
    assert audit_turns(timetable) == ()
    assert all(each.cause is None for each in planned.turns.fields)
    orders = {order.structure: order for order in planned.schedule.orders}
    names = {turnout.name for _, turnout in timetable.tree.turnouts} | {canal.name for canal in timetable.tree.canals}
    brought = simulate(timetable.tree, [orders[name] for name in names])
    for structure, gates in {
        "qishan_laterals": ("shanlin_gates", "qishan_gates"),
        "gangshan_laterals": ("alian_hunei_gates", "gangshan_gates"),
    }.items():
        promised = float(planned.plan.values[structure, "outflow"][:7].sum())
        assert promised > 50_000
        assert [brought[gate] for gate in gates] == pytest.approx([promised / 2] * 2, rel=0.01)
        opened = np.array(
            [timetable.open[row] > 0.5 for row, (_, each) in enumerate(timetable.tree.turnouts) if each.name in gates]
        )
        assert opened.sum(axis=1).max() <= 21
        assert not opened.all(axis=0).any()
    for setting in orders["qishan_canals"].settings:
        days = range(
            (setting.start.date() - START).days,
            (setting.end - dt.timedelta(seconds=1)).date().toordinal() - START.toordinal() + 1,
        )
        taken = min(planned.plan.values["qishan_canals", "inflow"][day] / 86_400 for day in days)
        assert setting.setpoint <= taken + 1e-4
