"""A run is kept with all that it rested on, and comes out once more byte for byte; or it is told why not."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from commands import NOON
from repository import ROOT
from two_lakes import plan_two_lakes, write_two_lakes
from waterbalance.errors import InputError, TryLaterError, UsageError
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.operate.issuing.record import record_plan
from waterbalance.operate.planning.plan_scenario import plan_expected, plan_scenario
from waterbalance.operate.remembering import replay as replaying
from waterbalance.operate.remembering.forget import forget
from waterbalance.operate.remembering.remember import Remembered, inputs_of, keep_run
from waterbalance.operate.remembering.replay import Kept, plan_again, replay
from waterbalance.policy.goal import Policy
from waterbalance.report.csv_text import plan_csv
from waterbalance.report.manifest import Circumstances
from waterbalance.report.planned import Planned
from waterbalance.scenario.preferred import preferred
from waterbalance.scenario.read import read_scenario
from waterbalance.schedule.command import Limits
from waterbalance.schedule.device import Device
from waterbalance.store import expectations
from waterbalance.store.database import Store, open_store
from waterbalance.store.keep_settings import KeepSettings
from waterbalance.store.plans import recorded
from waterbalance.store.results import forecasts_from, frame_from
from waterbalance.store.runs import find_run

DEVICES = (Device("g1", "main_canal", Limits(0.0, 10.0)),)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def planned(tmp_path: Path) -> Planned:
    return plan_two_lakes(tmp_path / "two_lakes")


def kept(store: Store, planned: Planned, circumstances: Circumstances | None = None, results: Path | None = None) -> Remembered:
    return keep_run(store, planned, inputs_of(planned.scenario), DEVICES, "nightly", NOON, circumstances, results)


def test_a_run_comes_out_byte_for_byte_without_its_scenario(store: Store, planned: Planned) -> None:
    run = kept(store, planned)
    shutil.rmtree(planned.scenario.folder)
    replayed = replay(store, run.run)
    assert replayed.outputs == {"plan.csv": True, "schedule.json": True}
    assert (replayed.proven, replayed.remade, replayed.by_clock, replayed.versions) == (True, (), (), ())
    assert replay(store, run.plan[:10]).run == run.run


def test_the_plan_is_recorded_as_without_the_memory(store: Store, planned: Planned, tmp_path: Path) -> None:
    other = open_store(f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert kept(store, planned).plan == record_plan(other, planned, DEVICES, "nightly", NOON)
    other.close()


@pytest.mark.parametrize("preset", ["water_act", "economic", None])
def test_by_another_policy_near_another_plan(store: Store, planned: Planned, tmp_path: Path, preset: str | None) -> None:
    scenario = read_scenario(write_two_lakes(tmp_path / "again"))
    policy = None if preset is None else preferred(scenario, preset)
    shifted = {key: values * 0.5 for key, values in planned.plan.values.items()}
    before = replace(planned.plan, values=shifted)
    near = plan_scenario(scenario, policy=policy, previous=before, node_limit=1000)
    run = kept(store, near)
    assert replay(store, run.run).proven

    def without_it(of: Kept) -> Planned:
        return plan_again(replace(of, previous=None))

    assert not replay(store, run.run, without_it).outputs["plan.csv"]


def test_policies_come_back_whole(planned: Planned) -> None:
    for preset in ("water_act", "economic", "drought_practice"):
        policy = preferred(planned.scenario, preset)
        assert Policy.model_validate_json(policy.model_dump_json()) == policy


def test_another_plan_is_no_proof(store: Store, planned: Planned) -> None:
    run = kept(store, planned)

    def thirsty(of: Kept) -> Planned:
        less = {key: replace(each, values=0.9 * each.values) for key, each in of.forecasts.series.items()}
        return plan_again(replace(of, forecasts=replace(of.forecasts, series=less)))

    replayed = replay(store, run.run, thirsty)
    assert not replayed.proven
    assert not replayed.outputs["plan.csv"]

    def without_orders(of: Kept) -> Planned:
        return replace(plan_again(of), schedule=None)

    assert replay(store, run.run, without_orders).outputs == {"plan.csv": True, "schedule.json": False}


@pytest.fixture
def night(tmp_path: Path) -> Planned:
    """Planned as a night plans: with a state and a forecast that do not stand in the scenario's files."""
    shutil.copytree(ROOT / "scenarios" / "tutorial", tmp_path / "tutorial")
    by_files = plan_scenario(read_scenario(tmp_path / "tutorial"))
    inflow = by_files.forecasts.series["lake", "inflow"]
    series = {**by_files.forecasts.series, ("lake", "inflow"): Forecast(inflow.values * 0.9, "read last night")}
    state = replace(by_files.state, stocks={("lake", "storage"): 390_000.1})
    (other,) = plan_expected(by_files.scenario, state, Forecasts(by_files.horizon, series), (by_files.policy,))
    assert plan_csv(other.plan) != plan_csv(by_files.plan)
    return other


