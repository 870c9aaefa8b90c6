"""The section `turns`: what it means, and how its mistakes are told."""

import datetime as dt
import math
import shutil
from pathlib import Path

import pytest

from repository import ROOT
from scenario.folders import changed, findings_about, line_of
from waterbalance.scenario.json_schema import json_schema
from waterbalance.scenario.read import read_scenario
from waterbalance.scenario.turn_district import district_of
from waterbalance.scenario.turn_state import running_at
from waterbalance.schedule.running import Running

HERON = ROOT / "scenarios" / "turns"


@pytest.fixture
def heron(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERON, tmp_path / "heron"))


def test_a_scenario_without_turns_has_none() -> None:
    assert read_scenario(ROOT / "scenarios" / "tutorial").turns is None


def test_the_schema_knows_them() -> None:
    schema = json_schema()
    assert "turns" in schema["properties"]
    assert "turns" not in schema["required"]


def test_units_become_hours_and_cubic_metres_a_second() -> None:
    scenario = read_scenario(HERON)
    assert scenario.turns is not None
    district = district_of(scenario.turns, scenario.network, scenario.horizon.start, scenario.time_zone, 7, {})
    main, north, south, hill = district.canals
    assert main.head.capacity == pytest.approx(1.4)
    assert [reach.travel_time for reach in main.reaches] == pytest.approx([1.0, 1.5])
    assert north.parent == ("main", 0)
    assert south.parent == ("main", 1)
    assert north.rotation is not None
    assert north.rotation.turn == pytest.approx(84.0)
    assert [group.name for group in north.rotation.groups] == ["upper", "lower"]
    assert north.reaches[0].seepage == pytest.approx(0.001)
    assert north.reaches[0].turnouts[0].gate.minimum_run == pytest.approx(8.0)
    assert district.supplies["north_1"].structure == "canal_to_north"
    assert district.slots.count == 84
    assert hill.pump is not None
    # Monday 2 March: 0.15 kWh/m3 at 2 NTD before six, at 4 until eleven (half of the slot from ten on), at 2 until two.
    assert hill.pump.energy_price[:7] == pytest.approx([0.3, 0.3, 0.3, 0.6, 0.6, 0.45, 0.3])
    sunday = 6 * 12
    assert hill.pump.energy_price[sunday : sunday + 12] == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("first_day", "since"), [("2026-03-02", 0.0), ("2026-02-27", 72.0), ("2026-02-23", 0.0), ("2026-03-03", 144.0)]
)
def test_turns_are_counted_from_their_first_day(heron: Path, first_day: str, since: float) -> None:
    """A cycle of two turns of 3.5 days lasts a week."""
    changed(heron, "first_day: 2026-03-02", f"first_day: {first_day}")
    scenario = read_scenario(heron)
    assert scenario.turns is not None
    north = district_of(scenario.turns, scenario.network, scenario.horizon.start, scenario.time_zone, 7, {}).canals[1]
    assert north.rotation is not None
    assert north.rotation.since == pytest.approx(since)


def test_what_runs_stands_in_the_table_of_the_state(heron: Path) -> None:
    """Flows and ages of gates, and water in reaches; a row tells only of its own day."""
    table = "date,lake.storage [Mm3],main.flow [m3/s],main.open_for [h],north_1.flow [l/s],main.reach_1 [m3]\n"
    (heron / "tables" / "storages.csv").write_text(table + "2026-03-02,3,0.5,7,200,1500\n", encoding="utf-8")
    scenario = read_scenario(heron)
    assert scenario.turns is not None
    start = scenario.horizon.start
    running = running_at(scenario.turns, scenario.observations, start)
    assert running.gate("main").flow == pytest.approx(0.5)
    assert running.gate("main").hours == pytest.approx(7.0)
    assert running.gate("north_1").flow == pytest.approx(0.2)
    assert running.gate("north_1").hours == math.inf
    assert not running.gate("south_1").is_open
    assert running.contents == {("main", 0): pytest.approx(1500.0)}
    assert running_at(scenario.turns, scenario.observations, start + dt.timedelta(days=1)) == Running()


