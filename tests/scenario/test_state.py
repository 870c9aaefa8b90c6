"""The state at the start: observed, under way, or assumed and marked."""

import dataclasses
import datetime as dt
import pickle
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenario.folders import changed, findings_about
from waterbalance import plan_scenario, simulate
from waterbalance.cli import app
from waterbalance.errors import InputError
from waterbalance.network.state import Past
from waterbalance.scenario import forecast, new_scenario, read_scenario, state_at
from waterbalance.scenario.state import unknown_past

START = dt.date(2026, 3, 1)


def with_rule(folder: Path, rule: str, under_way: str = "") -> Path:
    text = (folder / "scenario.yaml").read_text(encoding="utf-8")
    text += f"\nrules:\n  a_rule: {{{rule}}}\n" + (f"under_way: {{{under_way}}}\n" if under_way else "")
    (folder / "scenario.yaml").write_text(text.replace("sources_required: true", "sources_required: false"), encoding="utf-8")
    return folder


def test_an_observation_of_the_day_is_taken(tutorial: Path) -> None:
    state = state_at(read_scenario(tutorial), START)
    assert state.stocks == {("lake", "storage"): 400_000.0}
    assert state.assumed == frozenset()
    assert state.past == {}


def test_an_older_observation_counts_as_assumed(tutorial: Path) -> None:
    state = state_at(read_scenario(tutorial), dt.date(2026, 3, 4))
    assert state.stocks == {("lake", "storage"): 400_000.0}
    assert state.assumed == {("lake", "storage")}


def test_a_day_without_observation_is_refused(tutorial: Path) -> None:
    with pytest.raises(InputError, match="no observation from 3 days before 2026-03-05"):
        state_at(read_scenario(tutorial), dt.date(2026, 3, 5))


def test_a_reservoir_that_is_not_built_yet_is_empty(tutorial: Path) -> None:
    (tutorial / "tables/storages.csv").unlink()
    changed(tutorial, "state: {file: tables/storages.csv, oldest: 3 days, source: assumed}\n", "")
    changed(tutorial, "    capacity: 1 Mm3\n", "    capacity: 1 Mm3\n    in_service_from: 2027-01-01\n")
    state = state_at(read_scenario(tutorial), START)
    assert state.stocks == {("lake", "storage"): 0.0}
    assert state.assumed == {("lake", "storage")}


def test_water_in_a_slow_canal_is_assumed_to_be_nothing_unless_given(tutorial: Path) -> None:
    changed(
        tutorial,
        "    conveyance_loss: 20 %\n    sources: {",
        "    conveyance_loss: 20 %\n    travel_time: 36 h\n    sources: {travel_time: assumed, ",
    )
    state = state_at(read_scenario(tutorial), START)
    assert state.assumed == {("main_canal", "inflow")}
    changed(tutorial, "tables:\n", "under_way: {main_canal.inflow: 1 m3/s}\ntables:\n")
    state = state_at(read_scenario(tutorial), START)
    assert state.past == {("main_canal", "inflow"): (Past(dt.date(2026, 2, 27), START, 2 * 86_400.0),)}
    assert state.assumed == frozenset()


@pytest.mark.parametrize(("window", "days"), [("30 days", 30), ("month", 0), ("year", 59), ("season", 59)])
def test_what_a_right_has_used_reaches_back_to_its_window(tutorial: Path, window: str, days: int) -> None:
    rule = f"type: water_right, subjects: [main_canal], volume: 9 Mm3, window: {window}"
    state = state_at(read_scenario(with_rule(tutorial, rule, "main_canal.inflow: 10 CMD")), START)
    past = state.past["main_canal", "inflow"]
    assert sum(each.volume for each in past) == pytest.approx(10.0 * days)
    assert [each.start for each in past] == [START - dt.timedelta(days=days)] * (days > 0)


def test_a_ramp_needs_the_flow_of_the_day_before(tutorial: Path) -> None:
    with_rule(tutorial, "type: ramp_limit, subject: main_canal, rise: 10000 CMD")
    [finding] = findings_about(tutorial)
    assert finding.what == "the inflow of main_canal before the first step is not known"
    assert "under_way: {main_canal.inflow" in str(finding.remedy)


