"""Condition of reservoirs: names that change, a storage whose name says capacity, hours near midnight."""

from pathlib import Path
from typing import Any

from sources.asking import around, day, source, told, values
from sources.http_server import Server
from sources.http_server import told as told_as_json
from sources.samples import sample
from waterbalance.sources.source import Fetched


def read(server: Server, folder: Path, station: str, fields: dict[str, tuple[str, str]], date: str, **more: Any) -> Fetched:
    series = {name: {"station": station, "field": field, "unit": unit, **more} for name, (field, unit) in fields.items()}
    asked = source(type="wra_condition", url=f"{server.url}/condition", series=series)
    return asked.read(day(date), day(date), around(folder))


STORAGE, LEVEL = ("effectivewaterstoragecapacity", "1e4m3"), ("waterlevel", "m")


def test_the_recorded_condition_is_seven_hours_from_midnight(server: Server, tmp_path: Path, shared: Path) -> None:
    server.answer("/condition", sample(shared, "wra_v2_2be9044c_condition.PARTLY_RECORDED.json"))
    fields = {"pond.storage": STORAGE, "pond.level": LEVEL}
    fetched = read(server, tmp_path, "50213", fields, "2026-03-24", per_day="midnight")
    assert fetched.readings == ()
    assert "the value nearest to midnight is 7.0 h away" in told(fetched)
    fetched = read(server, tmp_path, "50213", fields, "2026-03-24", per_day="midnight", reach="8 h")
    assert values(fetched) == {("pond.storage", "2026-03-24"): 0.0, ("pond.level", "2026-03-24"): 11.44}
    assert fetched.readings[0].why == ("read 7.0 h after midnight",)


def test_the_recorded_hourly_set_of_one_reservoir_is_of_the_same_form(server: Server, tmp_path: Path, shared: Path) -> None:
    server.answer("/condition", sample(shared, "wra_v2_ecc4ce8d_agongdian_hourly.RECORDED.json"))
    fields = {"dam.storage": STORAGE, "dam.level": LEVEL}
    fetched = read(server, tmp_path, "30802", fields, "2026-01-22", per_day="last", reach="11.9 h")
    assert values(fetched) == {("dam.storage", "2026-01-22"): 10_990_000.0, ("dam.level", "2026-01-22"): 35.66}


def test_empty_fields_are_no_values(server: Server, tmp_path: Path, shared: Path) -> None:
    server.answer("/condition", sample(shared, "wra_v2_2be9044c_condition.PARTLY_RECORDED.json"))
    fetched = read(server, tmp_path, "50213", {"pond.inflow": ("inflowdischarge", "m3/s")}, "2026-03-24")
    assert fetched.readings == ()
    assert "pond.inflow: the series has no value; found 1 rows without a number" in told(fetched)


def test_the_rain_is_found_with_and_without_the_digit_of_its_name(server: Server, tmp_path: Path) -> None:
    for real in ("accumulaterainfallincatchment1", "accumulaterainfallincatchment"):
        row = {"reservoiridentifier": "1", "observationtime": "2026-03-24T23:00:00", real: "12.0"}
        server.answer("/condition", told_as_json([row]))
        for asked in ("accumulaterainfallincatchment1", "accumulaterainfallincatchment"):
            fetched = read(server, tmp_path, "1", {"dam.rain": (asked, "mm/day")}, "2026-03-24", per_day="last")
            assert values(fetched) == {("dam.rain", "2026-03-24"): 0.012}


def test_an_empty_schema_is_told(server: Server, tmp_path: Path, shared: Path) -> None:
    """The older service's list holds one row without any value."""
    server.answer("/condition", sample(shared, "wra_legacy_ReservoirConditionData.SCHEMA.json"))
    try:
        fetched = read(server, tmp_path, "30502", {"dam.storage": STORAGE}, "2026-03-24")
    except Exception as error:  # noqa: BLE001 (looked at below)
        assert "no row has a station and a time" in str(error)
    else:
        raise AssertionError(fetched)