@pytest.mark.parametrize(
    ("column", "what"),
    [("main.reach_3 [m3]", "reach_3"), ("north_9.flow [m3/s]", "north_9"), ("main.flow [m3]", "flow")],
)
def test_mistakes_in_the_state_are_told(heron: Path, column: str, what: str) -> None:
    text = f"date,lake.storage [Mm3],{column}\n2026-03-02,3,0.5\n"
    (heron / "tables" / "storages.csv").write_text(text, encoding="utf-8")
    assert any(what in str(finding) for finding in findings_about(heron))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("  slot: 2 h", "  slot: 5 h", "does not divide the day"),
        ("  slot: 2 h", "  slot: 2", "cannot be read"),
        ("  slot: 2 h", "  slot: 1e12 h", "out of its range"),
        ("  slot: 2 h", "  slot: 1 s", "out of its range"),
        ("travel_time: 1.5 h", "travel_time: 1e9 days", "out of its range"),
        ("working_hours: [6, 18]", "workin_hours: [6, 18]", "unknown key"),
        ("working_hours: [6, 18]", "working_hours: [6, 30]", "out of its range"),
        ("turn: 3.5 days", "turn: 85 h", "divide the turn"),
        ("lower: [[north_3], [north_4]]", "lower: [[north_3], [north_5]]", "every turnout of the canal once"),
        ("operation: rotational", "operation: continuous", "operation is rotational where there is a rotation"),
        ("parent_reach: 1", "parent_reach: 3", "names reach 3 of main"),
        ("parent: main\n      parent_reach", "parent: mian\n      parent_reach", "not told before it"),
        ("fill_volume: 1500 m3", "fill_volume: 1 Mm3", "reach 1 of main cannot be filled in 7 days"),
        ("drain_volume: 400 m3", "drain_volume: 1600 m3", "more than the fill_volume"),
        ("banks_lower: {zone: banks", "banks_lower: {zone: bank", "serves no irrigation zone"),
        ("banks_lower: {zone: banks, share: 40 %", "banks_lower: {zone: banks, share: 30 %", "do not make up the whole"),
        ("south_2: {zone: south", "south_2: {zone: south, structure: canal_to_north", "not clear whose water"),
        ("south_2:", "south_1:", "twice"),
        ("hill_gate:", "north_1:", "names two gates"),
        ("south_1: {zone: south,", "south_1: {zone: south, least: 0.4 m3/s,", "is more than the capacity"),
        ("night_irrigation: false", "night_irrigation: false\n      operation: continuous", "continuous, day and night"),
        ("conveyance_loss: 4 %\n          fill_volume: 1500 m3", "conveyance_loss: 100 %", "out of its range"),
        ("pump_station: pumps_to_hill", "pump_station: lake", "the sun of a pump is not known"),
    ],
)
def test_mistakes_have_their_place(heron: Path, old: str, new: str, what: str) -> None:
    changed(heron, old, new)
    fitting = [finding for finding in findings_about(heron) if what in str(finding)]
    assert fitting, [str(finding) for finding in findings_about(heron)]
    assert fitting[0].where.file == str(heron / "scenario.yaml")
    assert fitting[0].where.line is not None
    assert fitting[0].where.line >= line_of(heron, "turns:")


def test_all_mistakes_are_told_at_once(heron: Path) -> None:
    """Each at its own place; what follows from one of them is not told besides."""
    changed(heron, "  slot: 2 h", "  slot: 5 h")
    changed(heron, "turn: 3.5 days", "turn: 3.3 days")
    changed(heron, "banks_upper: {zone: banks", "banks_upper: {zone: nobank")
    changed(heron, "parent_reach: 1", "parent_reach: 9")
    told = ("which has no such reach", "does not divide the day", "no whole slots", "serves no irrigation zone")
    findings = findings_about(heron)
    assert len(findings) == len(told), [str(finding) for finding in findings]
    for finding, what in zip(findings, told, strict=True):
        assert what in finding.what
    keys = ("parent_reach: 9", "slot: 5 h", "turn: 3.3 days", "banks_upper:")
    assert [finding.where.line for finding in findings] == [line_of(heron, key) for key in keys]
