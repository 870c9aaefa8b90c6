"""What other platforms are told of a store's orders: what holds, what was replaced, and no litre twice."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from commands import NOON
from controllers.test_ngsi_ld import SCHEMA, key_values
from operate.issuing import Works, works
from waterbalance.operate.issuing.operations import operations_of, volume_of_part, zones_of
from waterbalance.operate.issuing.recall import recall
from waterbalance.scenario.read import read_scenario
from waterbalance.schedule.command import Limits, Row
from waterbalance.schedule.device import Device
from waterbalance.schedule.rating import RatedTable

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Works]:
    made = works(tmp_path, names=("gate_a",))
    yield made
    made.store.close()


def told(one: Works) -> list[tuple[str, str, str, float]]:
    """Status, beginning, end, litres."""
    entities = [key_values(each) for each in operations_of(one.store, one.devices, {"gate_a": "fields"}, one.clock())]
    for each in entities:
        jsonschema.validate(each, SCHEMA)
    assert len({each["id"] for each in entities}) == len(entities)
    fields = ("status", "plannedStartAt", "plannedEndAt", "quantity")
    return sorted(tuple(each[field] for field in fields) for each in entities)


def plan(one: Works, setpoints: tuple[float, ...], *, confirmed: bool = True) -> None:
    one.approved(setpoints)
    one.issue()
    if confirmed:
        one.deliver(dt.timedelta(0))


def test_a_row_is_planned_then_scheduled_then_ongoing_then_finished(one: Works) -> None:
    """Noon in Taipei is 04:00 in Greenwich; 0.8 m3/s over twelve hours are 34,560 m3, 34,560,000 litres."""
    plan(one, (0.8, 0.0), confirmed=False)
    row = ("2026-11-26T04:00:00Z", "2026-11-26T16:00:00Z", 34_560_000.0)
    assert told(one) == [("planned", *row)]
    one.clock.now = NOON - HOUR
    one.deliver(dt.timedelta(hours=2))
    one.clock.now = NOON - HOUR
    assert told(one) == [("scheduled", *row)]
    one.clock.now = NOON
    assert told(one) == [("ongoing", *row)]
    one.clock.now = NOON + 12 * HOUR
    assert told(one) == [("finished", *row)]
    one.clock.now = NOON + 72 * HOUR + dt.timedelta(seconds=1)
    assert told(one) == []


def test_what_a_later_command_replaced_ends_there_and_no_litre_is_told_twice(one: Works) -> None:
    """At 18:00 in Taipei, 10:00 in Greenwich, another plan of the same day: 1.0 m3/s until midnight are 43,200 m3.

    27,000 m3 have passed by the old one, so that 16,200 m3 are left to the new one until midnight, and 10,800 m3 after it.
    """
    plan(one, (1.25, 0.5))
    one.clock.now = NOON + 6 * HOUR
    plan(one, (1.0, 0.25))
    assert told(one) == [
        ("cancelled", "2026-11-26T16:00:00Z", "2026-11-27T04:00:00Z", 21_600_000.0),
        ("finished", "2026-11-26T04:00:00Z", "2026-11-26T10:00:00Z", 27_000_000.0),
        ("ongoing", "2026-11-26T10:00:00Z", "2026-11-26T16:00:00Z", 16_200_000.0),
        ("scheduled", "2026-11-26T16:00:00Z", "2026-11-27T04:00:00Z", 10_800_000.0),
    ]


def test_what_was_recalled_is_cancelled(one: Works) -> None:
    plan(one, (1.25, 0.5))
    one.clock.now = NOON + HOUR
    recall(one.store, "works", one.issuer, one.clock())
    one.deliver(dt.timedelta(0))
    assert [each[0] for each in told(one)] == ["cancelled", "finished"]


def test_what_a_device_refused_is_cancelled(one: Works) -> None:
    one.peers["gate_a"].faults = ["rejected"]
    plan(one, (1.25, 0.5))
    assert {each[0] for each in told(one)} == {"cancelled"}


def test_a_valve_and_an_opening_tell_litres_too() -> None:
    """A valve of 2 L/s, open for an hour of two: half of it by then, 3,600 L, none after it; a gate of 1.1 m3/s at 0.5 m."""
    row = Row(NOON, NOON + 2 * HOUR, 3600.0)
    valve = Device("valve", "canal", Limits(0.0, 7200.0), mode="duration", valve_flow=0.002)
    assert volume_of_part(row, replace(row, end=NOON + HOUR / 2), valve) == pytest.approx(3.6)
    assert volume_of_part(row, row, valve) == pytest.approx(7.2)
    assert volume_of_part(row, replace(row, start=NOON + HOUR), valve) == 0.0
    measured = RatedTable("gate", (0.0, 0.5, 1.0), (0.0, 1.1, 1.8))
    gate = Device("gate", "canal", Limits(0.0, 1.0), mode="position", rating=measured)
    half = replace(row, setpoint=0.5)
    assert volume_of_part(half, half, gate) == pytest.approx(7920.0)


SCENARIO = """
waterbalance: 1
name: works
time_zone: Asia/Taipei
horizon: {start: 2026-01-01, last_day: 2026-01-01}
policy: {preset: drought_practice}
components:
  lake: {type: reservoir, capacity: 1 Mm3}
  head: {type: canal, source: lake, target: fork, capacity: 1 m3/s}
  fork: {type: junction}
  east_canal: {type: canal, source: fork, target: east, capacity: 1 m3/s}
  west_canal: {type: canal, source: fork, target: west, capacity: 1 m3/s}
  east: {type: irrigation_zone, area: 1 ha, demand: 1 m3/day}
  west: {type: irrigation_zone, area: 1 ha, demand: 1 m3/day}
state: {file: state.csv}
tables: [{file: tables.csv}]
controllers:
  G1: {structure: head, protocol: files, canal: head, limits: {least: 0 m3/s, most: 1 m3/s}}
  G2: {structure: west_canal, protocol: files, canal: west, limits: {least: 0 m3/s, most: 1 m3/s}}
"""


def write_works(folder: Path) -> Path:
    (folder / "scenario.yaml").write_text(SCENARIO)
    (folder / "state.csv").write_text("date,lake.storage [m3]\n2026-01-01,800000\n")
    (folder / "tables.csv").write_text("date,lake.inflow [m3/day]\n2026-01-01,0\n")
    return folder


def test_the_parcel_is_the_only_zone_that_a_structure_leads_to(tmp_path: Path) -> None:
    assert zones_of(read_scenario(write_works(tmp_path))) == {"G1": "head", "G2": "west"}
