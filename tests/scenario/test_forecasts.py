"""Every forecaster that a scenario may name, from its settings in the file to amounts over the steps."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import waterbalance as wb
from scenario.folders import changed, findings_about
from waterbalance.errors import InputError
from waterbalance.operate.planning.before_planning import hints_before_planning
from waterbalance.scenario import forecast, read_scenario
from waterbalance.scenario.forecasters import FORECASTERS


def with_forecast(folder: Path, settings: str, key: str = "town.demand") -> Path:
    """The tutorial, where a forecaster takes the place of a figure."""
    if key == "town.demand":
        changed(folder, "    demand: 40000 CMD\n    sources: {demand: assumed}\n", "")
    else:
        changed(folder, "tables:\n  - {file: tables/inflow.csv, label: invented for the tutorial, source: assumed}\n", "")
    text = (folder / "scenario.yaml").read_text(encoding="utf-8")
    quantity = key.split(".")[1]
    text += f"\nplanning_values: {{{quantity}: median}}\nforecasts:\n  {key}: {{{settings}, source: assumed}}\n"
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    return folder


def write_history(folder: Path, header: str, days: int = 800, without: tuple[int, ...] = ()) -> None:
    first = dt.date(2026, 3, 1) - dt.timedelta(days=days)
    rows = [f"{first + dt.timedelta(days=day)},{100 + day % 7}" for day in range(days) if day not in without]
    (folder / "tables/history.csv").write_text("\n".join([header, *rows]))


def test_people_times_litres(tutorial: Path) -> None:
    with_forecast(tutorial, "forecaster: per_capita_demand, population: 100000, use_per_head: 300 L/day, leakage: 25 %")
    made = forecast(read_scenario(tutorial)).series["town", "demand"]
    assert made.values == pytest.approx(np.full((4, 100), 40_000.0))


def test_a_fab(tutorial: Path) -> None:
    settings = "forecaster: fab_demand, production: 1000, intensity: 2 m3, recycling: 0.5, contract: 900 CMD, members: 3"
    with_forecast(tutorial, settings)
    assert forecast(read_scenario(tutorial)).series["town", "demand"].values == pytest.approx(np.full((4, 3), 900.0))


@pytest.mark.parametrize(
    "name",
    [
        "ten_day_climatology",
        "conditional_climatology",
        "persistence",
        "household_demand",
        "river_inflow",
        "analogs",
        "day_of_year",
        "seasonal_naive",
    ],
)
def test_a_forecaster_that_learns_from_a_table_of_the_scenario(tutorial: Path, name: str) -> None:
    write_history(tutorial, "date,town.demand [CMD]", without=(5, 6))
    with_forecast(tutorial, f"forecaster: {name}, history: {{file: tables/history.csv}}, members: 20, label: from meters")
    scenario = read_scenario(tutorial)
    made = forecast(scenario).series["town", "demand"]
    assert made.values.shape == (4, 20)
    assert made.label == "from meters"
    assert np.all((made.values > 95.0) & (made.values < 112.0))
    assert "tables/history.csv" in scenario.files
    again = forecast(scenario).series["town", "demand"]
    assert np.array_equal(made.values, again.values)


def test_households_under_an_announced_restriction(tutorial: Path) -> None:
    """Ten per cent less from the second day of the plan on, in a country whose holidays are known."""
    write_history(tutorial, "date,town.demand [CMD]")
    (tutorial / "tables/cuts.csv").write_text("date,restriction.cut [1]\n2026-03-02,0.1\n2026-03-03,0.1\n2026-03-04,0.1\n")
    settings = "forecaster: household_demand, history: {file: tables/history.csv}, country: TW, members: 9"
    with_forecast(tutorial, settings + ", restrictions: {file: tables/cuts.csv}")
    cut = forecast(read_scenario(tutorial)).series["town", "demand"].value("median")
    text = (tutorial / "scenario.yaml").read_text(encoding="utf-8").replace(", restrictions: {file: tables/cuts.csv}", "")
    (tutorial / "scenario.yaml").write_text(text, encoding="utf-8")
    whole = forecast(read_scenario(tutorial)).series["town", "demand"].value("median")
    assert cut / whole == pytest.approx([1.0, 0.9, 0.9, 0.9], abs=1e-6)


def test_newer_history_takes_the_place_of_the_table(tutorial: Path) -> None:
    with_forecast(tutorial, "forecaster: persistence")
    scenario = read_scenario(tutorial)
    with pytest.raises(InputError, match=r"town\.demand: the history is empty"):
        forecast(scenario)
    history = pd.Series([500.0], index=pd.DatetimeIndex(["2026-02-28"]))
    made = forecast(scenario, {("town", "demand"): history}).series["town", "demand"]
    assert made.values[:, 0] == pytest.approx([500.0] * 4)


def test_ten_day_statistics(tutorial: Path) -> None:
    rows = [f"{number},1,2,3" for number in range(1, 37)]
    header = "ten_day,statistics.q10 [m3/s],statistics.q50 [m3/s],statistics.q90 [m3/s]"
    (tutorial / "tables/statistics.csv").write_text("\n".join([header, *rows]))
    with_forecast(
        tutorial, "forecaster: ten_day_statistics, statistics: {file: tables/statistics.csv}, members: 5", "lake.inflow"
    )
    chosen = forecast(read_scenario(tutorial)).choose({"inflow": "median"}).series["lake", "inflow"]
    assert chosen.values[:, 0] == pytest.approx([2 * 86_400.0] * 4)


def test_crops_from_normals_of_the_weather(tutorial: Path) -> None:
    rows = [f"{number},5,0" for number in range(1, 37)]
    header = "ten_day,weather.evapotranspiration [mm/day],weather.rain [mm/day]"
    (tutorial / "tables/weather.csv").write_text("\n".join([header, *rows]))
    crop = "{name: sugarcane, area: 100 ha, planting: 02-01, stages: [30, 30, 30, 30], coefficients: [1, 1, 1]}"
    with_forecast(tutorial, f"forecaster: crop_demand, efficiency: 0.5, weather: {{file: tables/weather.csv}}, crops: [{crop}]")
    made = forecast(read_scenario(tutorial)).series["town", "demand"]
    assert made.values[:, 0] == pytest.approx([1e6 * 0.005 / 0.5] * 4)


def test_crops_from_past_weather(tutorial: Path) -> None:
    first = dt.date(2023, 1, 1)
    rows = [f"{first + dt.timedelta(days=day)},{5 + (day // 365)},0" for day in range(3 * 365)]
    header = "date,weather.evapotranspiration [mm/day],weather.rain [mm/day]"
    (tutorial / "tables/weather.csv").write_text("\n".join([header, *rows]))
    crop = "{name: rice, area: 100 ha, planting: 02-01, stages: [30, 30, 30, 30], coefficients: [1, 1, 1]}"
    with_forecast(
        tutorial, f"forecaster: crop_demand, efficiency: 0.5, weather: {{file: tables/weather.csv}}, crops: [{crop}], members: 3"
    )
    made = forecast(read_scenario(tutorial)).series["town", "demand"]
    assert sorted(made.values[0]) == pytest.approx([10_000.0, 12_000.0, 14_000.0])


def test_a_solar_array_from_years_of_sunshine(tutorial: Path) -> None:
    first = dt.date(2023, 1, 1)
    rows = [f"{first + dt.timedelta(days=day)},{6 + 2 * (day // 365)}" for day in range(2 * 365)]
    (tutorial / "tables/sun.csv").write_text("\n".join(["date,weather.sunshine [h]", *rows]))
    array = "latitude: 22.6, longitude: 120.3, tilt: 0, peak_power: 10 kW, performance_ratio: 0.5"
    with_forecast(tutorial, f"forecaster: solar, {array}, weather: {{file: tables/sun.csv}}, members: 2")
    made = forecast(read_scenario(tutorial)).series["town", "demand"]
    # FAO-56 by hand for day 60: declination -0.143, sunset angle 1.511, so 11.54 hours of light and 31.70 MJ/m2 above the air.
    expected = [(0.25 + 0.5 * hours / 11.54) * 31.70 / 3.6 * 10 * 0.5 for hours in (6, 8)]
    assert sorted(made.values[0]) == pytest.approx(expected, rel=0.005)


@pytest.mark.parametrize("name", ["river_inflow", "analogs"])
def test_an_inflow_with_the_rain_of_its_catchment(tutorial: Path, name: str) -> None:
    write_history(tutorial, "date,lake.inflow [m3/s]", without=(5, 6))
    write_rain(tutorial)
    settings = f"forecaster: {name}, history: {{file: tables/history.csv}}, rain: {{file: tables/rain.csv}}, members: 20"
    with_forecast(tutorial, settings, "lake.inflow")
    made = forecast(read_scenario(tutorial)).series["lake", "inflow"]
    assert made.values.shape == (4, 20)
    assert np.all((made.values > 95.0 * 86_400.0) & (made.values < 112.0 * 86_400.0))
    assert made.filled == 2
    changed(tutorial, "rain: {file: tables/rain.csv}", "rain: {file: tables/history.csv}")
    assert "unknown component" in [finding.what for finding in findings_about(tutorial)]


def write_rain(folder: Path, days: int = 800) -> None:
    """Rain of 70 mm on the last day of the record, and none else."""
    first = dt.date(2026, 3, 1) - dt.timedelta(days=days)
    rows = [f"{first + dt.timedelta(days=day)},{70 if day == days - 1 else 0}" for day in range(days)]
    (folder / "tables/rain.csv").write_text("\n".join(["date,weather.rain [mm/day]", *rows]))


def write_ensemble(folder: Path, header: str = "issued,ds,member,value [m3/s]", last_row: str = "") -> None:
    rows = ["2026-02-28,2026-03-01,a,1", "2026-02-28,2026-03-01,b,3", "2026-03-01,2026-03-01,a,99", last_row]
    (folder / "tables/ensemble.csv").write_text("\n".join([header, *filter(None, rows)]))


ENSEMBLE = "forecaster: outside_ensemble, history: {file: tables/history.csv}, ensemble: {file: tables/ensemble.csv}, members: 2"


def test_members_from_outside(tutorial: Path) -> None:
    write_history(tutorial, "date,lake.inflow [m3/s]")
    write_ensemble(tutorial)
    with_forecast(tutorial, ENSEMBLE, "lake.inflow")
    made = forecast(read_scenario(tutorial)).series["lake", "inflow"]
    assert sorted(made.values[0]) == pytest.approx([86_400.0, 3 * 86_400.0])
    assert np.all((made.values[1:] >= 100.0 * 86_400.0) & (made.values[1:] <= 106.0 * 86_400.0))
    assert made.label.startswith("2 members issued 2026-02-28 to 2026-03-01, then day-of-year climatology")


@pytest.mark.parametrize(
    ("issued", "note"),
    [
        ("2026-02-19", None),
        ("2026-02-18", "lake.inflow: the newest issue of ensemble is 11 days old (2026-02-18): more than 10 days"),
        ("2026-03-01", "lake.inflow: no issue of ensemble was made before 2026-03-01: the first is of 2026-03-01"),
    ],
)
def test_an_ensemble_that_is_old_or_of_tomorrow_is_told_before_a_plan(tutorial: Path, issued: str, note: str | None) -> None:
    """On the last day that is still fresh nothing is said."""
    write_history(tutorial, "date,lake.inflow [m3/s]")
    (tutorial / "tables/ensemble.csv").write_text(f"issued,ds,member,value [m3/s]\n{issued},2026-03-01,a,100\n")
    with_forecast(tutorial, ENSEMBLE, "lake.inflow")
    told = [hint for hint in hints_before_planning(read_scenario(tutorial)) if "issue of ensemble" in hint]
    assert told == ([] if note is None else [note])


@pytest.mark.parametrize(
    ("header", "row", "what", "line", "column"),
    [
        ("issued,day,member,value [m3/s]", "", "this is not the header of an ensemble", 1, None),
        ("issued,ds,member,value [NTU]", "", "the unit in the header is wrong", 1, 4),
        ("issued,ds,member,value [m3/s]", "2026-02-28,1 March,a,4", "this is not a date", 5, 2),
        ("issued,ds,member,value [m3/s]", "2026-02-28,2026-03-02,,4", "the member is missing", 5, 3),
        ("issued,ds,member,value [m3/s]", "2026-02-28,2026-03-02,a,much", "text stands in a column of numbers", 5, 4),
        ("issued,ds,member,value [m3/s]", "2026-02-28,2026-03-02,a,-4", "the value is out of its range", 5, 4),
        ("issued,ds,member,value [m3/s]", "2026-02-28,2026-03-01,a,4", "a member tells a day twice", 5, 2),
    ],
)
def test_a_wrong_ensemble_is_told_at_its_cell(
    tutorial: Path, header: str, row: str, what: str, line: int, column: int | None
) -> None:
    write_history(tutorial, "date,lake.inflow [m3/s]", days=3)
    write_ensemble(tutorial, header, row)
    with_forecast(tutorial, ENSEMBLE, "lake.inflow")
    [finding] = findings_about(tutorial)
    assert (finding.what, finding.where.line, finding.where.column) == (what, line, column)


def test_a_limit_is_told_in_the_unit_of_its_column(tutorial: Path) -> None:
    rows = [f"{dt.date(2026, 2, 1) + dt.timedelta(days=day)},{103 if day == 3 else 60}" for day in range(28)]
    (tutorial / "tables/air.csv").write_text("\n".join(["date,weather.relative_humidity [%]", *rows]))
    settings = "forecaster: household_demand, history: {file: tables/history.csv}, weather: {file: tables/air.csv}"
    with_forecast(tutorial, f"{settings}, exogenous: [relative_humidity]")
    write_history(tutorial, "date,town.demand [CMD]")
    finding = next(each for each in findings_about(tutorial) if "relative_humidity is out" in each.what)
    assert (finding.found, finding.allowed) == ("103", "at most 100")


@pytest.mark.parametrize(
    "field", ["coefficients: {initial: 1}", "coefficients: 1.05", "field: {kind: paddy, ponding: {minimum: 1 mm}}"]
)
def test_a_list_is_asked_for_by_name(tutorial: Path, field: str) -> None:
    crop = f"{{name: rice, area: 100 ha, planting: 02-01, stages: [30, 30, 30, 30], {field}}}"
    with_forecast(tutorial, f"forecaster: crop_demand, efficiency: 0.5, weather: {{file: tables/air.csv}}, crops: [{crop}]")
    told = [each.allowed for each in findings_about(tutorial) if "cannot be read" in each.what]
    assert told == ["a list, as in [a, b, c]"]


MUDDY_WEIR = """
  weir: {type: weir, inflow: 20000 m3/day, sources: {inflow: assumed}}
  sea: {type: outfall}
  river: {type: river_reach, source: weir, target: sea}
  feeder: {type: canal, source: weir, target: lake, capacity: 50000 m3/day, sources: {capacity: assumed}}
