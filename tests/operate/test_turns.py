"""A scenario with turns, from its folder to the orders and what they bring."""

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from repository import ROOT
from schedule.canal_simulation import simulate
from schedule.test_running import joined
from waterbalance.operate.planning.expected import expected_of
from waterbalance.operate.planning.ladder import plan_by_ladder
from waterbalance.operate.planning.ladder_settings import LadderSettings
from waterbalance.operate.planning.plan_scenario import plan_scenario
from waterbalance.operate.planning.scheduled import Followed
from waterbalance.report.files import write_files
from waterbalance.report.language import Language, Wording
from waterbalance.report.planned import Planned
from waterbalance.report.turns import search_notes, turn_searches
from waterbalance.scenario.devices import devices_of
from waterbalance.scenario.read import read_scenario
from waterbalance.scenario.scenario import Scenario
from waterbalance.scenario.series import Series
from waterbalance.scenario.turn_district import district_of
from waterbalance.schedule.schedule import Order, Schedule, Setting
from waterbalance.schedule.tell import commands_of
from waterbalance.schedule.turn_audit import audit_turns
from waterbalance.units import FLOW


@pytest.fixture(scope="module")
def planned() -> Planned:
    return plan_scenario(read_scenario(ROOT / "scenarios" / "turns"))


def test_the_orders_bring_what_the_plan_promises(planned: Planned) -> None:
    assert planned.turns is not None
    assert planned.schedule is not None
    brought: dict[str, float] = {}
    for timetable in planned.turns.timetables:
        assert audit_turns(timetable) == ()
        names = {turnout.name for _, turnout in timetable.tree.turnouts} | {canal.name for canal in timetable.tree.canals}
        brought |= simulate(timetable.tree, [order for order in planned.schedule.orders if order.structure in names])
    for structure, gates in {
        "canal_to_north": ["north_1", "north_2", "north_3", "north_4"],
        "canal_to_south": ["south_1", "south_2"],
        "canal_to_banks": ["banks_upper", "banks_lower"],
        "pumps_to_hill": ["hill_gate"],
    }.items():
        promised = float(planned.plan.values[structure, "outflow"].sum())
        assert sum(brought[gate] for gate in gates) == pytest.approx(promised, rel=0.01)


def test_turns_ask_a_device_for_no_more_than_it_may_be_asked(tmp_path: Path) -> None:
    """A gate of 100 l/s whose device ends at 20.5, in whole litres: 20 bring 12 096 m3 of the 14 000 m3 in a week."""
    folder = tmp_path / "turns"
    shutil.copytree(ROOT / "scenarios" / "turns", folder)
    with (folder / "scenario.yaml").open("a", encoding="utf-8") as file:
        limits = "limits: {least: 0 m3/s, most: 20.5 L/s}"
        file.write(f"controllers:\n  hill: {{structure: hill_gate, protocol: files, canal: hill, {limits}}}\n")
    scenario = read_scenario(folder)
    planned = plan_scenario(scenario)
    assert planned.turns is not None
    assert planned.schedule is not None
    (field,) = (each for each in planned.turns.fields if each.turnout == "hill_gate")
    assert (field.cause, field.brought) == ("device", pytest.approx(0.02 * 7 * 86_400.0))
    (told,) = commands_of(planned.schedule, tuple(devices_of(scenario).values()))
    assert max(row.setpoint for row in told.rows) == 0.02


def test_turns_take_the_place_of_even_orders(planned: Planned) -> None:
    assert planned.schedule is not None
    assert {order.structure for order in planned.schedule.orders} == {
        *("main", "north_lateral", "south_lateral", "hill_pipe", "banks_upper", "banks_lower"),
        *("north_1", "north_2", "north_3", "north_4", "south_1", "south_2", "hill_gate"),
    }
    roles = {order.structure: order.role for order in planned.schedule.orders}
    assert roles["main"] == "canal_head"
    assert roles["hill_pipe"] == "pump"
    assert roles["north_1"] == "turnout"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "south_lateral: 4,023 m³ run over"), ("zh-TW", "south_lateral：0.40 萬噸 由溢流口流失")]
)
def test_water_over_an_escape_is_told(language: Language, words: str) -> None:
    """A lateral that seeps would be dry in the morning: 97 % of the least of its head, 12 l/s, run for six nights of 16 hours."""
    scenario = read_scenario(ROOT / "scenarios" / "turns")
    assert scenario.turns is not None
    south = scenario.turns.canals["south_lateral"]
    reach = south.reaches[0].model_copy(update={"seepage": 1e-3})
    canals = {**scenario.turns.canals, "south_lateral": south.model_copy(update={"reaches": (reach,)})}
    seeping = plan_scenario(replace(scenario, turns=scenario.turns.model_copy(update={"canals": canals})))
    assert words in " ".join(search_notes(turn_searches(seeping), Wording(language)))


