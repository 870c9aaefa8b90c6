"""The ladder of forecasts, on a lake whose record is as simple as a hand needs: the number of the month, in m3/day."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.persistence import Persistence
from waterbalance.horizon import Horizon
from waterbalance.operate.configuring.expect_settings import ExpectSettings
from waterbalance.operate.observing.expect import Expected, Issued, expect
from waterbalance.scenario.informed import informed
from waterbalance.scenario.read import read_scenario
from waterbalance.scenario.scenario import Scenario, horizon_of

KEY = "lake", "inflow"
START = dt.date(2026, 2, 27)

SCENARIO = """
waterbalance: 1
name: one_lake
time_zone: UTC
horizon: {start: 2026-02-27, last_day: 2026-03-02, daily_steps: 4}
policy: {preset: drought_practice}
components:
  lake: {type: reservoir, capacity: 100 m3}
  pipe: {type: pipeline, source: lake, target: town}
  town: {type: household_supply, demand: 5 m3/day}
state: {file: storages.csv}
forecasts:
  lake.inflow: {forecaster: persistence, history: {file: inflow.csv}}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return written(tmp_path, pd.date_range("2024-01-01", "2026-02-26"))


def written(folder: Path, days: pd.DatetimeIndex) -> Scenario:
    rows = "\n".join(f"{day.date()},{day.month}" for day in days)
    (folder / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    (folder / "inflow.csv").write_text(f"date,lake.inflow [m3/day]\n{rows}\n", encoding="utf-8")
    (folder / "storages.csv").write_text("date,lake.storage [m3]\n2026-02-27,50\n", encoding="utf-8")
    return read_scenario(folder)


def climb(scenario: Scenario, settings: ExpectSettings | None = None, **told: object) -> Expected:
    return expect(scenario, horizon_of(scenario), settings or ExpectSettings(), **told)


def median(told: Expected) -> list[float]:
    return told.forecasts.series[KEY].value("median").tolist()


def before(first: str, values: Mapping[str, float] | list[float]) -> dict[tuple[str, str], Issued]:
    """What was told on a day, one value for each day from it on."""
    return {KEY: Issued(dt.date.fromisoformat(first), pd.Series(values, index=pd.date_range(first, periods=len(values))))}


@pytest.fixture(scope="module")
def kaohsiung() -> Scenario:
    return read_scenario(Path(__file__).parents[2] / "scenarios" / "kaohsiung")


def test_fresh_is_what_the_forecaster_tells(scenario: Scenario) -> None:
    told = climb(scenario)
    assert median(told) == [2, 2, 2, 2]
    assert (told.rungs, told.notes) == ({KEY: 0}, ())
    assert told.forecasts.series[KEY].label == "as in the last 1 days"


def test_an_old_record_gives_way_to_the_last_forecast(tmp_path: Path) -> None:
    scenario = written(tmp_path, pd.date_range("2024-01-01", "2026-02-10"))
    told = climb(scenario, previous=before("2026-02-26", [7, 8, 9, 10, 11]))
    assert median(told) == [8, 9, 10, 11]
    assert told.rungs == {KEY: 1}
    assert told.forecasts.series[KEY].label == "forecast of 2026-02-26"
    (note,) = told.notes
    assert note.startswith("lake.inflow: previous shifted, because fresh: the newest reading of inflow is 17 days old")
    assert any(text.startswith("lake.inflow: previous shifted instead of a fresh forecast") for text in told.forecasts.doubts)


def test_the_days_that_it_does_not_tell_are_climatology(tmp_path: Path) -> None:
    """Told to 28 February; March is 3 in every year of the record."""
    scenario = written(tmp_path, pd.date_range("2024-01-01", "2026-02-10"))
    told = climb(scenario, previous=before("2026-02-26", [7, 8, 9]))
    assert median(told) == [8, 9, 3, 3]
    assert told.forecasts.series[KEY].label == "forecast of 2026-02-26 on 2 of 4 days, else climatology 2024-2026, 2 years"


@pytest.mark.parametrize("first", ["2026-02-20", "2026-02-28"])
def test_a_forecast_that_is_too_old_or_of_tomorrow_is_not_shifted(tmp_path: Path, first: str) -> None:
    scenario = written(tmp_path, pd.date_range("2024-01-01", "2026-02-10"))
    told = climb(scenario, previous=before(first, [7.0] * 20))
    assert told.rungs == {KEY: 2}
    assert median(told) == [2, 2, 3, 3]
    assert f"previous shifted: it is of {first}" in told.notes[0]


def test_freshness_is_what_the_settings_say(tmp_path: Path) -> None:
    scenario = written(tmp_path, pd.date_range("2024-01-01", "2026-02-10"))
    assert climb(scenario, ExpectSettings(freshness={"lake.inflow": 17})).rungs == {KEY: 0}
    assert climb(scenario, ExpectSettings(freshness={"lake.inflow": 16})).rungs == {KEY: 2}


def test_newer_readings_make_it_fresh(tmp_path: Path) -> None:
    scenario = written(tmp_path, pd.date_range("2024-01-01", "2026-02-10"))
    readings = pd.Series(4.0, index=pd.date_range("2026-01-01", "2026-02-26"))
    told = climb(scenario, history={KEY: readings})
    assert (median(told), told.rungs) == ([4, 4, 4, 4], {KEY: 0})


@pytest.mark.parametrize("trouble", [RuntimeError("did not converge"), ZeroDivisionError("division by zero")])
def test_a_forecaster_that_breaks_is_named(scenario: Scenario, monkeypatch: pytest.MonkeyPatch, trouble: Exception) -> None:
    def broken(*_: object, **__: object) -> None:
        raise trouble

    monkeypatch.setattr(Persistence, "predict", broken)
    told = climb(scenario)
    assert told.rungs == {KEY: 2}
    assert f"fresh: {type(trouble).__name__}: {trouble}" in told.notes[0]


def test_values_that_are_no_numbers_are_no_forecast(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("waterbalance.forecast.persistence.over_steps", lambda *_: np.full((4, 3), np.nan))
    told = climb(scenario, previous=before("2026-02-26", [7, 8, 9, 10, 11]))
    assert told.rungs == {KEY: 1}
    assert "values that are not numbers" in told.notes[0]


def test_too_few_members_are_no_forecast(scenario: Scenario) -> None:
    """All members of persistence are equal."""
    assert climb(scenario, ExpectSettings(least_members={"lake.inflow": 1})).rungs == {KEY: 0}
    told = climb(scenario, ExpectSettings(least_members={"lake.inflow": 2}))
    assert told.rungs == {KEY: 2}
    assert "only 1 members differ: fewer than 2" in told.notes[0]


def test_the_members_of_an_earlier_forecast_are_kept(tmp_path: Path) -> None:
    scenario = written(tmp_path, pd.date_range("2024-01-01", "2026-02-10"))
    days = pd.date_range("2026-02-26", periods=5)
    rows = pd.DataFrame({"dry": [1.0] * 5, "wet": [9.0] * 5}, index=days)
    told = climb(scenario, previous={KEY: Issued(days[0].date(), rows)})
    assert told.forecasts.series[KEY].values.tolist() == [[1, 9]] * 4


def test_a_step_of_days_adds_up_the_days_of_an_earlier_forecast(tmp_path: Path) -> None:
    scenario = written(tmp_path, pd.date_range("2024-01-01", "2026-02-10"))
    horizon = Horizon((START, dt.date(2026, 2, 28), dt.date(2026, 3, 3)))
    told = expect(scenario, horizon, ExpectSettings(), previous=before("2026-02-26", [7, 8, 9, 10, 11]))
    assert median(told) == [8, 30]


def test_old_readings_are_better_than_no_night(tmp_path: Path) -> None:
    """Seventeen days old, never told before, and eleven days are no climatology of March: the last value goes on, labelled."""
    told = climb(written(tmp_path, pd.date_range("2026-02-01", "2026-02-10")))
    assert (told.rungs, median(told)) == ({KEY: 3}, [2, 2, 2, 2])
    (note,) = told.notes
    assert "old readings" in note
    assert "17 days old" in note


def test_what_no_rung_tells_is_named_with_all_reasons(scenario: Scenario) -> None:
    """Fresh readings that do not differ as they must, never told before, and one value is no climatology."""
    short = {KEY: pd.Series([5.0], index=pd.DatetimeIndex(["2026-02-26"]))}
    with pytest.raises(InputError) as caught:
        climb(scenario, ExpectSettings(least_members={"lake.inflow": 2}), history=short)
    told = [(each.where.component, each.what.partition(":")[0]) for each in caught.value.findings]
    rungs = ("fresh", "previous shifted", "climatology", "old readings")
    assert told == [("lake.inflow", rung) for rung in rungs]


def test_what_is_wrong_with_several_series_is_told_once(scenario: Scenario) -> None:
    recipe, short = scenario.forecasts[KEY], pd.Series([5.0], index=pd.DatetimeIndex(["2026-02-26"]))
    keys = [KEY, ("town", "demand"), ("fields", "demand")]
    three = replace(scenario, forecasts=dict.fromkeys(keys, recipe))
    least = {".".join(key): 2 for key in keys}
    with pytest.raises(InputError) as caught:
        climb(three, ExpectSettings(least_members=least), history=dict.fromkeys(keys, short))
    assert {each.where.component for each in caught.value.findings} == {"lake.inflow, town.demand, fields.demand"}
    assert len(caught.value.findings) == 4
    assert str(caught.value).count("Mend the record") == 1


def test_one_series_that_fails_takes_no_other_with_it(scenario: Scenario) -> None:
    recipe = scenario.forecasts[KEY]
    town = ("town", "demand")
    both = replace(scenario, forecasts={town: recipe, KEY: recipe})
    demand = pd.Series(5.0, index=pd.date_range("2025-01-01", "2026-02-26"))
    told = climb(both, ExpectSettings(least_members={"town.demand": 2}), history={town: demand})
    assert told.rungs == {town: 2, KEY: 0}


def test_settings_name_series_that_exist(scenario: Scenario) -> None:
    with pytest.raises(InputError, match="freshness of a series"):
        climb(scenario, ExpectSettings(freshness={"lake.inflov": 3}))


def test_an_issue_with_too_few_whole_members_is_no_forecast(tmp_path: Path) -> None:
    """Three members, of which the last broke off: two are whole."""
    scenario = written(tmp_path, pd.date_range("2024-01-01", "2026-02-26"))
    days = [
        f"2026-02-26,{day.date()},{member},{6 + member}" for member in (1, 2) for day in pd.date_range("2026-02-27", periods=4)
    ]
    rows = "\n".join([*days, "2026-02-26,2026-02-27,3,9"])
    (tmp_path / "ensemble.csv").write_text(f"issued,ds,member,value [m3/day]\n{rows}\n", encoding="utf-8")
    text = SCENARIO.replace("forecaster: persistence", "forecaster: outside_ensemble, ensemble: {file: ensemble.csv}")
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    scenario = read_scenario(tmp_path)
    told = climb(scenario, ExpectSettings(least_members={"lake.inflow": 2}))
    assert told.rungs == {KEY: 0}
    assert sorted(set(told.forecasts.series[KEY].values[0])) == [7, 8]
    assert climb(scenario, ExpectSettings(least_members={"lake.inflow": 3})).rungs == {KEY: 2}


def test_a_day_before_a_whole_year_was_recorded_names_the_files_and_the_days(kaohsiung: Scenario) -> None:
    """The weather tables of the example begin in June 2020; a night of March 2021 knows no spring."""
    early = dt.date(2021, 3, 11)
    known = informed(kaohsiung, (), early)
    with pytest.raises(InputError) as error:
        expect(known, horizon_of(known, early), ExpectSettings())
    told = "\n".join(map(str, error.value.findings))
    assert "none in period 8, 9" in told
    assert "the record goes from 2020-06-01 to 2021-03-10" in told
    assert "weather_tainan.csv" in told
    assert "rows of 2021-03-11 and later do not count" in told
    assert "plan a later day" in told


def test_a_night_of_the_example_needs_a_whole_year_of_weather_and_no_more(kaohsiung: Scenario) -> None:
    """As its README says: from July 2021 on, without any server."""
    day = dt.date(2021, 7, 1)
    known = informed(kaohsiung, (), day)
    assert expect(known, horizon_of(known, day), ExpectSettings()).forecasts.series
