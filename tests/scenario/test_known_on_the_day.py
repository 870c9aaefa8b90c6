"""A forecast from files uses what was recorded before its first day and nothing else; a record that ends early is named."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenario.test_forecasts import with_forecast
from waterbalance.errors import InputError
from waterbalance.forecast.history import Doubt
from waterbalance.scenario import forecast, read_scenario
from waterbalance.scenario.scenario import horizon_of
from waterbalance.scenario.shortage import shortage_response

START = dt.date(2026, 3, 1)
"""First day of the tutorial."""

CROP = (
    "{name: rice, area: 100 ha, planting: 02-01, stages: [30, 30, 30, 30], coefficients: [1, 1, 1], field: paddy, "
    "harvest_value: 88000 NTD/ha}"
)
ZONE = f"forecaster: crop_demand, efficiency: 0.5, weather: {{file: tables/weather.csv}}, members: 9, crops: [{CROP}]"
OWN = "history: {file: tables/history.csv}, members: 9"

SETTINGS = {
    **{
        name: f"forecaster: {name}, {OWN}"
        for name in (
            "ten_day_climatology",
            "conditional_climatology",
            "persistence",
            "household_demand",
            "river_inflow",
            "analogs",
            "day_of_year",
        )
    },
    "seasonal_naive": f"forecaster: seasonal_naive, {OWN}",
    "river with rain": f"forecaster: river_inflow, {OWN}, rain: {{file: tables/weather.csv}}",
    "household with weather": f"forecaster: household_demand, {OWN}, weather: {{file: tables/weather.csv}}, exogenous: [rain]",
    "crops by normals of rain": ZONE,
    "crops by balances": f"{ZONE}, rain_method: balance",
}


def write_tables(folder: Path, end: dt.date, poison: float | None = None, skip: int = 1) -> None:
    """Three years before the start, and what came up to `end`: `poison` in the place of what came after the start."""
    days = pd.date_range("2023-02-20", end)[::skip]
    later = (days >= pd.Timestamp(START)) & (poison is not None)
    values = np.random.default_rng(5).uniform(1.0, 2.0, (len(days), 3)).T
    values[:, later] *= poison or 1.0
    demand, evaporation, rain = values * [[1.0], [3.0], [0.3]]
    header = "date,weather.evapotranspiration [mm/day],weather.rain [mm/day]"
    rows = [f"{day.date()},{one},{other}" for day, one, other in zip(days, evaporation, rain, strict=True)]
    (folder / "tables/weather.csv").write_text("\n".join([header, *rows]))
    rows = [f"{day.date()},{value}" for day, value in zip(days, demand, strict=True)]
    (folder / "tables/history.csv").write_text("\n".join(["date,town.demand [CMD]", *rows]))


def made(folder: Path) -> np.ndarray:
    return forecast(read_scenario(folder)).series["town", "demand"].values


@pytest.mark.parametrize("name", SETTINGS)
def test_what_came_later_changes_nothing(tutorial: Path, name: str) -> None:
    with_forecast(tutorial, SETTINGS[name])
    write_tables(tutorial, START - dt.timedelta(days=1))
    before = made(tutorial)
    for poison in (1.0, 7.0):
        write_tables(tutorial, START + dt.timedelta(days=400), poison)
        np.testing.assert_array_equal(made(tutorial), before)


def test_a_mean_over_the_first_day_is_not_known_yet(tutorial: Path) -> None:
    """From 4 March on: the mean of the 1st to the 10th is known on the 11th only."""
    with_forecast(tutorial, SETTINGS["persistence"])
    rows = "2026-02-01,1\n2026-02-11,2\n2026-02-21,3\n2026-03-01,50\n"
    (tutorial / "tables/history.csv").write_text(f"date,town.demand [CMD]\n{rows}")
    scenario = read_scenario(tutorial)
    told = forecast(scenario, horizon=horizon_of(scenario, dt.date(2026, 3, 4))).series["town", "demand"].values
    assert told == pytest.approx(np.full((1, 9), 3.0))


def test_a_season_that_is_planned_again_knows_its_record(tutorial: Path) -> None:
    with_forecast(tutorial, f"{SETTINGS['ten_day_climatology']}, recorded: true")
    write_tables(tutorial, START + dt.timedelta(days=10), 7.0)
    told = forecast(read_scenario(tutorial)).series["town", "demand"]
    assert told.label == "recorded"
    assert told.values.min() >= 7.0


def test_a_shortage_costs_what_could_be_known(tutorial: Path) -> None:
    with_forecast(tutorial, SETTINGS["crops by balances"])
    parts = []
    for poison in (1.0, 7.0):
        write_tables(tutorial, START + dt.timedelta(days=400), poison)
        parts.append(shortage_response(read_scenario(tutorial), "town").demand)
    assert parts[0] == parts[1]


@pytest.mark.parametrize("name", ["household_demand", "ten_day_climatology"])
def test_a_record_that_begins_too_late_says_what_to_do(tutorial: Path, name: str) -> None:
    with_forecast(tutorial, SETTINGS[name])
    days = pd.date_range(START - dt.timedelta(days=3), periods=800)
    (tutorial / "tables/history.csv").write_text("\n".join(["date,town.demand [CMD]", *(f"{day.date()},5" for day in days)]))
    with pytest.raises(InputError, match=r"Only what was recorded before 2026-03-01 counts: choose a later first day"):
        made(tutorial)


@pytest.mark.parametrize(
    ("name", "limit", "columns"),
    [
        ("household_demand", 10, ["demand"]),
        ("persistence", 10, ["demand"]),
        ("river with rain", 10, ["demand", "rain"]),
        ("ten_day_climatology", 366, ["demand"]),
        ("day_of_year", 366, ["demand"]),
        ("crops by normals of rain", 366, ["evapotranspiration", "rain"]),
        ("crops by balances", 31, ["evapotranspiration", "rain"]),
    ],
)
def test_old_readings_are_named_with_their_age(tutorial: Path, name: str, limit: int, columns: list[str]) -> None:
    """On the last day that is still fresh nothing is said; a day later every column is."""
    with_forecast(tutorial, SETTINGS[name])
    for age in (limit, limit + 1):
        newest = START - dt.timedelta(days=age)
        write_tables(tutorial, newest)
        notes = forecast(read_scenario(tutorial)).series["town", "demand"].notes
        told = [note for note in notes if "days old" in note]
        assert all(isinstance(note, Doubt) for note in told)
        expected = [f"the newest reading of {each} is {age} days old ({newest}): more than {limit} days" for each in columns]
        assert told == (expected if age > limit else [])


def test_a_mean_is_as_old_as_its_last_day(tutorial: Path) -> None:
    """And a mean over ten days is as old as its last day."""
    with_forecast(tutorial, SETTINGS["persistence"])
    rows = "2025-11-01,1\n2025-11-11,2\n2025-11-21,3\n2025-12-01,3\n"
    (tutorial / "tables/history.csv").write_text(f"date,town.demand [CMD]\n{rows}")
    (note,) = forecast(read_scenario(tutorial)).series["town", "demand"].notes
    assert note == "the newest reading of demand is 81 days old (2025-12-10): more than 10 days"
