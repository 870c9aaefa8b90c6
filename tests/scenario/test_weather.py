"""Weather in scenario files: one table of the past, one of the days to come, for the town, the fab, the fields and the river."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import waterbalance as wb
from scenario.folders import changed, findings_about
from waterbalance.operate.comparing.backtest import PERFECT, backtest_scenario
from waterbalance.scenario import forecast, read_scenario
from weather_city import AHEAD, START, past_weather, told, write_city, write_issues, write_table

if TYPE_CHECKING:
    from pathlib import Path

    from waterbalance.forecast.forecast import Forecast

KEYS = (("town", "demand"), ("lake", "inflow"), ("park", "demand"), ("fields", "demand"))


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return write_city(tmp_path / "city", "ahead.csv")


def series_of(folder: Path) -> dict[tuple[str, str], Forecast]:
    return dict(forecast(read_scenario(folder)).series)


def means(folder: Path) -> dict[tuple[str, str], float]:
    return {key: float(each.values.mean()) for key, each in series_of(folder).items()}


def test_a_table_of_days_to_come_moves_every_forecaster(city: Path) -> None:
    """Hot and wet against cool and dry: more from towns and towers for the heat, more in the river, nothing for the fields."""
    write_table(city / "ahead.csv", told(32.0, 60.0))
    hot_and_wet = series_of(city)
    write_table(city / "ahead.csv", told(20.0, 0.0))
    cool = series_of(city)
    ratio = {key: hot_and_wet[key].values.mean() / max(cool[key].values.mean(), 1e-9) for key in KEYS}
    # Eight degrees above the 24 from which warmth counts, and the root of 60 mm, by what the meters were made of.
    assert ratio["town", "demand"] == pytest.approx(np.exp(0.03 * 8.0 - 0.01 * np.sqrt(60.0)), rel=0.06)
    assert ratio["park", "demand"] > 1.3
    assert ratio["lake", "inflow"] > 3.0
    assert ratio["fields", "demand"] == 0.0
    for each in hot_and_wet.values():
        assert "weather without a day of issue (1 member) to 2026-03-10" in each.label
        assert each.notes == ()


def test_members_issued_for_some_days_only_are_dealt_alike_to_all_and_past_years_go_on(city: Path) -> None:
    first = AHEAD[:4]
    issues = {("2026-02-28", "a"): told(32.0, 60.0, first), ("2026-02-28", "b"): told(20.0, 0.0, first)}
    too_late = {("2026-03-01", "a"): told(45.0, 900.0)}
    write_issues(city / "ahead.csv", issues | too_late)
    made = series_of(city)
    park = made["park", "demand"].values[0]
    hot = park == park.max()
    assert hot.sum() == 10
    assert park[hot].min() > 1.3 * park[~hot].max()
    town, river, fields = (made[key].values[:4].sum(axis=0) for key in KEYS if key[0] != "park")
    assert town[hot].min() > town[~hot].max()
    assert river[hot].mean() > 2.0 * river[~hot].mean()
    assert (fields[hot] == 0.0).all()
    assert (fields[~hot] > 0.0).any()
    for each in made.values():
        assert each.label.endswith("weather issued 2026-02-28 (2 members) to 2026-03-04, then of 2 past years")
        assert each.notes[-1] == "nobody tells the weather of 6 of 10 days, the first 2026-03-05: 2 past years stand for it"


def test_without_a_table_of_days_to_come_each_says_what_stands_for_it(tmp_path: Path) -> None:
    made = series_of(write_city(tmp_path / "city"))
    notes = {key: "; ".join(each.notes) for key, each in made.items()}
    assert "2 past years stand for it" in notes["town", "demand"]
    assert "2 past years stand for it" in notes["park", "demand"]
    assert "it comes again with what past days brought" in notes["lake", "inflow"]
    assert "weather years 2023-2026 stand for it" in notes["fields", "demand"]


def test_one_table_may_be_the_past_and_the_days_to_come(city: Path) -> None:
    """Rows from the start on are told, not learned from: the same as in two tables."""
    both = pd.concat([past_weather(), told(32.0, 60.0)])
    write_table(city / "ahead.csv", both)
    apart = means(city)
    write_table(city / "weather.csv", both)
    assert means(city) == apart


def test_an_announced_restriction_cuts_the_demand_beside_the_weather(city: Path) -> None:
    write_table(city / "ahead.csv", told(32.0, 0.0))
    free = series_of(city)["town", "demand"].value("median")
    (city / "cuts.csv").write_text("date,restriction.cut [%]\n" + "".join(f"{day.date()},5\n" for day in AHEAD[3:]))
    changed(city, "    history: {file: meters.csv}\n", "    history: {file: meters.csv}\n    restrictions: {file: cuts.csv}\n")
    cut = series_of(city)["town", "demand"].value("median")
    assert cut / free == pytest.approx([1.0] * 3 + [0.95] * 7, abs=0.003)


def test_a_backtest_takes_issues_from_before_each_origin_and_no_table_without_days_of_issue(city: Path) -> None:
    """The weather that came: told by nobody, by a table without days of issue, by issues of the origin's day, and as perfect."""
    weather = past_weather()
    write_table(city / "ahead.csv", weather)

    def tried(*, perfect: bool = False) -> tuple[float, tuple[str, ...]]:
        scenario = read_scenario(city)
        [one] = backtest_scenario(scenario, h=2, step_size=8, n_windows=4, only="town", perfect_weather=perfect)
        assert one.result is not None
        return float(one.result.scores.loc[0, "crps"]), one.notes

    undated, notes = tried()
    assert notes[0].startswith("weather of the days to come without days of issue is not used")
    perfect, labelled = tried(perfect=True)
    assert labelled == (PERFECT,)
    assert perfect < 0.5 * undated
    origins = [pd.Timestamp("2026-02-26") - pd.Timedelta(days=8 * k) for k in range(4)]
    write_issues(city / "ahead.csv", {(str(day.date()), "1"): weather.loc[day:].iloc[1:3] for day in origins})
    issued, notes = tried()
    assert issued == pytest.approx(perfect)
    assert notes == ("weather of the days to come as issued before each day (4 issues, 2026-02-02 to 2026-02-26)",)
    write_issues(city / "ahead.csv", {("2026-02-27", "1"): weather.iloc[-2:]})
    late, _ = tried()
    assert late == pytest.approx(undated)


