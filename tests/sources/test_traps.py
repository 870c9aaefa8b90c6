"""Traps that the agencies' interfaces are known for, each over real HTTP: texts, codes, names and times that mislead."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from sources.asking import KEY, SECRET, around, day, source, told, values
from sources.http_server import Server
from sources.http_server import told as told_as_json
from waterbalance.sources.source import Fetched

DAY = "2026-03-24"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, SECRET)


def read(server: Server, folder: Path, kind: str, rows: object, series: dict[str, Any], **more: str) -> Fetched:
    server.answer("/x", told_as_json(rows))
    asked = source(type=kind, url=f"{server.url}/x", series=series, **more)
    return asked.read(day(DAY) - dt.timedelta(days=3), day(DAY), around(folder))


def operation(server: Server, folder: Path, *rows: dict[str, object], field: str = "inflow", unit: str = "1e4 m3/day") -> Fetched:
    series = {"dam.inflow": {"station": "30502", "field": field, "unit": unit}}
    return read(server, folder, "wra_daily_operation", list(rows), series)


def row(**fields: object) -> dict[str, object]:
    return {"reservoiridentifier": "30502", "datetime": f"{DAY}T00:00:00", **fields}


@pytest.mark.parametrize(
    ("text", "value"), [("1,234.50", 12_345_000.0), ("12", 120_000.0), (12, 120_000.0), (" 7.0 ", 70_000.0), ("0.00", 0.0)]
)
def test_texts_with_separators_of_thousands_and_numbers_are_numbers(
    server: Server, tmp_path: Path, text: object, value: float
) -> None:
    assert values(operation(server, tmp_path, row(inflow=text))) == {("dam.inflow", DAY): value}


@pytest.mark.parametrize("text", ["", "--", "X", "x", "/", "...", "*", "NaN", None, "-9999", "&", "V", "12 (est.)", "1,23"])
def test_marks_and_codes_are_no_inflow(server: Server, tmp_path: Path, text: object) -> None:
    """A code below zero is handed over as what it is, and quality control never uses it."""
    fetched = operation(server, tmp_path, row(inflow=text), row(inflow="5", datetime="2026-03-23T00:00:00"))
    used = {name: value for name, value in values(fetched).items() if value >= 0.0}
    assert used == {("dam.inflow", "2026-03-23"): 50_000.0}
    if text in {"&", "V", "12 (est.)", "1,23"}:
        assert "text stands in the place of a number" in told(fetched)


def test_a_trace_is_of_rain_only(server: Server, tmp_path: Path) -> None:
    fetched = operation(server, tmp_path, row(inflow="T", basinrainfall="T"))
    assert values(fetched) == {}
    assert "dam.inflow: text stands in the place of a number; found 'T'" in told(fetched)
    fetched = operation(server, tmp_path, row(basinrainfall="T"), field="basinrainfall", unit="mm/day")
    assert values(fetched) == {("dam.inflow", DAY): 0.0}


@pytest.mark.parametrize("name", ["inflow", "Inflow", "INFLOW", "InflowVolume", "inflowvolume"])
def test_the_inflow_has_had_several_names(server: Server, tmp_path: Path, name: str) -> None:
    assert values(operation(server, tmp_path, row(**{name: "5"}))) == {("dam.inflow", DAY): 50_000.0}


def test_a_misspelt_field_is_not_guessed_and_the_nearest_is_named(server: Server, tmp_path: Path) -> None:
    fetched = operation(server, tmp_path, row(infow="5"))
    assert values(fetched) == {}
    assert "Did you mean 'infow'?" in told(fetched)


def test_identifiers_may_be_numbers(server: Server, tmp_path: Path) -> None:
    assert values(operation(server, tmp_path, row(inflow="5", reservoiridentifier=30502))) == {("dam.inflow", DAY): 50_000.0}


@pytest.mark.parametrize("written", ["115/03/24", "1150324", "24/03/2026", "2026-03-24T99"])
def test_years_of_the_republic_and_other_dates_are_told_and_never_guessed(server: Server, tmp_path: Path, written: str) -> None:
    fetched = operation(server, tmp_path, row(inflow="5", datetime="2026-03-23T00:00:00"), row(inflow="9", datetime=written))
    assert values(fetched) == {("dam.inflow", "2026-03-23"): 50_000.0}
    assert "rows without a station or a time" in told(fetched)
    assert written in told(fetched)


@pytest.mark.parametrize("offset", ["", "Z", "+00:00", "+08:00"])
def test_times_of_the_water_agency_are_local_whatever_they_say(server: Server, tmp_path: Path, offset: str) -> None:
    series = {"dam.storage": {"station": "1", "field": "effectivewaterstoragecapacity", "unit": "1e4 m3", "reach": "2 h"}}
    rows = [{"reservoiridentifier": "1", "observationtime": f"{DAY}T00:30:00{offset}", "effectivewaterstoragecapacity": "5"}]
    assert values(read(server, tmp_path, "wra_condition", rows, series)) == {("dam.storage", DAY): 50_000.0}


def test_the_tail_of_the_observatory_is_the_station(server: Server, tmp_path: Path) -> None:
    rows = [
        {
            "stationid": "H037",
            "observatoryidentifier": "1730H037",
            "datetime": f"{DAY}T{hour:02d}:{minute}0:00",
            "waterlevel": "3.5",
        }
        for hour in range(24)
        for minute in range(6)
    ]
    fetched = read(server, tmp_path, "wra_river_level", rows, {"gauge.level": {"station": "H037", "unit": "m"}})
    assert values(fetched)["gauge.level", DAY] == pytest.approx(3.5)
    fetched = read(server, tmp_path, "wra_river_level", rows, {"gauge.level": {"station": "1730H037", "unit": "m"}})
    assert "the station does not exist here" in told(fetched)
    assert "allowed: H037" in told(fetched)


@pytest.mark.parametrize("code", ["-99", "-99.0", "-99.5", "-999", "-999.0", "-9991", "-9996", "-9997", "-9998", "-9999"])
def test_codes_of_the_weather_administration_are_no_rain_and_no_weather(server: Server, tmp_path: Path, code: str) -> None:
    days = [{"Date": date, "weatherElements": {"Precipitation": text}} for date, text in ((DAY, code), ("2026-03-23", "3"))]
    station = {"station": {"StationID": "467441"}, "stationObsTimes": {"stationObsTime": days}}
    rain = read(
        server,
        tmp_path,
        "cwa_daily_rain",
        {"records": {"location": [station]}},
        {"zone.rain": {"station": "467441"}},
        key_from=KEY,
    )
    assert values(rain) == {("zone.rain", "2026-03-23"): 0.003}
    assert f"{DAY}" in told(rain)
    present = {
        "StationId": "467441",
        "ObsTime": {"DateTime": f"{DAY}T23:50:00+08:00"},
        "WeatherElement": {"AirTemperature": code},
    }
    asked = {"zone.temperature": {"station": "467441", "field": "AirTemperature", "unit": "degC", "per_day": "last"}}
    weather = read(server, tmp_path, "cwa_observations", {"records": {"Station": [present]}}, asked, key_from=KEY)
    assert values(weather) == {}


def test_a_station_that_was_closed_is_told(server: Server, tmp_path: Path) -> None:
    """Kaohsiung's 467440 ended in January 2022; its successor is 467441."""
    station = {
        "station": {"StationID": "467441"},
        "stationObsTimes": {"stationObsTime": [{"Date": DAY, "weatherElements": {"Precipitation": "1"}}]},
    }
    asked = {"zone.rain": {"station": "467440"}}
    fetched = read(server, tmp_path, "cwa_daily_rain", {"records": {"location": [station]}}, asked, key_from=KEY)
    assert "Did you mean '467441'?" in told(fetched)


def test_rows_that_shift_between_two_pages_are_counted_once(server: Server, tmp_path: Path) -> None:
    """An import between two pages pushes the last row of the first onto the second."""
    first, second = row(inflow="5", datetime="2026-03-22T00:00:00"), row(inflow="6", datetime="2026-03-23T00:00:00")
    third = row(inflow="7")
    pages = {"1": [first, second], "2": [second, third]}
    server.answer("/x", lambda query: told_as_json(pages.get(query["page"], [])))
    series = {"dam.inflow": {"station": "30502", "field": "inflow", "unit": "1e4 m3/day"}}
    asked = source(type="wra_daily_operation", url=f"{server.url}/x", page_size=2, series=series)
    fetched = asked.read(day(DAY) - dt.timedelta(days=3), day(DAY), around(tmp_path))
    assert [value for _, value in sorted(values(fetched).items())] == [50_000.0, 60_000.0, 70_000.0]
    assert {str(each.trust) for each in fetched.readings} == {"reliable"}
    assert "a day stands twice; found 2026-03-23" in told(fetched)