def test_a_night_rests_on_what_was_kept(store: Store, night: Planned) -> None:
    run = kept(store, night, Circumstances(from_inputs=False, parent="the run before", configuration="c"))
    assert replay(store, run.run).proven
    with store.reading() as connection:
        told = find_run(connection, run.run).manifest
    assert (told["parent"], told["configuration"]) == ("the run before", "c")


def test_what_does_not_follow_from_the_inputs_is_told(store: Store, night: Planned) -> None:
    replayed = replay(store, kept(store, night).run)
    assert replayed.remade == ("state", "lake.inflow")
    assert all(replayed.outputs.values())
    assert not replayed.proven


def test_a_stop_of_the_clock_and_other_versions_are_told(store: Store, planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    ranks = (replace(planned.plan.ranks[0], stop="time limit"), *planned.plan.ranks[1:])
    run = kept(store, replace(planned, plan=replace(planned.plan, ranks=ranks)))
    here = {**replaying.installed(), "highspy": "0.0", "newcomer": "1"}
    monkeypatch.setattr(replaying, "installed", lambda: here)
    replayed = replay(store, run.run)
    assert replayed.by_clock == (planned.plan.ranks[0].name,)
    assert len(replayed.versions) == 2
    assert replayed.versions[0].endswith("-> 0.0")
    assert replayed.versions[1] == "newcomer not installed -> 1"
    # All the same the bytes are there: that is the proof.
    assert replayed.proven


def test_a_run_of_which_nothing_was_kept_is_told(store: Store, planned: Planned) -> None:
    plan = record_plan(store, planned, DEVICES, "nightly", NOON)
    with pytest.raises(InputError, match="too little was kept"):
        replay(store, plan)
    with pytest.raises(UsageError, match="which run"):
        replay(store, "no such run")


def test_a_file_that_changed_while_it_was_planned_is_told(planned: Planned) -> None:
    path = Path(planned.scenario.folder) / "storages.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="has changed while it was planned"):
        inputs_of(planned.scenario)
    path.unlink()
    with pytest.raises(InputError, match="No such file"):
        inputs_of(planned.scenario)


def test_results_stand_in_a_folder_under_the_name_of_the_run(store: Store, planned: Planned, tmp_path: Path) -> None:
    members = {key: replace(each, values=each.values.repeat(3, axis=1)) for key, each in planned.forecasts.series.items()}
    with store.writing() as connection:
        expectations.keep(connection, "two_lakes", "run 1", Forecasts(planned.horizon, members), NOON)
    run = kept(store, planned, Circumstances(run="run 1"), tmp_path / "results")
    assert run.run == "run 1"
    folder = tmp_path / "results" / "run 1"
    assert {path.name for path in folder.iterdir()} == {"plan.parquet", "forecasts.parquet", "manifest.json"}
    table = frame_from((folder / "plan.parquet").read_bytes())
    pd.testing.assert_frame_equal(table, planned.plan.to_frame(), check_exact=True)
    expected = forecasts_from((folder / "forecasts.parquet").read_bytes())
    assert {each.members for each in expected.series.values()} == {3}
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["outputs"].keys() == {"plan.csv", "schedule.json"}


def test_results_that_cannot_be_written_leave_no_plan(
    store: Store, planned: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(TryLaterError, match="cannot be written"):
        kept(store, planned, None, tmp_path / "results")
    with store.reading() as connection:
        assert recorded(connection) == ()
    assert list((tmp_path / "results").rglob("*.parquet")) == []


def test_old_results_leave_with_their_folders(store: Store, planned: Planned, tmp_path: Path) -> None:
    runs = [kept(store, planned, Circumstances(run=f"run {number}"), tmp_path) for number in range(2)]
    later = NOON + pd.Timedelta(days=9).to_pytimedelta()
    keep_run(store, planned, inputs_of(planned.scenario), DEVICES, "nightly", later, Circumstances(run="run 2"), tmp_path)
    went = forget(store, KeepSettings(results="5 days"), later, tmp_path)
    assert went["expectations"] == 2
    assert sorted(path.name for path in tmp_path.glob("run *")) == ["run 2"]
    assert runs[0].plan == runs[1].plan
