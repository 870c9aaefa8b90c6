"""Fifty days of bad luck; a thousand are in tests/benchmarks/fault_soak.py."""

from dataclasses import replace
from pathlib import Path

import pytest

from operate import fault_run as running
from operate.fault_run import fault_run
from waterbalance.operate.issuing import attempt as attempting
from waterbalance.store.outbox import Queued


@pytest.mark.parametrize("seed", range(50))
def test_nothing_is_lost_doubled_or_silently_changed(seed: int, tmp_path: Path) -> None:
    assert fault_run(seed, tmp_path) == ()


def test_the_judge_sees_a_sender_that_does_not_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempting, "_difference", lambda *_: None)
    found = [line for seed in range(10) for line in fault_run(seed, _folder(tmp_path, seed))]
    assert any("told as confirmed, but holds something else" in line for line in found)


def test_the_judge_sees_a_sender_that_invents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Queued.envelope.fget  # type: ignore[attr-defined]

    def invented(queued: Queued) -> object:
        envelope = original(queued)
        command = envelope.command
        return replace(envelope, command=replace(command, rows=(replace(command.rows[0], setpoint=0.75), *command.rows[1:])))

    monkeypatch.setattr(Queued, "envelope", property(invented))
    assert any("heard what nobody issued" in line for line in fault_run(1, tmp_path))


def test_the_judge_sees_alarms_that_do_not_ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.delivering, "ALARMING", frozenset())
    found = [line for seed in range(10) for line in fault_run(seed, _folder(tmp_path, seed))]
    assert any("without an alarm" in line for line in found)


def _folder(within: Path, seed: int) -> Path:
    made = within / str(seed)
    made.mkdir()
    return made
