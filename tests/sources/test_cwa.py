"""Weather stations: marks for nothing, older forms, lists of one without brackets."""

from pathlib import Path

import pytest

from sources.asking import KEY, SECRET, around, day, source, told, values
from sources.http_server import Server
from sources.http_server import told as told_as_json
from sources.samples import sample
from waterbalance.sources.source import Fetched


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, SECRET)


def rain(server: Server, folder: Path, first: str, last: str) -> Fetched:
    series = {"zone.rain": {"station": "467441"}}
    return source(type="cwa_daily_rain", url=f"{server.url}/rain", key_from=KEY, series=series).read(
        day(first), day(last), around(folder)
    )


def weather(server: Server, folder: Path, field: str, date: str, **more: str) -> Fetched:
    series = {"zone.weather": {"station": "467441", "field": field, **more}}
    asked = source(type="cwa_observations", url=f"{server.url}/weather", key_from=KEY, series=series)
    return asked.read(day(date), day(date), around(folder))


def test_the_daily_rain_of_the_documented_form(server: Server, tmp_path: Path, shared: Path) -> None:
    server.answer("/rain", sample(shared, "cwa_C-B0025-001_daily_rain.RECONSTRUCTED.json"))
    assert values(rain(server, tmp_path, "2025-01-01", "2025-01-04")) == {
        ("zone.rain", "2025-01-01"): pytest.approx(0.0001),
        ("zone.rain", "2025-01-02"): 0.004,
        ("zone.rain", "2025-01-03"): 0.0005,
        ("zone.rain", "2025-01-04"): 0.0,
    }


def test_one_station_and_one_day_may_arrive_without_brackets(server: Server, tmp_path: Path) -> None:
    one_day = {"Date": "2025-01-01", "weatherElements": {"Precipitation": "3.0"}}
    station = {"station": {"StationID": "467441"}, "stationObsTimes": {"stationObsTime": one_day}}
    server.answer("/rain", told_as_json({"success": "true", "records": {"location": station}}))
    assert values(rain(server, tmp_path, "2025-01-01", "2025-01-01")) == {("zone.rain", "2025-01-01"): 0.003}


def test_a_trace_is_nothing_and_a_cross_is_no_value(server: Server, tmp_path: Path) -> None:
    days = [
        {"Date": f"2025-01-0{number}", "weatherElements": {"Precipitation": text}}
        for number, text in ((1, "T"), (2, "X"), (3, "-99"))
    ]
    station = {"station": {"StationID": "467441"}, "stationObsTimes": {"stationObsTime": days}}
    server.answer("/rain", told_as_json({"records": {"location": [station]}}))
    fetched = rain(server, tmp_path, "2025-01-01", "2025-01-03")
    assert values(fetched) == {("zone.rain", "2025-01-01"): 0.0}
    assert "2025-01-03" in told(fetched)


def test_present_weather_of_the_documented_form(server: Server, tmp_path: Path, shared: Path) -> None:
    server.answer("/weather", sample(shared, "cwa_O-A0003-001_current.SYNTHETIC_VALUES.json"))
    fetched = weather(server, tmp_path, "AirTemperature", "2026-02-24", unit="degC", per_day="midnight", reach="8 h")
    assert values(fetched) == {("zone.weather", "2026-02-24"): 22.4}
    fetched = weather(server, tmp_path, "Precipitation", "2026-02-24", unit="mm/day")
    assert "Did you mean 'Now.Precipitation'?" in told(fetched)
    fetched = weather(server, tmp_path, "Weather", "2026-02-24", unit="1")
    assert "text stands in the place of a number; found '晴'" in told(fetched)


def test_present_weather_of_the_form_before_2024(server: Server, tmp_path: Path) -> None:
    elements = [{"elementName": "TEMP", "elementValue": "22.4"}, {"elementName": "HUMD", "elementValue": "-99"}, None]
    station = {"stationId": "467441", "time": {"obsTime": "2023-02-24 23:00:00"}, "weatherElement": elements}
    server.answer("/weather", told_as_json({"success": "true", "records": {"location": [station]}}))
    fetched = weather(server, tmp_path, "TEMP", "2023-02-24", unit="degC", per_day="last")
    assert values(fetched) == {("zone.weather", "2023-02-24"): 22.4}


@pytest.mark.parametrize("name", ["CWA-0123-SECRET", "", "lower"])
def test_a_key_in_the_place_of_its_variable_is_refused_without_being_shown(name: str) -> None:
    with pytest.raises(ValueError, match="key_from is not the name of an environment variable; found a text that is not shown"):
        source(type="cwa_daily_rain", url="https://a.example/", key_from=name, series={"a.b": {"station": "1"}})