def test_a_simulation_names_weather_that_it_knew_ahead(city: Path) -> None:
    write_table(city / "ahead.csv", told(25.0, 0.0))
    scenario = read_scenario(city)
    foreseen = wb.simulate(scenario, START, START).notes
    assert any("perfect foresight" in note and "town.demand" in note and "fields.demand" in note for note in foreseen)
    write_issues(city / "ahead.csv", {("2026-02-28", "1"): told(25.0, 0.0)})
    honest = wb.simulate(read_scenario(city), START, START).notes
    assert not any("foresight" in note for note in honest)
    assert any("as issued before each day (1 issues, 2026-02-28 to 2026-02-28)" in note for note in honest)


@pytest.mark.parametrize(
    ("text", "what", "line", "column"),
    [
        ("issued,ds,member\n2026-02-28,2026-03-01,1\n", "this is not the header of an ensemble", 1, None),
        ("issued,ds,member,weather.rain [degC]\n2026-02-28,2026-03-01,1,3\n", "the unit in the header is wrong", 1, 4),
        ("issued,ds,member,weather.wind [m]\n2026-02-28,2026-03-01,1,3\n", "unknown quantity", 1, 4),
        (
            "issued,ds,member,weather.rain [mm/day]\n2026-02-28,2026-03-01,1,3\n",
            "the table lacks the column weather.temperature",
            1,
            None,
        ),
        (
            "issued,ds,member,weather.rain [mm/day],weather.temperature [degC]\n2026-02-28,2026-03-01,1,3,999\n",
            "the value is out of its range",
            2,
            5,
        ),
        ("date,weather.rain [mm/day]\n2026-03-01,3\n", "the table lacks the column weather.temperature", 1, None),
        ("day,weather.rain [mm/day]\n2026-03-01,3\n", "the first column has an unknown header", 1, 1),
        ("date,weather.temperature [K]\n2026-03-01,300\n", "the unit in the header is wrong", 1, 2),
    ],
)  # fmt: skip
def test_a_wrong_table_of_days_to_come_is_told_at_its_cell(
    city: Path, text: str, what: str, line: int, column: int | None
) -> None:
    (city / "ahead.csv").write_text(text, encoding="utf-8")
    found = [each for each in findings_about(city) if each.what == what]
    assert {(each.where.line, each.where.column) for each in found} == {(line, column)}
    assert all(each.remedy for each in found)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    exogenous: [temperature, rain]\n", "", "'exogenous' names the columns"),
        ("[temperature, rain]", "[temprature]", "no weather is called temprature"),
        ("    rain: {file: weather.csv}\n", "", "add 'rain'"),
        ("    cooling: {base_heat: 10 MW, air_flow: 100}\n", "", "add 'cooling'"),
    ],
)
def test_settings_of_weather_that_contradict_each_other_are_told(city: Path, old: str, new: str, words: str) -> None:
    write_table(city / "ahead.csv", told(25.0, 0.0))
    changed(city, old, new)
    assert any(words in str(finding) for finding in findings_about(city))


def test_a_crop_by_warmth_ripens_early_in_a_hot_member(city: Path) -> None:
    """A field a week before its harvest: ten hot days bring it, ten cool ones do not, at the same ET0 and no rain."""
    field = "percolation: 5 mm/day, field: {kind: paddy, dry_before_harvest: 0}"
    changed(
        city,
        "crops: [{name: sugarcane, area: 100 ha, planting: 02-01, stages: [30, 60, 190, 70]",
        f"rain_method: balance\n    crops: [{{name: rice, area: 100 ha, planting: 01-01, stages: [10, 10, 25, 20], {field}",
    )
    key = ("fields", "demand")

    def demand(temperature: float) -> float:
        write_table(city / "ahead.csv", told(temperature, 0.0))
        return means(city)[key]

    by_calendar = [demand(temperature) for temperature in (10.0, 30.0)]
    assert by_calendar[0] == by_calendar[1]
    changed(city, "dry_before_harvest: 0}", "dry_before_harvest: 0}, degree_days: {base: 8, upper: 32}")
    cool, hot = (demand(temperature) for temperature in (10.0, 30.0))
    assert cool > 1.3 * hot
    write_table(city / "ahead.csv", told(25.0, 0.0).drop(columns="temperature"))
    assert "the table lacks the column weather.temperature" in [finding.what for finding in findings_about(city)]