def test_the_sun_and_cheap_hours_drive_the_pump(planned: Planned) -> None:
    """No water is lifted in the dear hours of the evening while cheap hours are left."""
    assert planned.schedule is not None
    (pump,) = (order for order in planned.schedule.orders if order.structure == "hill_pipe")
    assert any(each.setpoint > 0.09 for each in pump.settings)
    assert all(not (14 <= each.start.hour < 24 and each.start.weekday() < 5 and each.setpoint > 0.09) for each in pump.settings)


def test_zones_without_turnouts_keep_their_even_orders() -> None:
    scenario = read_scenario(ROOT / "scenarios" / "turns")
    assert scenario.turns is not None
    canals = {name: canal for name, canal in scenario.turns.canals.items() if name == "hill_pipe"}
    planned = plan_scenario(replace(scenario, turns=scenario.turns.model_copy(update={"canals": canals})))
    assert planned.schedule is not None
    orders = {order.structure: order for order in planned.schedule.orders}
    assert set(orders) == {"canal_to_north", "canal_to_south", "canal_to_banks", "hill_pipe", "hill_gate"}
    assert len(orders["canal_to_north"].settings) == 7


@pytest.mark.parametrize(("language", "words"), [("en", "Turns within the day"), ("zh-TW", "日內輪灌操作")])
def test_reports_tell_what_each_field_gets(planned: Planned, tmp_path: Path, language: str, words: str) -> None:
    write_files(planned, tmp_path, language)  # type: ignore[arg-type]
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert {row["turnout"] for row in summary["turns"]} == {
        *("banks_upper", "banks_lower", "north_1", "north_2", "north_3", "north_4", "south_1", "south_2", "hill_gate")
    }
    assert all(row["short"] <= 0.01 * row["planned"] for row in summary["turns"])
    assert words in (tmp_path / "report.html").read_text(encoding="utf-8")
    rows = json.loads((tmp_path / "schedule.json").read_text(encoding="utf-8"))["orders"][0]["rows"]
    assert rows[0]["start"].startswith("2026-03-02T00:00:00")


def test_what_is_lacking_has_its_reason_in_the_summary() -> None:
    """A turnout of 0.1 m3/s brings at most 84 h x 360 m3 of its 31,500 m3."""
    scenario = read_scenario(ROOT / "scenarios" / "turns")
    assert scenario.turns is not None
    north = scenario.turns.canals["north_lateral"]
    gates = dict(north.reaches[0].turnouts)
    gates["north_1"] = gates["north_1"].model_copy(update={"capacity": 0.1 * 86_400})
    reaches = (north.reaches[0].model_copy(update={"turnouts": gates}), *north.reaches[1:])
    canals = {**scenario.turns.canals, "north_lateral": north.model_copy(update={"reaches": reaches})}
    turns = scenario.turns.model_copy(update={"canals": canals, "time_limit": 20.0})
    planned = plan_scenario(replace(scenario, turns=turns))
    assert planned.turns is not None
    (lacking,) = (each for each in planned.turns.fields if each.cause is not None)
    assert (lacking.turnout, lacking.cause) == ("north_1", "turnout_capacity")
    assert lacking.brought <= 84 * 360


def test_the_next_day_goes_on_from_the_orders_of_the_day_before(planned: Planned) -> None:
    """Nothing is filled twice: the six days from the third of March on begin with canals that are full."""
    assert planned.schedule is not None
    assert planned.turns is not None
    scenario = read_scenario(ROOT / "scenarios" / "turns")
    day = scenario.horizon.start + dt.timedelta(days=1)
    orders_alone = Followed(replace(planned.schedule, accounts=(), held=()))
    cold, warm = (plan_scenario(scenario, day, followed=orders) for orders in (None, orders_alone))
    assert cold.turns is not None
    assert warm.turns is not None
    for first, dry, wet in zip(planned.turns.timetables, cold.turns.timetables, warm.turns.timetables, strict=True):
        assert audit_turns(wet) == ()
        in_use = [at for at in range(len(wet.tree.nodes)) if first.wet[at, 11] > 0.5]
        filled = sum(wet.tree.nodes[at].reach.fill_volume for at in in_use)
        assert all(wet.running.content(wet.tree, at) == wet.tree.nodes[at].reach.fill_volume for at in in_use)
        assert wet.taken <= dry.taken - filled + 0.01 * dry.taken
    assert sum(each.running.content(each.tree, 0) for each in warm.turns.timetables) == pytest.approx(1500.0)