def test_a_canal_that_fills_is_dry_unless_observed(tutorial: Path) -> None:
    changed(
        tutorial,
        "    conveyance_loss: 20 %\n    sources: {",
        "    conveyance_loss: 20 %\n    fill_volume: 5 m3\n    sources: {fill_volume: assumed, ",
    )
    state = state_at(read_scenario(tutorial), START)
    assert (state.stocks["main_canal", "running"], state.assumed) == (0.0, {("main_canal", "running")})
    (tutorial / "tables/storages.csv").write_text("date,lake.storage [m3],main_canal.running [1]\n2026-03-01,400000,1\n")
    state = state_at(read_scenario(tutorial), START)
    assert (state.stocks["main_canal", "running"], state.assumed) == (1.0, frozenset())


def test_a_scenario_survives_pickling(tutorial: Path) -> None:
    scenario = read_scenario(tutorial)
    again = pickle.loads(pickle.dumps(scenario))  # noqa: S301 (our own bytes)
    assert again.files == scenario.files
    assert forecast(again).series.keys() == forecast(scenario).series.keys()


def test_a_new_scenario_can_be_planned(tmp_path: Path) -> None:
    written = new_scenario(tmp_path / "mine")
    assert {path.name for path in written} == {"scenario.yaml", "inflow.csv", "storages.csv"}
    scenario = read_scenario(tmp_path / "mine")
    assert state_at(scenario, scenario.horizon.start).stocks == {("reservoir_1", "storage"): 40e6}
    assert len(forecast(scenario).horizon) == 16
    with pytest.raises(InputError, match="something is there already"):
        new_scenario(tmp_path / "mine")


RIGHT = "type: water_right, subjects: [main_canal], volume: 9 Mm3, window: month"


def test_a_past_that_nobody_gave_is_named(tutorial: Path) -> None:
    """A monthly right that is planned from the 20th, and a canal that is wet for 36 hours: 19 days, and 2 days."""
    slow = "    conveyance_loss: 20 %\n    travel_time: 36 h\n    sources: {travel_time: assumed, "
    changed(tutorial, "    conveyance_loss: 20 %\n    sources: {", slow)
    (line,) = unknown_past(state_at(read_scenario(tutorial), START))
    assert line.startswith(
        "nothing is given of the past before 2026-03-01, and zero is taken, for main_canal.inflow (since 2026-02-27)."
    )
    scenario = read_scenario(with_rule(tutorial, RIGHT))
    (line,) = plan_scenario(scenario).plan.notes
    assert line in unknown_past(state_at(scenario, START))
    simulation = simulate(scenario, START, START)
    assert line in simulation.notes
    told = CliRunner().invoke(app, ["check", str(tutorial)])
    assert told.exit_code == 0
    assert line in " ".join(told.stdout.split())
    late = dataclasses.replace(scenario, oldest=30.0)
    assert "main_canal.inflow (since 2026-03-01)" in unknown_past(state_at(late, dt.date(2026, 3, 20)))[0]


def test_a_past_that_is_given_or_does_not_count_is_not_named(tutorial: Path) -> None:
    assert unknown_past(state_at(read_scenario(tutorial), START)) == ()
    folder = with_rule(tutorial, RIGHT)
    # On the first day of a month nothing has been used of its right.
    assert unknown_past(state_at(read_scenario(folder), START)) == ()
    changed(folder, "tables:\n", "under_way: {main_canal.inflow: 0 m3/s}\ntables:\n")
    late = dataclasses.replace(read_scenario(folder), oldest=30.0)
    assert unknown_past(state_at(late, dt.date(2026, 3, 20))) == ()


def test_check_refuses_numbers_that_a_plan_would_refuse(tutorial: Path) -> None:
    changed(tutorial, "    capacity: 1 Mm3\n", "    capacity: 1e12 Mm3\n")
    told = CliRunner().invoke(app, ["check", str(tutorial)])
    assert isinstance(told.exception, InputError)
    with pytest.raises(InputError) as caught:
        plan_scenario(read_scenario(tutorial))
    assert told.exception.findings == caught.value.findings
    assert [finding.what.split()[-2] for finding in caught.value.findings] == ["smallest", "largest"]