rules:
  mud:
    type: turbidity_limit
    subject: feeder
    weir: weir
    limits: [{above: 150 NTU, at_most: 1000 m3/day}]
    sources: {limits: assumed}
"""
RESPONSE = "{clear: 10 NTU, exponent: 2, memory: 0.5, deviation: 0, persistence: 0}"


def test_newer_turbidity_than_rain_is_used_and_not_called_old(tutorial: Path) -> None:
    """Rain ends four weeks before the start; the river is metered to the last day, and yesterday it was far from clear."""
    days = pd.date_range("2023-03-01", "2026-02-28")
    rain = np.where(days.day_of_year % 9 == 0, 20.0, 0.0)
    rows = [f"{day.date()},{wet}" for day, wet in zip(days, rain, strict=True)][:-28]
    (tutorial / "tables/rain.csv").write_text("\n".join(["date,weather.rain [mm/day]", *rows]))
    noise = np.random.default_rng(3).normal(size=len(days))
    for last in (10, 5000):
        mud = 10.0 * (1.0 + rain / 10.0) * np.exp(np.convolve(noise, 0.9 ** np.arange(60))[: len(days)] / 3)
        mud[-1] = last
        rows = [f"{day.date()},{value:.3f}" for day, value in zip(days, mud, strict=True)]
        (tutorial / "tables/mud.csv").write_text("\n".join(["date,weir.turbidity [NTU]", *rows]))
        if last == 10:
            changed(tutorial, "\nstate:", f"{MUDDY_WEIR}\nstate:")
            settings = "forecaster: turbidity, history: {file: tables/mud.csv}, rain: {file: tables/rain.csv}, source: assumed"
            text = (tutorial / "scenario.yaml").read_text(encoding="utf-8")
            forecasts = f"{text}\nforecasts:\n  weir.turbidity: {{{settings}}}\n"
            (tutorial / "scenario.yaml").write_text(forecasts, encoding="utf-8")
            clear = forecast(read_scenario(tutorial)).series["weir", "turbidity"]
    muddy = forecast(read_scenario(tutorial)).series["weir", "turbidity"]
    assert np.median(muddy.values[0]) > 10 * np.median(clear.values[0])
    assert [note for note in muddy.notes if "days old" in note] == [
        "the newest reading of rain is 29 days old (2026-01-31): more than 10 days"
    ]


def test_turbidity_after_rain_stops_an_intake(tutorial: Path) -> None:
    """70 mm on the day before: 35 mm still act, 10 (1 + 3.5)^2 = 202.5 NTU, then 17.5, 8.75 and 4.375 mm."""
    write_rain(tutorial)
    changed(tutorial, "\nstate:", f"{MUDDY_WEIR}\nstate:")
    text = (tutorial / "scenario.yaml").read_text(encoding="utf-8")
    settings = f"forecaster: turbidity, rain: {{file: tables/rain.csv}}, response: {RESPONSE}, members: 2, source: assumed"
    (tutorial / "scenario.yaml").write_text(f"{text}\nforecasts:\n  weir.turbidity: {{{settings}}}\n", encoding="utf-8")
    scenario = read_scenario(tutorial)
    made = forecast(scenario).series["weir", "turbidity"]
    assert made.values[:, 0] == pytest.approx([10 * (1 + wet / 10) ** 2 for wet in (35.0, 17.5, 8.75, 4.375)])
    assert made.label == "rain 2023-2026 and an assumed response"
    plan = wb.plan_scenario(scenario).plan
    limited = plan.to_frame().query("component == 'mud' and quantity == 'limited_flow'")["value"].to_numpy()
    assert limited[0] <= 1000.0 + 1e-6
    assert limited.max() > 1000.0


@pytest.mark.parametrize(
    ("settings", "what", "found", "remedy"),
    [
        ("forecaster: solar, latitude: 226, longitude: 120.3, tilt: 20", "'latitude' is out of its range", "226", "Mend"),
        ("forecaster: solar, peak_power: 100", "'peak_power' cannot be read", "100", "kind"),
        ("forecaster: per_capita_demand, populaton: 5, use_per_head: 1 L/day", "unknown key", "'populaton'", "'population'"),
        ("forecaster: per_capita_demand, population: 5, use_per_head: 250", "'use_per_head' cannot be read", "250", "kind"),
        ("forecaster: per_capita_demand, population: 5, use_per_head: 250 L", "'use_per_head' cannot be read", "250 L", "kind"),
        ("forecaster: persistence, members: 0", "'members' is out of its range", "0", "Mend"),
        ("forecaster: persistence, history: {file: tables/no.csv}", "the file cannot be read", "tables/no.csv", "Copy"),
        (
            "forecaster: crop_demand, efficiency: 0.5, weather: {file: tables/inflow.csv}",
            "a key is missing",
            "no 'crops'",
            "crops",
        ),
    ],
)
def test_wrong_settings_are_told(tutorial: Path, settings: str, what: str, found: str, remedy: str) -> None:
    with_forecast(tutorial, settings)
    [finding] = [finding for finding in findings_about(tutorial) if finding.what == what]
    assert finding.where.line == len((tutorial / "scenario.yaml").read_text().splitlines())
    assert found in str(finding.found)
    assert remedy in str(finding.remedy)


def test_a_forecast_and_a_table_exclude_each_other(tutorial: Path) -> None:
    with_forecast(tutorial, "forecaster: persistence")
    changed(tutorial, "town.demand:", "lake.inflow:")
    assert "lake.inflow is given twice" in [finding.what for finding in findings_about(tutorial)]


def test_members_without_a_planning_value_are_planned_with_their_median(tutorial: Path) -> None:
    write_history(tutorial, "date,town.demand [CMD]")
    with_forecast(tutorial, "forecaster: ten_day_climatology, history: {file: tables/history.csv}, members: 20")
    with_median = read_scenario(tutorial)
    changed(tutorial, "planning_values: {demand: median}\n", "")
    scenario = read_scenario(tutorial)
    assert (dict(with_median.planning_values), dict(scenario.planning_values)) == ({"demand": "median"}, {})
    key = ("town", "demand")
    members = forecast(scenario).series[key]
    chosen = forecast(scenario).choose(scenario.planning_values).series[key]
    assert members.members == 20
    np.testing.assert_array_equal(chosen.values[:, 0], np.median(members.values, axis=1))


def test_a_wrong_history_is_told_at_its_line(tutorial: Path) -> None:
    write_history(tutorial, "date,town.demnd [CMD]", days=3)
    with_forecast(tutorial, "forecaster: persistence, history: {file: tables/history.csv}")
    [finding] = findings_about(tutorial)
    assert (finding.what, Path(str(finding.where.file)).name, finding.where.line) == ("unknown quantity", "history.csv", 1)


def test_every_forecaster_is_tried_here() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in sorted(Path(__file__).parent.glob("test_*.py")))
    assert [name for name in FORECASTERS if f"forecaster: {name}" not in text and f'"{name}"' not in text] == []