def test_the_ladder_of_the_night_goes_on_from_the_orders_before(planned: Planned) -> None:
    """What runs, and what each field lacks, reach the turns of every rung."""
    assert planned.schedule is not None
    scenario = read_scenario(ROOT / "scenarios" / "turns")
    state, expected = expected_of(scenario, scenario.horizon.start + dt.timedelta(days=1))
    followed = Followed(planned.schedule)
    for rung in (0, 5):
        found = plan_by_ladder(scenario, state, expected, LadderSettings(), followed=followed, first=rung).planned
        assert found.turns is not None
        assert any(timetable.running.gates for timetable in found.turns.timetables)
        accounts = {account.turnout: account for account in planned.schedule.accounts}
        for field in found.turns.fields:
            assert field.before <= accounts[field.turnout].planned[0][1] + 1e-6
        assert sum(field.before > 1.0 for field in found.turns.fields) >= 2


def test_what_the_state_tells_goes_before_the_orders(planned: Planned) -> None:
    """The head of the main canal was shut in the evening, whatever its orders were."""
    assert planned.schedule is not None
    scenario = read_scenario(ROOT / "scenarios" / "turns")
    day = scenario.horizon.start + dt.timedelta(days=1)
    where = next(iter(scenario.observations.values())).where
    shut = Series("main", "flow", "date", FLOW, np.array([0.0]), (day,), label="", where=where)
    told = replace(scenario, observations={**scenario.observations, ("main", "flow"): shut})
    found = plan_scenario(told, day, followed=Followed(planned.schedule))
    assert found.turns is not None
    (main,) = (each for each in found.turns.timetables if each.tree.canals[0].name == "main")
    assert not main.running.gate("main").is_open


def test_the_time_limit_of_a_run_reaches_the_turns() -> None:
    """With next to no time there is a timetable, with its gap and what stopped it."""
    scenario = read_scenario(ROOT / "scenarios" / "turns")
    assert scenario.turns is not None
    precise = replace(scenario, turns=scenario.turns.model_copy(update={"gap": 1e-9}))
    found = plan_scenario(precise, time_limit=0.05)
    assert found.turns is not None
    stopped = [each for each in found.turns.timetables if each.stopped_by == "time limit"]
    assert stopped
    assert all(each.gap > 0 for each in stopped)
    assert all(audit_turns(each) == () for each in found.turns.timetables)


def test_a_new_plan_in_the_afternoon_makes_up_for_what_is_not_done(planned: Planned) -> None:
    """At 14:30 of the second day: orders from 16:00 on, which bring with those before what the plan promises."""
    assert planned.schedule is not None
    scenario = read_scenario(ROOT / "scenarios" / "turns")
    day = scenario.horizon.start + dt.timedelta(days=1)
    found = plan_scenario(scenario, day, followed=Followed(planned.schedule, dt.time(14, 30)))
    assert found.turns is not None
    assert found.schedule is not None
    orders = {order.structure: order for order in found.schedule.orders}
    assert orders["main"].valid_from.isoformat() == "2026-03-03T16:00:00+08:00"
    for timetable in found.turns.timetables:
        assert audit_turns(timetable) == ()
        names = {turnout.name for _, turnout in timetable.tree.turnouts} | {canal.name for canal in timetable.tree.canals}
        whole = joined([order for order in planned.schedule.orders if order.structure in names], list(orders.values()))
        brought = simulate(timetable.tree, whole)
        for (_, gate), wanted in zip(timetable.tree.turnouts, timetable.wanted.volume, strict=True):
            assert found.turns.notes == ()
            (field,) = (each for each in found.turns.fields if each.turnout == gate.name)
            assert field.brought >= 0.99 * wanted - 1.0
            # The plan's six days, and what was planned for the day before.
            (account,) = (each for each in planned.schedule.accounts if each.turnout == gate.name)
            promised = gate_promise(found, scenario, gate.name) + account.planned[0][1]
            assert brought[gate.name] == pytest.approx(promised, rel=0.02, abs=20.0)


