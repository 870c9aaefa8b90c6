"""The section `turns`: what it means, and how its mistakes are told."""

import shutil
from pathlib import Path

import pytest

from repository import ROOT
from scenario.folders import changed, findings_about, line_of
from waterbalance.scenario.json_schema import json_schema
from waterbalance.scenario.read import read_scenario
from waterbalance.scenario.turn_district import district_of

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
        ("fill_volume: 1500 m3", "fill_volume: 15000 m3", "cannot be filled within a slot"),
        ("drain_volume: 400 m3", "drain_volume: 1600 m3", "more than the fill_volume"),
        ("banks_lower: {zone: banks", "banks_lower: {zone: bank", "serves no irrigation zone"),
        ("banks_lower: {zone: banks, share: 40 %", "banks_lower: {zone: banks, share: 30 %", "do not make up the whole"),
        ("south_2: {zone: south", "south_2: {zone: south, structure: canal_to_north", "not clear whose water"),
        ("south_2:", "south_1:", "twice"),
        ("hill_gate:", "north_1:", "names two gates"),
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
