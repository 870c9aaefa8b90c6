"""Forecasters that learn from rain beside the flow: their record is tried and simulated like any other."""

import datetime as dt
from pathlib import Path

import pytest

from scenario.folders import copy_of_tutorial
from waterbalance.operate.comparing.backtest import backtest_scenario
from waterbalance.operate.rolling.known import observed_on, records_of
from waterbalance.scenario import forecast, read_scenario
from waterbalance.scenario.scenario import Scenario


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    """The tutorial with three years of an inflow that rain drives; the plan's days are known too."""
    folder = copy_of_tutorial(tmp_path)
    days = [dt.date(2023, 3, 1) + dt.timedelta(days=day) for day in range(1100)]
    flow, rows, rain = 1.0, ["date,lake.inflow [m3/s]"], ["date,weather.rain [mm/day]"]
    for number, day in enumerate(days):
        wet = 60.0 if number % 13 == 0 else 0.0
        flow = 0.8 * flow + 0.2 + 0.05 * wet
        rows.append(f"{day},{flow:.4f}")
        rain.append(f"{day},{wet}")
    (folder / "tables/flows.csv").write_text("\n".join(rows))
    (folder / "tables/rain.csv").write_text("\n".join(rain))
    path = folder / "scenario.yaml"
    text = path.read_text(encoding="utf-8")
    table = "tables:\n  - {file: tables/inflow.csv, label: invented for the tutorial, source: assumed}\n"
    assert table in text
    settings = "forecaster: river_inflow, history: {file: tables/flows.csv}, rain: {file: tables/rain.csv}, source: assumed"
    path.write_text(text.replace(table, "") + f"\nforecasts:\n  lake.inflow: {{{settings}}}\n", encoding="utf-8")
    return read_scenario(folder)


def test_it_is_tried_on_its_past(scenario: Scenario) -> None:
    [tried] = backtest_scenario(scenario, h=5, step_size=13, n_windows=4)
    assert tried.reason == ""
    assert tried.result is not None
    assert tried.result.scores.loc[1, "skill_climatology"] > 0.5


def test_what_the_river_brought_is_what_was_observed(scenario: Scenario) -> None:
    key = ("lake", "inflow")
    records = records_of(scenario, dt.date(2026, 3, 1))
    record = records[key]
    assert list(record.before(dt.date(2026, 3, 1)).columns) == ["y", "rain"]
    known = {key: record.before(dt.date(2026, 3, 1))}
    came = observed_on(scenario, records, forecast(scenario, known)).series[key]
    assert came.label == "observed"
    assert came.values[0, 0] == pytest.approx(record.on(dt.date(2026, 3, 1)))