def test_a_second_new_plan_in_the_same_slot_goes_on_from_what_was_followed(planned: Planned) -> None:
    """At 14:30 and at 14:40 of the second day: both begin at 16:00, and what runs until then is the same."""
    assert planned.schedule is not None
    scenario = read_scenario(ROOT / "scenarios" / "turns")
    day, before, schedules = scenario.horizon.start + dt.timedelta(days=1), planned.schedule, []
    for minute in (30, 40, 50):
        found = plan_scenario(scenario, day, followed=Followed(before, dt.time(14, minute)))
        assert found.turns is not None
        assert found.turns.notes == ()
        assert found.schedule is not None
        schedules.append(found.schedule)
        # As it is kept: in a folder or in the store.
        before = Schedule.from_dict(json.loads(json.dumps(found.schedule.to_dict())))
    assert schedules[0].orders == schedules[1].orders == schedules[2].orders
    main = next(order for order in planned.schedule.orders if order.structure == "main")
    (kept,) = (order for order in schedules[2].followed if order.structure == "main")
    assert kept.valid_from == main.valid_from
    assert kept.valid_until.isoformat() == "2026-03-03T16:00:00+08:00"


NORTH = {"main": (6.0, 0.6), "north_lateral": (11.0, 0.2449), "north_1": (11.5, 0.1182), "north_2": (11.5, 0.1182)}
"""Since when on the first day [h], and how much [m3/s]."""


def running_north(schedule: Schedule) -> Schedule:
    """The orders with the upper group of the north in its turn, whichever day of it the search has chosen."""

    def changed(order: Order) -> Order:
        if order.structure not in NORTH:
            return order
        hour, flow = NORTH[order.structure]
        begin = order.valid_from.replace(hour=0, minute=0) + dt.timedelta(hours=hour)
        told = ((order.valid_from, begin, 0.0), (begin, order.valid_until, flow))
        return replace(order, settings=tuple(Setting(first, last, flow, 0.0, order.capacity) for first, last, flow in told))

    return replace(schedule, orders=tuple(map(changed, schedule.orders)))


def burst(planned: Planned, folder: Path, at: dt.time) -> Planned:
    """The canal to the north carries nothing from the first day on, and the plan is made anew at `at`."""
    assert planned.schedule is not None
    shutil.copytree(ROOT / "scenarios" / "turns", folder, dirs_exist_ok=True)
    file = folder / "scenario.yaml"
    whole, line = file.read_text(encoding="utf-8"), "target: north, capacity: 0.6 m3/s"
    assert line in whole
    file.write_text(whole.replace(line, "target: north, capacity: 0 m3/s"), encoding="utf-8")
    return plan_scenario(read_scenario(folder), followed=Followed(running_north(planned.schedule), at))


def test_a_burst_in_the_evening_names_the_gates_that_nobody_can_shut(planned: Planned, tmp_path: Path) -> None:
    found = burst(planned, tmp_path, dt.time(17, 0))
    assert found.turns is not None
    assert found.schedule is not None
    orders = {order.structure: order for order in found.schedule.orders}
    (head, *gates) = found.turns.notes
    assert head.startswith("north_lateral runs on from 2026-03-02 19:00 to 2026-03-03 07:00, ")
    for gate, note in zip(("north_1", "north_2"), gates, strict=True):
        first = orders[gate].settings[0]
        assert first.setpoint > 0.0
        assert (first.start.hour, first.end.hour) == (19, 7)
        volume = f"{first.setpoint * 12 * 3600:,.0f}"[:2]
        assert note.startswith(f"{gate} runs on from 2026-03-02 19:30 to 2026-03-03 07:30, {volume}")
        assert note.endswith(
            "m3 although canal_to_north is closed: nobody is there to shut it before; somebody has to see to it."
        )
        assert note in found.plan.notes


def test_a_burst_at_noon_shuts_gates_in_spite_of_their_minimum_run(planned: Planned, tmp_path: Path) -> None:
    """North 1 and 2 have run since 11:30, for eight hours at least; their keepers are there until 18:00."""
    found = burst(planned, tmp_path, dt.time(13, 0))
    assert found.turns is not None
    assert found.turns.notes == ()
    for gate in ("north_1", "north_2", "north_lateral"):
        assert order_of(found, gate).valid_from.hour == 15
        assert order_of(found, gate).volume == 0.0


def test_a_canal_that_reopens_is_not_opened_before(tmp_path: Path) -> None:
    """Out on the first two days; water of the round that comes early costs nothing, and yet no gate to the north opens before."""
    shutil.copytree(ROOT / "scenarios" / "turns", tmp_path, dirs_exist_ok=True)
    file, line = tmp_path / "scenario.yaml", "target: north, capacity: 0.6 m3/s"
    outage = "outages: [{first_day: 2026-03-02, last_day: 2026-03-03}]"
    file.write_text(file.read_text(encoding="utf-8").replace(line, f"{line}, {outage}"), encoding="utf-8")
    found = plan_scenario(read_scenario(tmp_path))
    assert found.turns is not None
    assert found.turns.notes == ()
    opened = [row.start.day for name in NORTH if name != "main" for row in order_of(found, name).settings if row.setpoint > 0.0]
    assert opened
    assert min(opened) == 4


