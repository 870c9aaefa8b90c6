"""Mistakes in the section `forecasts`: each is told once, at its place, without echoes."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario.test_forecasts import with_forecast
from waterbalance.errors import InputError
from waterbalance.scenario import read_scenario

CROP = "{name: rice, area: 100 ha, planting: 02-01, stages: [30, 30, 30, 30], coefficients: [1, 1, 1], field: FIELD}"
ZONE = f"forecaster: crop_demand, efficiency: 0.5, weather: {{file: tables/weather.csv}}, crops: [{CROP}]"
POND = "{minimum: 20 mm, optimum: 50 mm, maximum: 100 mm}"


def write_weather(folder: Path) -> None:
    rows = [f"{number},5,0" for number in range(1, 37)]
    header = "ten_day,weather.evapotranspiration [mm/day],weather.rain [mm/day]"
    (folder / "tables/weather.csv").write_text("\n".join([header, *rows]))


def told(folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_scenario(folder)
    return [str(finding) for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (ZONE.replace("FIELD", "vineyard"), "'field' is not one of the allowed words; found 'vineyard'"),
        (ZONE.replace("FIELD", "paddy").replace("100 ha", "-1 ha"), "'area' is out of its range"),
        ("forecaster: persistance", "unknown forecaster"),
        ("forecaster: household_demand, history: {file: tables/none.csv}", "the file cannot be read"),
        ("forecaster: persistence, windows: 3", "unknown key; found 'windows'"),
    ],
)
def test_one_mistake_is_one_finding(tutorial: Path, settings: str, words: str) -> None:
    write_weather(tutorial)
    (finding,) = told(with_forecast(tutorial, settings))
    assert words in finding


def test_a_zone_without_crops_is_still_told(tutorial: Path) -> None:
    write_weather(tutorial)
    (finding,) = told(with_forecast(tutorial, ZONE.replace(f"[{CROP}]", "[]")))
    assert "'crops' cannot be read; found []; allowed: Tuple should have at least 1 item" in finding


def test_an_empty_cell_of_a_history_may_be_left_out(tutorial: Path) -> None:
    (tutorial / "tables/history.csv").write_text("date,town.demand [CMD]\n2026-02-26,5\n2026-02-27,\n")
    (finding,) = told(with_forecast(tutorial, "forecaster: persistence, history: {file: tables/history.csv}"))
    assert "history.csv:3:2: the cell is empty" in finding
    assert finding.endswith("Remove the row (days may be missing in this table), or fill the cell and say so in the source.")


@pytest.mark.parametrize("count", [2, 3, 5])
def test_depths_of_a_pond_are_told_once_or_for_each_stage(tutorial: Path, count: int) -> None:
    write_weather(tutorial)
    ponds = ", ".join([POND] * count)
    (finding,) = told(with_forecast(tutorial, ZONE.replace("FIELD", f"{{kind: paddy, ponding: [{ponds}]}}")))
    assert f"ponding has {count} entries" in finding
    assert finding.endswith("Give one for all stages, or one for each of the four.")


@pytest.mark.parametrize("count", [1, 4])
def test_one_pond_or_four_are_read(tutorial: Path, count: int) -> None:
    write_weather(tutorial)
    ponds = ", ".join([POND] * count)
    read_scenario(with_forecast(tutorial, ZONE.replace("FIELD", f"{{kind: paddy, ponding: [{ponds}]}}")))


def written_crop(area: str, planting: str, days: int, planting_days: int = 1) -> str:
    return (
        f"{{name: some, area: {area}, planting: {planting}, planting_days: {planting_days}, stages: [0, 0, {days}, 0], "
        "coefficients: [1, 1, 1]}"
    )


@pytest.mark.parametrize(
    ("crops", "found"),
    [
        ([("5000 ha", "02-01", 100)], "5,000 ha on 02-01"),
        ([("800 ha", "02-01", 100), ("800 ha", "05-11", 100)], "1,600 ha on 05-11"),
        ([("600 ha", "11-01", 120), ("600 ha", "02-01", 120)], "1,200 ha on 02-01"),
        ([("900 ha", "11-01", 120), ("800 ha", "02-20", 100, 10)], "1,620 ha on 02-28"),
        ([("1000 ha", "02-01", 99), ("1000 ha", "05-11", 100)], None),
        ([("1005 ha", "01-01", 365)], None),
    ],
)
def test_crops_find_room_in_their_zone(tutorial: Path, crops: list[tuple[str, str, int]], found: str | None) -> None:
    """1000 ha: one crop after the other, also over the turn of the year; of ten days of planting, nine are done on the ninth."""
    write_weather(tutorial)
    text = (tutorial / "scenario.yaml").read_text(encoding="utf-8")
    farm = (
        "components:\n  farm: {type: irrigation_zone, area: 1000 ha, sources: {area: assumed}}\n"
        "  ditch: {type: canal, source: lake, target: farm}\n"
    )
    calendar = ", ".join(written_crop(*crop) for crop in crops)
    settings = f"forecaster: crop_demand, efficiency: 0.5, weather: {{file: tables/weather.csv}}, crops: [{calendar}]"
    demand = f"{{{settings}, source: assumed}}"
    text = text.replace("components:\n", farm, 1) + f"\nforecasts:\n  farm.demand: {demand}\n"
    (tutorial / "scenario.yaml").write_text(text, encoding="utf-8")
    if found is None:
        read_scenario(tutorial)
        return
    (finding,) = (each for each in told(tutorial) if "more land" in each)
    assert f"the crops of farm stand on more land than the zone has; found {found}; allowed: at most 1,000 ha" in finding
