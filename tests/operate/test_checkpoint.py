"""What was stopped goes on, and ends with the same bytes."""

import datetime as dt
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import waterbalance as wb
from operate.rivers import END, START, lake_and_river
from waterbalance.errors import InputError, UsageError
from waterbalance.operate.rolling.simulate_into import CHECKPOINT, StoppedError, simulate_into
from waterbalance.scenario.scenario import Scenario

FILES = ("simulation.csv", "summary.json")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return lake_and_river(tmp_path_factory.mktemp("scenario") / "scenario")


@pytest.fixture(scope="module")
def whole(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a simulation that was never stopped."""
    folder = tmp_path_factory.mktemp("whole")
    simulate_into(folder, scenario, START, END)
    return {name: (folder / name).read_bytes() for name in FILES}


def stop_after(scenario: Scenario, day: dt.date, checkpoint: Path, *, resume: bool = False) -> None:
    """Simulate until somebody presses Ctrl-C after a day."""

    def press(done: dt.date) -> None:
        if done == day:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        wb.simulate(scenario, START, END, checkpoint=checkpoint, resume=resume, on_day=press)


def days_in(checkpoint: Path) -> list[str]:
    """Days that a checkpoint holds."""
    return [json.loads(line)["start"] for line in checkpoint.read_text(encoding="utf-8").splitlines()[1:]]


@pytest.mark.parametrize("stopped", ["2021-03-07", "2021-03-10", "2021-03-17", "2021-03-24"])
def test_a_simulation_that_was_stopped_ends_like_one_that_was_not(
    scenario: Scenario, whole: dict[str, bytes], tmp_path: Path, stopped: str
) -> None:
    """Before the solver was renewed for the first time, just then, between two renewals, and after the last day."""
    stop_after(scenario, dt.date.fromisoformat(stopped), tmp_path / CHECKPOINT)
    assert days_in(tmp_path / CHECKPOINT)[-1] == stopped
    simulate_into(tmp_path, scenario, START, END, resume=True)
    assert {name: (tmp_path / name).read_bytes() for name in FILES} == whole
    assert len(days_in(tmp_path / CHECKPOINT)) == (END - START).days + 1


def test_it_may_be_stopped_often_and_in_the_middle_of_a_line(scenario: Scenario, whole: dict[str, bytes], tmp_path: Path) -> None:
    checkpoint = tmp_path / CHECKPOINT
    stop_after(scenario, dt.date(2021, 3, 13), checkpoint)
    text = checkpoint.read_bytes()
    checkpoint.write_bytes(text[:-40])
    stop_after(scenario, dt.date(2021, 3, 22), checkpoint, resume=True)
    simulate_into(tmp_path, scenario, START, END, resume=True)
    assert {name: (tmp_path / name).read_bytes() for name in FILES} == whole


def test_what_is_done_is_not_done_again(scenario: Scenario, tmp_path: Path) -> None:
    stop_after(scenario, dt.date(2021, 3, 22), tmp_path / CHECKPOINT)
    again: list[dt.date] = []
    wb.simulate(scenario, START, END, checkpoint=tmp_path / CHECKPOINT, resume=True, on_day=again.append)
    assert again == [dt.date(2021, 3, day) for day in (21, 22, 23, 24)]
    again.clear()
    wb.simulate(scenario, START, END, checkpoint=tmp_path / CHECKPOINT, resume=True, on_day=again.append)
    assert again == []


def test_without_resume_it_starts_anew(scenario: Scenario, tmp_path: Path) -> None:
    checkpoint = tmp_path / CHECKPOINT
    wb.simulate(scenario, START, dt.date(2021, 3, 12), checkpoint=checkpoint)
    wb.simulate(scenario, START, dt.date(2021, 3, 6), checkpoint=checkpoint)
    assert days_in(checkpoint) == ["2021-03-05", "2021-03-06"]


def test_a_checkpoint_of_another_simulation_is_refused(scenario: Scenario, tmp_path: Path) -> None:
    checkpoint = tmp_path / CHECKPOINT
    wb.simulate(scenario, START, dt.date(2021, 3, 6), checkpoint=checkpoint)
    other = lake_and_river(tmp_path / "other", lake=dict.fromkeys((START - dt.timedelta(days=each) for each in (3, 2, 1)), 1.0))
    with pytest.raises(InputError) as caught:
        wb.simulate(other, START, END, checkpoint=checkpoint, resume=True, myopic=True)
    assert [finding.what for finding in caught.value.findings] == [
        "the checkpoint is of another simulation (other inputs)",
        "the checkpoint is of another simulation (other myopic)",
    ]


@pytest.mark.parametrize("text", ["no json\n", "{}\n", '{"schema": 1}\n', "[1, 2]\n"])
def test_a_file_that_is_no_checkpoint_is_refused(scenario: Scenario, tmp_path: Path, text: str) -> None:
    (tmp_path / CHECKPOINT).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no checkpoint"):
        wb.simulate(scenario, START, END, checkpoint=tmp_path / CHECKPOINT, resume=True)


def test_stopping_tells_how_to_go_on(scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def press(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("waterbalance.operate.rolling.simulate_into.simulate", press)
    with pytest.raises(StoppedError, match="--resume"):
        simulate_into(tmp_path, scenario, START, END)


def test_sigterm_leaves_a_checkpoint_from_which_it_goes_on(scenario: Scenario, whole: dict[str, bytes], tmp_path: Path) -> None:
    """A process of its own, told to end while it is at work."""
    words = ["simulate", scenario.folder, "--from", str(START), "--to", str(END), "--out", str(tmp_path)]
    program = [sys.executable, "-c", "from waterbalance.cli import main; main()"]
    process = subprocess.Popen([*program, *words], stderr=subprocess.PIPE, text=True)
    checkpoint = tmp_path / CHECKPOINT
    while process.poll() is None and not (checkpoint.exists() and len(checkpoint.read_bytes().splitlines()) > 3):
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate()
    assert process.returncode == 75, said
    assert "--resume" in said
    assert not (tmp_path / "summary.json").exists()
    done = subprocess.run([*program, *words, "--resume"], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert {name: (tmp_path / name).read_bytes() for name in FILES} == whole


def test_days_that_are_none_are_refused_before_any_progress_is_shown(
    scenario: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match="ends on its first day or later"):
        simulate_into(tmp_path / "out", scenario, END, START)
    assert capsys.readouterr().err == ""
