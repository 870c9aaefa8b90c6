"""Bad records at the command line: refused or flagged by name, with the table, the day and the remedy; never a traceback."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

Command = Callable[..., Any]
Spoil = Callable[[pd.Series], pd.Series]

SCENARIO = """
waterbalance: 1
name: town
time_zone: Europe/Rome
horizon: {start: 2021-01-01, last_day: 2021-01-20}
policy: {preset: water_act}
components:
  lake: {type: reservoir, capacity: 10 Mm3}
  pipe: {type: pipeline, source: lake, target: town}
  town: {type: household_supply, demand: 900 m3/day}
state: {file: state.csv}
forecasts:
  town.demand: {forecaster: seasonal_naive, history: {file: meters.csv}}
  lake.inflow: {forecaster: river_inflow, history: {file: river.csv}}
"""
FILES = {"meters.csv": "town.demand [m3/day]", "river.csv": "lake.inflow [m3/s]"}


def write(folder: Path, spoil: Spoil) -> Path:
    """Two years of meters and of a river, both spoiled in the same way."""
    (folder / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    (folder / "state.csv").write_text("date,lake.storage [Mm3]\n2021-01-01,5\n", encoding="utf-8")
    days = pd.date_range("2019-01-01", "2020-12-31")
    noise = np.random.default_rng(2).standard_normal((2, len(days)))
    meters = np.where(days.day_of_week >= 5, 1200.0, 900.0) * np.exp(0.05 * noise[0])
    river = np.exp(0.03 * np.cumsum(noise[1]))
    for (file, column), values in zip(FILES.items(), (meters, river), strict=True):
        spoiled = spoil(pd.Series(values.round(4), index=days))
        stamps = spoiled.index.strftime("%Y-%m-%d" if (spoiled.index == spoiled.index.normalize()).all() else "%Y-%m-%d %H:%M")
        pd.DataFrame({"date": stamps, column: spoiled.to_numpy()}).to_csv(folder / file, index=False)
    return folder


def changed(part: slice, change: Spoil) -> Spoil:
    def spoil(record: pd.Series) -> pd.Series:
        record.iloc[part] = change(record.iloc[part]).to_numpy()
        return record

    return spoil


def hours_with_a_clock_change(record: pd.Series) -> pd.Series:
    """Three days of hours by the clocks of Rome: on 25 October 2020 two o'clock comes twice."""
    hours = pd.date_range("2020-10-24", periods=72, freq="h", tz="Europe/Rome").tz_localize(None)
    return pd.Series(record.iloc[:72].to_numpy(), index=hours)


REFUSED: dict[str, tuple[Spoil, str]] = {
    "negative": (changed(slice(100, 101), lambda part: -part), "is out of its range; found -"),
    "double days": (lambda record: pd.concat([record.iloc[:400], record.iloc[399:]]), "stands twice"),
    "double hours": (hours_with_a_clock_change, "a time or a time zone stands where a local date belongs"),
    "all missing": (lambda record: record * np.nan, "the cell is empty"),
}
FLAGGED: dict[str, tuple[Spoil, str]] = {
    "a thousand times": (changed(slice(300, 305), lambda part: part * 1000.0), "a thousand times as large"),
    "a thousand times at the end": (changed(slice(-5, None), lambda part: part * 1000.0), "a thousand times as large"),
    "a thousandth": (changed(slice(300, 305), lambda part: part / 1000.0), "a thousandth of the others"),
    "stuck": (changed(slice(300, 312), lambda part: part * 0.0 + part.iloc[0] + 0.00005), "a stuck meter?"),
    "stuck at the end": (changed(slice(-12, None), lambda part: part * 0.0 + part.iloc[0] + 0.00005), "a stuck meter?"),
}


@pytest.mark.parametrize("fault", REFUSED)
@pytest.mark.parametrize("asked", ["check", "forecast", "backtest"])
def test_refused(command: Command, tmp_path: Path, asked: str, fault: str) -> None:
    spoil, words = REFUSED[fault]
    said = command(asked, write(tmp_path, spoil))
    assert said.code == 65
    for file in FILES:
        assert file in said.err
    assert words in said.err


@pytest.mark.parametrize("fault", FLAGGED)
def test_flagged(command: Command, tmp_path: Path, fault: str) -> None:
    """Both series by name in the table of the terminal, and in the notes of the file."""
    spoil, words = FLAGGED[fault]
    said = command("forecast", write(tmp_path, spoil), "--out", tmp_path / "forecast.csv")
    assert said.code == 0
    told = " ".join(said.out.split())
    for name in ("lake · inflow", "town · demand"):
        assert f"{name}: " in told
    assert told.count(words) == 2
    with (tmp_path / "forecast.csv").open(encoding="utf-8", newline="") as file:
        notes = {row["component"]: (row["filled"], row["notes"]) for row in csv.DictReader(file)}
    count = "12" if "stuck" in fault else "5"
    assert {name: filled for name, (filled, _) in notes.items()} == {"lake": count, "town": count}
    assert all(words in note for _, note in notes.values())


@pytest.mark.parametrize("fault", ["a thousand times", "stuck"])
def test_a_check_and_a_plan_name_them_too(command: Command, tmp_path: Path, fault: str) -> None:
    """On the terminal, in the summary and on the page: series, days and what is wrong with them."""
    spoil, words = FLAGGED[fault]
    write(tmp_path, spoil)
    days = "12 days left out, 2019-10-28 to 2019-11-08" if fault == "stuck" else "5 days left out, 2019-10-28 to 2019-11-01"
    note = f"town.demand, lake.inflow: {days}: "
    said = command("check", tmp_path)
    assert said.code == 0
    assert note in " ".join(said.out.split())
    said = command("run", tmp_path, "--out", tmp_path / "out")
    assert said.code == 0
    assert note in " ".join(said.out.split())
    (told,) = (each for each in json.loads((tmp_path / "out/summary.json").read_text())["notes"] if "left out" in each)
    assert told.startswith(note)
    assert words in told
    assert note in (tmp_path / "out/report.html").read_text(encoding="utf-8")


def test_a_backtest_names_them_too(command: Command, tmp_path: Path) -> None:
    asked = ("backtest", write(tmp_path, FLAGGED["stuck"][0]), "--origins", 4, "--component", "town")
    assert "a stuck meter?" in " ".join(command(*asked).out.split())
    (town,) = json.loads(command(*asked, "--json").out)["quantities"]
    assert town["notes"] == ["12 days left out, 2019-10-28 to 2019-11-08: the same value day after day (a stuck meter?)"]


def test_sound_records_are_not_flagged(command: Command, tmp_path: Path) -> None:
    said = command("forecast", write(tmp_path, lambda record: record))
    assert said.code == 0
    assert "left out" not in said.out.lower()