@pytest.mark.parametrize("seepage", ["1 l/s", "0 l/s"])
def test_a_canal_that_closes_later_is_shut_before(tmp_path: Path, seepage: str) -> None:
    """Out from the third day to the fifth: no gate to the north is told to be open at any moment of them."""
    shutil.copytree(ROOT / "scenarios" / "turns", tmp_path, dirs_exist_ok=True)
    file, line = tmp_path / "scenario.yaml", "target: north, capacity: 0.6 m3/s"
    outage = "outages: [{first_day: 2026-03-04, last_day: 2026-03-06}]"
    whole = file.read_text(encoding="utf-8").replace(line, f"{line}, {outage}").replace("seepage: 1 l/s", f"seepage: {seepage}")
    file.write_text(whole, encoding="utf-8")
    found = plan_scenario(read_scenario(tmp_path))
    assert found.turns is not None
    assert not any("closed" in note for note in found.turns.notes)
    zone = ZoneInfo("Asia/Taipei")
    closes, opens = (dt.datetime(2026, 3, day, tzinfo=zone) for day in (4, 7))
    for name in ("north_lateral", "north_1", "north_2", "north_3", "north_4"):
        rows = [row for row in order_of(found, name).settings if row.setpoint > 0.0]
        assert not [row for row in rows if row.start < opens and row.end > closes]
    assert sum(order_of(found, name).volume for name in ("north_1", "north_2", "north_3", "north_4")) > 0.0


def test_a_continuous_canal_that_closes_later_runs_until_then_and_after(tmp_path: Path) -> None:
    """It may be shut in such a plan, though never in one without an outage."""
    shutil.copytree(ROOT / "scenarios" / "turns", tmp_path, dirs_exist_ok=True)
    file, line = tmp_path / "scenario.yaml", "target: north, capacity: 0.6 m3/s"
    outage = "outages: [{first_day: 2026-03-04, last_day: 2026-03-05}]"
    whole = file.read_text(encoding="utf-8").replace(line, f"{line}, {outage}")
    begin, end = whole.index("      operation: rotational"), whole.index("      reaches:", whole.index("groups: {upper"))
    file.write_text(whole[:begin] + "      operation: continuous\n" + whole[end:], encoding="utf-8")
    found = plan_scenario(read_scenario(tmp_path))
    zone = ZoneInfo("Asia/Taipei")
    closes, opens = (dt.datetime(2026, 3, day, tzinfo=zone) for day in (4, 6))
    rows = [row for name in ("north_1", "north_2", "north_3", "north_4") for row in order_of(found, name).settings]
    running = [row for row in rows if row.setpoint > 0.0]
    assert not [row for row in running if row.start < opens and row.end > closes]
    assert [row for row in running if row.end <= closes]
    assert [row for row in running if row.start >= opens]


def order_of(planned: Planned, structure: str) -> Order:
    assert planned.schedule is not None
    return next(each for each in planned.schedule.orders if each.structure == structure)


def gate_promise(planned: Planned, scenario: Scenario, gate: str) -> float:
    """What the plan brings through a turnout. [m3]"""
    assert scenario.turns is not None
    district = district_of(scenario.turns, scenario.network, planned.horizon.start, scenario.time_zone, 6, {})
    supply = district.supplies[gate]
    return supply.share * float(planned.plan.values[supply.structure, "outflow"].sum())


def test_gates_that_cannot_go_on_are_shut_with_a_note(planned: Planned) -> None:
    """North 3 is open in the turn of the others, and its keeper is at home: somebody has to go."""
    assert planned.schedule is not None
    scenario = read_scenario(ROOT / "scenarios" / "turns")
    open_at_night = tuple(
        replace(each, settings=tuple(replace(row, setpoint=0.2) for row in each.settings))
        if each.structure == "north_3"
        else each
        for each in planned.schedule.orders
    )
    before = replace(planned.schedule, orders=open_at_night)
    found = plan_scenario(scenario, scenario.horizon.start + dt.timedelta(days=1), followed=Followed(before))
    assert any("the turns of main cannot go on" in note for note in found.plan.notes)
    assert found.turns is not None
    assert all(audit_turns(each) == () for each in found.turns.timetables)
