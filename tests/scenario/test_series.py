"""Tables and dated fields on the steps of a horizon, against sums over days worked out one by one."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario.folders import changed
from waterbalance import units
from waterbalance.errors import InputError
from waterbalance.horizon import Horizon, plan_horizon, ten_day_number
from waterbalance.scenario import forecast, horizon_of, read_scenario
from waterbalance.scenario.series import Series

FIRST = dt.date(2025, 12, 25)


def steps_of(lengths: list[int]) -> Horizon:
    edges = [FIRST]
    for length in lengths:
        edges.append(edges[-1] + dt.timedelta(days=length))
    return Horizon(tuple(edges))


def days_in(start: dt.date, end: dt.date) -> list[dt.date]:
    return [start + dt.timedelta(days=number) for number in range((end - start).days)]


@given(st.lists(st.integers(1, 12), min_size=1, max_size=8), st.lists(st.integers(1, 30), min_size=1, max_size=8))
def test_values_from_a_date_on_are_summed_day_by_day(lengths: list[int], gaps: list[int]) -> None:
    horizon = steps_of(lengths)
    dates = [FIRST + dt.timedelta(days=sum(gaps[:number]) - 5) for number in range(len(gaps))]
    values = np.arange(1.0, len(dates) + 1.0) ** 2

    def value_on(day: dt.date) -> float:
        return float(values[max(0, sum(date <= day for date in dates) - 1)])

    steps = list(zip(horizon.starts, horizon.ends, strict=True))
    expected = {
        units.FLOW: [sum(map(value_on, days_in(start, end))) for start, end in steps],
        units.FRACTION: [np.mean([value_on(day) for day in days_in(start, end)]) for start, end in steps],
        units.VOLUME: [value_on(end - dt.timedelta(days=1)) for _, end in steps],
    }
    for unit, wanted in expected.items():
        series = Series("dam", "quantity", "from", unit, values, tuple(dates), holds=True)
        assert series.on_steps(horizon).tolist() == pytest.approx(wanted)


def test_ten_day_and_monthly_values_repeat_every_year() -> None:
    horizon = plan_horizon(FIRST, last_day=dt.date(2027, 2, 28))
    ten_day = Series("dam", "inflow", "ten_day", units.FLOW, np.arange(1.0, 37.0))
    month = Series("dam", "inflow", "month", units.FLOW, np.arange(1.0, 13.0))
    for step, (start, end) in enumerate(zip(horizon.starts, horizon.ends, strict=True)):
        days = days_in(start, end)
        assert ten_day.on_steps(horizon)[step] == pytest.approx(sum(ten_day_number(day) for day in days))
        assert month.on_steps(horizon)[step] == pytest.approx(sum(day.month for day in days))


def test_a_day_of_23_hours_brings_less() -> None:
    horizon = Horizon((dt.date(2026, 3, 28), dt.date(2026, 3, 29), dt.date(2026, 3, 30)), "Europe/Berlin")
    series = Series("dam", "inflow", "month", units.FLOW, np.full(12, 240.0))
    assert series.on_steps(horizon).tolist() == pytest.approx([240.0, 230.0])


@pytest.mark.parametrize(
    ("kind", "holds", "last"),
    [("date", False, dt.date(2026, 3, 12)), ("from", False, dt.date(2026, 3, 20)), ("from", True, None)],
)
def test_how_far_a_table_reaches(kind: str, holds: bool, last: dt.date | None) -> None:
    dates = (dt.date(2026, 3, 11), dt.date(2026, 3, 12))
    series = Series("dam", "inflow", kind, units.FLOW, np.ones(2), dates, holds=holds)  # type: ignore[arg-type]
    assert series.last_day == last
    assert series.covers(dates[0], dates[1])
    assert series.covers(dates[0], dt.date(2026, 3, 21)) is holds
    assert series.covers(dt.date(2026, 3, 10), dates[1]) is holds


def test_a_dated_field_reaches_the_plan(tutorial: Path) -> None:
    changed(tutorial, "demand: 40000 CMD", "demand: {2026-03-02: 4 萬噸/日, 2026-03-04: 0.5 m3/s}")
    scenario = read_scenario(tutorial)
    assert scenario.network["town"].default_given("demand") == 40_000.0
    values = forecast(scenario).series["town", "demand"].values[:, 0]
    assert values.tolist() == pytest.approx([40_000.0, 40_000.0, 40_000.0, 43_200.0])


def test_a_field_of_twelve_months_reaches_the_plan(tutorial: Path) -> None:
    months = ", ".join(f"{number}0000 CMD" for number in range(1, 13))
    changed(tutorial, "demand: 40000 CMD", f"demand: [{months}]")
    scenario = read_scenario(tutorial)
    assert scenario.network["town"].default_given("demand") == 10_000.0
    assert forecast(scenario).series["town", "demand"].values[:, 0].tolist() == [30_000.0] * 4


def test_a_field_that_only_a_table_gives_counts_as_given(tutorial: Path) -> None:
    (tutorial / "tables/outlet.csv").write_text(
        "month,lake.release_capacity [m3/s]\n" + "".join(f"{m},{m}\n" for m in range(1, 13))
    )
    changed(tutorial, "tables:\n", "tables:\n  - {file: tables/outlet.csv, source: assumed}\n")
    scenario = read_scenario(tutorial)
    assert scenario.network["lake"].default_given("release_capacity") == pytest.approx(86_400.0)
    assert forecast(scenario).series["lake", "release_capacity"].values[0, 0] == pytest.approx(3 * 86_400.0)


def test_an_end_condition_is_a_target_at_the_last_step_only(tutorial: Path) -> None:
    assert forecast(read_scenario(tutorial)).series["lake", "storage_target"].values[:, 0].tolist() == [0.0, 0.0, 0.0, 150_000.0]


def test_an_end_condition_by_a_curve_takes_its_last_value(tutorial: Path) -> None:
    changed(tutorial, "{target: 150000 m3}", "{curve: lower_curve}")
    (tutorial / "tables/curve.csv").write_text("from,lake.lower_curve [Mm3]\n2026-03-01,0.3\n2026-03-04,0.2\n")
    changed(tutorial, "tables:\n", "tables:\n  - {file: tables/curve.csv, source: assumed}\n")
    target = forecast(read_scenario(tutorial)).series["lake", "storage_target"]
    assert target.values[:, 0].tolist() == pytest.approx([0.0, 0.0, 0.0, 200_000.0])
    assert target.label == "end condition: lower_curve"


def test_an_end_condition_by_value_is_a_last_goal(tutorial: Path) -> None:
    changed(tutorial, "{target: 150000 m3}", "{value: 0.5}")
    scenario = read_scenario(tutorial)
    goal = scenario.policy.goals[-1]
    assert (goal.name, goal.sense, goal.terms[0].weight, goal.terms[0].at) == (
        "value of stored water",
        "maximise",
        0.5,
        "last step",
    )
    assert ("lake", "storage_target") not in forecast(scenario).series


def test_another_start_needs_its_own_rows(tutorial: Path) -> None:
    scenario = read_scenario(tutorial)
    assert len(forecast(scenario, horizon=horizon_of(scenario, dt.date(2026, 3, 3))).horizon) == 2
    with pytest.raises(InputError, match=r"lake\.inflow does not cover the horizon; found 2026-03-01 to 2026-03-04"):
        forecast(scenario, horizon=horizon_of(scenario, dt.date(2026, 2, 27)))
    with pytest.raises(InputError, match="the plan would end before it starts"):
        horizon_of(scenario, dt.date(2026, 3, 5))
